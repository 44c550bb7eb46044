"""Assess a table: every row decided by the compiled law, results as columns, a summary by clause.

One row of the table gives one row of the result, in the same order. A row that cannot be read is reported with its
number and reason, has the outcome ``bad``, and is in no count of firms.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from corridor.rulebook.emit import MISSING, Result
from corridor.rulebook.errors import Place, TableError
from corridor.rulebook.exact import exact_text
from corridor.rulebook.facts import Fact
from corridor.rulebook.kernels import Column, TableKernel, compile_table
from corridor.rulebook.kinds import STORAGE, Kind, day_number
from corridor.rulebook.law import Law
from corridor.rulebook.tables.mapping import Mapping, nearest
from corridor.rulebook.tables.reader import Batch, batch_from_frame, read_batches

ANSWERS: Final = ("no", "yes", "unknown", "conflict", "n/a", "bad")
"""The words of a result column, at the position of their codes; ``bad`` is a row that could not be read."""

BAD: Final = ANSWERS.index("bad")
Answer: Final = pl.Enum(ANSWERS)

LISTED: Final = 20  # bad rows that a summary names one by one


@dataclass(slots=True)
class Summary:
    """Counts over an assessed table.

    Attributes:
        rows: rows of the table, bad ones included.
        outcomes: answer → rows.
        clauses: clause id → answer → rows.
        missing: fact → rows in which it is missing, over the rows that could be read.
        totals: Money output → sum in minor units over the rows where it is known.
        bad: how many rows could not be read; ``problems`` names the first of them.
        notes: what was found out about the file, such as its encoding.
        absent: facts that the table does not give at all.
        ignored: columns of the table that were not used.
    """

    rows: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    clauses: dict[str, dict[str, int]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    bad: int = 0
    problems: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The summary as a JSON object."""
        return {
            "rows": self.rows, "outcomes": self.outcomes, "clauses": self.clauses, "missing": self.missing,
            "totals": self.totals, "bad": self.bad, "problems": self.problems, "notes": list(self.notes),
            "absent": list(self.absent), "ignored": list(self.ignored),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessed frame.

    Attributes:
        frame: ``row``, the carried columns, ``outcome`` (yes, no, unknown, conflict, bad), the outputs (money in minor
            units, rates as exact text), ``clause:ID`` (also n/a), with margins ``margin:ID``, and ``problem``.
        summary: the counts.
        margin_scale: clause id → what a margin is counted in: ``margin:ID`` divided by it is in minor units, heads,
            points or days.
    """

    frame: pl.DataFrame
    summary: Summary
    margin_scale: dict[str, int]


class Assessor:
    """A law compiled for one table after another; it keeps the summary."""

    def __init__(self, law: Law, *, on: datetime.date, backend: str = "numba", margins: bool = False) -> None:
        wanted = ("outcome", "outputs", "clauses", *(("margins",) if margins else ()))
        self.law = law
        self.kernel: TableKernel = compile_table(law, wanted=wanted, backend=backend)
        self.on = day_number(on)
        self.summary = Summary()

    @property
    def margin_scale(self) -> dict[str, int]:
        """Clause id → the denominator of its margins."""
        return {clause.id: clause.margin.den for clause in self.law.clauses if clause.margin is not None}

    def assess(self, batch: Batch) -> pl.DataFrame:
        """Decide the rows of a batch and count them."""
        law, summary = self.law, self.summary
        columns: dict[str, Column] = dict(batch.columns)
        if not columns:  # no fact of this law is in the table: all are missing, for each row
            name = next(iter(law.facts))
            storage = STORAGE[law.facts[name].kind]
            columns[name] = np.full(batch.rows, MISSING[storage], storage)
        codes = self.kernel.run(columns, on=self.on)
        bad = np.zeros(batch.rows, bool)
        bad[[number - batch.first_row for number in batch.problems]] = True
        good = int(batch.rows - bad.sum())
        for result in self.kernel.results:
            if result.storage == "int8":
                codes[result.name][bad] = BAD
        summary.rows += batch.rows
        summary.bad += batch.rows - good
        _count(summary.outcomes, codes["outcome"], skip=None)
        for clause in law.clauses:
            _count(summary.clauses.setdefault(clause.id, {}), codes[f"clause:{clause.id}"], skip=BAD)
        for name in self.kernel.facts:
            column = batch.columns.get(name)
            gone = good if column is None else int(((column == MISSING[str(column.dtype)]) & ~bad).sum())
            summary.missing[name] = summary.missing.get(name, 0) + gone
        for name in law.outputs:
            if law.roots[name].kind is Kind.MONEY:
                known = codes[name][(codes[name] != MISSING["int64"]) & ~bad]
                summary.totals[name] = summary.totals.get(name, 0) + exact_sum(known)
        for number in sorted(batch.problems)[: max(LISTED - len(summary.problems), 0)]:
            summary.problems.append(batch.problems[number])
        summary.notes, summary.absent = batch.info.notes, batch.info.absent
        summary.ignored = batch.info.ignored
        return self._frame(batch, codes, bad)

    def _frame(self, batch: Batch, codes: dict[str, Column], bad: Column) -> pl.DataFrame:
        law = self.law
        rows = pl.Series("row", np.arange(batch.first_row, batch.first_row + batch.rows))
        series = []
        ordered: list[Result] = sorted(self.kernel.results, key=lambda result: ":" in result.name)
        for result in ordered:
            if result.storage == "int8":
                series.append(pl.Series(result.name, codes[result.name].view(np.uint8)).cat.to(Answer))
            elif result.name in law.outputs and law.roots[result.name].kind is Kind.RATE:
                series.append(_rates(result, codes[result.name], bad))
            else:
                series.append(_numbers(result.name, codes[result.name], bad))
        problems = [batch.problems.get(batch.first_row + i) for i in range(batch.rows)] if batch.problems else None
        series.append(pl.Series("problem", problems or [None] * batch.rows, dtype=pl.String))
        taken = {"row", *(item.name for item in series)}
        keys = []
        for key in batch.keys.get_columns():  # a carried column may be called like one of ours
            name = key.name
            while name in taken:
                name += ":table"
            taken.add(name)
            keys.append(key.alias(name))
        return pl.DataFrame([rows, *keys, *series])


def _count(counts: dict[str, int], codes: Column, *, skip: int | None) -> None:
    found = np.bincount(codes, minlength=len(ANSWERS))
    for code, number in enumerate(found):
        if number and code != skip:
            counts[ANSWERS[code]] = counts.get(ANSWERS[code], 0) + int(number)


def exact_sum(codes: Column) -> int:
    """The sum of int64 codes without overflow: high and low halves apart."""
    high, low = codes >> 32, codes & 0xFFFFFFFF
    return (int(high.sum(dtype=np.int64)) << 32) + int(low.sum(dtype=np.int64))


def _numbers(name: str, codes: Column, bad: Column) -> pl.Series:
    unknown = (codes == MISSING["int64"]) | bad
    return pl.Series(name, codes).set(pl.Series(unknown), None)


def _rates(result: Result, codes: Column, bad: Column) -> pl.Series:
    distinct, place = np.unique(codes, return_inverse=True)
    words = [None if code == MISSING["int64"] else exact_text(Fraction(int(code), result.den)) for code in distinct]
    texts = pl.Series(result.name, words, dtype=pl.String)
    return texts.gather(pl.Series(place)).set(pl.Series(bad), None)


def assess_frame(
    law: Law, frame: pl.DataFrame, *, on: datetime.date, backend: str = "numba", margins: bool = False
) -> Assessment:
    """Decide every row of a polars frame; see :meth:`corridor.rulebook.Pack.assess`."""
    assessor = Assessor(law, on=on, backend=backend, margins=margins)
    batch = batch_from_frame(frame, law.facts, currency=law.statute.currency)
    result = assessor.assess(batch)
    return Assessment(result, assessor.summary, assessor.margin_scale if margins else {})


def for_facts(mapping: Mapping, declared: Map[str, Fact], wanted: Map[str, Fact]) -> Mapping:
    """A map without the facts that a law does not ask for: one map serves every pack of a family.

    Raises:
        TableError: the map names a fact that the family does not have.
    """
    for name, found in mapping.facts.items():
        if name not in declared:
            remedy = nearest(name, declared)
            raise TableError(f"there is no fact {name!r}.", at=mapping.place(found.line), remedy=remedy)
    return replace(mapping, facts={name: found for name, found in mapping.facts.items() if name in wanted})


def assess_file(
    law: Law,
    path: Path,
    *,
    on: datetime.date,
    mapping: Mapping | None = None,
    out: Path | None = None,
    margins: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Summary:
    """Decide every row of a CSV or Parquet file, in batches, in bounded memory.

    Args:
        law: the pack on its law date.
        path: the table.
        on: the day of the application.
        mapping: how its columns are facts.
        out: the Parquet file to write; it appears whole or not at all.
        margins: add each clause's exact margin.
        progress: called with the share of the work done.

    Raises:
        TableError: the table, the map or the result's place cannot be used.
    """
    if out is not None and not out.parent.is_dir():
        raise TableError("there is no such folder.", at=Place(str(out.parent)), remedy="Make it first.")
    if out is not None and out.is_dir():
        raise TableError("this is a folder.", at=Place(str(out)), remedy="Name the file to write in it.")
    if out is not None and out.exists() and not out.is_file():
        raise TableError("this is not a plain file.", at=Place(str(out)), remedy="Choose another --out.")
    if out is not None and out.exists() and out.resolve() == path.resolve():
        raise TableError("the result would overwrite the table.", at=Place(str(out)), remedy="Choose another --out.")
    assessor = Assessor(law, on=on, margins=margins)
    mapping = mapping and for_facts(mapping, law.statute.facts, law.facts)
    batches = read_batches(path, law.facts, mapping=mapping, currency=law.statute.currency, progress=progress)
    if out is None:
        for batch in batches:
            assessor.assess(batch)
        return assessor.summary
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        parts = []
        for number, batch in enumerate(batches):
            part = Path(folder) / f"{number:06d}.parquet"
            assessor.assess(batch).write_parquet(part)
            parts.append(part)
        whole = parts[0]
        if len(parts) > 1:
            whole = Path(folder) / "whole.parquet"
            pl.scan_parquet(parts, glob=False).sink_parquet(whole)
        whole.replace(out)
    return assessor.summary
