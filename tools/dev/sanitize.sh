#: Run the tests under sanitizers, or as the other compiler builds them
#:
#: usage: ./dev sanitize [asan-ubsan|tsan|clang]
#:
#: asan-ubsan (the default) runs every test under the address and undefined-behaviour sanitizers;
#: tsan runs the tests that have threads (label "threads") under the thread sanitizer; clang builds
#: every test without optimisation with clang, so that what only one compiler does shows itself. The
#: gates are not repeated: they do not depend on how the code was compiled.
#:
#: example: ./dev sanitize tsan
preset=${1:-asan-ubsan}
(($# <= 1)) || fail_usage "sanitize: one sanitizer at a time"
need build test
case $preset in
  asan-ubsan | clang)
    [[ $preset != clang ]] || need lint
    targets=(all)
    filter=(-LE '^gate$' -E '^(soak|simulated runs: 300)')
    ;;
  tsan)
    targets=(keel_thread_tests)
    filter=(-L '^threads$' -LE '^gate$')
    ;;
  *) fail_usage "sanitize: unknown sanitizer '$preset'" ;;
esac
configure "$preset"
compile "$preset" "${targets[@]}"
if [[ $preset == tsan && ! -s build/tsan/thread_tests.txt ]]; then
  echo "no test has threads"
  exit 0
fi
say "testing"
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --no-label-summary \
  -j "$(job_count)" "${filter[@]}"
