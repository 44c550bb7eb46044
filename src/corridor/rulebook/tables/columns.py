"""One column of a table into codes: exact, in whole arrays, with a reason for every cell that cannot be read.

The meaning of a cell is :func:`code_of_cell`, plain Python on integers and fractions. :func:`read_column` gives the
same answers for whole columns with int64 arithmetic and hands it only the cells that it could not do itself, so that
there is one definition and one set of reasons. No float is used anywhere.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from corridor.rulebook.exact import exact_text
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import LIMIT, NUMBERS, STORAGE, Kind, day_number, day_of
from corridor.rulebook.tables.mapping import printable

Codes = npt.NDArray[np.signedinteger[Any]]
"""A column of codes in the storage type of its kind; the smallest number of the type means "missing"."""

YES_NO: Final = {"true": 1, "false": 0, "1": 1, "0": 0, "yes": 1, "no": 0, "是": 1, "否": 0, "1.0": 1, "0.0": 0}
"""How a table may write yes and no, in small letters; some programs write 1.0 and 0.0 once a column has empty cells."""

BLANKS: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What is taken off both ends of a cell: the white space of Unicode, which polars strips too."""

INT64_SMALLEST: Final = -LIMIT["int64"] - 1

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST: Final = 64  # characters of a number; longer cells are refused before they cost time
_MOST_DECIMALS: Final = 30  # beyond it the fast way gives up and the exact one takes over
_HALF_RANGE: Final = 2**62  # products are kept below it, so that adding two of them cannot overflow int64
_SHOWN: Final = 40  # characters of a cell that a message repeats


