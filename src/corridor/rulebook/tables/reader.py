"""Tables of firms: CSV, Parquet or a polars frame in, columns of codes out, in bounded memory.

:func:`read_batches` streams a file, :func:`batch_from_frame` takes a frame. Both give :class:`Batch`: per fact an array
in the storage type of its kind (:data:`corridor.rulebook.kinds.STORAGE`), missing marked by the smallest number of that
type. A row that cannot be read is never dropped and never guessed: it keeps its place, its facts are missing, and
``problems`` says why. What is wrong with the table as a whole is one :class:`TableError`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl
from polars import selectors

from corridor.money import DECIMALS, minor_units
from corridor.rulebook.errors import Place, TableError
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import NUMBERS, Kind
from corridor.rulebook.tables.columns import (
    Codes,
    Exchange,
    Reading,
    Unreadable,
    code_of_cell,
    empty_column,
    firms_of,
    is_text,
    missing_mark,
    order_of_years,
    read_column,
    sum_of_years,
    sum_problems,
    unfit,
    years_of,
)
from corridor.rulebook.tables.csvblocks import Piece, TextTable
from corridor.rulebook.tables.mapping import UNITS, FactMap, Mapping, listed, nearest, printable, read_mapping

__all__ = ["Batch", "Batches", "Mapping", "TableInfo", "batch_from_frame", "read_batches", "read_mapping"]

ROWS: Final = 250_000
"""Rows of a batch unless the caller says otherwise."""

_MAGIC: Final = b"PAR1"
_SERIAL: Final = 20_000  # rows below which threads cost more than they save


@dataclass(frozen=True)
class TableInfo:
    """What a table was found to hold.

    Attributes:
        source: the file, or ``frame``.
        columns: names of all columns, in their order.
        taken: fact -> the column that it is read from.
        constants: fact -> the text that the map states for every row.
        ignored: columns that are neither read nor carried.
        absent: facts that the table does not give.
        notes: what a person should know, such as ``read as GB18030``.
        rows: number of rows, or None while that is not known (text files).
    """

    source: str
    columns: tuple[str, ...]
    taken: dict[str, str]
    constants: dict[str, str]
    ignored: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int | None


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of a table as codes.

    Attributes:
        first_row: number of the first row; the first row of a table is 1, a header is not counted.
        rows: how many rows.
        columns: fact -> codes, shape ``(rows,)``; a fact that the table does not give is not there.
        keys: the carried columns (id, year, group, keep) under their own names, one row per row; a text file's are
            text.
        problems: row number -> why the row cannot be judged, ``row 17: revenue: 'abc' is not a plain decimal``. Its
            facts are missing, and the caller must treat it as bad, not as a row with missing facts.
        info: what the whole table holds.
    """

    first_row: int
    rows: int
    columns: dict[str, Codes]
    keys: pl.DataFrame
    problems: dict[int, str]
    info: TableInfo


class Batches(Iterator[Batch]):
    """The batches of a file, in order; ``info`` is there before the first of them."""

    def __init__(self, info: TableInfo, batches: Iterator[Batch]) -> None:
        self.info = info
        self._batches = batches

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Batch:
        return next(self._batches)


def read_batches(
    path: str | Path,
    facts: Map[str, Fact],
    *,
    mapping: Mapping | None = None,
    currency: str = "CNY",
    rows: int = ROWS,
    progress: Callable[[float], None] | None = None,
) -> Batches:
    """Read a CSV or Parquet file in batches.

    Peak memory is that of one batch, whatever the size of the file, with two exceptions: a map with id and year costs
    about 16 bytes per row of the file (to find a firm-year that stands twice), and sums over years hold id, year and
    the summed columns of all rows (about 150 bytes per row at their peak), because a firm's rows may stand anywhere.

    Args:
        path: the file. What it is, is told from its content, not its name.
        facts: the declared facts by name.
        mapping: which column is which fact; without it, and for facts that it does not name, columns named like facts.
        currency: the pack's currency, in which money comes out (minor units).
        rows: rows per batch; all but the last have exactly so many.
        progress: called with the share of the work done, rising from 0 to 1.

    Returns:
        An iterator of :class:`Batch`, with ``info``. Money in files is in major units unless the map says minor.

    Raises:
        TableError: at once when the file or the map cannot be used; while iterating when the file turns out to be
            damaged or a firm-year stands twice.
    """
    if rows < 1:
        raise ValueError("a batch has at least one row")
    file = Path(path)
    with _one_sentence(file):
        source = _open(file)
        types = source.types if isinstance(source, _ParquetTable) else None
        plan = _Plan(
            source.columns,
            types,
            facts,
            mapping or Mapping(),
            currency=currency,
            place=Place(str(file)),
            integers_are_minor=False,
        )
        info = plan.info(str(file), source.notes, source.rows if isinstance(source, _ParquetTable) else None)
    return Batches(info, _batches(file, source, plan, info, rows, progress or (lambda _: None)))


