// All of keel's core in one include: values, instruments, orders, risk, portfolio, the engine and
// its backtest. Text, chrono and formatting glue (core/format.hpp, core/chrono.hpp), the journal's
// reader, storage and reports are included where they are used.
#pragma once

#include <keel/core/decimal.hpp>
#include <keel/core/money.hpp>
#include <keel/core/time.hpp>
#include <keel/core/volume.hpp>
#include <keel/engine/engine.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/engine/strategy.hpp>
#include <keel/indicators/momentum.hpp>
#include <keel/indicators/moving_average.hpp>
#include <keel/indicators/volatility.hpp>
#include <keel/model/account.hpp>
#include <keel/model/fees.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/marks.hpp>
#include <keel/model/order.hpp>
#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>
#include <keel/sim/sim_venue.hpp>
