"""Money for every room: whole minor units with a currency; formatting, rounding, splitting. Never a float.

Amounts are Python integers of the currency's minor unit (fen, cent). ISO 4217 gives the number of decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil as _ceil
from math import floor as _floor
from typing import Final

DECIMALS: Final = {"CNY": 2, "EUR": 2, "USD": 2, "GBP": 2, "HKD": 2, "CHF": 2, "JPY": 0, "KRW": 0}
"""Decimals of each currency that Corridor knows (ISO 4217)."""

SYMBOL: Final = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£"}


def minor_units(currency: str) -> int:
    """How many minor units make one unit of ``currency``: 100 for CNY, 1 for JPY.

    Raises:
        KeyError: the currency is not in :data:`DECIMALS`.
    """
    return int(10 ** DECIMALS[currency])


def format_money(minor: int | Fraction, currency: str, language: str = "en") -> str:
    """An amount as people read it: ``¥412,000.00``, in Chinese ``412,000.00 元``; a negative one begins with U+2212.

    A fraction of a minor unit is shown with all its decimals, or as a fraction where it has no end.
    """
    sign = "\u2212" if minor < 0 else ""
    exact = abs(Fraction(minor)) / minor_units(currency)
    whole, part = divmod(exact, 1)
    digits = decimal_digits(part)
    if digits is None:
        number = f"{exact.numerator:,}/{exact.denominator:,}"
    else:
        digits = f"{digits:0<{DECIMALS[currency]}}"
        number = f"{int(whole):,}{'.' + digits if digits else ''}"
    if language == "zh" and currency == "CNY":
        return f"{sign}{number} 元"
    return f"{sign}{SYMBOL.get(currency) or f'{currency} '}{number}"


def decimal_digits(part: Fraction) -> str | None:
    """The digits after the point of ``0 <= part < 1``; None where the decimal has no end."""
    denominator, power = part.denominator, 0
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        power = max(power, count)
    if denominator != 1:
        return None
    return f"{part.numerator * 10**power // part.denominator:0{power}d}" if power else ""


def half_up(x: Fraction | int, *, to: int = 1) -> int:
    """The nearest multiple of ``to``; a tie goes up."""
    return _floor(Fraction(x) / to + Fraction(1, 2)) * to


def half_even(x: Fraction | int, *, to: int = 1) -> int:
    """The nearest multiple of ``to``; a tie goes to the even one (banker's rounding)."""
    return round(Fraction(x) / to) * to


def floor(x: Fraction | int, *, to: int = 1) -> int:
    """The largest multiple of ``to`` that is not above ``x``."""
    return _floor(Fraction(x) / to) * to


def ceil(x: Fraction | int, *, to: int = 1) -> int:
    """The smallest multiple of ``to`` that is not below ``x``."""
    return _ceil(Fraction(x) / to) * to


def largest_remainder(amount: int, shares: Sequence[Fraction | int]) -> list[int]:
    """Split ``amount`` (minor units, not negative) in proportion to ``shares`` so that the parts sum to it exactly.

    Each part is cut to whole minor units; what is left goes, one each, to the largest remainders; equal remainders
    are served in the order given. 10,000 fen at 2 : 1 gives 6,667 and 3,333.

    Raises:
        ValueError: a negative amount or share, or shares that sum to nothing.
    """
    weights = [Fraction(share) for share in shares]
    total = sum(weights, Fraction(0))
    if amount < 0 or any(weight < 0 for weight in weights) or total == 0:
        raise ValueError("largest_remainder needs an amount and shares that are not negative, and a share above 0")
    exact = [amount * weight / total for weight in weights]
    parts = [_floor(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts
