#: Build keel and run the main job: a backtest over 100,000 real trades
#:
#: usage: ./dev demo [options of keel-demo]
#:
#: Builds build/release/bin/keel-demo and runs it. It writes its report, fills, orders and journal
#: into build/demo, then recovers from the journal and verifies it.
#:
#: example: ./dev demo
need build
configure release
compile release keel-demo
say "running"
build/release/bin/keel-demo "$@"