def batch_from_frame(
    frame: pl.DataFrame, facts: Map[str, Fact], *, mapping: Mapping | None = None, currency: str = "CNY"
) -> Batch:
    """Read a polars frame as one batch.

    Args:
        frame: a row per firm, or per firm and year. For Money, columns of whole numbers are minor units; Decimal and
            text are major units, unless the map says otherwise. A float is refused for Money and Rate.
        facts: the declared facts by name.
        mapping: as for :func:`read_batches`.
        currency: the pack's currency.

    Raises:
        TableError: a column's type does not suit its fact, nothing matches, or a firm-year stands twice.
    """
    _must_be_frame(frame)
    with _one_sentence(None):
        types = dict(frame.schema)
        plan = _Plan(
            frame.columns,
            types,
            facts,
            mapping or Mapping(),
            currency=currency,
            place=None,
            integers_are_minor=True,
        )
        info = plan.info("frame", [], frame.height)
        survey = _Survey(plan)
        survey.add(frame, {})
        survey.finish()
        return plan.batch(_Rows(1, frame, {}, 1.0), survey, info)


def _must_be_frame(given: object) -> None:
    if not isinstance(given, pl.DataFrame):
        remedy = "Call .collect() first." if isinstance(given, pl.LazyFrame) else "Make one with polars.DataFrame(...)."
        raise TableError(f"a polars DataFrame is needed, not {type(given).__name__}.", remedy=remedy)


# --- files ------------------------------------------------------------------------------------------------------------


class _Source(Protocol):
    columns: list[str]
    notes: list[str]

    def pieces(self, columns: list[str], rows: int) -> Iterator[Piece]: ...


class _ParquetTable:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - len(_MAGIC), 0))
            if file.read() != _MAGIC or size <= 2 * len(_MAGIC):
                message = "this Parquet file is cut short: its end is missing."
                raise TableError(message, at=Place(str(path)), remedy="Write or download it again.")
        self._scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        self.types = dict(self._scan.collect_schema())
        self.columns = list(self.types)
        self.rows = int(self._scan.select(pl.len()).collect().item())
        if not self.rows:
            raise _no_rows(path)

    def pieces(self, columns: list[str], rows: int) -> Iterator[Piece]:
        names = columns or self.columns[:1]
        chosen = self._scan.select(selectors.by_name(*names))
        for start in range(0, self.rows, rows):
            frame = chosen.slice(start, rows).collect()
            if frame.height != min(rows, self.rows - start):
                raise TableError("this Parquet file has fewer rows than it says.", at=Place(str(self.path)))
            yield Piece(frame, {}, (start + frame.height) / self.rows)


def _open(path: Path) -> TextTable | _ParquetTable:
    at = Place(str(path))
    if path.is_dir():
        raise TableError("this is a folder, not a table.", at=at, remedy="Name a CSV or Parquet file in it.")
    if not path.exists():
        names = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        remedy = nearest(path.name, names, otherwise="Check the path.")
        raise TableError("there is no such file.", at=at, remedy=remedy)
    if not path.is_file():
        raise TableError("this is not a plain file.", at=at, remedy="Save the table to a file first.")
    with path.open("rb") as file:
        parquet = file.read(len(_MAGIC)) == _MAGIC
    if parquet:
        return _ParquetTable(path)
    if path.suffix.lower() in {".parquet", ".pq"}:
        remedy = "Write it again as Parquet, or rename it if it is a CSV file."
        raise TableError("this is not a Parquet file, whatever its name says.", at=at, remedy=remedy)
    return TextTable(path)


