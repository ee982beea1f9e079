"""The API of ibapi (the old one, and the one with protobuf) against the simulated TWS.

usage: tws_ibapi.py KEEL MAX_VERSION
"""

import logging
import sys
import threading
import time

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.wrapper import EWrapper

from tws_server import Server, check


class App(EWrapper, EClient):
    """Keeps what it hears, by the callback's name."""

    def __init__(self):
        EClient.__init__(self, self)
        self.heard = {}

    def __getattribute__(self, name):
        if name in RECORDED:
            return lambda *args: self.heard.setdefault(name, []).append(args)
        return super().__getattribute__(name)

    def error(self, *args):  # (id, code, text) or (id, time, code, text, json)
        numbers = [a for a in args if isinstance(a, int)]
        code = args[1] if isinstance(args[2], str) else args[2]
        self.heard.setdefault("error", []).append((numbers[0], code, args))

    def wait(self, name, what, condition=lambda rows: True, seconds=10):
        for _ in range(int(seconds * 50)):
            rows = self.heard.get(name, [])
            if rows and condition(rows):
                break
            time.sleep(0.02)
        rows = self.heard.get(name, [])
        check(bool(rows) and condition(rows), what)
        return rows


RECORDED = frozenset({
    "nextValidId", "managedAccounts", "contractDetails", "contractDetailsEnd", "tickPrice",
    "tickSize", "tickString", "tickReqParams", "marketDataType", "tickSnapshotEnd",
    "updateMktDepth", "updateMktDepthL2", "historicalData", "historicalDataEnd", "realtimeBar",
    "headTimestamp", "historicalTicksLast", "tickByTickBidAsk", "openOrder", "orderStatus",
    "openOrderEnd", "execDetails", "execDetailsEnd", "commissionReport",
    "commissionAndFeesReport", "position", "positionEnd", "accountSummary", "accountSummaryEnd",
    "updateAccountValue", "updatePortfolio", "accountDownloadEnd", "accountUpdateMulti",
    "accountUpdateMultiEnd", "pnl", "completedOrder", "completedOrdersEnd", "currentTime",
    "symbolSamples", "securityDefinitionOptionParameter", "marketRule", "newsProviders",
    "familyCodes", "userInfo", "scannerData", "scannerDataEnd", "receiveFA", "mktDepthExchanges",
})


def stock(symbol):
    contract = Contract()
    contract.symbol, contract.secType = symbol, "STK"
    contract.exchange, contract.currency = "SMART", "USD"
    return contract


def order_of(action, kind, quantity, price=None):
    order = Order()
    order.action, order.orderType, order.totalQuantity = action, kind, quantity
    order.eTradeOnly = order.firmQuoteOnly = False
    if price is not None:
        order.lmtPrice = price
    return order


def data(app, aapl):
    app.reqContractDetails(1, aapl)
    details = app.wait("contractDetails", "contract details")
    app.wait("contractDetailsEnd", "their end")
    check(details[0][1].contract.conId == 265598, "the contract's number")
    app.reqMktData(2, aapl, "233", False, False, [])
    app.wait("tickPrice", "prices", lambda rows: {1, 2, 9} <= {r[1] for r in rows})
    app.wait("tickSize", "sizes")
    app.cancelMktData(2)
    app.reqMktData(3, aapl, "", True, False, [])
    app.wait("tickSnapshotEnd", "a snapshot")
    app.reqMktDepth(4, aapl, 5, True, [])
    app.wait("updateMktDepthL2", "depth", lambda rows: len(rows) >= 10)
    app.cancelMktDepth(4, True)
    app.reqHistoricalData(5, aapl, "", "5 D", "1 day", "TRADES", 1, 1, False, [])
    app.wait("historicalDataEnd", "history")
    check(len(app.heard["historicalData"]) == 5, "five days")
    app.reqHeadTimeStamp(6, aapl, "TRADES", 1, 1)
    app.wait("headTimestamp", "the head time stamp")
    app.reqHistoricalTicks(7, aapl, "", "20260101 00:00:00 UTC", 10, "TRADES", 1, True, [])
    app.wait("historicalTicksLast", "historical ticks", lambda rows: len(rows[0][1]) == 10)
    app.reqTickByTickData(8, aapl, "BidAsk", 0, True)
    app.wait("tickByTickBidAsk", "tick by tick")
    app.cancelTickByTickData(8)
    app.reqContractDetails(9, stock("NOSUCH"))
    app.wait("error", "200", lambda rows: any(r[1] == 200 for r in rows))


