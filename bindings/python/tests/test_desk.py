"""The desk (risk, orders, portfolio, ledger alone), and the book."""

import pytest

import keel


def make_desk():
    desk = keel.Desk()
    account = desk.add_account("book", desk.add_venue("X"), "USD", kind="margin")
    abc = desk.add_instrument("ABC/USD", venue=1, quote="USD", price_increment="0.01",
                              quantity_increment="1", kind="perpetual", initial_margin="0.1")
    desk.set_limit("max_position", "3")
    desk.start()
    desk.change_cash(account, "100000 USD")
    desk.on_market(keel.Quote(abc, 1, "99", "5", "101", "5"))
    return desk, account, abc


def test_desk():
    desk, account, abc = make_desk()
    wish = keel.OrderRequest.limit(abc, "buy", "2", "101").on(account)
    first = desk.submit(wish)
    assert first and first.order > 0 and desk.open_orders(account) == 1
    denied = desk.check(wish)
    assert not denied and denied.reason == "risk.position_limit"
    desk.accepted(first.order)
    desk.filled(first.order, "2", "101", "E-1", "0.5 USD")
    desk.filled(first.order, "2", "101", "E-1", "0.5 USD")  # told twice, booked once
    position = desk.position(account, abc)
    assert position.quantity == 2 and position.fees == keel.Money("0.5 USD")
    assert desk.order(first.order).state is keel.OrderState.FILLED
    assert not desk.trial_balance("USD") and len(desk.ledger()["seq"]) > 2
    desk.set_kill_level("no_new_orders", "drill", "me")
    assert desk.check(wish).reason == "risk.kill_switch"
    desk.reset_kill_switch("me")
    with pytest.raises(keel.Error):
        desk.add_venue("late")
    with pytest.raises(keel.Error):
        desk.filled(12345, "1", "1", "E-9")


def test_book():
    book = keel.OrderBook(1)
    assert book.delta(1, [("buy", "99", "1")]) == "no_snapshot"
    assert book.snapshot(2, [("buy", "99", "1"), ("buy", "98", "4"), ("sell", "101", "2")]) == (
        "applied")
    assert book.best("buy") == (keel.Price(99), keel.Quantity(1))
    assert book.levels("buy") == [(99, 1), (98, 4)]
    assert book.sweep("sell", "3")["filled"] == 3 and book.imbalance(1) == pytest.approx(-1 / 3)
    assert book.delta(3, [("buy", "99", "0")]) == "applied" and book.best("buy")[0] == 98
