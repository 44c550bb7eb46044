"""Money: whole minor units, written as people read them, rounded as the law says, split without loss."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.money import (
    DECIMALS,
    ceil,
    decimal_digits,
    floor,
    format_money,
    half_even,
    half_up,
    largest_remainder,
    minor_units,
)

untimed = settings(deadline=None)  # no test depends on how fast the machine is
fractions = st.fractions(min_value=-(10**12), max_value=10**12)
steps = st.sampled_from([1, 2, 5, 10, 100, 10_000])


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (41_200_000, "CNY", "¥412,000.00"),
        (-41_200_000, "CNY", "\u2212¥412,000.00"),
        (0, "CNY", "¥0.00"),
        (-1, "CNY", "\u2212¥0.01"),
        (5, "CNY", "¥0.05"),
        (123_456_789_00, "EUR", "€123,456,789.00"),
        (999, "USD", "$9.99"),
        (1_000_000, "JPY", "JPY 1,000,000"),
        (100, "CHF", "CHF 1.00"),
        (Fraction(1, 2), "CNY", "¥0.005"),
        (Fraction(-1, 8), "CNY", "\u2212¥0.00125"),
        (Fraction(100, 3), "CNY", "¥1/3"),
        (Fraction(-1_000_000, 3), "CNY", "\u2212¥10,000/3"),
        (Fraction(10, 1), "CNY", "¥0.10"),
    ],
)
def test_an_amount_as_people_read_it(minor: int | Fraction, currency: str, text: str) -> None:
    assert format_money(minor, currency) == text


@untimed
@given(st.integers(-(10**18), 10**18), st.sampled_from(sorted(DECIMALS)))
def test_a_written_amount_reads_back_as_the_same_amount(minor: int, currency: str) -> None:
    text = format_money(minor, currency)
    assert (text[0] == "\u2212") == (minor < 0)
    assert "-" not in text
    digits = "".join(character for character in text if character in "0123456789.")
    assert Decimal(digits) * minor_units(currency) == abs(minor)
    assert len(digits.partition(".")[2]) == DECIMALS[currency]


def test_minor_units_follow_iso_4217() -> None:
    assert [minor_units(currency) for currency in ("CNY", "EUR", "JPY", "KRW")] == [100, 100, 1, 1]
    with pytest.raises(KeyError):
        minor_units("XXX")


@pytest.mark.parametrize(
    ("x", "up", "even", "down", "top"),
    [
        (Fraction(5, 2), 3, 2, 2, 3),
        (Fraction(7, 2), 4, 4, 3, 4),
        (Fraction(1, 2), 1, 0, 0, 1),
        (Fraction(-1, 2), 0, 0, -1, 0),
        (Fraction(-3, 2), -1, -2, -2, -1),
        (Fraction(10_000, 3), 3333, 3333, 3333, 3334),
        (Fraction(20_000, 3), 6667, 6667, 6666, 6667),
        (7, 7, 7, 7, 7),
    ],
)
def test_each_way_of_rounding(x: Fraction | int, up: int, even: int, down: int, top: int) -> None:
    assert (half_up(x), half_even(x), floor(x), ceil(x)) == (up, even, down, top)


def test_rounding_to_hundreds_rounds_once() -> None:
    assert half_up(149, to=100) == 100
    assert half_up(150, to=100) == 200
    assert (half_even(150, to=100), half_even(250, to=100)) == (200, 200)
    assert (floor(199, to=100), ceil(101, to=100)) == (100, 200)
    assert half_up(Fraction(1499, 10), to=100) == 100  # rounded to 150 first it would be 200


@untimed
@given(fractions, steps)
def test_a_rounded_amount_is_a_multiple_and_near(x: Fraction, to: int) -> None:
    for rounded, most in ((half_up(x, to=to), Fraction(1, 2)), (half_even(x, to=to), Fraction(1, 2))):
        assert rounded % to == 0
        assert abs(rounded - x) <= most * to
    assert floor(x, to=to) <= x < floor(x, to=to) + to
    assert ceil(x, to=to) - to < x <= ceil(x, to=to)


@untimed
@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_rounding_agrees_with_the_decimal_module(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    for ours, theirs in ((half_even, ROUND_HALF_EVEN), (floor, ROUND_FLOOR), (ceil, ROUND_CEILING)):
        assert ours(Fraction(exact)) == int(exact.to_integral_value(theirs))


@untimed
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_decimal_digits_are_the_number_or_none(numerator: int, denominator: int) -> None:
    part = Fraction(numerator, denominator + 1) % 1
    digits = decimal_digits(part)
    rest = part.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert (digits is None) == (rest != 1)
    if digits is not None:
        assert Fraction(int(digits or "0"), 10 ** len(digits)) == part
        assert not digits.endswith("0")


# --- splitting (AC-13) ------------------------------------------------------------------------------------------------


def test_two_thirds_and_one_third_of_a_hundred_yuan() -> None:
    assert largest_remainder(10_000, [2, 1]) == [6667, 3333]
    assert largest_remainder(10_000, [Fraction(2, 3), Fraction(1, 3)]) == [6667, 3333]
    assert largest_remainder(9_000_000, [2, 1]) == [6_000_000, 3_000_000]


def test_equal_remainders_are_served_in_the_order_given() -> None:
    assert largest_remainder(2, [1, 1, 1]) == [1, 1, 0]
    assert largest_remainder(1, [1, 1]) == [1, 0]
    assert largest_remainder(0, [3, 1]) == [0, 0]
    assert largest_remainder(7, [0, 1, 0]) == [0, 7, 0]


@pytest.mark.parametrize(("amount", "shares"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
def test_what_cannot_be_split_is_refused(amount: int, shares: list[int]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        largest_remainder(amount, shares)


@untimed
@given(
    st.integers(0, 10**15),
    st.lists(st.one_of(st.integers(0, 10**6), st.fractions(0, 1000)), min_size=1, max_size=9).filter(any),
)
def test_the_parts_sum_to_the_amount_and_each_is_within_one_unit(amount: int, shares: list[Fraction | int]) -> None:
    parts = largest_remainder(amount, shares)
    assert sum(parts) == amount
    total = sum(map(Fraction, shares))
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - amount * share / total) < 1
        assert share or part == 0
