#: Build keel for use: optimised, without tests
#:
#: usage: ./dev build [TARGET...]
#:
#: Builds the preset release into build/release; programs lie in build/release/bin.
#: Without targets, everything is built: rooms, the keel command, examples, benchmarks.
#:
#: example: ./dev build keel_core
for target in "$@"; do
  [[ $target == -* ]] && fail_usage "build: unknown option '$target'"
done
need build
configure release
compile release "$@"
