// Verify: re-runs the strategies on the recorded inputs, from restart to restart, and names the
// first fact or command that differs. Audit, bug reports and tests of new code are this.
//
// It begins at the journal's beginning, or behind a snapshot in the middle of a run. Behind a
// snapshot a strategy is what its save and load carry: one that keeps state which they leave out
// differs.
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
  std::uint64_t after_seq = 0;  // the snapshot that it began behind; 0: from the beginning
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

struct VerifyOptions {
  // Begins behind the latest snapshot up to this seq; where there is none, and without it, at the
  // beginning. A journal whose beginning was retired begins behind its oldest snapshot.
  std::optional<std::uint64_t> from_seq{};
};

// Errors: journal.* (unreadable), engine.verify (the maker's engine does not fit the journal).
// `make` is called once a run.
[[nodiscard]] Result<VerifyReport> verify(const std::string& folder, EngineMaker& maker,
                                          const VerifyOptions& options = {});

}  // namespace keel
