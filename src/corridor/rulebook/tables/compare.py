"""Compare two laws over one table: who gains, who loses, by which clause, in which group, at what cost.

The first law is the base (what stands), the second the alternative (a reform, another pack, another date).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from corridor.rulebook.emit import MISSING, NO, YES
from corridor.rulebook.errors import TableError
from corridor.rulebook.facts import Fact
from corridor.rulebook.kernels import Column, compile_table
from corridor.rulebook.kinds import STORAGE, Kind, day_number
from corridor.rulebook.law import Law
from corridor.rulebook.tables.assess import ANSWERS, BAD, Answer, exact_sum, for_facts
from corridor.rulebook.tables.mapping import Mapping
from corridor.rulebook.tables.reader import Batch, batch_from_frame, read_batches

BINS: Final = 5
WIDTH: Final = 0.02  # of the threshold: five bins of 2 % to each side


@dataclass(slots=True)
class Cost:
    """A money output that both laws have, in minor units over the rows where both are known."""

    base: int = 0
    other: int = 0
    gainers: int = 0
    losers: int = 0


@dataclass(slots=True)
class Comparison:
    """What changes from the base law to the other.

    Attributes:
        rows: rows of the table; ``bad`` of them could not be read.
        moves: (base answer, other answer) → rows.
        gained_by: clause of the base → rows that gain and failed it.
        lost_by: clause of the other → rows that lose and fail it.
        groups: group → ``{"rows", "gain", "lose"}``.
        costs: money output that both have → sums.
        bunching: clause of the base → rows by distance from its threshold, in bins of 2 % of the threshold from
            −10 % to +10 %; the middle is the threshold, and a row exactly on it is in the first bin above.
        problems: the first bad rows, with number and reason.
        frame: one row per row: carried columns, ``base``, ``other``; None for a file that was streamed.
    """

    rows: int = 0
    bad: int = 0
    moves: dict[tuple[str, str], int] = field(default_factory=dict)
    gained_by: dict[str, int] = field(default_factory=dict)
    lost_by: dict[str, int] = field(default_factory=dict)
    groups: dict[str, dict[str, int]] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)
    bunching: dict[str, list[int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    frame: pl.DataFrame | None = None

    @property
    def gain(self) -> int:
        """Rows that are yes under the other law and were not under the base."""
        return sum(rows for (base, other), rows in self.moves.items() if other == "yes" != base)

    @property
    def lose(self) -> int:
        """Rows that were yes under the base law and are not under the other."""
        return sum(rows for (base, other), rows in self.moves.items() if base == "yes" != other)

    def as_json(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        return {
            "rows": self.rows,
            "bad": self.bad,
            "gain": self.gain,
            "lose": self.lose,
            "moves": [{"base": base, "other": other, "rows": rows} for (base, other), rows in self.moves.items()],
            "gained_by": self.gained_by,
            "lost_by": self.lost_by,
            "groups": self.groups,
            "costs": {
                name: {
                    "base": c.base,
                    "other": c.other,
                    "change": c.other - c.base,
                    "gainers": c.gainers,
                    "losers": c.losers,
                }
                for name, c in self.costs.items()
            },
            "bunching": self.bunching,
            "problems": self.problems,
        }


def compare_frame(base: Law, other: Law, frame: pl.DataFrame, *, on: datetime.date, group: str | None) -> Comparison:
    """Compare two laws over a polars frame; see :meth:`corridor.rulebook.Pack.compare`."""
    facts = _facts(base, other)
    mapping = Mapping(group=group) if group else None
    batch = batch_from_frame(frame, facts, mapping=mapping, currency=base.statute.currency)
    return _Comparer(base, other, on, group).run([batch])


def compare_file(
    base: Law,
    other: Law,
    path: Path,
    *,
    on: datetime.date,
    mapping: Mapping | None = None,
    group: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Compare two laws over a CSV or Parquet file, in batches.

    Raises:
        TableError: the table or the map cannot be used, or the packs do not share facts and currency.
    """
    facts = _facts(base, other)
    mapping = for_facts(mapping or Mapping(), base.statute.facts, facts)
    group = group or mapping.group
    if group != mapping.group:
        mapping = replace(mapping, group=group)
    batches = read_batches(path, facts, mapping=mapping, currency=base.statute.currency, progress=progress)
    return _Comparer(base, other, on, group).run(batches, keep=False)


def _facts(base: Law, other: Law) -> dict[str, Fact]:
    """The facts of both laws; the same name must mean the same."""
    if base.statute.currency != other.statute.currency:
        raise TableError(
            f"{base.statute.id} is in {base.statute.currency}, {other.statute.id} in {other.statute.currency}."
        )
    for name in base.facts.keys() & other.facts.keys():
        a, b = base.facts[name], other.facts[name]
        if (a.kind, a.scale, a.members) != (b.kind, b.scale, b.members):
            raise TableError(f"the packs do not mean the same by {name}.", remedy="Compare packs of one family.")
    facts = {**base.facts, **other.facts}
    for name in base.facts.keys() & other.facts.keys():  # each kernel was checked for its own range only
        a, b = base.facts[name], other.facts[name]
        facts[name] = replace(a, minimum=max(a.minimum, b.minimum), maximum=min(a.maximum, b.maximum))
    return facts