def _no_rows(path: Path) -> TableError:
    return TableError("the table has a header and no rows.", at=Place(str(path)), remedy="Check how it was exported.")


@contextmanager
def _one_sentence(path: Path | None) -> Iterator[None]:
    """Turn whatever goes wrong below into a TableError with place and remedy."""
    at = Place(str(path)) if path else None
    try:
        yield
    except pl.exceptions.PolarsError as error:
        reason = printable((str(error).strip().splitlines() or ["unknown"])[0][:160].rstrip("."))
        raise TableError(f"the table cannot be read ({reason}).", at=at, remedy="Is the file whole?") from None
    except pl.exceptions.PanicException as error:
        reason = printable((str(error).strip().splitlines() or ["unknown"])[0][:160].rstrip("."))
        raise TableError(f"the table cannot be read ({reason}).", at=at, remedy="Is the file damaged?") from None
    except UnicodeError:
        raise TableError("the file changed while it was read.", at=at, remedy="Try again.") from None
    except OSError as error:
        raise TableError(f"the file cannot be read ({error.strerror or error}).", at=at) from None


@dataclass(frozen=True)
class _Rows:
    """Consecutive rows; ``ragged`` by position."""

    first_row: int
    frame: pl.DataFrame
    ragged: dict[int, str]
    done: float


def _rebatched(pieces: Iterator[Piece], rows: int) -> Iterator[_Rows]:
    """The same rows in batches of exactly ``rows``, the last one excepted."""
    waiting: list[pl.DataFrame] = []
    ragged: dict[int, str] = {}
    height, first_row, done = 0, 1, 0.0
    for piece in pieces:
        frame, done = piece.frame, piece.done
        ragged.update({position + height: reason for position, reason in piece.ragged.items()})
        waiting.append(frame)
        height += frame.height
        if height < rows:
            continue
        whole = pl.concat(waiting)
        start = 0
        while height - start >= rows:
            here = {at - start: reason for at, reason in ragged.items() if start <= at < start + rows}
            yield _Rows(first_row, whole.slice(start, rows), here, done)
            first_row += rows
            start += rows
        waiting, height = [whole.slice(start)], height - start
        ragged = {at - start: reason for at, reason in ragged.items() if at >= start}
    if height:
        yield _Rows(first_row, pl.concat(waiting), ragged, done)


def _batches(
    file: Path, source: _Source, plan: _Plan, info: TableInfo, rows: int, progress: Callable[[float], None]
) -> Iterator[Batch]:
    with _one_sentence(file):
        survey = _Survey(plan)
        half = 0.0
        if plan.sums:
            half = 0.5
            for part in _rebatched(source.pieces(plan.columns_of_sums, rows), rows):
                survey.add(part.frame, part.ragged)
                progress(part.done * half)
            survey.finish()
        twins = None if survey.whole else _Twins(plan)
        any_rows = False
        for part in _rebatched(source.pieces(plan.columns, rows), rows):
            any_rows = True
            if twins is not None:
                twins.add(part.frame)
            yield plan.batch(part, survey, info)
            progress(half + part.done * (1 - half))
        if not any_rows:
            raise _no_rows(file)
        if twins is not None and (hashes := twins.suspects()) is not None:
            for part in _rebatched(source.pieces(plan.columns_of_sums, rows), rows):
                twins.collect(part, hashes)
            twins.judge()
        progress(1.0)


# --- what is read from where ------------------------------------------------------------------------------------------