class Unreadable(Exception):
    """A cell that cannot be read; the text is the reason, beginning with the cell."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one column become codes of one fact.

    Attributes:
        fact: the fact they are codes of.
        column: name of the column.
        factor: codes in one written number, before any exchange; for numbers only.
        currency: currency of the cells if it is not the pack's; then codes are rounded half up to the minor unit.
        unit: the word of the unit, for messages (``million``); ``one`` says nothing.
        years: how many years are summed afterwards; 1 is none. Then a cell may lie below the fact's minimum.
        missing: texts that mean "no value", besides the empty cell.
    """

    fact: Fact
    column: str
    factor: Fraction = Fraction(1)
    currency: str | None = None
    unit: str = "one"
    years: int = 1
    missing: tuple[str, ...] = ()

    @property
    def lowest(self) -> int:
        """The smallest code that a cell may have."""
        return self.fact.minimum if self.years == 1 else min(self.fact.minimum, 0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rate of each row: ``rates[index[i]]`` units of the pack's currency for one; -1 where none applies.

    Attributes:
        rates: the different rates.
        index: int64, one per row.
        why: says for a row without a rate why it has none.
    """

    rates: tuple[Fraction, ...]
    index: npt.NDArray[np.int64]
    why: Callable[[int], str]


def missing_mark(fact: Fact) -> int:
    """The code that means "missing" in a column of this fact."""
    return -LIMIT[STORAGE[fact.kind]] - 1


def empty_column(fact: Fact, rows: int) -> Codes:
    """A column in which every row is missing."""
    return np.full(rows, missing_mark(fact), dtype=STORAGE[fact.kind])


def shown(cell: str) -> str:
    """A cell as messages show it: quoted, on one line, cut when it is long."""
    return f"'{printable(cell if len(cell) <= _SHOWN else cell[: _SHOWN - 1] + '…')}'"


# --- one cell ---------------------------------------------------------------------------------------------------------


def code_of_cell(cell: str, reading: Reading, rate: Fraction | None = None) -> int:
    """The code of one cell that is not empty; ``rate`` when the money is in another currency.

    Raises:
        Unreadable: with the reason, which begins with the cell.
    """
    text, fact = cell.strip(BLANKS), reading.fact
    match fact.kind:
        case Kind.BOOL:
            if (answer := YES_NO.get(text.lower())) is None:
                raise Unreadable(f"{shown(cell)} is not true, false, 1, 0, yes, no, 是 or 否")
            return answer
        case Kind.CATEGORY:
            if text not in fact.members:
                raise Unreadable(f"{shown(cell)} is not one of {', '.join(fact.members)}")
            return fact.members.index(text)
        case Kind.DATE:
            return _in_range(_day_code(text, cell), cell, reading)
        case _:
            return _number_code(text, cell, reading, rate)


def _day_code(text: str, cell: str) -> int:
    try:
        if _DAY.fullmatch(text):
            return day_number(datetime.date.fromisoformat(text))
    except ValueError:
        raise Unreadable(f"{shown(cell)} is not a day of the calendar") from None
    raise Unreadable(f"{shown(cell)} is not a date YYYY-MM-DD")


def _number_code(text: str, cell: str, reading: Reading, rate: Fraction | None) -> int:
    fact = reading.fact
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        whole = fact.kind in {Kind.COUNT, Kind.SCORE, Kind.DAYS}
        raise Unreadable(f"{shown(cell)} is not a {'plain whole number' if whole else 'plain decimal'}")
    code = Fraction(text) * reading.factor
    if rate is not None:
        return _in_range(math.floor(code * rate + Fraction(1, 2)), cell, reading)
    if code.denominator == 1:
        return _in_range(int(code), cell, reading)
    unit = "" if reading.unit == "one" else f" {reading.unit}"
    if fact.kind is Kind.MONEY:
        raise Unreadable(f"{shown(cell)}{unit} has more decimals than the minor unit allows")
    if fact.kind is Kind.RATE:
        raise Unreadable(f"{shown(cell)}{unit} cannot be written exactly as a share of {fact.scale}")
    raise Unreadable(f"{shown(cell)}{unit} is not a whole number")


def _in_range(code: int, cell: str, reading: Reading) -> int:
    if reason := out_of_range(code, reading.fact, reading.lowest):
        unit = "" if reading.unit == "one" else f" {reading.unit}"
        currency = f" {reading.currency}" if reading.currency else ""
        raise Unreadable(f"{shown(cell)}{unit}{currency} {reason}")
    return code


def out_of_range(code: int, fact: Fact, lowest: int) -> str:
    """Why a code may not stand in a column of the fact, or an empty text when it may."""
    if lowest <= code <= fact.maximum:
        return ""
    if fact.kind is Kind.DATE:
        first, last = _day_text(lowest), _day_text(fact.maximum)
        return f"is not between {first} and {last}"
    if code > fact.maximum:
        return f"is above the maximum of {exact_text(Fraction(fact.maximum, fact.scale))}"
    if lowest == 0:
        return "is negative"
    return f"is below the minimum of {exact_text(Fraction(lowest, fact.scale))}"


def _day_text(code: int) -> str:
    earliest, latest = day_number(datetime.date.min), day_number(datetime.date.max)
    return day_of(min(max(code, earliest), latest)).isoformat()


# --- which column types can hold which kind ---------------------------------------------------------------------------


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column of this type holds text."""
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)


