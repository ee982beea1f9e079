#include <keel/net/pacing.hpp>

#include <doctest/doctest.h>

namespace keel::net {

TEST_CASE("a backoff doubles to its most, a little less by chance, and starts anew") {
  Backoff backoff{Duration::milliseconds(100), Duration::seconds(10), 7};
  Duration full = Duration::milliseconds(100);
  for (int i = 0; i < 20; ++i) {
    const Duration wait = backoff.next();
    CHECK(wait <= full);
    CHECK(wait.ns >= full.ns * 3 / 4);
    full = full.ns > Duration::seconds(5).ns ? Duration::seconds(10) : full * 2;
  }
  backoff.reset();
  CHECK(backoff.next() <= Duration::milliseconds(100));
}

TEST_CASE("never more than the limit within any window") {
  RateLimit limit{50, Duration::seconds(1)};
  Random random{3};
  Timestamp now = Timestamp::from_seconds(1000);
  std::vector<Timestamp> taken;
  for (int i = 0; i < 5000; ++i) {
    now = now + Duration::milliseconds(static_cast<std::int64_t>(random.below(15)));
    if (limit.take(now)) {
      taken.push_back(now);
    } else {
      CHECK(limit.next_allowed(now) > now);
    }
  }
  CHECK(taken.size() > 1000);
  for (std::size_t i = 50; i < taken.size(); ++i)
    CHECK(taken[i] - taken[i - 50] >= Duration::seconds(1));
  RateLimit none{0, Duration::seconds(1)};
  for (int i = 0; i < 1000; ++i) CHECK(none.take(now));
}

}  // namespace keel::net
