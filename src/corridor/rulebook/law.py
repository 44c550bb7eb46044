"""A pack on one day: the rule versions and parameter values in force, typed and in order of evaluation."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from corridor.rulebook.errors import NotInForce, PackError
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import LIMIT, Kind, day_number
from corridor.rulebook.parameters import Dated, Parameter
from corridor.rulebook.source import RuleVersion
from corridor.rulebook.statute import Statute
from corridor.rulebook.tree import (
    Choose,
    Compare,
    Excepted,
    Logic,
    Node,
    Not,
    Ref,
    ShareTest,
    children,
    type_rule,
)

Value = int | Fraction | bool | None
"""A value inside a rule: a whole number, an exact fraction, yes or no, or cannot tell."""


def value_of(code: int, den: int, kind: Kind) -> Value:
    """The value that a code stands for inside a rule: a rate is a fraction, all else a whole number or yes and no."""
    if kind is Kind.BOOL:
        return bool(code)
    return Fraction(code, den) if kind is Kind.RATE else code


ON = Ref(
    kind=Kind.DATE, lo=day_number(datetime.date.min), hi=day_number(datetime.date.max), name="on", source="on",
    text="on",
)  # fmt: skip
"""The day of the application."""


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One test of the law: a comparison, or a fact that must (or must not) hold.

    ``conditions`` are the ``if`` tests on the way to it, with the answer that leads there.
    """

    id: str
    rule: RuleVersion
    node: Node
    conditions: tuple[tuple[Node, bool], ...]

    @property
    def margin(self) -> Node | None:
        """The expression of its margin, where its sides are amounts."""
        return self.node.margin if isinstance(self.node, Compare | ShareTest) else None

    @property
    def level(self) -> Node | None:
        """The expression of the threshold that an amount is held against."""
        match self.node:
            case ShareTest(threshold=threshold):
                return threshold
            case Compare(margin=margin, left=left, right=right) if margin is not None and left.kind is not Kind.DATE:
                return left if self._threshold_first else right
        return None

    @property
    def ceiling(self) -> bool:
        """Whether what passes lies below the threshold."""
        return isinstance(self.node, Compare | ShareTest) and (self.node.op in {"<=", "<"}) != self._threshold_first

    @property
    def _threshold_first(self) -> bool:
        """Whether the test is written ``threshold <= amount``."""
        return isinstance(self.node, Compare) and _fixed(self.node.left) and not _fixed(self.node.right)


@dataclass(frozen=True, slots=True)
class InForce:
    """A parameter and its value on the law's day."""

    parameter: Parameter
    dated: Dated


def _fixed(node: Node) -> bool:
    """Whether an expression is made of parameters only."""
    return not any(isinstance(part, Ref) and part.source != "parameter" for part in walk(node))