def unfit(dtype: pl.DataType, reading: Reading) -> tuple[str, str] | None:
    """Why a column type cannot hold the fact, as message and remedy; None when it can."""
    kind, dtypes = reading.fact.kind, str(dtype)
    if is_text(dtype) or dtype == pl.Null:
        return None
    if kind in NUMBERS:
        if dtype.is_integer() or dtype.is_decimal():
            return None
        if dtype.is_float() and kind in {Kind.MONEY, Kind.RATE}:
            message = f"{reading.column!r} is {dtypes}, and a float cannot hold {kind.value} exactly."
            return message, f"Store it as Decimal or text, such as pl.col({reading.column!r}).cast(pl.Decimal(38, 2))."
        if dtype.is_float() and reading.factor != 1:
            message = f"{reading.column!r} is {dtypes}, and a float cannot be counted in {reading.unit} exactly."
            return message, "Store it as Decimal or text."
        if dtype.is_float():
            return None
    elif kind is Kind.BOOL:
        if dtype == pl.Boolean or dtype.is_integer() or dtype.is_float():
            return None
    elif kind is Kind.DATE and isinstance(dtype, pl.Date | pl.Datetime):
        return None
    needed = {
        Kind.BOOL: "Boolean, 0 and 1, or text",
        Kind.DATE: "Date or text YYYY-MM-DD",
        Kind.CATEGORY: "text",
        Kind.MONEY: "Decimal, whole numbers or text",
        Kind.RATE: "Decimal or text",
    }.get(kind, "whole numbers or text")
    return f"{reading.column!r} is {dtypes}, which cannot be {kind.value}.", f"Store it as {needed}."


# --- whole columns ----------------------------------------------------------------------------------------------------


def read_column(cells: pl.Series, reading: Reading, exchange: Exchange | None = None) -> tuple[Codes, dict[int, str]]:
    """The codes of a column.

    Args:
        cells: any type that :func:`unfit` does not object to.
        reading: what the cells mean.
        exchange: the rate of each row, when the money is in another currency.

    Returns:
        Codes in the storage type of the fact, one per cell, and position -> reason for cells that cannot be read.
        Those are missing in the codes.
    """
    cells = _without_marks(cells, reading.missing)
    match reading.fact.kind:
        case Kind.BOOL:
            codes, read, open_ = _read_words(cells, YES_NO, lower=True)
        case Kind.CATEGORY:
            members = {name: code for code, name in enumerate(reading.fact.members)}
            codes, read, open_ = _read_words(cells, members, lower=False)
        case Kind.DATE:
            codes, read, open_ = _read_days(cells)
            read &= (codes >= reading.fact.minimum) & (codes <= reading.fact.maximum)
        case _:
            codes, read, open_ = _read_numbers(cells, reading, exchange)
            read &= (codes >= reading.lowest) & (codes <= reading.fact.maximum)
    result = np.where(read, codes, missing_mark(reading.fact)).astype(STORAGE[reading.fact.kind])
    problems: dict[int, str] = {}
    left = np.flatnonzero(open_ & ~read)
    if not left.size:
        return result, problems
    for position, cell in zip(left.tolist(), _texts_at(cells, left), strict=True):
        try:
            rate = None
            if exchange is not None:
                which = int(exchange.index[position])
                if which < 0:
                    raise Unreadable(exchange.why(position))
                rate = exchange.rates[which]
            result[position] = code_of_cell(cell, reading, rate)
        except Unreadable as reason:
            problems[position] = str(reason)
    return result, problems


_Read = tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
# codes (anything where not read), which cells were read, which cells are not empty


def _without_marks(cells: pl.Series, marks: tuple[str, ...]) -> pl.Series:
    if not is_text(cells.dtype):
        return cells
    cells = cells.cast(pl.String)
    if not marks:
        return cells
    marked = cells.str.strip_chars().is_in(list(marks)).fill_null(value=False)
    return cells.set(marked, None) if marked.any() else cells


def _texts_at(cells: pl.Series, positions: npt.NDArray[np.intp]) -> list[str]:
    some = cells.gather(positions)
    if is_text(cells.dtype):
        return some.cast(pl.String).to_list()
    if isinstance(cells.dtype, pl.Date | pl.Datetime):
        days, whole = _days(some)
        first, last = day_number(datetime.date.min), day_number(datetime.date.max)
        return [
            (day_of(day).isoformat() if first <= day <= last else f"day {day}") + ("" if at_midnight else " and a time")
            for day, at_midnight in zip(days.tolist(), whole.tolist(), strict=True)
        ]
    if cells.dtype.is_decimal():
        return [format(value, "f") for value in some.to_list()]
    return [str(value) for value in some.to_list()]


