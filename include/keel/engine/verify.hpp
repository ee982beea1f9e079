// Verify: re-runs the strategies on the recorded inputs, from restart to restart, and names the
// first fact or command that differs. Audit, bug reports and tests of new code are this.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <keel/engine/engine.hpp>

namespace keel {

struct VerifyReport {
  struct Difference {
    std::uint64_t seq;  // of the recorded input whose consequences differ
    std::string input;
    std::string recorded;  // the first record that differs, or "nothing"
    std::string replayed;
  };

  std::uint64_t inputs = 0, facts = 0, commands = 0, runs = 0;
  std::optional<Difference> difference;
  // From here on market data was not recorded, so what differs behind it proves nothing.
  std::optional<std::uint64_t> unrecorded_from;

  [[nodiscard]] bool identical() const { return !difference; }
  // "replay: identical", or the first difference with both sides.
  [[nodiscard]] std::string text() const;
};

// Makes engines wired as the recorded one was: same instruments, accounts and strategies in the
// same order, journal off. Venues may be left out; nothing is sent.
class EngineMaker {
 public:
  virtual Result<std::unique_ptr<Engine>> make() = 0;

 protected:
  ~EngineMaker() = default;
};

// Errors: journal.* (unreadable), engine.verify (the maker's engine does not fit the journal).
// `make` is called once a run.
[[nodiscard]] Result<VerifyReport> verify(const std::string& folder, EngineMaker& maker);

}  // namespace keel
