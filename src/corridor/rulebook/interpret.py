"""The exact interpreter: one firm, whole numbers and fractions, three-valued. The reference for every other run.

``None`` stands for "cannot tell". Logic is Kleene's: ``no and cannot tell`` is no, ``yes or cannot tell`` is yes.
A value is an ``int`` (money in minor units, heads, points, days, a date's number, a member's position), a
:class:`~fractions.Fraction` (rates, and amounts that are not rounded yet) or a ``bool``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from corridor import money
from corridor.rulebook.errors import Conflict
from corridor.rulebook.kinds import Kind
from corridor.rulebook.law import Clause, Law, Value, value_of
from corridor.rulebook.parameters import BOUNDS
from corridor.rulebook.tree import (
    Band,
    Choose,
    Compare,
    Const,
    Excepted,
    Extreme,
    Logic,
    Node,
    Not,
    Pick,
    Product,
    Ref,
    Round,
    ShareTest,
    Sum,
    children,
)

NO_BASE: Final = "no base in the period"
"""Why a share with an empty base is refused."""

COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip

ROUND: Final = {"half_up": money.half_up, "half_even": money.half_even, "floor": money.floor, "ceil": money.ceil}


class Evaluation:
    """One firm under one law. A rule is computed when it is first asked for, and kept.

    Args:
        law: the pack on its law date.
        codes: fact name → code, or None; a fact that is absent is missing.
        on: the day of the application, as a day number.

    Attributes:
        used: the parameters that have been read, by name.
    """

    __slots__ = ("_values", "codes", "law", "on", "used")

    def __init__(self, law: Law, codes: Mapping[str, int | None], on: int) -> None:
        self.law, self.codes, self.on = law, codes, on
        self.used: dict[str, None] = {}
        self._values: dict[str, Value] = {}

    @property
    def rules(self) -> list[str]:
        """The rules that have been computed, in the law's order."""
        return [name for name in self.law.rules if name in self._values]

    def rule(self, name: str) -> Value:
        """The value of a rule.

        Raises:
            Conflict: two exceptions to it apply.
        """
        try:
            return self._values[name]
        except KeyError:
            value = self.of(self.law.roots[name])
            self._values[name] = value
            return value

    def outcome(self) -> bool | None:
        """The outcome.

        Raises:
            Conflict: two exceptions to one rule apply, even to a rule that an ``if`` leaves aside.
        """
        if self.law.contested:
            aside = Evaluation(self.law, self.codes, self.on)  # what is read only for this does not count as used
            for node in self.law.contested:
                _applying(aside, node)
        value = self.rule(self.law.outcome)
        return None if value is None else bool(value)

    def of(self, node: Node) -> Value:
        """The value of any expression of the law."""
        return _OF[type(node)](self, node)

    def with_fact(self, name: str, code: int | None) -> Evaluation:
        """The same firm with one fact changed."""
        return Evaluation(self.law, {**self.codes, name: code}, self.on)

    def clause(self, clause: Clause) -> bool | str | None:
        """A clause's answer: True, False, None, or ``"n/a"`` where an ``if`` leads elsewhere."""
        unsure = False
        for test, sense in clause.conditions:
            answer = self.of(test)
            if answer is not None and answer is not sense:
                return "n/a"
            unsure = unsure or answer is None
        value = self.of(clause.node)
        return None if unsure or value is None else bool(value)

    def needed(self, name: str) -> set[str]:
        """The missing facts that keep a rule at "cannot tell"; empty when its value is known."""
        if self.rule(name) is not None:
            return set()
        found: set[str] = set()
        self.collect(self.law.roots[name], found, {name})
        return found

    def missing(self, *, worth: bool = False) -> list[str]:
        """The missing facts that keep the outcome or an output at "cannot tell", in the law's order.

        Once the outcome is no, nothing is missing: no output can mend it.

        Args:
            worth: of the outputs only amounts and rates, which are what the answer is worth; not scores.
        """
        law = self.law
        found = self.needed(law.outcome)
        if self.rule(law.outcome) is not False:
            for name in law.outputs:
                if not worth or law.roots[name].kind in {Kind.MONEY, Kind.RATE}:
                    found |= self.needed(name)
        return [name for name in law.facts if name in found]

    def collect(self, node: Node, found: set[str], seen: set[str]) -> None:
        """Add the missing facts that keep ``node`` at "cannot tell" to ``found``; ``seen`` holds the rules visited."""
        if self.of(node) is not None:
            return
        if isinstance(node, Ref):
            if node.source == "fact":
                found.add(node.name)
            elif node.name not in seen:
                seen.add(node.name)
                self.collect(self.law.roots[node.name], found, seen)
            return
        for child in self._open(node):
            if not (isinstance(child, Ref) and child.source == "parameter"):
                self.collect(child, found, seen)

    def _open(self, node: Node) -> list[Node]:
        """The parts of a node on which its value can still depend."""
        match node:
            case Choose(test=test, then=then, other=other) if (answer := self.of(test)) is not None:
                return [then if answer else other]
            case Excepted(base=base, exceptions=exceptions):
                answers = [self.of(when) for when, _ in exceptions]
                parts: list[Node] = [] if True in answers else [base]
                for (when, ref), answer in zip(exceptions, answers, strict=True):
                    parts += [when, ref] if answer is not False else []
                return parts
        return children(node)


