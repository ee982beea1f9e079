#: Check the documentation and build its site: code blocks run, links and lists hold
#:
#: usage: ./dev docs
#:
#: The site (guides, and every public header by Doxygen) is build/docs/html/index.html; what Doxygen
#: warns about in a public declaration is an error.
#:
#: example: ./dev docs
(($# == 0)) || fail_usage "docs: takes no options"
need build test docs
say "the site: build/docs/html/index.html"
mkdir -p build/docs
doxygen packaging/doxygen/Doxyfile
if [[ -s build/docs/warnings.txt ]]; then
  cat build/docs/warnings.txt >&2
  fail "docs: Doxygen's warnings are errors"
fi
configure debug
compile debug keel_docs
ctest --test-dir build/debug --output-on-failure --no-tests=error --no-label-summary \
  -j "$(job_count)" -L '^docs$'
