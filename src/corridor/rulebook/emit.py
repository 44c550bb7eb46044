"""Print a law as a kernel: readable straight-line Python over whole numbers, for one firm (Numba) or columns (NumPy).

A kernel takes the facts, the day and the parameters as arguments and gives one code for each wanted result. Ratios are
tested by cross-multiplication, so there is no division but a rounding's, and no float. Three-valued logic is carried
as pairs: ``x`` (certainly yes) and ``x__no`` (certainly no) for a Bool, ``x`` and ``x__known`` for a number; the second
is left out where the value is always known. Parameters are arguments, so a sweep over their values needs no new kernel.

The text is the same for every target. What a target brings are four words: ``where(test, then, other)``, ``flip(test)``
(the opposite of a test), ``divide(number, den)`` (the whole part, of a number that is not negative) and ``int64``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import lcm
from typing import Any, Final

from corridor.rulebook.kinds import LIMIT, STORAGE, Kind
from corridor.rulebook.law import Clause, Law, walk
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
    band_factors,
)

NO, YES, UNKNOWN, CONFLICT, ELSEWHERE = range(5)
"""Codes of an answer: no, yes, cannot tell, two exceptions conflict, an ``if`` leads elsewhere (clauses only)."""

MISSING: Final = {storage: -limit - 1 for storage, limit in LIMIT.items()}
"""The mark for a missing fact or an unknown result, by array type."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a kernel: its name and array type. ``den`` is the denominator of its codes."""

    name: str
    storage: str
    den: int = 1


@dataclass(frozen=True, slots=True)
class Kernel:
    """A generated function ``decide(facts…, on, parameters…)`` and how to call it."""

    source: str
    arguments: tuple[str, ...]
    facts: tuple[str, ...]
    parameters: tuple[int, ...]
    results: tuple[Result, ...]
    uses_on: bool


@dataclass(slots=True)
class _Code:
    """Generated code of a value.

    For a Bool: where it is certainly yes, and where certainly no (None: wherever it is not yes). For a number ``yes``
    is the value and ``no`` says where it is known (None: everywhere).
    """

    yes: str
    no: str | None = None


def emit(law: Law, *, wanted: Iterable[str] = ("outcome", "outputs")) -> Kernel:
    """The kernel of a law.

    Args:
        law: the pack on its day.
        wanted: any of ``outcome``, ``outputs``, ``clauses``, ``margins`` (how far each clause is from failing) and
            ``levels`` (the threshold that it is held against).
    """
    return _Printer(law).kernel(tuple(wanted))