def _ref(run: Evaluation, node: Any) -> Value:
    if node.source == "rule":
        return run.rule(node.name)
    if node.source == "fact":
        code = run.codes.get(node.name)
        return None if code is None else value_of(code, node.den, node.kind)
    if node.source == "on":
        return run.on
    run.used[node.name] = None
    return run.law.values[node.name]


def _const(_: Evaluation, node: Any) -> Value:
    return bool(node.code) if node.kind is Kind.BOOL else int(node.code)


def _sum(run: Evaluation, node: Any) -> Value:
    left, right = run.of(node.left), run.of(node.right)
    if left is None or right is None:
        return None
    return left + right if node.sign == 1 else left - right


def _product(run: Evaluation, node: Any) -> Value:
    left, right = run.of(node.left), run.of(node.right)
    return None if left is None or right is None else left * right


def _compare(run: Evaluation, node: Any) -> Value:
    left, right = run.of(node.left), run.of(node.right)
    return None if left is None or right is None else COMPARE[node.op](left, right)


def _share_test(run: Evaluation, node: Any) -> Value:
    base = run.of(node.base)
    if base == 0:
        return bool(node.empty)
    part, rate = run.of(node.part), run.of(node.rate)
    if base is None or part is None or rate is None:
        return None
    return COMPARE[node.op](part * rate.denominator, rate.numerator * base)


def _logic(run: Evaluation, node: Any) -> Value:
    settles: bool = node.op == "or"  # the answer that settles it
    values = [run.of(item) for item in node.items]  # all of them, so that every failing test is reported
    if settles in values:
        return settles
    return None if None in values else not settles


def _not(run: Evaluation, node: Any) -> Value:
    value = run.of(node.item)
    return None if value is None else not value


def _choose(run: Evaluation, node: Any) -> Value:
    test = run.of(node.test)
    if test is not None:
        return run.of(node.then if test else node.other)
    then, other = run.of(node.then), run.of(node.other)
    return then if then == other else None


def _extreme(run: Evaluation, node: Any) -> Value:
    values = [run.of(item) for item in node.items]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return None
    return min(known) if node.op == "min" else max(known)


def _round(run: Evaluation, node: Any) -> Value:
    value = run.of(node.item)
    return None if value is None else ROUND[node.mode](value, to=node.to)


def _band(run: Evaluation, node: Any) -> Value:
    table, item = node.table, run.of(node.item)
    run.used[table.name] = None
    gives = run.law.gives[table.name]
    base: Value = 1
    if node.base is not None:
        base = run.of(node.base)
        if base == 0:
            return gives[-1]
    if item is None or base is None:
        return None
    item *= table.over_den
    for row, give in zip(table.rows[:-1], gives, strict=False):
        if COMPARE[BOUNDS[row.word]](item, row.bound * base):
            return give
    return gives[-1]


def _pick(run: Evaluation, node: Any) -> Value:
    member = run.of(node.item)
    run.used[node.table.name] = None
    return None if member is None else run.law.gives[node.table.name][int(member)]


def _applying(run: Evaluation, node: Any) -> list[Value]:
    """Which exceptions apply."""
    applies = [run.of(when) for when, _ in node.exceptions]
    if sum(1 for answer in applies if answer) > 1:
        names = [ref.name for (_, ref), answer in zip(node.exceptions, applies, strict=True) if answer]
        versions = [run.law.rules[name] for name in names]
        raise Conflict(
            f"{' and '.join(names)} both apply to this firm in place of {node.rule}, and the law does not say which.",
            at=versions[0].at,
            remedy=f"The texts: {'; '.join(version.ref for version in versions)}.",
        )
    return applies


def _excepted(run: Evaluation, node: Any) -> Value:
    applies = _applying(run, node)
    open_to = [ref for (_, ref), answer in zip(node.exceptions, applies, strict=True) if answer is not False]
    if None not in applies:
        return run.of(open_to[0] if open_to else node.base)
    if len(open_to) > 1:
        return None
    base, other = run.of(node.base), run.of(open_to[0])
    return base if base == other else None


_OF: Final[dict[type[Node], Callable[[Evaluation, Any], Value]]] = {
    Ref: _ref, Const: _const, Sum: _sum, Product: _product, Compare: _compare, ShareTest: _share_test,
    Logic: _logic, Not: _not, Choose: _choose, Extreme: _extreme, Round: _round, Band: _band, Pick: _pick,
    Excepted: _excepted,
}  # fmt: skip
