"""The words that ``rules.py`` may use: types, ``rule``, tables, shares and roundings.

The loader never imports a pack's ``rules.py``; it parses the text. The definitions here exist so that editors and type
checkers understand a rule file, and so that a rule is still an ordinary function: called in a unit test with ints and
:class:`~fractions.Fraction`, it gives the same answer as the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from corridor.money import ceil, floor, half_even, half_up

__all__ = [
    "Bands", "Bool", "Category", "Count", "Date", "Days", "Money", "Rate", "Score", "Table",
    "band", "ceil", "floor", "half_even", "half_up", "pick", "rule", "share",
]  # fmt: skip

Money = Any
"""Whole minor units of the pack's currency (int64)."""
Count = Any
"""Heads, patents, items: a whole number."""
Rate = Any
"""An exact fraction over a fixed denominator, such as 3 %."""
Score = Any
"""Points: a whole number."""
Days = Any
"""A number of days, the difference of two dates."""
Date = Any
"""A day of the calendar."""
Category = Any
"""One member of a declared list."""
Bool = bool
"""Yes or no; in the engine also "cannot tell"."""
Bands = Sequence[Any]
"""Rows that map a number to a number."""
Table = Mapping[str, Any]
"""A number for each member of a category."""

Rule = TypeVar("Rule", bound=Callable[..., Any])


def rule(
    *,
    id: str,  # noqa: A002 - the word that authors write
    ref: str,
    start: str,
    end: str | None = None,
    exception_to: str | None = None,
    when: str | None = None,
) -> Callable[[Rule], Rule]:
    """Mark a function as a rule of the pack.

    Args:
        id: the public name of the rule and of its clause, such as ``"hnte.rd_share"``.
        ref: the law's own place: act, article, item.
        start: the first day in force, ISO.
        end: the last day in force, ISO; none while the rule stands.
        exception_to: the name of the rule whose value this one replaces.
        when: the Bool fact or rule that makes the exception apply.
    """
    del id, ref, start, end, exception_to, when
    return lambda function: function


class share:  # noqa: N801 - reads as a word of the law: share(rd, of=revenue) >= three_percent
    """``part`` of ``base``, to be compared with a Rate. With an empty base every comparison gives ``empty``."""

    def __init__(self, part: int, *, of: int, empty: bool = False) -> None:
        self.part, self.base, self.empty = part, of, empty

    def _compare(self, holds: Callable[[Fraction], bool]) -> bool:
        return holds(Fraction(self.part, self.base)) if self.base else self.empty

    def __ge__(self, rate: Fraction) -> bool:
        return self._compare(lambda value: value >= rate)

    def __gt__(self, rate: Fraction) -> bool:
        return self._compare(lambda value: value > rate)

    def __le__(self, rate: Fraction) -> bool:
        return self._compare(lambda value: value <= rate)

    def __lt__(self, rate: Fraction) -> bool:
        return self._compare(lambda value: value < rate)


def band(x: Any, table: Bands) -> Any:
    """The number that the first matching row of ``table`` gives for ``x`` (a number, or a :class:`share`).

    Outside the engine a row is ``(boundary, bound, give)`` with a boundary word of ``parameters.yaml``; the last row
    is ``give`` alone.
    """
    *rows, last = table
    for word, bound, give in rows:
        holds = {"from": x >= bound, "above": x > bound, "up_to": x <= bound, "below": x < bound}[word]
        if holds and not (isinstance(x, share) and not x.base):
            return give
    return last


def pick(member: str, table: Table) -> Any:
    """The number that ``table`` gives for a member of a category."""
    return table[member]
