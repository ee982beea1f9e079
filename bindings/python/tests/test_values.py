"""Values: exact, hashable, picklable, in agreement with decimal.Decimal."""

import copy
import datetime
import decimal
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keel

RAW = st.integers(-(2**63), 2**63 - 1)
DECIMALS = {keel.Price: 9, keel.Quantity: 8, keel.Rate: 9}


@pytest.mark.parametrize("kind", DECIMALS)
@given(a=RAW, b=RAW)
def test_decimal_oracle(kind, a, b):
    digits = DECIMALS[kind]
    left, right = kind.from_raw(a), kind.from_raw(b)
    x, y = decimal.Decimal(a).scaleb(-digits), decimal.Decimal(b).scaleb(-digits)
    assert left == x and decimal.Decimal(str(left)) == x
    assert hash(left) == hash(x)
    assert (left < right) == (x < y) and (left == right) == (x == y) and (left <= y) == (x <= y)
    assert pickle.loads(pickle.dumps(left)) == left == copy.deepcopy(left)
    assert kind(str(left)) == left and kind(x) == left
    with decimal.localcontext() as context:
        context.prec = 60
        total = x + y
    if -(2**63) <= a + b < 2**63:
        assert (left + right).to_decimal() == total
    else:
        with pytest.raises(keel.Error) as caught:
            left + right
        assert caught.value.code == "core.decimal_range"


@given(st.floats())
def test_floats_are_never_taken_in_silence(number):
    one = keel.Price(1)
    for act in (lambda: keel.Price(number), lambda: one + number, lambda: number + one,
                lambda: one * number, lambda: one < number, lambda: one == number,
                lambda: keel.Money("1 USD") * number):
        with pytest.raises(keel.WrongType):
            act()


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_nearest_rounds_or_says_no(number):
    try:
        price = keel.Price.nearest(number)
    except keel.Error as error:
        assert error.code in ("core.not_finite", "core.decimal_range")
        assert error.field == "price"
    else:
        assert abs(price.to_decimal() - decimal.Decimal(number)) <= decimal.Decimal("5e-10")


@given(a=st.integers(-(2**120), 2**120), b=st.integers(-(2**120), 2**120))
def test_money_is_exact(a, b):
    with decimal.localcontext() as context:
        context.prec = 60
        left, right = (keel.Money(decimal.Decimal(n).scaleb(-18), "USD") for n in (a, b))
    assert (left + right).raw == a + b and (left - right).raw == a - b
    assert (left < right) == (a < b) and hash(left) == hash(keel.Money(left.amount, "USD"))
    assert pickle.loads(pickle.dumps(left)) == left


def test_money_of_two_currencies():
    with pytest.raises(keel.Error) as caught:
        keel.Money("1 USD") + keel.Money("1 EUR")
    assert caught.value.code == "python.two_currencies"
    assert keel.Money("1 USD") != keel.Money("1 EUR")


@given(st.datetimes(min_value=datetime.datetime(1700, 1, 1),
                    max_value=datetime.datetime(2200, 1, 1),
                    timezones=st.just(datetime.timezone.utc)))
def test_datetimes(moment):
    time = keel.Timestamp(moment)
    assert time.to_datetime() == moment
    assert keel.Timestamp(str(time)) == time == pickle.loads(pickle.dumps(time))


def test_naive_datetime_is_named():
    with pytest.raises(keel.Error) as caught:
        keel.Timestamp(datetime.datetime(2024, 1, 1))
    assert caught.value.code == "python.naive_datetime" and caught.value.field == "time"


def test_durations():
    assert keel.Duration("90s") == keel.Duration(datetime.timedelta(seconds=90))
    assert keel.Timestamp(5) - keel.Timestamp(2) == keel.Duration(3)
    assert keel.Timestamp(0) + datetime.timedelta(seconds=1) == keel.Timestamp(10**9)


def test_grid():
    price = keel.Price("-1.23")
    assert price.floor_to("0.1") == keel.Price("-1.3")
    assert price.ceil_to("0.1") == keel.Price("-1.2") == price.trunc_to("0.1")
    with pytest.raises(keel.Error):
        price.floor_to("0")


def test_enumerations():
    assert keel.Side.BUY.name == "BUY" and keel.Side.BUY == 1
    request = keel.OrderRequest.limit(1, "buy", "0.5", "800")
    assert request.side is keel.Side.BUY and request.terms.type is keel.OrderType.LIMIT
    with pytest.raises(keel.Error) as caught:
        keel.OrderRequest.limit(1, "bye", "0.5", "800")
    assert caught.value.code == "core.unknown_name"
