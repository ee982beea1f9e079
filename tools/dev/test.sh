#: Build and run the tests
#:
#: usage: ./dev test [--wire] [--long] [--data DIR] [-R REGEX] [-L LABEL]
#:
#: Builds the preset debug (-O1, asserts) and runs every test; the last lines are ctest's count.
#:   --wire      also third-party clients and real servers (each in an environment under build/env)
#:   --long      also what runs or builds for minutes: many simulated runs, long fuzzing
#:   --data DIR  also tests over data that may not be shipped, read from DIR
#:   -R REGEX    only tests whose name matches
#:   -L LABEL    only tests of this label: a room, gate, docs, threads, wire, long, data
#:
#: example: ./dev test -R '^core'
wire=OFF long=OFF data= filter=()
while (($# > 0)); do
  case $1 in
    --wire) wire=ON ;;
    --long) long=ON ;;
    --data)
      [[ $# -ge 2 ]] || fail_usage "test: --data needs a folder"
      [[ -d $2 ]] || fail_usage "test: no folder '$2'"
      data=$(cd "$2" && pwd)
      shift
      ;;
    -R)
      [[ $# -ge 2 ]] || fail_usage "test: -R needs a regular expression"
      filter+=(-R "$2")
      shift
      ;;
    -L)
      [[ $# -ge 2 ]] || fail_usage "test: -L needs a label"
      filter+=(-L "^$2\$")
      shift
      ;;
    *) fail_usage "test: unknown option '$1'" ;;
  esac
  shift
done
need build test
configure debug -DKEEL_TEST_WIRE=$wire -DKEEL_TEST_LONG=$long "-DKEEL_DATA_DIR=$data"
compile debug all all_verify_interface_header_sets
say "testing"
ctest --test-dir build/debug --output-on-failure --no-tests=error --no-label-summary \
  -j "$(job_count)" "${filter[@]}"
