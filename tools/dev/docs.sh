#: Check the documentation: its code blocks are compiled and run, its links and lists hold
#:
#: usage: ./dev docs
#:
#: example: ./dev docs
(($# == 0)) || fail_usage "docs: takes no options"
need build test
configure debug
compile debug keel_docs
ctest --test-dir build/debug --output-on-failure --no-tests=error --no-label-summary \
  -j "$(job_count)" -L '^docs$'