class _Plan:
    """A map bound to the columns of one table: checked once, then applied to every batch."""

    def __init__(
        self,
        columns: list[str],
        types: Map[str, pl.DataType] | None,
        facts: Map[str, Fact],
        mapping: Mapping,
        *,
        currency: str,
        place: Place | None,
        integers_are_minor: bool,
    ) -> None:
        self.all_columns = columns
        self.facts = dict(facts)
        self.mapping = mapping
        self.currency = currency
        self.place = place
        self._types = types
        self._integers_are_minor = integers_are_minor
        self._check_names()
        self.readings: dict[str, Reading] = {}
        self.constants: dict[str, int] = {}
        for name, fact in facts.items():
            found = mapping.facts.get(name, FactMap())
            if found.value is not None:
                self.constants[name] = self._constant(fact, found)
            elif name in mapping.facts or name in columns:
                self.readings[name] = self._reading(fact, found)
        if not self.readings and not self.constants:
            raise TableError(
                f"no column is named like a fact: there is {listed(self._named())}; expected are {listed(facts)}.",
                at=place,
                remedy="Rename columns, or say which is which in a map (--map, docs/tables.md).",
            )
        self.sums = {name: reading for name, reading in self.readings.items() if reading.years > 1}
        needed = [reading.column for reading in self.readings.values()]
        self.columns = list(dict.fromkeys([*mapping.carried, *needed]))
        keys = [name for name in (mapping.id, mapping.year) if name is not None]
        self.columns_of_sums = list(dict.fromkeys([*keys, *(reading.column for reading in self.sums.values())]))
        self._dated = [reading for reading in self.readings.values() if reading.currency] if not mapping.rate_on else []

    # --- checks

    def _check_names(self) -> None:
        mapping = self.mapping
        for name, found in mapping.facts.items():
            if name not in self.facts:
                raise self._error(f"there is no fact {name!r}.", found, nearest(name, self.facts))
        roles = {"id": mapping.id, "year": mapping.year, "group": mapping.group}
        named = [(role, name) for role, name in roles.items() if name is not None]
        for role, name in [*named, *(("keep", name) for name in mapping.keep)]:
            if name not in self.all_columns:
                message = f"[table] {role} names the column {name!r}, which the table does not have."
                raise self._error(message, None, nearest(name, self._named()))
        if mapping.year is not None and self._types is not None:
            dtype = self._types[mapping.year]
            if not (is_text(dtype) or dtype.is_integer() or dtype == pl.Null):
                raise self._error(f"the year column {mapping.year!r} is {dtype}.", None, "Store whole numbers: 2018.")
        if mapping.id is not None and self._types is not None:
            dtype = self._types[mapping.id]
            if not (is_text(dtype) or dtype.is_integer() or dtype == pl.Null):
                raise self._error(f"the id column {mapping.id!r} is {dtype}.", None, "Store text or whole numbers.")
        for code in mapping.rates:
            if code == self.currency:
                message = f"[rates.{code}]: {code} is the rules' own currency."
                raise self._error(message, None, "Leave the section out.")

    def _named(self) -> list[str]:
        return [name for name in self.all_columns if not name.startswith("\0")]

    def _error(self, message: str, found: FactMap | None, remedy: str = "") -> TableError:
        at = self.mapping.place(found.line if found else None) or self.place
        return TableError(message, at=at, remedy=remedy)

    def _constant(self, fact: Fact, found: FactMap) -> int:
        assert found.value is not None
        try:
            return code_of_cell(found.value, Reading(fact, "", Fraction(fact.scale)))
        except Unreadable as reason:
            raise self._error(f"the value of {fact.name}: {reason}.", found) from None

    def _reading(self, fact: Fact, found: FactMap) -> Reading:
        name, kind, mapping = fact.name, fact.kind, self.mapping
        column = found.column or name
        if column not in self.all_columns:
            message = f"{name} is read from the column {column!r}, which the table does not have."
            raise self._error(message, found, nearest(column, self._named()))
        if found.unit == "percent" and kind is not Kind.RATE:
            raise self._error(f"{name} is {kind.value}; only a rate has the unit percent.", found)
        if found.unit not in {"one", "percent"} and (kind is Kind.RATE or kind not in NUMBERS):
            allowed = "one or percent" if kind is Kind.RATE else "no unit"
            raise self._error(f"{name} is {kind.value} and has {allowed}, not {found.unit!r}.", found)
        if kind is not Kind.MONEY and (found.currency or found.units):
            what = "currency" if found.currency else "units"
            raise self._error(f"{name} is {kind.value} and has no {what}.", found, "Only money has.")
        if found.years > 1 and kind not in {Kind.MONEY, Kind.COUNT, Kind.SCORE, Kind.DAYS}:
            raise self._error(f"{name} is {kind.value}, which cannot be summed over years.", found)
        if found.years > 1 and (mapping.id is None or mapping.year is None):
            message = f"{name} is summed over {found.years} years, which needs id and year."
            raise self._error(message, found, 'Add id = "..." and year = "..." under [table].')
        factor, currency = Fraction(fact.scale), None
        if kind is Kind.MONEY:
            factor, currency = self._money(fact, found, column)
        reading = Reading(
            fact=fact,
            column=column,
            factor=factor * UNITS[found.unit],
            currency=currency,
            unit=found.unit,
            years=found.years,
            missing=mapping.missing,
        )
        if self._types is not None and (objection := unfit(self._types[column], reading)):
            raise self._error(f"{name}: {objection[0]}", found, objection[1])
        return reading

    def _money(self, fact: Fact, found: FactMap, column: str) -> tuple[Fraction, str | None]:
        """Codes in one written number before exchange, and the currency if it is not the pack's."""
        mapping = self.mapping
        currency = found.currency or mapping.currency or self.currency
        units = found.units or mapping.units
        if units is None:
            units = "major"
            if self._integers_are_minor and self._types is not None and self._types[column].is_integer():
                units = "minor"
                if found.unit != "one":
                    message = f"{fact.name}: whole numbers in a frame are minor units, but the unit is {found.unit}."
                    raise self._error(message, found, 'Say which it is: units = "major" or units = "minor".')
        foreign = None if currency == self.currency else currency
        if foreign is not None and not mapping.rates.get(foreign):
            message = f"{fact.name} is in {foreign}, and there is no rate from {foreign} to {self.currency}."
            raise self._error(message, found, f'Add [rates.{foreign}] with lines such as 2018-12-31 = "7.8751".')
        if foreign is not None and mapping.rate_on is None and mapping.year is None:
            message = f"{fact.name} is in {foreign}, and the day of the rate is not known."
            raise self._error(message, found, 'Add year = "..." or rate_on = "2018-12-31" under [table].')
        if units == "major":
            return Fraction(fact.scale), foreign
        if foreign is None:
            return Fraction(1), None
        if foreign not in DECIMALS:
            message = f"{fact.name}: how many minor units one {foreign} has is not known."
            raise self._error(message, found, f"Give it in major units. Known are {listed(DECIMALS)}.")
        return Fraction(fact.scale, minor_units(foreign)), foreign

    def info(self, source: str, notes: list[str], rows: int | None) -> TableInfo:
        return TableInfo(
            source=source,
            columns=tuple(self._named()),
            taken={name: reading.column for name, reading in self.readings.items()},
            constants={name: str(self.mapping.facts[name].value) for name in self.constants},
            ignored=tuple(name for name in self._named() if name not in self.columns),
            absent=tuple(name for name in self.facts if name not in self.readings and name not in self.constants),
            notes=tuple(notes),
            rows=rows,
        )

    # --- rows

    def exchange(self, reading: Reading, years: npt.NDArray[np.int64]) -> Exchange | None:
        """The rate of each row for one column; None when the money is in the pack's currency."""
        if reading.currency is None:
            return None
        dated = self.mapping.rates[reading.currency]
        rates = tuple(rate for _, rate in dated)
        days = [day for day, _ in dated]
        fixed = self.mapping.rate_on
        if fixed is not None:
            index = np.full(len(years), sum(day <= fixed for day in days) - 1, dtype=np.int64)
        else:
            # A rate applies to 31 December of a year when it is dated in that year or before. Year 0 is no year.
            index = np.searchsorted(np.array([day.year for day in days]), years, side="right").astype(np.int64) - 1

        def why(position: int) -> str:
            if fixed is None and years[position] == 0:
                return f"there is no year to choose the {reading.currency} rate by"
            day = fixed or f"{int(years[position]):04d}-12-31"
            return f"there is no {reading.currency} rate on or before {day}"

        return Exchange(rates, index, why)

    def years(self, frame: pl.DataFrame) -> tuple[npt.NDArray[np.int64], dict[int, str]]:
        if self.mapping.year is None:
            return np.zeros(frame.height, np.int64), {}
        return years_of(frame.get_column(self.mapping.year))

    def column(
        self, frame: pl.DataFrame, reading: Reading, years: npt.NDArray[np.int64]
    ) -> tuple[Codes, dict[int, str]]:
        return read_column(frame.get_column(reading.column), reading, self.exchange(reading, years))

    def batch(self, rows: _Rows, survey: _Survey, info: TableInfo) -> Batch:
        frame, height = rows.frame, rows.frame.height
        reasons: dict[int, dict[tuple[str, str], str]] = {
            at: {("", reason): reason} for at, reason in rows.ragged.items()
        }

        def complain(at: int, subject: str, column: str, reason: str) -> None:
            if at in rows.ragged:
                return
            place = subject if column == subject else f"{subject} (column {column})"
            reasons.setdefault(at, {}).setdefault((column, reason), f"{place}: {reason}")

        years, wrong_years = self.years(frame)
        for at, reason in wrong_years.items():
            complain(at, str(self.mapping.year), str(self.mapping.year), reason)
        if self.sums:
            for at in survey.nameless(rows.first_row, height).tolist():
                what = self.mapping.year if years[at] == 0 else self.mapping.id
                if at not in wrong_years:
                    complain(at, str(what), str(what), "is empty, so there is no sum over years")
        readings = list(self.readings.values())
        if height < _SERIAL or len(readings) == 1:
            results = [self.column(frame, reading, years) for reading in readings]
        else:
            with ThreadPoolExecutor(min(len(readings), os.cpu_count() or 1, 8)) as pool:
                results = list(pool.map(lambda reading: self.column(frame, reading, years), readings))
        columns: dict[str, Codes] = {}
        for reading, (codes, wrong) in zip(readings, results, strict=True):
            name = reading.fact.name
            for at, reason in wrong.items():
                complain(at, name, reading.column, reason)
            columns[name] = codes
            if reading.years > 1:
                columns[name], over = survey.sum(name, rows.first_row, height)
                for at, reason in over.items():
                    complain(at, name, reading.column, reason)
        for name, code in self.constants.items():
            columns[name] = empty_column(self.facts[name], height)
            columns[name][:] = code
        if reasons:
            bad = np.fromiter(reasons, dtype=np.intp, count=len(reasons))
            for name, codes in columns.items():
                codes[bad] = missing_mark(self.facts[name])
        carried = [frame.get_column(name) for name in self.mapping.carried]
        return Batch(
            first_row=rows.first_row,
            rows=height,
            columns={name: columns[name] for name in self.facts if name in columns},
            keys=pl.DataFrame(carried) if carried else pl.DataFrame(height=height),
            problems={
                rows.first_row + at: f"row {rows.first_row + at}: {'; '.join(reasons[at].values())}"
                for at in sorted(reasons)
            },
            info=info,
        )