def _filled(cells: pl.Series, kind: type[pl.Int64 | pl.Float64] = pl.Int64) -> npt.NDArray[Any]:
    return cells.fill_null(0).cast(kind).to_numpy()


def _not_empty(text: pl.Series) -> npt.NDArray[np.bool_]:
    """Which cells of a text column hold something besides blanks."""
    filled = text.is_not_null() & (text.str.len_bytes() > 0)
    full: npt.NDArray[np.bool_] = filled.fill_null(value=False).to_numpy()
    return full


def _read_words(cells: pl.Series, words: dict[str, int], *, lower: bool) -> _Read:
    if cells.dtype == pl.Null:
        return _nothing(len(cells))
    if cells.dtype == pl.Boolean or cells.dtype.is_integer():
        number = cells.cast(pl.Int64, strict=False)
        read = number.is_between(0, 1).fill_null(value=False).to_numpy()
        return _filled(number), read.copy(), cells.is_not_null().to_numpy()
    if cells.dtype.is_float():
        read = ((cells == 0) | (cells == 1)).fill_null(value=False).to_numpy()
        return (_filled(cells, pl.Float64) == 1).astype(np.int64), read.copy(), cells.is_not_null().to_numpy()
    text = cells.str.strip_chars()
    found = (text.str.to_lowercase() if lower else text).replace_strict(
        list(words), list(words.values()), default=None, return_dtype=pl.Int64
    )
    return _filled(found), found.is_not_null().to_numpy(), _not_empty(text)


def _read_days(cells: pl.Series) -> _Read:
    if cells.dtype == pl.Null:
        return _nothing(len(cells))
    if isinstance(cells.dtype, pl.Date | pl.Datetime):
        days, whole = _days(cells)
        return days, whole & cells.is_not_null().to_numpy(), cells.is_not_null().to_numpy()
    text = cells.str.strip_chars()
    day = text.str.to_date("%Y-%m-%d", strict=False)
    plain = text.str.contains(f"^{_DAY.pattern}$") & day.is_not_null()
    return _filled(day.to_physical()), plain.fill_null(value=False).to_numpy(), _not_empty(text)