def orders(app, aapl, first):
    price = [r[2] for r in app.heard["tickPrice"] if r[1] == 1][0]
    app.placeOrder(first, aapl, order_of("BUY", "MKT", 100))
    app.wait("orderStatus", "filled", lambda rows: any(r[0] == first and r[1] == "Filled"
                                                       for r in rows))
    app.wait("execDetails", "an execution")
    fee = "commissionReport" if hasattr(EWrapper, "commissionReport") else "commissionAndFeesReport"
    app.wait(fee, "its commission")
    app.placeOrder(first + 1, aapl, order_of("BUY", "LMT", 10, round(price * 0.9, 2)))
    app.wait("orderStatus", "it rests", lambda rows: any(
        r[0] == first + 1 and r[1] == "Submitted" for r in rows))
    app.placeOrder(first + 1, aapl, order_of("BUY", "LMT", 20, round(price * 0.9, 2)))
    app.wait("openOrder", "it is modified", lambda rows: any(
        r[0] == first + 1 and r[2].totalQuantity == 20 for r in rows))
    cancel(app, first + 1)
    app.wait("orderStatus", "it is cancelled", lambda rows: any(
        r[0] == first + 1 and r[1] == "Cancelled" for r in rows))
    cancel(app, 987654)
    app.wait("error", "10147", lambda rows: any(r[1] == 10147 for r in rows))
    app.placeOrder(first, aapl, order_of("BUY", "LMT", 10, 1.0))
    app.wait("error", "104: filled already", lambda rows: any(r[1] == 104 for r in rows))
    app.placeOrder(first + 2, aapl, order_of("BUY", "LMT", 10, 100.003))
    app.wait("error", "110", lambda rows: any(r[1] == 110 for r in rows))
    app.reqExecutions(20, ExecutionFilter())
    app.wait("execDetailsEnd", "the list of executions")
    app.reqOpenOrders()
    app.wait("openOrderEnd", "open orders")
    app.reqCompletedOrders(False)
    app.wait("completedOrdersEnd", "completed orders")
    check(len(app.heard["completedOrder"]) >= 2, "both of them")


def cancel(app, order_id):
    try:
        from ibapi.order_cancel import OrderCancel
        app.cancelOrder(order_id, OrderCancel())
    except ImportError:
        app.cancelOrder(order_id)


def accounts(app):
    app.reqPositions()
    app.wait("positionEnd", "positions")
    check(float(app.heard["position"][0][2]) == 100, "as bought")
    app.reqAccountSummary(30, "All", "NetLiquidation,TotalCashValue")
    app.wait("accountSummaryEnd", "a summary")
    app.reqAccountUpdates(True, "DU1000001")
    app.wait("accountDownloadEnd", "account updates")
    check(app.heard["updatePortfolio"], "a portfolio")
    app.reqAccountUpdatesMulti(31, "DU1000001", "", False)
    app.wait("accountUpdateMultiEnd", "and those of several")
    app.reqPnL(32, "DU1000001", "")
    app.wait("pnl", "profit and loss")
    app.reqCurrentTime()
    app.wait("currentTime", "the time")
    app.reqMatchingSymbols(33, "AAPL")
    app.wait("symbolSamples", "symbols")
    app.reqSecDefOptParams(34, "AAPL", "", "STK", 265598)
    app.wait("securityDefinitionOptionParameter", "an option chain")
    app.reqNewsProviders()
    app.wait("newsProviders", "news providers")
    app.reqFamilyCodes()
    app.wait("familyCodes", "family codes")
    app.reqMktDepthExchanges()
    app.wait("mktDepthExchanges", "exchanges with depth")
    app.requestFA(1)
    app.wait("receiveFA", "groups of a financial advisor")


def main():
    maximum = int(sys.argv[2])
    logging.getLogger().setLevel(logging.CRITICAL)
    with Server(sys.argv[1], "--seed", "7", "--max-version", str(maximum)) as server:
        app = App()
        app.connect("127.0.0.1", server.port, 3)
        threading.Thread(target=app.run, daemon=True).start()
        first = app.wait("nextValidId", "connected")[0][0]
        check(app.serverVersion() == maximum, f"version {maximum}")
        aapl = stock("AAPL")
        data(app, aapl)
        orders(app, aapl, first)
        accounts(app)
        bad = [e for e in app.heard["error"] if e[1] in (320, 505, 506)]
        check(not bad, f"nothing that either side could not read {bad[:2]}")
        app.disconnect()


if __name__ == "__main__":
    main()
