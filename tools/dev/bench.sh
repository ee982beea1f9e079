#: Build and run the benchmarks
#:
#: usage: ./dev bench [NAME] [--json]
#:
#: Runs build/release/bin/bench_NAME, or all of them. Every figure is printed beside its reference.
#:   --json  one JSON line a figure: name, value, unit, reference, ratio; build output on stderr
#:
#: example: ./dev bench backtest --json
only='' options=()
for argument in "$@"; do
  case $argument in
    --json) options=(--json) ;;
    -*) fail_usage "bench: unknown option '$argument'" ;;
    *)
      [[ -z $only ]] || fail_usage "bench: one name at most"
      only=$argument
      ;;
  esac
done
{
  need build
  configure release
  compile release keel_bench
} >&2
programs=(build/release/bin/bench_"${only:-*}")
[[ -n $only ]] || programs=(build/release/bin/bench_*)
for program in "${programs[@]}"; do
  [[ -x $program ]] || fail_usage "bench: no benchmark '${only:-at all}'; there are: $(
    cd build/release/bin && compgen -G 'bench_*' | tr '\n' ' '
  )"
done
for program in "${programs[@]}"; do
  "$program" "${options[@]}"
done