def _days(cells: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Days since 1970-01-01 of a Date or Datetime column, and which cells are whole days; in integers throughout."""
    if not isinstance(cells.dtype, pl.Datetime):
        return _filled(cells.to_physical()), np.ones(len(cells), np.bool_)
    if cells.dtype.time_zone is not None:
        cells = cells.dt.replace_time_zone(None)
    per_day = 86_400 * {"ms": 10**3, "us": 10**6, "ns": 10**9}[cells.dtype.time_unit]  # type: ignore[attr-defined]
    ticks = _filled(cells.to_physical())
    return ticks // per_day, ticks % per_day == 0


def _nothing(rows: int) -> _Read:
    return np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)


def _read_numbers(cells: pl.Series, reading: Reading, exchange: Exchange | None) -> _Read:
    if cells.dtype == pl.Null:
        return _nothing(len(cells))
    digits, decimals, read, full = _digits(cells)
    codes, exact = _scaled(digits, decimals, reading.factor, exchange)
    return codes, read & exact, full


def _digits(cells: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64] | int, Any, Any]:
    """Each number without its point, how many of its digits are decimals, whether that worked, and what is not empty.

    The digits fit int64. What does not work is left to :func:`code_of_cell`.
    """
    dtype = cells.dtype
    if is_text(dtype):
        digits, decimals, read, full = _text_digits(cells)
        if (full & ~read).any():  # blanks around numbers are rare, so they are only taken off when something failed
            digits, decimals, read, full = _text_digits(cells.str.strip_chars())
        return digits, decimals, read, full
    full = cells.is_not_null().to_numpy()
    if isinstance(dtype, pl.Decimal):
        number = cells.to_physical().cast(pl.Int64, strict=False)
        return _filled(number), dtype.scale, number.is_not_null().to_numpy(), full
    number = cells.cast(pl.Int64, strict=False)
    read = number.is_not_null()
    if dtype.is_float():
        read &= number.cast(pl.Float64) == cells.cast(pl.Float64)
    return _filled(number), 0, read.fill_null(value=False).to_numpy(), full


def _text_digits(text: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Any, Any]:
    point = text.str.find(".", literal=True)
    digits = text.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    read = digits.is_not_null()
    if (point == 0).any():  # ".-5" is no number, though "-5" is
        read &= ~text.str.contains(r"^\.[+-]")
    after = (text.str.len_bytes().cast(pl.Int64) - point.cast(pl.Int64) - 1).fill_null(0)
    return _filled(digits), after.to_numpy(), read.fill_null(value=False).to_numpy(), _not_empty(text)


def _scaled(
    digits: npt.NDArray[np.int64],
    decimals: npt.NDArray[np.int64] | int,
    factor: Fraction,
    exchange: Exchange | None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """``digits / 10**decimals * factor * rate`` in whole codes, and for which rows that could be done in int64.

    Without an exchange a result that is not whole is not done; with one it is rounded half up.
    """
    factors = [factor] if exchange is None else [factor * rate for rate in exchange.rates]
    steps = (
        range(decimals, decimals + 1)
        if isinstance(decimals, int)
        else range(min(int(decimals.max(initial=0)), _MOST_DECIMALS) + 1)
    )
    table = [[_ratio(factor, step) for step in steps] for factor in factors]
    above = np.array([[pair[0] for pair in row] for row in table], dtype=np.int64)
    below = np.array([[pair[1] for pair in row] for row in table], dtype=np.int64)
    up: npt.NDArray[np.int64] | np.int64
    down: npt.NDArray[np.int64] | np.int64
    if above.size == 1:
        up, down = above[0, 0], below[0, 0]
    elif isinstance(decimals, int):
        assert exchange is not None
        up, down = above[exchange.index, 0], below[exchange.index, 0]
    elif exchange is None or above.shape[0] == 1:
        step = np.minimum(decimals, len(steps) - 1)
        up, down = above[0][step], below[0][step]
    else:
        step = np.minimum(decimals, len(steps) - 1)
        up, down = above[exchange.index, step], below[exchange.index, step]
    done = np.broadcast_to(np.asarray(up > 0), digits.shape).copy()
    if not isinstance(decimals, int):
        done &= decimals <= _MOST_DECIMALS
    if exchange is not None:
        done &= exchange.index >= 0
    limit = (_HALF_RANGE - 1) // np.maximum(up, 1)
    if below.max() == 1:
        done &= (digits <= limit) & (digits >= -limit)
        return np.where(done, digits * up, 0), done
    whole = digits // down  # towards minus infinity, so that the rest is never negative
    rest = digits - whole * down
    done &= (whole <= limit) & (whole >= -limit)
    part = rest * up
    more = part // down
    left = part - more * down
    codes = np.where(done, whole, 0) * up + more
    if exchange is None:
        done &= left == 0
    else:
        codes += 2 * left >= down
    return codes, done


def _ratio(factor: Fraction, decimals: int) -> tuple[int, int]:
    """``factor / 10**decimals`` in lowest terms; (0, 1) when its parts are too large for the fast way."""
    ratio = factor / 10**decimals
    if ratio.numerator * ratio.denominator >= _HALF_RANGE:
        return 0, 1
    return ratio.numerator, ratio.denominator


# --- sums over years --------------------------------------------------------------------------------------------------


def order_of_years(firm: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """The order of the rows by firm and year."""
    return np.lexsort((year, firm))


def sum_of_years(
    codes: Codes,
    firm: npt.NDArray[np.int64],
    year: npt.NDArray[np.int64],
    order: npt.NDArray[np.intp],
    reading: Reading,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Each row's own value and those of the years before it.

    Args:
        codes: the values, one per row.
        firm: a number per firm; -1 where the firm or the year is not known.
        year: the year of the row.
        order: from :func:`order_of_years`; no firm has a year twice.
        reading: how many years, and what missing looks like.

    Returns:
        The sums as int64 (``INT64_SMALLEST`` where a year is missing), and where a sum is too large for int64.
    """
    codes64 = codes[order].astype(np.int64)
    firm, year = firm[order], year[order]
    gap = (codes64 == missing_mark(reading.fact)) | (firm < 0)
    total = np.where(gap, 0, codes64)
    whole, over = ~gap, np.zeros(len(total), np.bool_)
    for back in range(1, reading.years):
        earlier = np.zeros(len(total), np.int64)
        same = np.zeros(len(total), np.bool_)
        earlier[back:] = np.where(gap, 0, codes64)[:-back]
        same[back:] = (firm[back:] == firm[:-back]) & (year[back:] == year[:-back] + back) & ~gap[:-back]
        whole &= same
        before = total
        total = before + earlier
        over |= ((before ^ total) & (earlier ^ total)) < 0
    sums = np.empty(len(total), np.int64)
    sums[order] = np.where(whole, total, INT64_SMALLEST)
    too_large = np.zeros(len(total), np.bool_)
    too_large[order] = over & whole
    return sums, too_large


def sum_problems(
    sums: npt.NDArray[np.int64], too_large: npt.NDArray[np.bool_], reading: Reading
) -> tuple[Codes, dict[int, str]]:
    """Sums as codes of the fact, and position -> reason where a sum lies outside the fact's range."""
    fact = reading.fact
    missing = (sums == INT64_SMALLEST) & ~too_large
    good = ~missing & ~too_large & (sums >= fact.minimum) & (sums <= fact.maximum)
    codes = np.where(good, sums, missing_mark(fact)).astype(STORAGE[fact.kind])
    problems = {}
    for position in np.flatnonzero(~good & ~missing).tolist():
        total = fact.maximum + 1 if too_large[position] else int(sums[position])
        amount = "" if too_large[position] else f" {exact_text(Fraction(total, fact.scale))}"
        problems[position] = f"the sum{amount} of {reading.years} years {out_of_range(total, fact, fact.minimum)}"
    return codes, problems


def years_of(cells: pl.Series) -> tuple[npt.NDArray[np.int64], dict[int, str]]:
    """The year of each row, 0 where it is not known; and position -> reason for cells that are not a year.

    Raises:
        TypeError: the column is neither text nor whole numbers.
    """
    if is_text(cells.dtype):
        text = cells.cast(pl.String).str.strip_chars()
        year = text.str.replace(r"^([0-9]{4})(\.0*)?$", "$1").cast(pl.Int64, strict=False)
        full = _not_empty(text)
    elif cells.dtype.is_integer() or cells.dtype == pl.Null:
        year = cells.cast(pl.Int64, strict=False)
        full = cells.is_not_null().to_numpy()
    else:
        raise TypeError(str(cells.dtype))
    good = year.is_between(1, 9999).fill_null(value=False).to_numpy()
    found: npt.NDArray[np.int64] = np.where(good, _filled(year), 0)
    wrong = np.flatnonzero(full & ~good)
    return found, {
        position: f"{shown(cell)} is not a year"
        for position, cell in zip(wrong.tolist(), _texts_at(cells, wrong), strict=True)
    }


def firms_of(cells: Sequence[pl.Series]) -> npt.NDArray[np.int64]:
    """A number per firm for an id column given in parts; -1 where the id is empty."""
    text = pl.concat([_id_text(part) for part in cells])
    number = text.rank("dense").cast(pl.Int64).fill_null(-1)
    return number.to_numpy().copy()


def _id_text(cells: pl.Series) -> pl.Series:
    text = cells.cast(pl.String).str.strip_chars()
    return text.set(text.str.len_bytes() == 0, None)