class _Comparer:
    def __init__(self, base: Law, other: Law, on: datetime.date, group: str | None) -> None:
        wanted = ("outcome", "outputs", "clauses", "margins", "levels")
        self.laws = base, other
        self.kernels = compile_table(base, wanted=wanted), compile_table(other, wanted=wanted[:3])
        self.on = day_number(on)
        self.group = group
        self.found = Comparison()

    def run(self, batches: Iterable[Batch], *, keep: bool = True) -> Comparison:
        frames = []
        for batch in batches:
            frame = self._batch(batch)
            if keep:
                frames.append(frame)
        self.found.frame = pl.concat(frames) if frames else None
        return self.found

    def _batch(self, batch: Batch) -> pl.DataFrame:
        found = self.found
        columns: dict[str, Column] = dict(batch.columns)
        if not columns:
            name, fact = next(iter(self.laws[0].facts.items()))
            columns[name] = np.full(batch.rows, MISSING[STORAGE[fact.kind]], STORAGE[fact.kind])
        base, other = (kernel.run(columns, on=self.on) for kernel in self.kernels)
        good = np.ones(batch.rows, bool)
        good[[number - batch.first_row for number in batch.problems]] = False
        found.rows += batch.rows
        found.bad += int(batch.rows - good.sum())
        found.problems += [batch.problems[row] for row in sorted(batch.problems)][: max(20 - len(found.problems), 0)]
        before, after = base["outcome"], other["outcome"]
        moves = np.bincount(before[good].astype(np.int64) * len(ANSWERS) + after[good])
        for code in np.flatnonzero(moves):
            move = ANSWERS[code // len(ANSWERS)], ANSWERS[code % len(ANSWERS)]
            found.moves[move] = found.moves.get(move, 0) + int(moves[code])
        gain = (before != YES) & (after == YES) & good
        lose = (before == YES) & (after != YES) & good
        for law, codes, who, counts in (
            (self.laws[0], base, gain, found.gained_by),
            (self.laws[1], other, lose, found.lost_by),
        ):
            for clause in law.clauses:
                failing = int(((codes[f"clause:{clause.id}"] == NO) & who).sum())
                if failing:
                    counts[clause.id] = counts.get(clause.id, 0) + failing
        self._costs(base, other, good)
        self._bunching(base, good)
        if self.group is not None:
            self._groups(batch.keys[self.group], good, gain, lose)
        answers = {}
        for name, answer in (("base", before), ("other", after)):
            answers[name] = pl.Series(name, np.where(good, answer, BAD).astype(np.uint8)).cat.to(Answer)
        return pl.DataFrame({**{key.name: key for key in batch.keys.get_columns()}, **answers})

    def _costs(self, base: dict[str, Column], other: dict[str, Column], good: Column) -> None:
        for name in self.laws[0].outputs:
            if name not in self.laws[1].outputs or self.laws[0].roots[name].kind is not Kind.MONEY:
                continue
            cost = self.found.costs.setdefault(name, Cost())
            known = good & (base[name] != MISSING["int64"]) & (other[name] != MISSING["int64"])
            before, after = base[name][known], other[name][known]
            cost.base += exact_sum(before)
            cost.other += exact_sum(after)
            cost.gainers += int((after > before).sum())
            cost.losers += int((after < before).sum())

    def _bunching(self, base: dict[str, Column], good: Column) -> None:
        law = self.laws[0]
        for clause in law.clauses:
            if clause.margin is None or clause.level is None:
                continue
            margin, level = base[f"margin:{clause.id}"], base[f"level:{clause.id}"]
            known = good & (margin != MISSING["int64"]) & (level != MISSING["int64"]) & (level > 0)
            # A display, not a decision: floats are good enough for the width of a bin, the sign is exact.
            gap = margin[known] / clause.margin.den / (level[known] / clause.level.den)
            if clause.ceiling:
                gap = -gap  # a maximum: what passes lies below it
            place = np.floor(gap / WIDTH).astype(np.int64) + BINS
            inside = place[(place >= 0) & (place < 2 * BINS)]
            counts = np.bincount(inside, minlength=2 * BINS)
            standing = self.found.bunching.setdefault(clause.id, [0] * (2 * BINS))
            for number, count in enumerate(counts):
                standing[number] += int(count)

    def _groups(self, column: pl.Series, good: Column, gain: Column, lose: Column) -> None:
        frame = pl.DataFrame({"group": column.cast(pl.String), "rows": good, "gain": gain, "lose": lose})
        for name, *numbers in frame.group_by("group").agg(pl.col("rows", "gain", "lose").sum()).sort("group").rows():
            counts = self.found.groups.setdefault("" if name is None else name, {"rows": 0, "gain": 0, "lose": 0})
            for key, number in zip(counts, numbers, strict=True):
                counts[key] += number
