"""Exact numbers as text: plain decimals and fractions, in and out. No float, no exponent."""

from __future__ import annotations

import re
from fractions import Fraction

from corridor.money import decimal_digits

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,40}/\d{1,40}", re.ASCII)


def parse_exact(text: str) -> Fraction:
    """Read ``"0.03"``, ``"-12"`` or ``"2/3"``.

    Raises:
        ValueError: anything else, among it ``"1e30"``, ``"1,000"``, ``"NaN"`` and a denominator of 0.
    """
    if _NUMBER.fullmatch(text) or (_FRACTION.fullmatch(text) and not re.fullmatch(r"0+", text.partition("/")[2])):
        return Fraction(text)
    raise ValueError(f"{text!r} is not a plain decimal or fraction")


def exact_text(value: Fraction | int, *, decimals: int = 0) -> str:
    """Write a number exactly: a decimal with at least ``decimals`` digits, or ``n/d`` where the decimal has no end."""
    if isinstance(value, int):
        return f"{value}.{'0' * decimals}" if decimals else str(value)
    number = Fraction(value)
    whole, part = divmod(abs(number), 1)
    digits = decimal_digits(part)
    if digits is None:
        return f"{number.numerator}/{number.denominator}"
    digits = f"{digits:0<{decimals}}"
    return f"{'-' if number < 0 else ''}{int(whole)}{'.' + digits if digits else ''}"


def scaled_text(code: int, scale: int, *, decimals: int) -> str:
    """Write ``code / scale`` where ``scale`` is ten to the power of ``decimals``: money in major units."""
    whole, part = divmod(abs(code), scale)
    return f"{'-' if code < 0 else ''}{whole}{f'.{part:0{decimals}d}' if decimals else ''}"


def percent_text(value: Fraction) -> str:
    """A rate as people read it: ``3%``, ``66.67%`` would be inexact, so 2/3 stays ``2/3``."""
    digits = decimal_digits(abs(value * 100) % 1)
    return f"{exact_text(value * 100)}%" if digits is not None else exact_text(value)
