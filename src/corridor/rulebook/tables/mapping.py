"""The map of a table: which column is which fact, in what unit, currency and years. One TOML file, read strictly."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from corridor.rulebook.errors import Place, TableError

UNITS: Final = {
    "one": Fraction(1),
    "thousand": Fraction(1_000),
    "million": Fraction(1_000_000),
    "billion": Fraction(1_000_000_000),
    "万": Fraction(10_000),
    "亿": Fraction(100_000_000),
    "percent": Fraction(1, 100),
}
"""What one written number stands for. ``percent`` is for rates only, the larger ones are not for rates."""

MOST_YEARS: Final = 50
"""The longest sum over years that a map may ask for."""

_DECIMAL: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")

_SECTIONS: Final = ("table", "rates", "facts")
_TABLE_KEYS: Final = ("id", "year", "keep", "group", "currency", "units", "rate_on", "missing")
_FACT_KEYS: Final = ("column", "unit", "units", "currency", "years", "value")


@dataclass(frozen=True, slots=True)
class FactMap:
    """How one fact is found in the table.

    Attributes:
        column: name of the column; None means the column named like the fact.
        unit: a key of ``UNITS``: what one written number stands for.
        units: ``"major"`` or ``"minor"`` money; None means as the table says.
        currency: ISO 4217 code of the money; None means as the table says.
        years: how many years are summed, the row's own and those before it; 1 means no sum.
        value: a constant for every row, as text; then there is no column.
        line: where the map says it, for error messages.
    """

    column: str | None = None
    unit: str = "one"
    units: str | None = None
    currency: str | None = None
    years: int = 1
    value: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A table explained. An empty ``Mapping()`` takes every column that is named like a fact.

    Attributes:
        id: column that tells firms apart; needed for sums over years.
        year: column with the year of the row; needed for sums over years and for dated rates.
        keep: columns carried into the result.
        group: column that results may be grouped by; carried too.
        currency: ISO 4217 code of money columns; None means the pack's own.
        units: ``"major"`` or ``"minor"`` money; None means major in files, and in frames minor for whole numbers.
        rate_on: the day whose exchange rate applies to every row; None means 31 December of the row's year.
        missing: texts that stand for "no value", besides the empty cell.
        rates: currency -> ((day, units of the pack's currency for one), ...), by rising day.
        facts: fact name -> how to find it.
        file: where the map was read, for error messages.
    """

    id: str | None = None
    year: str | None = None
    keep: tuple[str, ...] = ()
    group: str | None = None
    currency: str | None = None
    units: str | None = None
    rate_on: datetime.date | None = None
    missing: tuple[str, ...] = ()
    rates: Map[str, tuple[tuple[datetime.date, Fraction], ...]] = field(default_factory=dict)
    facts: Map[str, FactMap] = field(default_factory=dict)
    file: str | None = None

    @property
    def carried(self) -> tuple[str, ...]:
        """Columns that go into the result as they are: id, year, group, then ``keep``; each once."""
        named = (self.id, self.year, self.group, *self.keep)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def place(self, line: int | None = None) -> Place | None:
        """Where the map says something; None for a map made in Python."""
        return None if self.file is None else Place(self.file, line)


def printable(text: str) -> str:
    """A text from a file, on one line and without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def nearest(name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """A remedy sentence that offers the names most like ``name``; if there are none, ``otherwise`` or what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(map(printable, close))}?"
    return otherwise or f"There is: {listed(names)}."


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names with commas between them, at most ``most`` of them; ``nothing`` when there is none."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(map(printable, every[:most])) + more if every else "nothing"


def read_mapping(path: str | Path) -> Mapping:
    """Read a map file (``*.map.toml``).

    Raises:
        TableError: the file cannot be read, is not TOML, or says something a map cannot say; with file and line.
    """
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except IsADirectoryError:
        raise TableError("this is a folder, not a map.", at=Place(str(file)), remedy="Name the .toml file.") from None
    except FileNotFoundError:
        raise TableError("there is no such map.", at=Place(str(file)), remedy="Check the path.") from None
    except OSError as error:
        raise TableError(f"the map cannot be opened ({error.strerror}).", at=Place(str(file))) from None
    except UnicodeDecodeError:
        raise TableError("the map is not UTF-8 text.", at=Place(str(file)), remedy="Save it as UTF-8.") from None
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise TableError("the map is nested too deeply.", at=Place(str(file)), remedy="A map is two levels.") from None
    except ValueError as error:  # also a number of thousands of digits
        found = re.search(r"line (\d+)", str(error))
        why = re.sub(r" \(at .*\)$", "", str(error))
        line = int(found[1]) if found else None
        remedy = 'A map is TOML: [table], [rates.EUR], [facts.revenue] with key = "value" lines.'
        raise TableError(f"this is not TOML: {why}.", at=Place(str(file), line), remedy=remedy) from None
    return _Reader(str(file), text).mapping(data)


