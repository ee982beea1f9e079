#include <keel/sim/profiles.hpp>

namespace keel {

namespace {

// Where no page is named the number is an assumption and says so. Pages were read in November 2026.
constexpr std::string_view kTable = R"(# profile | figure | value | where it comes from
binance_spot | currency | USDT | quote currency of the venue's main pairs
binance_spot | maker | 0.001 | Binance fee page: spot, regular user
binance_spot | taker | 0.001 | Binance fee page: spot, regular user
binance_spot | digits | 8 | Binance spot API: commissions have 8 decimals
binance_spot | window | 30 | Binance VIP program: 30-day volume
binance_spot | tier | 1000000 0.0009 0.001 | VIP 1 without its BNB balance: assumption
binance_spot | tier | 5000000 0.0008 0.001 | VIP 2 without its BNB balance: assumption
binance_spot | queue | power 2 | hftbacktest's PowerProbQueueFunc: assumption
binance_spot | feed_latency | lognormal 1ms 3ms 0.6 | a host in its region: assumption
binance_spot | order_latency | lognormal 2ms 5ms 0.6 | a host in its region: assumption
binance_spot | response_latency | lognormal 1ms 3ms 0.6 | a host in its region: assumption
binance_usdm | currency | USDT | margin currency of the contracts
binance_usdm | maker | 0.0002 | Binance Futures fee page: USD-M, regular user
binance_usdm | taker | 0.0005 | Binance Futures fee page: USD-M, regular user
binance_usdm | digits | 8 | Binance Futures API: commissions have 8 decimals
binance_usdm | window | 30 | Binance VIP program: 30-day volume
binance_usdm | tier | 15000000 0.00016 0.0004 | fee page, VIP 1; volume: assumption
binance_usdm | tier | 50000000 0.00014 0.00035 | fee page, VIP 2; volume: assumption
binance_usdm | tier | 100000000 0.00012 0.00032 | fee page, VIP 3; volume: assumption
binance_usdm | queue | power 2 | hftbacktest's PowerProbQueueFunc: assumption
binance_usdm | feed_latency | lognormal 1ms 3ms 0.6 | a host in its region: assumption
binance_usdm | order_latency | lognormal 2ms 4ms 0.6 | a host in its region: assumption
binance_usdm | response_latency | lognormal 1ms 3ms 0.6 | a host in its region: assumption
coinbase_advanced | currency | USD | quote currency of the venue's main pairs
coinbase_advanced | maker | 0.004 | Coinbase Advanced, from 10 thousand: assumption
coinbase_advanced | taker | 0.006 | Coinbase Advanced, from 10 thousand: assumption
coinbase_advanced | window | 30 | Coinbase Advanced: trailing 30 days: assumption
coinbase_advanced | tier | 50000 0.0025 0.004 | as commonly told: assumption
coinbase_advanced | tier | 100000 0.0015 0.0025 | as commonly told: assumption
coinbase_advanced | queue | power 2 | assumption
coinbase_advanced | feed_latency | lognormal 5ms 15ms 0.6 | same coast: assumption
coinbase_advanced | order_latency | lognormal 5ms 20ms 0.6 | same coast: assumption
coinbase_advanced | response_latency | lognormal 5ms 15ms 0.6 | same coast: assumption
nyse_retail | currency | USD | listing currency
nyse_retail | per_unit | 0.005 | Interactive Brokers, stocks, fixed, United States
nyse_retail | minimum | 1 | Interactive Brokers, stocks, fixed, United States
nyse_retail | maximum | 0.01 | Interactive Brokers, stocks, fixed: 1% of trade value
nyse_retail | per_order | yes | Interactive Brokers: minimum and maximum per order
nyse_retail | line | SEC rate 0.0000278 sells | Interactive Brokers, regulatory fees
nyse_retail | line | TAF per_unit 0.000166 max 8.30 sells | Interactive Brokers, FINRA TAF
nyse_retail | queue | pessimistic | assumption
nyse_retail | slippage | ticks 1 | on what is larger than shown: assumption
nyse_retail | feed_latency | lognormal 20ms 60ms 0.6 | through a broker: assumption
nyse_retail | order_latency | lognormal 30ms 80ms 0.6 | through a broker: assumption
nyse_retail | response_latency | lognormal 20ms 60ms 0.6 | through a broker: assumption
nyse_direct | currency | USD | listing currency
nyse_direct | per_unit | 0.0035 | Interactive Brokers, stocks, tiered, to 300,000 shares a month
nyse_direct | minimum | 0.35 | Interactive Brokers, stocks, tiered
nyse_direct | maximum | 0.01 | Interactive Brokers, stocks, tiered: 1% of trade value
nyse_direct | per_order | yes | Interactive Brokers: minimum and maximum per order
nyse_direct | digits | 4 | pass-through fees are fractions of a cent: assumption
nyse_direct | line | clearing per_unit 0.0002 | Interactive Brokers, NSCC and DTC fees
nyse_direct | line | remove per_unit 0.003 taker | the cap of Regulation NMS rule 610: assumption
nyse_direct | line | add per_unit -0.002 maker | near the lowest rebates: assumption
nyse_direct | line | cross per_unit 0.001 auction | near the rate for auctions: assumption
nyse_direct | line | SEC rate 0.0000278 sells | Interactive Brokers, regulatory fees
nyse_direct | line | TAF per_unit 0.000166 max 8.30 sells | Interactive Brokers, FINRA TAF
nyse_direct | queue | power 2 | assumption
nyse_direct | feed_latency | lognormal 200us 500us 0.5 | metropolitan area: assumption
nyse_direct | order_latency | lognormal 300us 800us 0.5 | metropolitan area: assumption
nyse_direct | response_latency | lognormal 200us 500us 0.5 | metropolitan area: assumption
cme_index | currency | USD | contract currency
cme_index | per_unit | 0.85 | a retail broker's commission: assumption
cme_index | line | exchange per_unit 1.38 | CME, E-mini, non-member, a side: assumption
cme_index | line | NFA per_unit 0.02 | NFA assessment, a side: assumption
cme_index | queue | power 3 | assumption
cme_index | feed_latency | lognormal 1ms 3ms 0.5 | same continent: assumption
cme_index | order_latency | lognormal 2ms 5ms 0.5 | same continent: assumption
cme_index | response_latency | lognormal 1ms 3ms 0.5 | same continent: assumption
)";

}  // namespace

std::string_view builtin_profile_table() { return kTable; }

}  // namespace keel