class _Printer:
    def __init__(self, law: Law) -> None:
        self.law = law
        self.lines: list[str] = []
        self.done: dict[int, _Code] = {}
        self.rules: dict[str, _Code] = {}
        self.conflicts: list[str] = []
        self.parameters: dict[str, int] = {}
        self.facts: list[str] = []
        self.temporaries = 0

    # The whole

    def kernel(self, wanted: tuple[str, ...]) -> Kernel:
        law = self.law
        results: list[tuple[Result, str]] = []
        names = [law.outcome] if "outcome" in wanted else []
        names += [name for name in law.outputs if "outputs" in wanted]
        names += [root.rule for root in law.contested]  # a conflict anywhere is a conflict of the decision
        needed = set(law.rules) if {"clauses", "margins", "levels"} & set(wanted) else self._reach(names)
        for name in law.rules:
            if name in needed:
                self._rule(name)
        conflict = self.temporary(" | ".join(self.conflicts)) if self.conflicts else None

        def unless_conflict(code: str, mark: int) -> str:
            return code if conflict is None else _where(conflict, str(mark), code)

        if "outcome" in wanted:
            code = unless_conflict(self.answer(self.rules[law.outcome]), CONFLICT)
            results.append((Result("outcome", "int8"), code))
        for name in law.outputs if "outputs" in wanted else ():
            if name == law.outcome and "outcome" in wanted:
                continue
            root = law.roots[name]
            if root.kind is Kind.BOOL:
                results.append((Result(name, "int8"), unless_conflict(self.answer(self.rules[name]), CONFLICT)))
            else:
                value = unless_conflict(self.known_or_missing(self.rules[name]), MISSING["int64"])
                results.append((Result(name, "int64", root.den), value))
        for clause in law.clauses:
            if "clauses" in wanted:
                results.append((Result(f"clause:{clause.id}", "int8"), self._clause(clause)))
            if "margins" in wanted and clause.margin is not None:
                value = self.known_or_missing(self.node(clause.margin))
                results.append((Result(f"margin:{clause.id}", "int64", clause.margin.den), value))
            if "levels" in wanted and clause.level is not None:
                value = self.known_or_missing(self.node(clause.level))
                results.append((Result(f"level:{clause.id}", "int64", clause.level.den), value))
        arguments = [*self.facts, *(["on"] if law.uses_on else []), *self.parameters]
        body = []
        for name in self.facts:
            storage = STORAGE[law.facts[name].kind]
            body.append(f"{name}__known = {name} != {MISSING[storage]}")
            if law.facts[name].kind is Kind.BOOL:
                body.append(f"{name}__no = {name} == 0")
                body.append(f"{name} = {name} == 1")
            elif storage != "int64":
                body.append(f"{name} = int64({name})")
        used = "\n".join((*self.lines, *(code for _, code in results)))
        body = [line for line in body if re.search(rf"\b{line.partition(' ')[0]}\b", used) or "int64(" in line]
        text = [f"def decide({', '.join(arguments)}):"]
        text += [f"    {line}" for line in (*body, *self.lines)]
        text.append(f"    return ({', '.join(code for _, code in results)},)")
        return Kernel(
            source="\n".join(text) + "\n",
            arguments=tuple(arguments),
            facts=tuple(self.facts),
            parameters=tuple(self.parameters.values()),
            results=tuple(result for result, _ in results),
            uses_on=law.uses_on,
        )

    def _reach(self, names: list[str]) -> set[str]:
        """These rules and all that they need."""
        reach = list(dict.fromkeys(names))
        for name in reach:
            for part in walk(self.law.roots[name]):
                if isinstance(part, Ref) and part.source == "rule" and part.name not in reach:
                    reach.append(part.name)
        return set(reach)

    def _rule(self, name: str) -> None:
        version = self.law.rules[name]
        self.lines.append(f"# {version.id}: {_comment(version.ref)}")
        self.rules[name] = self.node(self.law.roots[name], name)

    def _clause(self, clause: Clause) -> str:
        code = self.answer(self.node(clause.node))
        conditions = [(self.node(test), sense) for test, sense in clause.conditions]
        for condition, sense in conditions:
            if condition.no is not None:
                code = _where(condition.yes if sense else condition.no, code, str(UNKNOWN))
        for condition, sense in conditions:
            code = _where(self.no(condition) if sense else condition.yes, str(ELSEWHERE), code)
        return code

    # Pieces of code

    def answer(self, code: _Code) -> str:
        """An answer's code: 1, 0, or 2 for cannot tell."""
        if code.no is None:
            return _where(code.yes, str(YES), str(NO))
        return _where(code.yes, str(YES), _where(code.no, str(NO), str(UNKNOWN)))

    def known_or_missing(self, code: _Code) -> str:
        """A number's code, or the mark for missing."""
        return code.yes if code.no is None else _where(code.no, code.yes, str(MISSING["int64"]))

    def no(self, code: _Code) -> str:
        """Where a Bool is certainly no."""
        return _flip(code.yes) if code.no is None else code.no

    def temporary(self, code: str, name: str | None = None) -> str:
        """A name for a piece of code that is used more than once, or that should be read under a name."""
        if name is None and (code.isidentifier() or re.fullmatch(r"-?\d+", code)):
            return code
        if name is None:
            self.temporaries += 1
            name = f"_{self.temporaries}"
        self.lines.append(f"{name} = {code}")
        return name

    # Nodes

    def node(self, node: Node, name: str | None = None) -> _Code:
        """The code of an expression; each test, and each rule under its ``name``, is printed once."""
        if id(node) not in self.done or name is not None:
            printed = _PRINT[type(node)](self, node)
            if node.kind is Kind.BOOL or name is not None:
                second = name and f"{name}__{'no' if node.kind is Kind.BOOL else 'known'}"
                printed = _Code(
                    self.temporary(printed.yes, name),
                    None if printed.no is None else self.temporary(printed.no, second),
                )
            self.done[id(node)] = printed
        return self.done[id(node)]

    def scaled(self, node: Node, den: int) -> str:
        """The code of a number, brought to a common denominator."""
        factor = den // node.den
        code = self.node(node).yes
        return code if factor == 1 else f"({code} * {factor})"

    def both(self, *nodes: Node) -> str | None:
        """Where all of these numbers are known; None where they always are."""
        known = [code.no for code in map(self.node, nodes) if code.no is not None]
        joined = " & ".join(dict.fromkeys(known))
        return f"({joined})" if " " in joined else joined or None

    def tested(self, test: str, known: str | None) -> _Code:
        """A comparison as a three-valued answer."""
        if known is None:
            return _Code(test)
        test, known = self.temporary(f"({test})"), self.temporary(known)
        return _Code(f"({test} & {known})", f"({_flip(test)} & {known})")

    def ref(self, node: Any) -> _Code:
        if node.source == "rule":
            return self.rules[node.name]
        if node.source == "on":
            return _Code("on")
        if node.source == "parameter":
            content = self.law.parameters[node.name].dated.content
            assert isinstance(content, int)
            name = self.parameter(node.name, content)
            return _Code(name if node.kind is not Kind.BOOL else f"({name} == 1)")
        if node.name not in self.facts:
            self.facts.append(node.name)
        return _Code(node.name, f"{node.name}__no" if node.kind is Kind.BOOL else f"{node.name}__known")

    def parameter(self, name: str, code: int) -> str:
        self.parameters[f"p_{name}"] = code
        return f"p_{name}"

    def const(self, node: Any) -> _Code:
        if node.kind is Kind.BOOL:
            return _Code(f"({self.parameter('1', 1)} == {node.code})")
        return _Code(str(node.code))

    def sum(self, node: Any) -> _Code:
        left, right = self.scaled(node.left, node.den), self.scaled(node.right, node.den)
        return _Code(f"({left} {'+' if node.sign == 1 else '-'} {right})", self.both(node.left, node.right))

    def product(self, node: Any) -> _Code:
        return _Code(f"({self.node(node.left).yes} * {self.node(node.right).yes})", self.both(node.left, node.right))

    def compare(self, node: Any) -> _Code:
        den = lcm(node.left.den, node.right.den)
        test = f"{self.scaled(node.left, den)} {node.op} {self.scaled(node.right, den)}"
        return self.tested(test, self.both(node.left, node.right))

    def share_test(self, node: Any) -> _Code:
        den = lcm(node.part.den, node.threshold.den)
        left, right = self.scaled(node.part, den), self.scaled(node.threshold, den)
        base = self.node(node.base)
        zero = self.temporary(f"({base.yes} == 0)")
        holds = self.temporary(f"({left} {node.op} {right})")
        known = self.both(node.part, node.base, node.rate)
        if node.empty:
            yes, no = f"{holds} | {zero}", f"{_flip(holds)} & {_flip(zero)}"
        else:
            yes, no = f"{holds} & {_flip(zero)}", f"{_flip(holds)} | {zero}"
        if known is None:
            return _Code(f"({yes})")
        known = self.temporary(known)
        empty = self.temporary(f"{zero} & {base.no}") if base.no is not None else zero
        if node.empty:
            return _Code(f"({known} & ({yes})) | {empty}", f"{known} & {no}")
        return _Code(f"{known} & {yes}", f"({known} & ({no})) | {empty}")

    def logic(self, node: Any) -> _Code:
        items = [self.node(item) for item in node.items]
        every, some = (" & ", " | ") if node.op == "and" else (" | ", " & ")
        yes = every.join(item.yes for item in items)
        if all(item.no is None for item in items):
            return _Code(f"({yes})")
        return _Code(f"({yes})", f"({some.join(self.no(item) for item in items)})")

    def not_(self, node: Any) -> _Code:
        item = self.node(node.item)
        return _Code(self.no(item), item.yes if item.no is not None else None)

    def choose(self, node: Any) -> _Code:
        test, then, other = self.node(node.test), self.node(node.then), self.node(node.other)
        return self.chosen(test, then, other, node, node.then, node.other)

    def chosen(self, test: _Code, then: _Code, other: _Code, node: Node, a: Node, b: Node) -> _Code:
        """``then`` or ``other``; where the test cannot tell, what both agree on."""
        if node.kind is Kind.BOOL:
            yes = f"(({test.yes} & {then.yes}) | ({self.no(test)} & {other.yes}))"
            no = f"(({test.yes} & {self.no(then)}) | ({self.no(test)} & {self.no(other)}))"
            if test.no is None and then.no is None and other.no is None:
                return _Code(yes)
            if test.no is not None:
                yes = f"({yes} | ({then.yes} & {other.yes}))"
                no = f"({no} | ({self.no(then)} & {self.no(other)}))"
            return _Code(yes, no)
        first, second = self.temporary(self.to(then.yes, a, node)), self.temporary(self.to(other.yes, b, node))
        value = _where(test.yes, first, second)
        if test.no is None and then.no is None and other.no is None:
            return _Code(value)
        known_a, known_b = then.no, other.no
        if test.no is None:
            if known_a is None or known_b is None:
                part = known_a or known_b or ""
                way = _flip(test.yes) if known_a is not None else test.yes
                return _Code(value, f"({way} | {part})")
            return _Code(value, _where(test.yes, self.temporary(known_a), self.temporary(known_b)))
        known_a = None if known_a is None else self.temporary(known_a)
        known_b = None if known_b is None else self.temporary(known_b)
        agree = " & ".join(part for part in (known_a, known_b, f"({first} == {second})") if part)
        way_a = f"({test.yes} & {known_a})" if known_a else test.yes
        way_b = f"({test.no} & {known_b})" if known_b else test.no
        return _Code(value, f"({way_a} | {way_b} | ({agree}))")

    def to(self, code: str, part: Node, whole: Node) -> str:
        factor = whole.den // part.den
        return code if factor == 1 else f"({code} * {factor})"

    def extreme(self, node: Any) -> _Code:
        value = self.temporary(self.scaled(node.items[0], node.den))
        op = "<" if node.op == "min" else ">"
        for item in node.items[1:]:
            other = self.temporary(self.scaled(item, node.den))
            value = self.temporary(_where(f"({value} {op} {other})", value, other))
        return _Code(value, self.both(*node.items))

    def round(self, node: Any) -> _Code:
        item, den = self.node(node.item), node.item.den * node.to
        code = item.yes
        match node.mode:
            case "half_up":
                whole = _divide(f"({code} + {den // 2})", den)
            case "floor":
                whole = _divide(code, den)
            case "ceil":
                whole = _divide(f"({code} + {den - 1})", den)
            case _:
                down = self.temporary(_divide(code, den))
                rest = self.temporary(f"(2 * ({code} - {down} * {den}))")
                up = f"(({rest} > {den}) | (({rest} == {den}) & (({down} & 1) == 1)))"
                whole = f"({down} + {_where(up, '1', '0')})"
        return _Code(whole if node.to == 1 else f"({whole} * {node.to})", item.no)

    def band(self, node: Any) -> _Code:
        table, item = node.table, self.node(node.item)
        left_factor, right_factor = band_factors(node.item, node.base, table.over_den)
        left = item.yes if left_factor == 1 else self.temporary(f"({item.yes} * {left_factor})")
        base = None if node.base is None else self.node(node.base)
        value = self.parameter(f"{table.name}__{len(table.rows)}", table.rows[-1].give)
        for number in range(len(table.rows) - 1, 0, -1):
            row = table.rows[number - 1]
            bound = self.parameter(f"{table.name}__{number}_bound", row.bound)
            right = bound if base is None else f"{bound} * {base.yes}"
            if right_factor != 1:
                right = f"{right} * {right_factor}"
            give = self.parameter(f"{table.name}__{number}", row.give)
            value = self.temporary(_where(f"({left} {BOUNDS[row.word]} {right})", give, value))
        if base is None:
            return _Code(value, item.no)
        zero = self.temporary(f"({base.yes} == 0)")
        last = self.parameter(f"{table.name}__{len(table.rows)}", table.rows[-1].give)
        known = self.both(node.item, node.base)
        if known is not None:
            empty = zero if base.no is None else f"({zero} & {base.no})"
            known = f"({known} | {empty})"
        return _Code(_where(zero, last, value), known)

    def pick(self, node: Any) -> _Code:
        item, table = self.node(node.item), node.table
        value = self.parameter(f"{table.name}__{len(table.rows)}", table.rows[-1].give)
        for number in range(len(table.rows) - 1, 0, -1):
            give = self.parameter(f"{table.name}__{number}", table.rows[number - 1].give)
            value = self.temporary(_where(f"({item.yes} == {number - 1})", give, value))
        return _Code(value, item.no)

    def excepted(self, node: Any) -> _Code:
        base = self.node(node.base)
        whens = [self.node(when) for when, _ in node.exceptions]
        values = [self.node(ref) for _, ref in node.exceptions]
        if len(whens) > 1:
            pairs = [
                f"({a.yes} & {b.yes})" for i, a in enumerate(whens) for b in whens[i + 1 :]
            ]  # fmt: skip
            self.conflicts.append(self.temporary(f"({' | '.join(pairs)})"))
        if len(whens) == 1:
            return self.chosen(whens[0], values[0], base, node, node.exceptions[0][1], node.base)
        # With several, two that may apply leave the value open; otherwise the one that may apply is an ordinary choice.
        result = _Code(self.to(base.yes, node.base, node), base.no)
        for when, value, (_, ref) in zip(whens, values, node.exceptions, strict=True):
            chosen = self.chosen(when, value, result, node, ref, node)
            result = _Code(self.temporary(chosen.yes), None if chosen.no is None else self.temporary(chosen.no))
        maybes = [self.temporary(_flip(f"({self.no(when)})")) for when in whens]
        doubt = self.temporary(
            "(" + " | ".join(f"({a} & {b})" for i, a in enumerate(maybes) for b in maybes[i + 1 :]) + ")"
        )
        if node.kind is Kind.BOOL:
            return _Code(f"{result.yes} & {_flip(doubt)}", f"{self.no(result)} & {_flip(doubt)}")
        known = _flip(doubt) if result.no is None else f"{result.no} & {_flip(doubt)}"
        return _Code(result.yes, known)


def _where(test: str, then: str, other: str) -> str:
    return f"where({test}, {then}, {other})"


def _flip(test: str) -> str:
    return f"flip({test})"


def _divide(number: str, den: int) -> str:
    return f"divide({number}, {den})"


def _comment(text: str) -> str:
    """Text that stays inside its comment."""
    return "".join(character if character.isprintable() else " " for character in text)


_PRINT: Final[dict[type[Node], Any]] = {
    Ref: _Printer.ref, Const: _Printer.const, Sum: _Printer.sum, Product: _Printer.product,
    Compare: _Printer.compare, ShareTest: _Printer.share_test, Logic: _Printer.logic, Not: _Printer.not_,
    Choose: _Printer.choose, Extreme: _Printer.extreme, Round: _Printer.round, Band: _Printer.band,
    Pick: _Printer.pick, Excepted: _Printer.excepted,
}  # fmt: skip