# --- what needs the whole table ---------------------------------------------------------------------------------------


class _Survey:
    """The id, the year and the summed columns of the whole table, and the sums made of them."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.whole = False
        self._ids: list[pl.Series] = []
        self._years: list[npt.NDArray[np.int64]] = []
        self._parts: dict[str, list[Codes]] = {name: [] for name in plan.sums}
        self._sums: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]] = {}
        self._nameless = np.zeros(0, np.bool_)

    def add(self, frame: pl.DataFrame, ragged: dict[int, str]) -> None:
        """Take the rows of one part; a ragged row's cells are empty already."""
        del ragged
        plan = self.plan
        if plan.mapping.id is None or plan.mapping.year is None:
            return
        years, _ = plan.years(frame)
        self._ids.append(frame.get_column(plan.mapping.id))
        self._years.append(years)
        for name, reading in plan.sums.items():
            self._parts[name].append(plan.column(frame, reading, years)[0])

    def finish(self) -> None:
        """Make the sums.

        Raises:
            TableError: a firm-year stands twice.
        """
        if not self._ids:
            return
        self.whole = True
        firm = firms_of(self._ids)
        ids = self._ids
        self._ids = []
        year = np.concatenate(self._years)
        self._years = []
        firm[year == 0] = -1
        order = order_of_years(firm, year)
        sorted_firm, sorted_year = firm[order], year[order]
        twin = (sorted_firm[1:] == sorted_firm[:-1]) & (sorted_year[1:] == sorted_year[:-1]) & (sorted_firm[1:] >= 0)
        if twin.any():
            first = int(np.flatnonzero(twin)[0])
            same = (firm == sorted_firm[first]) & (year == sorted_year[first])
            at = np.flatnonzero(same)
            name = pl.concat([part.cast(pl.String) for part in ids])[int(at[0])]
            raise _twins(self.plan, name, int(sorted_year[first]), (at[:10] + 1).tolist(), int(twin.sum()))
        for name, reading in self.plan.sums.items():
            parts = self._parts.pop(name)
            self._sums[name] = sum_of_years(np.concatenate(parts), firm, year, order, reading)
        self._nameless = firm < 0

    def nameless(self, first_row: int, rows: int) -> npt.NDArray[np.intp]:
        """Positions, among so many rows from ``first_row`` on, that have no id or no year."""
        return np.flatnonzero(self._nameless[first_row - 1 : first_row - 1 + rows])

    def sum(self, name: str, first_row: int, rows: int) -> tuple[Codes, dict[int, str]]:
        """The sums of one fact for so many rows from ``first_row`` on."""
        sums, too_large = self._sums[name]
        here = slice(first_row - 1, first_row - 1 + rows)
        return sum_problems(sums[here], too_large[here], self.plan.sums[name])


