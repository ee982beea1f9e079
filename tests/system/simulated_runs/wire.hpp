// What stands between the engine and the world in a simulated run: a venue that is listened to, and
// storage that fails when the plan says so.
#pragma once

#include <cerrno>

#include "plan.hpp"

namespace keel::runs {

// Hears every command at the moment it leaves.
class WireWatch {
 public:
  virtual void on_wire(const Command& command) = 0;

 protected:
  ~WireWatch() = default;
};

class VenueTap final : public Venue {
 public:
  VenueTap(SimVenue& venue, WireWatch& watch) : venue_(venue), watch_(watch) {}
  [[nodiscard]] VenueId id() const override { return venue_.id(); }
  [[nodiscard]] const Capabilities& capabilities() const override { return venue_.capabilities(); }
  void send(const CommandBatch& batch) override {
    if (dead) return;
    for (const Command& command : batch) watch_.on_wire(command);
    venue_.send(batch);
  }
  void request_snapshot(AccountId account) override {
    if (!dead) venue_.request_snapshot(account);
  }

  bool dead = false;  // the process has ended; what it still does, nobody sees

 private:
  SimVenue& venue_;
  WireWatch& watch_;
};

// Files that work until a fault is armed. Syncs cost nothing: a loss of power is simulated too.
class FaultyFiles final : public FileOps {
 public:
  void arm(StorageFault fault, int let_pass) {
    fault_ = fault;
    left_ = let_pass;
  }
  void heal() { fault_ = StorageFault::kNone; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

  int allocate(int fd, std::uint64_t bytes) override {
    return fails(StorageFault::kFull) ? -ENOSPC : FileOps::allocate(fd, bytes);
  }
  int map(int fd, std::size_t bytes, bool writable, std::byte*& at) override {
    return writable && fails(StorageFault::kMapFails) ? -ENOMEM
                                                      : FileOps::map(fd, bytes, writable, at);
  }
  int rename(const char* from, const char* to) override {
    return fails(StorageFault::kRenameFails) ? -EIO : FileOps::rename(from, to);
  }
  int sync_data(int) override { return sync(); }
  int sync_all(int) override { return sync(); }
  int sync_folder(const char*) override { return 0; }

 private:
  bool fails(StorageFault fault) {
    if (fault_ != fault || left_-- > 0) return false;
    ++failures_;
    return true;
  }
  int sync() {
    if (fails(StorageFault::kSyncFails)) return -EIO;
    ++syncs_;
    return 0;
  }
  StorageFault fault_ = StorageFault::kNone;
  int left_ = 0;
  std::uint64_t syncs_ = 0, failures_ = 0;
};

// Ends a journal as a loss of power does: behind `durable_seq` pages may be missing. Returns what
// it did, for people.
std::string lose_power(const std::string& journal, std::uint64_t durable_seq, Random& random);

}  // namespace keel::runs
