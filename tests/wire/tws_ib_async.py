"""ib_async against the simulated TWS: everything that its users do first.

usage: tws_ib_async.py KEEL
"""

import asyncio
import logging
import sys

from ib_async import (IB, Crypto, Forex, Future, LimitOrder, MarketOrder, ScannerSubscription,
                      Stock, StopOrder)

from tws_server import Server, check


class Faults(logging.Handler):
    """Decode errors, which ib_async only logs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        text = record.getMessage()
        if record.exc_info or "Error for" in text or "handling fields" in text:
            self.found.append(text)


async def until(condition, what, seconds=8):
    for _ in range(int(seconds * 50)):
        if condition():
            break
        await asyncio.sleep(0.02)
    check(condition(), what)


async def contracts(ib):
    aapl = Stock("AAPL", "SMART", "USD")
    others = [Stock("MSFT", "SMART", "USD"), Stock("SPY", "SMART", "USD"), Forex("EURUSD"),
              Future("ES", exchange="CME"), Crypto("BTC", "PAXOS", "USD")]
    found = await ib.qualifyContractsAsync(aapl, *others)
    check(all(c is not None and c.conId for c in found), "every contract of the universe qualifies")
    details = await ib.reqContractDetailsAsync(aapl)
    check(details[0].longName == "APPLE INC" and details[0].minTick == 0.01, "contract details")
    chain = await ib.reqSecDefOptParamsAsync("AAPL", "", "STK", aapl.conId)
    check(chain and chain[0].strikes and chain[0].expirations, "an option chain")
    samples = await ib.reqMatchingSymbolsAsync("apple")
    check(samples and samples[0].contract.symbol == "AAPL", "matching symbols")
    rule = await ib.reqMarketRuleAsync(int(details[0].marketRuleIds.split(",")[0]))
    check(rule[0].increment == 0.01, "a market rule")
    check(await ib.reqContractDetailsAsync(Stock("NOSUCH", "SMART", "USD")) == [],
          "200: no security definition")
    return aapl, others


async def market_data(ib, aapl, others):
    ticker = ib.reqMktData(aapl, "165,221,233,236,293")
    tickers = [ib.reqMktData(c) for c in others]
    await until(lambda: ticker.bid > 0 and ticker.ask > ticker.bid and ticker.close > 0,
                "bid below ask, and a prior close")
    first = (ticker.bid, ticker.ask, ticker.last)
    await until(lambda: (ticker.bid, ticker.ask, ticker.last) != first, "it moves")
    await until(lambda: all(t.bid > 0 and t.ask > t.bid for t in tickers), "all of it is quoted")
    book = ib.reqMktDepth(aapl, 5, isSmartDepth=True)
    await until(lambda: len(book.domBids) == 5 and len(book.domAsks) == 5, "five rows of depth")
    check(book.domBids[0].price > book.domBids[1].price, "bids go down")
    ticks = ib.reqTickByTickData(others[0], "BidAsk")
    await until(lambda: ticks.tickByTicks, "tick by tick", 20)
    snapshot = (await ib.reqTickersAsync(aapl))[0]
    check(snapshot.bid > 0, "a snapshot")
    bars = ib.reqRealTimeBars(others[3], 5, "TRADES", False)
    await until(lambda: len(bars) > 0, "a bar of five seconds", 12)
    ib.cancelRealTimeBars(bars)
    ib.cancelTickByTickData(others[0], "BidAsk")
    ib.cancelMktDepth(aapl, isSmartDepth=True)
    for contract in (aapl, *others):
        ib.cancelMktData(contract)


async def history(ib, aapl):
    year = await ib.reqHistoricalDataAsync(aapl, "", "1 Y", "1 day", "TRADES", True)
    check(350 <= len(year) <= 366, f"a year of bars ({len(year)})")
    check(all(b.low <= min(b.open, b.close) <= max(b.open, b.close) <= b.high for b in year),
          "each bar holds together")
    again = await ib.reqHistoricalDataAsync(aapl, "", "1 Y", "1 day", "TRADES", True)
    check([b.open for b in year] == [b.open for b in again], "the past does not change")
    hours = await ib.reqHistoricalDataAsync(aapl, "", "2 D", "1 hour", "MIDPOINT", False)
    check(len(hours) == 48, f"two days of hours ({len(hours)})")
    live = await ib.reqHistoricalDataAsync(aapl, "", "1800 S", "1 min", "TRADES", False,
                                           keepUpToDate=True)
    count = len(live)
    changes = []
    live.updateEvent += lambda bars, new: changes.append(new)
    await until(lambda: changes, f"bars kept up to date ({count})", 12)
    ib.cancelHistoricalData(live)
    head = await ib.reqHeadTimeStampAsync(aapl, "TRADES", True, 1)
    check(head is not None, "the head time stamp")
    ticks = await ib.reqHistoricalTicksAsync(aapl, "", ib.wrapper.lastTime or "", 100, "TRADES",
                                             True)
    check(len(ticks) > 50, "historical ticks")
    schedule = await ib.reqHistoricalScheduleAsync(aapl, 5)
    check(len(schedule.sessions) >= 5, "a schedule")
    histogram = await ib.reqHistogramDataAsync(aapl, True, "3 days")
    check(histogram, "a histogram")


async def orders(ib, aapl, others, errors):
    trade = ib.placeOrder(aapl, MarketOrder("BUY", 100))
    await until(trade.isDone, "a market order fills")
    check(trade.orderStatus.status == "Filled" and trade.filled() == 100, "as a whole")
    await until(lambda: trade.fills and all(f.commissionReport.commission for f in trade.fills),
                "its commission comes")
    ticker = ib.reqMktData(aapl)
    await until(lambda: ticker.bid > 0, "a quote")
    low = round(ticker.bid * 0.9, 2)
    order = LimitOrder("BUY", 50, low)
    trade = ib.placeOrder(aapl, order)
    await until(lambda: trade.orderStatus.status == "Submitted", "a limit order rests")
    order.lmtPrice, order.totalQuantity = round(low + 0.5, 2), 60
    ib.placeOrder(aapl, order)
    await until(lambda: trade.order.totalQuantity == 60, "it is modified")
    ib.cancelOrder(order)
    await until(lambda: trade.orderStatus.status == "Cancelled", "it is cancelled")
    await until(lambda: (order.orderId, 202) in errors, "202")
    ib.client.cancelOrder(order.orderId)
    await until(lambda: (order.orderId, 10148) in errors, "10148: it has been cancelled already")
    ib.client.cancelOrder(987654)
    await until(lambda: (987654, 10147) in errors, "10147: there is no such order")
    ib.client.placeOrder(order.orderId, aapl, LimitOrder("BUY", 1, low))
    await until(lambda: (order.orderId, 103) in errors, "103: a number twice")
    off = ib.placeOrder(aapl, LimitOrder("BUY", 1, low + 0.003))
    await until(lambda: (off.order.orderId, 110) in errors, "110: not on the grid")
    huge = ib.placeOrder(aapl, MarketOrder("BUY", 1_000_000))
    await until(lambda: (huge.order.orderId, 201) in errors, "201: not enough margin")
    wrong = ib.placeOrder(aapl, LimitOrder("BUY", 1, low, tif="XYZ"))
    await until(lambda: (wrong.order.orderId, 321) in errors, "321: not valid")
    state = await ib.whatIfOrderAsync(aapl, MarketOrder("BUY", 100))
    check(float(state.initMarginChange) > 0 and state.commission >= 1, "what if")

    parent, target, stop = ib.bracketOrder("BUY", 100, round(ticker.ask + 1, 2),
                                           round(ticker.ask * 1.2, 2), round(ticker.bid * 0.8, 2))
    bracket = [ib.placeOrder(aapl, o) for o in (parent, target, stop)]
    await until(lambda: bracket[0].orderStatus.status == "Filled", "the entry of a bracket fills")
    await until(lambda: bracket[1].orderStatus.status == "Submitted", "its target works")
    await until(lambda: bracket[2].orderStatus.status == "PreSubmitted", "its stop waits")
    ib.cancelOrder(target)
    await until(lambda: bracket[1].isDone(), "the target is cancelled")
    ib.cancelOrder(stop)
    await until(lambda: bracket[2].isDone(), "and the stop")

    pair = ib.oneCancelsAll([LimitOrder("BUY", 10, round(ticker.ask + 1, 2)),
                             LimitOrder("BUY", 10, low)], "oca-1", 1)
    both = [ib.placeOrder(aapl, o) for o in (reversed(pair))]
    await until(lambda: all(t.isDone() for t in both), "one of a group cancels the other")
    check({t.orderStatus.status for t in both} == {"Filled", "Cancelled"}, "as it should")
    waiting = ib.placeOrder(aapl, StopOrder("SELL", 10, low))
    await until(lambda: waiting.orderStatus.status == "PreSubmitted", "a stop waits")
    ib.reqGlobalCancel()
    await until(waiting.isDone, "a global cancel")
    eur = ib.placeOrder(others[2], MarketOrder("BUY", 20000))
    await until(lambda: eur.orderStatus.status == "Filled", "euros")
    ib.cancelMktData(aapl)


async def account(ib):
    fills = await ib.reqExecutionsAsync()
    check(len(fills) >= 4 and all(f.execution.execId for f in fills), "executions")
    await until(lambda: ib.positions(), "positions")
    held = {p.contract.symbol: p.position for p in ib.positions()}
    check(held.get("AAPL") == 210, f"as bought: {held}")
    await until(lambda: ib.portfolio(), "a portfolio")
    values = {v.tag: v.value for v in await ib.accountSummaryAsync()}
    check(float(values["NetLiquidation"]) > 990_000, "the account's summary")
    pnl = ib.reqPnL("DU1000001")
    await until(lambda: pnl.dailyPnL == pnl.dailyPnL, "profit and loss")
    done = await ib.reqCompletedOrdersAsync(False)
    check(len(done) >= 6, "completed orders")


async def information(ib, aapl):
    check((await ib.reqNewsProvidersAsync())[0].code == "SIM", "news providers")
    news = await ib.reqHistoricalNewsAsync(aapl.conId, "SIM", "", "", 3)
    check(news, "headlines")
    check((await ib.reqNewsArticleAsync("SIM", "SIM$1")).articleText, "an article")
    scan = await ib.reqScannerDataAsync(ScannerSubscription(instrument="STK", numberOfRows=10,
                                                            locationCode="STK.US",
                                                            scanCode="MOST_ACTIVE"))
    check(len(scan) == 3, "a scanner")
    check("ScanParameter" in await ib.reqScannerParametersAsync(), "its parameters")
    check(await ib.reqSmartComponentsAsync("a60001"), "smart components")
    check(await ib.reqMktDepthExchangesAsync(), "exchanges with depth")
    check(await ib.reqFundamentalDataAsync(aapl, "ReportSnapshot"), "fundamentals")
    check(await ib.requestFAAsync(1), "groups of a financial advisor")
    check(await ib.reqCurrentTimeAsync(), "the time")


async def main():
    faults, errors = Faults(), set()
    logging.getLogger().addHandler(faults)
    logging.getLogger("ib_async").setLevel(logging.ERROR)
    with Server(sys.argv[1], "--seed", "7") as server:
        ib, other = IB(), IB()
        ib.errorEvent += lambda req, code, text, contract: errors.add((req, code))
        await ib.connectAsync("127.0.0.1", server.port, clientId=1, timeout=10,
                              raiseSyncErrors=True)
        check(ib.client.serverVersion() == 178, "version 178")
        check(ib.managedAccounts() == ["DU1000001"], "one paper account")
        await until(lambda: {(-1, 2104), (-1, 2106), (-1, 2158)} <= errors, "2104, 2106, 2158")
        heard = set()
        other.errorEvent += lambda req, code, text, contract: heard.add(code)
        try:
            await other.connectAsync("127.0.0.1", server.port, clientId=1, timeout=2)
        except Exception:  # noqa: BLE001 (whichever it is, the connection is gone)
            pass
        check(326 in heard, "326: the client id is in use")
        aapl, others = await contracts(ib)
        await market_data(ib, aapl, others)
        await history(ib, aapl)
        await orders(ib, aapl, others, errors)
        await account(ib)
        await information(ib, aapl)
        ib.disconnect()
    check(not faults.found, f"nothing that could not be decoded {faults.found[:3]}")


if __name__ == "__main__":
    asyncio.run(main())