class _Twins:
    """Finds a firm-year that stands twice with 8 bytes per row: by hash first, then exactly among the suspects."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self._suspects: list[pl.DataFrame] = []

    def _keyed(self, frame: pl.DataFrame) -> pl.DataFrame | None:
        mapping = self.plan.mapping
        if mapping.id is None or mapping.year is None:
            return None
        years, _ = self.plan.years(frame)
        identity = frame.get_column(mapping.id).cast(pl.String).str.strip_chars()
        keyed = pl.DataFrame({"id": identity, "year": years})
        known = (pl.col("id").str.len_bytes() > 0) & (pl.col("year") > 0)
        return keyed.with_columns(known=known.fill_null(value=False), hash=pl.struct("id", "year").hash(seed=0))

    def add(self, frame: pl.DataFrame) -> None:
        keyed = self._keyed(frame)
        if keyed is not None:
            self._hashes.append(keyed.filter(pl.col("known")).get_column("hash").to_numpy())

    def suspects(self) -> pl.Series | None:
        """The hashes that stand more than once; None when every row is alone."""
        if not self._hashes:
            return None
        hashes = np.sort(np.concatenate(self._hashes))
        self._hashes = []
        twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        return pl.Series(twice) if twice.size else None

    def collect(self, rows: _Rows, hashes: pl.Series) -> None:
        keyed = self._keyed(rows.frame)
        assert keyed is not None
        numbered = keyed.with_row_index("row", offset=rows.first_row)
        self._suspects.append(numbered.filter(pl.col("known") & pl.col("hash").is_in(hashes.implode())))

    def judge(self) -> None:
        every = pl.concat(self._suspects)
        alike = every.group_by("id", "year", maintain_order=True).agg("row")
        twice = alike.filter(pl.col("row").list.len() > 1)
        if twice.height:
            name, year, at = twice.row(0)
            raise _twins(self.plan, name, year, at[:10], int(twice.get_column("row").list.len().sum()) - twice.height)


def _twins(plan: _Plan, name: str, year: int, at: list[int], more: int) -> TableError:
    others = f" ({more} such rows in all)" if more > 1 else ""
    return TableError(
        f"rows {' and '.join(map(str, at))} are the same firm and year, {printable(name)} in {year}{others}.",
        at=plan.place,
        remedy="A firm has one row per year: remove or join the others.",
    )
