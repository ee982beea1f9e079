// One writing engine per account, on this machine: a lock on a file of the account's own, which the
// operating system lets go of when the process ends, however it ends.
#include <keel/engine/engine.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace keel {

namespace {

// Names become file names: letters, digits, and an escape for the rest.
std::string file_name(std::string_view venue, std::string_view account) {
  std::string name;
  const auto add = [&](std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : text) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (plain) {
        name += c;
        continue;
      }
      const auto byte = static_cast<unsigned char>(c);
      name += '%';
      name += digits[byte >> 4];
      name += digits[byte & 15u];
    }
  };
  add(venue);
  name += '.';
  add(account);
  return name += ".lock";
}

std::string read_text(FileOps& files, int fd) {
  char text[256];
  const auto size = files.read(fd, text, sizeof text);
  return size > 0 ? std::string{text, static_cast<std::size_t>(size)} : std::string{};
}

}  // namespace

Status Engine::lock_accounts() {
  std::string folder = config_.account_locks;
  if (folder.empty() && !config_.journal.empty()) {
    std::string_view path = config_.journal;
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    const auto slash = path.rfind('/');
    folder = slash == std::string_view::npos ? "." : std::string{path.substr(0, slash + 1)};
  }
  if (folder.empty()) return {};
  FileOps& files =
      config_.journal_config.files != nullptr ? *config_.journal_config.files : system_files();
  for (const Account& account : directory_.accounts()) {
    // A simulated book belongs to its engine alone.
    if (account.realm != AccountRealm::kLive && account.realm != AccountRealm::kPaper) continue;
    const std::string path =
        folder + "/" + file_name(directory_.venue_name(account.venue), account.name.view());
    const int fd = files.open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
      return Error{engine_errors::kAccountLocked, "account", account.name.str(),
                   "its lock file can be made", path};
    if (const int code = files.lock(fd); code < 0) {
      const std::string holder = read_text(files, fd);
      (void)files.close(fd);
      return Error{engine_errors::kAccountLocked, "account", account.name.str(),
                   code == -EWOULDBLOCK
                       ? std::string{"one writing engine per account; held by "} + holder
                       : std::string{"its file can be locked"},
                   path};
    }
    account_locks_.push_back(fd);
    const std::string who = std::string{"engine "} + std::to_string(config_.engine_id) +
                            ", process " + std::to_string(::getpid()) + ", journal " +
                            (config_.journal.empty() ? std::string{"off"} : config_.journal);
    // For people: who holds it. That it could not be written changes nothing.
    if (::ftruncate(fd, 0) == 0) (void)files.write_all(fd, who.data(), who.size());
  }
  return {};
}

void Engine::unlock_accounts() {
  FileOps& files =
      config_.journal_config.files != nullptr ? *config_.journal_config.files : system_files();
  for (const int fd : account_locks_) (void)files.close(fd);
  account_locks_.clear();
}

}  // namespace keel