class Law:
    """What a pack says on one day, to somebody who knew what was published by another.

    Attributes:
        day: the law date.
        rules: the rule versions that the outcome and the outputs need, in order of evaluation.
        roots: the typed tree of each.
        parameters: the parameters that they use, with their values in force.
        facts: the declarations of the facts that they use, in the family's order.
        clauses: the tests of the Bool rules, in the order of the rules.
        contested: the rules with several exceptions, of which two could apply.
    """

    def __init__(self, statute: Statute, day: datetime.date, known: datetime.date | None) -> None:
        self.statute = statute
        self.day = day
        self.known = known
        self.rules: dict[str, RuleVersion] = {}
        self.roots: dict[str, Node] = {}
        self.parameters: dict[str, InForce] = {}
        self.uses_on = False
        self._exceptions: dict[str, list[RuleVersion]] = {}
        self._applies: dict[str, tuple[tuple[Node, bool], ...]] = {}
        self._in_force: dict[str, RuleVersion] = {}
        self._choose_versions()
        used: set[str] = set()
        for name in dict.fromkeys((statute.outcome, *statute.outputs)):
            self._type(name, used, ())
        self.facts: dict[str, Fact] = {name: fact for name, fact in statute.facts.items() if name in used}
        self.clauses: tuple[Clause, ...] = tuple(self._clauses())
        self.contested = [r for r in self.roots.values() if isinstance(r, Excepted) and len(r.exceptions) > 1]

    @property
    def outcome(self) -> str:
        """The name of the Bool rule that gives yes, no or cannot tell."""
        return self.statute.outcome

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the rules whose values are reported."""
        return self.statute.outputs

    def _choose_versions(self) -> None:
        for name, versions in self.statute.rules.items():
            standing = [version for version in versions if version.in_force(self.day)]
            if len(standing) > 1:
                raise PackError(
                    f"{name} has {len(standing)} versions in force on {self.day}.",
                    at=standing[1].at,
                    remedy='Close the older one with end="…".',
                )
            if standing:
                self._in_force[name] = standing[0]
                if standing[0].exception_to is not None:
                    self._exceptions.setdefault(standing[0].exception_to, []).append(standing[0])

    def _type(self, name: str, used: set[str], path: tuple[str, ...]) -> Ref:
        """Type a rule after everything it needs; ``path`` is the way here, to find a cycle."""
        if name in path:
            cycle = " → ".join((*path[path.index(name) :], name))
            raise PackError(
                f"these rules need each other: {cycle}.", at=self._in_force[name].at, remedy="Break the cycle."
            )
        if name not in self.roots:
            version = self._in_force.get(name)
            if version is None:
                at = self.statute.rules[name][0].at
                raise PackError(f"no version of {name} is in force on {self.day}.", at=at, remedy="Correct its dates.")
            for word in re.findall(r"\{(\w+)\}", version.title.en + version.title.zh):
                if word not in version.arguments or word not in self.statute.parameters:
                    raise PackError(
                        f"{{{word}}} in the words of {name} is no parameter of it.",
                        at=version.at,
                        remedy="Name a parameter that is an argument, or remove the braces.",
                    )
            root = type_rule(version, _Names(self, version, used, (*path, name)))
            if name in self._exceptions:
                root = self._excepted(version, root, used, (*path, name))
            self.roots[name], self.rules[name] = root, version
        root = self.roots[name]
        return Ref(kind=root.kind, den=root.den, lo=root.lo, hi=root.hi, name=name, source="rule", text=name)

    def _excepted(self, version: RuleVersion, root: Node, used: set[str], path: tuple[str, ...]) -> Node:
        pairs: list[tuple[Node, Ref]] = []
        for exception in self._exceptions[version.name]:
            when = _Names(self, exception, used, path).get(exception.when or "")
            if when is None or when.kind is not Kind.BOOL:
                raise PackError(
                    f"when={exception.when!r} is no Bool fact or rule.",
                    at=exception.at,
                    remedy="Name one that says yes or no.",
                )
            value = self._type(exception.name, used, path)
            if value.kind is not root.kind:
                raise PackError(
                    f"{exception.name} gives another type than {version.name}, which it replaces.",
                    at=exception.at,
                    remedy="Give both the same type.",
                )
            pairs.append((when, value))
            self._applies[exception.name] = ((when, True),)
        parts: list[Node] = [root, *(value for _, value in pairs)]
        den = lcm(*(part.den for part in parts))
        lo = min(part.lo * (den // part.den) for part in parts)
        hi = max(part.hi * (den // part.den) for part in parts)
        if max(-lo, hi, den) >= LIMIT["int64"]:
            raise PackError(
                f"{version.name} and its exceptions do not fit int64 on one scale.",
                at=version.at,
                remedy="Give their rates scales that go together.",
            )
        return Excepted(
            kind=root.kind, den=den, base=root, exceptions=pairs, rule=version.name, line=root.line, text=root.text,
            lo=lo, hi=hi,
        )  # fmt: skip

    @cached_property
    def helps(self) -> dict[str, bool]:
        """For each Bool rule that bears on the outcome: whether its yes (or its no) helps toward yes.

        A rule that does both, or that only chooses a way, is left out.
        """
        senses: dict[str, set[bool]] = {self.outcome: {True}}
        todo = [(self.outcome, True)]
        while todo:
            name, sense = todo.pop()
            for other, way in _bears(self.roots[name], sense):
                if way not in senses.setdefault(other, set()):
                    senses[other].add(way)
                    todo.append((other, way))
        return {name: next(iter(ways)) for name, ways in senses.items() if len(ways) == 1}

    @cached_property
    def values(self) -> dict[str, Value]:
        """The value in force of each single-number parameter, as the interpreter uses it."""
        found: dict[str, Value] = {}
        for name, item in self.parameters.items():
            if isinstance(item.dated.content, int):
                den = item.parameter.scale if item.parameter.kind is Kind.RATE else 1
                found[name] = value_of(item.dated.content, den, item.parameter.kind)
        return found

    @cached_property
    def gives(self) -> dict[str, list[Value]]:
        """What each row of each table gives, as the interpreter uses it."""
        found: dict[str, list[Value]] = {}
        for name, item in self.parameters.items():
            kind = item.parameter.number_kind
            den = item.parameter.scale if kind is Kind.RATE else 1
            if isinstance(item.dated.content, tuple):
                found[name] = [value_of(row.give, den, kind) for row in item.dated.content]
        return found

    def _parameter(self, parameter: Parameter, version: RuleVersion) -> Ref:
        dated = parameter.on(self.day, self.known)
        if dated is None or dated.content is None:
            why = "has no value" if dated is None else "is repealed"
            if self.known is not None:
                raise NotInForce(
                    f"{parameter.name} {why} on {self.day} as far as was published by {self.known}.",
                    remedy="Choose a later --known.",
                )
            raise PackError(
                f"{parameter.name} {why} on {self.day}, when {version.name} needs it.",
                at=parameter.at,
                remedy="Add the value in force then, or end the rule.",
            )
        self.parameters[parameter.name] = InForce(parameter, dated)
        content = dated.content
        codes = [content] if isinstance(content, int) else [row.give for row in content]
        return Ref(
            kind=parameter.kind, den=parameter.scale, lo=min(0, *codes), hi=max(parameter.maximum, *codes),
            name=parameter.name, source="parameter", text=parameter.name, gives=parameter.gives,
            rows=() if isinstance(content, int) else content, over=parameter.over or parameter.over_fact,
            over_den=parameter.over_scale,
        )  # fmt: skip

    def _clauses(self) -> Iterator[Clause]:
        for name, root in self.roots.items():
            if root.kind is not Kind.BOOL:
                continue
            version = self.rules[name]
            conditions, base = self._applies.get(name, ()), root
            if isinstance(root, Excepted):
                conditions = (*conditions, *((when, False) for when, _ in root.exceptions))
                base = root.base
            leaves = list(_leaves(base, conditions))
            for number, (node, way) in enumerate(leaves, 1):
                clause_id = version.id if len(leaves) == 1 else f"{version.id}/{number}"
                yield Clause(clause_id, version, node, way)


class _Names(Mapping[str, Ref]):
    """What an argument may name: looked up, typed and noted when it is asked for."""

    def __init__(self, law: Law, version: RuleVersion, used: set[str], path: tuple[str, ...]) -> None:
        self._law, self._version, self._used, self._path = law, version, used, path

    def __getitem__(self, name: str) -> Ref:
        law = self._law
        if name in law.statute.facts:
            fact = law.statute.facts[name]
            self._used.add(name)
            return Ref(
                kind=fact.kind, den=fact.scale if fact.kind is Kind.RATE else 1, lo=fact.minimum, hi=fact.maximum,
                name=name, source="fact", text=name, members=fact.members,
            )  # fmt: skip
        if name in law.statute.parameters:
            return _money_codes(law._parameter(law.statute.parameters[name], self._version))
        if name in law.statute.rules:
            return law._type(name, self._used, self._path)
        if name == "on":
            law.uses_on = True
            return ON
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        statute = self._law.statute
        return iter([*statute.facts, *statute.parameters, *statute.rules, "on"])

    def __len__(self) -> int:
        return len(list(iter(self)))


def _money_codes(ref: Ref) -> Ref:
    """Inside a rule money is counted in minor units, so its denominator is 1."""
    if ref.kind is Kind.MONEY or ref.gives is Kind.MONEY:
        ref.den = 1
    if ref.over is Kind.MONEY:
        ref.over_den = 1
    return ref


def _leaves(
    node: Node, conditions: tuple[tuple[Node, bool], ...]
) -> Iterator[tuple[Node, tuple[tuple[Node, bool], ...]]]:
    match node:
        case Logic(items=items):
            for item in items:
                yield from _leaves(item, conditions)
        case Choose(test=test, then=then, other=other):
            yield from _leaves(then, (*conditions, (test, True)))
            yield from _leaves(other, (*conditions, (test, False)))
        case Compare() | ShareTest() | Ref(source="fact") | Not(item=Ref(source="fact")):
            yield node, conditions


def _bears(node: Node, sense: bool) -> Iterator[tuple[str, bool]]:
    """The rules that an expression rests on, each with the answer that drives it toward ``sense``."""
    match node:
        case Logic(items=items):
            for item in items:
                yield from _bears(item, sense)
        case Not(item=item):
            yield from _bears(item, not sense)
        case Choose(kind=Kind.BOOL, test=test, then=then, other=other):
            yield from _bears(then, sense)
            yield from _bears(other, sense)
            yield from ((name, way) for name, _ in _bears(test, sense) for way in (True, False))
        case Excepted(kind=Kind.BOOL, base=base, exceptions=exceptions):
            yield from _bears(base, sense)
            for when, ref in exceptions:
                yield from _bears(ref, sense)
                yield from ((name, way) for name, _ in _bears(when, sense) for way in (True, False))
        case Ref(source="rule", kind=Kind.BOOL, name=name):
            yield name, sense
        case _:
            for part in walk(node):
                if isinstance(part, Ref) and part.source == "rule":
                    yield from ((part.name, way) for way in (True, False))


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)