class _Reader:
    """Checks a parsed map key by key, so that every complaint has its line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines: dict[tuple[str, str], int] = {}
        section = ""
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip()
            if head := re.match(r"\[\s*([^\[\]]+?)\s*\]", line):
                section = re.sub(r"""["'\s]""", "", head[1])
                self.lines.setdefault((section, ""), number)
            elif key := re.match(r"""["']?([^"'=]+?)["']?\s*=""", line):
                self.lines.setdefault((section, key[1]), number)

    def error(self, message: str, section: str, key: str = "", remedy: str = "") -> TableError:
        line = self.lines.get((section, key), self.lines.get((section, "")))
        return TableError(message, at=Place(self.file, line), remedy=remedy)

    def mapping(self, data: Map[str, Any]) -> Mapping:
        for name, value in data.items():
            if name not in _SECTIONS:
                section = name if isinstance(value, dict) else ""
                raise self.error(f"a map has no {name!r}.", section, name, f"Allowed: {_allowed(_SECTIONS)}.")
            if not isinstance(value, dict):
                raise self.error(f"{name!r} must be a section.", "", name, f"Write [{name}] on a line of its own.")
        table = data.get("table", {})
        self.known(table, "table", _TABLE_KEYS)
        keep = self.texts(table, "table", "keep")
        return Mapping(
            id=self.text(table, "table", "id"),
            year=self.text(table, "table", "year"),
            keep=keep,
            group=self.text(table, "table", "group"),
            currency=self.currency(table, "table"),
            units=self.choice(table, "table", "units", ("major", "minor")),
            rate_on=self.day(table, "table", "rate_on"),
            missing=self.texts(table, "table", "missing"),
            rates={name: self.rates(name, value) for name, value in data.get("rates", {}).items()},
            facts={name: self.fact(name, value) for name, value in data.get("facts", {}).items()},
            file=self.file,
        )

    def known(self, table: Map[str, Any], section: str, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                raise self.error(f"[{section}] has no key {key!r}.", section, key, f"Allowed: {_allowed(keys)}.")

    def text(self, table: Map[str, Any], section: str, key: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key!r} must be a text.", section, key, f'Write {key} = "...".')
        return value.strip()

    def texts(self, table: Map[str, Any], section: str, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.error(f"{key!r} must be a list of texts.", section, key, f'Write {key} = ["...", "..."].')
        return tuple(one.strip() for one in value)

    def choice(self, table: Map[str, Any], section: str, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(table, section, key)
        if value is not None and value not in allowed:
            raise self.error(f"{key} = {value!r} is not known.", section, key, f"Allowed: {_allowed(allowed)}.")
        return value

    def currency(self, table: Map[str, Any], section: str) -> str | None:
        value = self.text(table, section, "currency")
        if value is not None and not _CURRENCY.fullmatch(value):
            raise self.error(f"currency = {value!r} is not a code.", section, "currency", "Write three capitals: EUR.")
        return value

    def day(self, table: Map[str, Any], section: str, key: str) -> datetime.date | None:
        value = table.get(key)
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        if value is None:
            return None
        found = _day(value) if isinstance(value, str) else None
        if found is None:
            raise self.error(f"{key} = {value!r} is not a day.", section, key, f'Write {key} = "2018-12-31".')
        return found

    def rates(self, currency: str, table: object) -> tuple[tuple[datetime.date, Fraction], ...]:
        section = f"rates.{currency}"
        if not _CURRENCY.fullmatch(currency):
            raise self.error(f"{currency!r} is not a currency code.", section, "", "Write three capitals: [rates.EUR].")
        if not isinstance(table, dict) or not table:
            raise self.error(f"[{section}] names no rate.", section, "", 'Write 2018-12-31 = "7.8751" below it.')
        rates = []
        for key, value in table.items():
            day = _day(key)
            if day is None:
                raise self.error(f"{key!r} is not a day.", section, key, 'Write 2018-12-31 = "7.8751".')
            if not isinstance(value, str):
                raise self.error(f"the rate {value} is not quoted.", section, key, f'Write {key} = "{value}".')
            if not _DECIMAL.fullmatch(value) or len(value) > 30 or not Fraction(value):
                raise self.error(
                    f"{value!r} is not a rate.", section, key, 'Write a plain decimal above zero: "7.8751".'
                )
            rates.append((day, Fraction(value)))
        return tuple(sorted(rates))

    def fact(self, name: str, table: object) -> FactMap:
        section = f"facts.{name}"
        if not isinstance(table, dict):
            raise self.error(
                f"{name!r} must be a section.", "facts", name, f'Write [{section}] and column = "..." below.'
            )
        self.known(table, section, _FACT_KEYS)
        value = table.get("value")
        if value is not None:
            if len(table) > 1:
                other = next(key for key in table if key != "value")
                raise self.error(f"a constant has no {other!r}.", section, other, "Give either a value or a column.")
            if isinstance(value, float) or not isinstance(value, str | bool | int | datetime.date):
                raise self.error(f"the value {value} is not quoted.", section, "value", f'Write value = "{value}".')
            text = str(value).lower() if isinstance(value, bool) else str(value).strip()
            if not text:
                raise self.error("the value is empty.", section, "value", "Leave the fact out: then it is missing.")
            return FactMap(value=text, line=self.lines.get((section, "")))
        years = table.get("years", 1)
        if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= MOST_YEARS:
            remedy = f"Write a whole number from 1 to {MOST_YEARS}: years = 3."
            raise self.error(f"years = {years!r} is not a number of years.", section, "years", remedy)
        return FactMap(
            column=self.text(table, section, "column"),
            unit=self.choice(table, section, "unit", tuple(UNITS)) or "one",
            units=self.choice(table, section, "units", ("major", "minor")),
            currency=self.currency(table, section),
            years=years,
            line=self.lines.get((section, "")),
        )


def _day(text: str) -> datetime.date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _allowed(names: Iterable[str]) -> str:
    return ", ".join(names)
