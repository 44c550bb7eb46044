"""The typed tree of a rule: what the interpreter walks and the emitter prints.

:func:`type_rule` turns a rule's Python syntax into nodes and refuses everything else with what to write instead. Each
node knows its kind, the denominator of its codes (``den``) and the range that its codes can take (``lo`` to ``hi``),
so that an expression which could leave int64 is refused when the pack is loaded, not met by a firm.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import lcm
from typing import Final, Literal, NoReturn

from corridor.rulebook.errors import PackError, Place
from corridor.rulebook.kinds import LIMIT, NUMBERS, Kind
from corridor.rulebook.parameters import Row
from corridor.rulebook.source import RuleVersion

INT64: Final = LIMIT["int64"]

Source = Literal["fact", "parameter", "rule", "on"]
Rounding = Literal["half_up", "half_even", "floor", "ceil"]
Operator = Literal[">=", ">", "<=", "<", "==", "!="]

_OPERATORS: Final[dict[type[ast.cmpop], Operator]] = {
    ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@dataclass(eq=False, kw_only=True, repr=False)
class Node:
    """An expression of one kind. Its value is ``code / den``, with ``lo <= code <= hi``."""

    kind: Kind
    den: int = 1
    lo: int = 0
    hi: int = 1
    line: int = 0
    text: str = ""


@dataclass(eq=False, kw_only=True, repr=False)
class Const(Node):
    """The literal 0, 1, True, False, or a member of a category."""

    code: int


@dataclass(eq=False, kw_only=True, repr=False)
class Ref(Node):
    """A fact, a parameter, another rule, or the day of the application."""

    name: str
    source: Source
    members: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    gives: Kind | None = None
    over: Kind | str | None = None
    over_den: int = 1


@dataclass(eq=False, kw_only=True, repr=False)
class Sum(Node):
    """``left + right`` or, with ``sign`` -1, ``left - right``."""

    left: Node
    right: Node
    sign: int


@dataclass(eq=False, kw_only=True, repr=False)
class Product(Node):
    """``left * right``."""

    left: Node
    right: Node


@dataclass(eq=False, kw_only=True, repr=False)
class Compare(Node):
    """``left op right`` on two values of one kind."""

    left: Node
    op: Operator
    right: Node
    margin: Node | None = None


@dataclass(eq=False, kw_only=True, repr=False)
class ShareTest(Node):
    """``part / base op rate`` without division; with a base of 0 the answer is ``empty``."""

    part: Node
    base: Node
    op: Operator
    rate: Node
    empty: bool
    threshold: Node
    margin: Node


@dataclass(eq=False, kw_only=True, repr=False)
class Logic(Node):
    """``and`` / ``or`` over three-valued items (Kleene)."""

    op: Literal["and", "or"]
    items: list[Node]


@dataclass(eq=False, kw_only=True, repr=False)
class Not(Node):
    """The opposite; cannot tell stays cannot tell."""

    item: Node


@dataclass(eq=False, kw_only=True, repr=False)
class Choose(Node):
    """``then`` where ``test`` holds, else ``other``."""

    test: Node
    then: Node
    other: Node


@dataclass(eq=False, kw_only=True, repr=False)
class Extreme(Node):
    """The least or the most of several values."""

    op: Literal["min", "max"]
    items: list[Node]


@dataclass(eq=False, kw_only=True, repr=False)
class Round(Node):
    """``item`` rounded to a multiple of ``to`` whole units."""

    item: Node
    mode: Rounding
    to: int


@dataclass(eq=False, kw_only=True, repr=False)
class Band(Node):
    """What the band table gives for a number, or for ``item / base`` where there is a base."""

    item: Node
    base: Node | None
    table: Ref


@dataclass(eq=False, kw_only=True, repr=False)
class Pick(Node):
    """What the table gives for a member of a category."""

    item: Node
    table: Ref


@dataclass(eq=False, kw_only=True, repr=False)
class Excepted(Node):
    """``base``, unless exactly one exception applies; two that apply are a conflict."""

    base: Node
    exceptions: list[tuple[Node, Ref]]
    rule: str


@dataclass(eq=False, kw_only=True, repr=False)
class _Share(Node):
    """``share(part, of=base)`` before it meets a rate or a band; never in a finished tree."""

    part: Node
    base: Node
    empty: bool | None = field(default=None)


def children(node: Node) -> list[Node]:
    """The nodes that a node is made of, in reading order; margins and thresholds are left out."""
    match node:
        case Sum(left=a, right=b) | Product(left=a, right=b) | Compare(left=a, right=b):
            return [a, b]
        case ShareTest(part=a, base=b, rate=c):
            return [a, b, c]
        case Logic(items=items) | Extreme(items=items):
            return items
        case Not(item=a) | Round(item=a):
            return [a]
        case Choose(test=a, then=b, other=c):
            return [a, b, c]
        case Band(item=a, base=b, table=c):
            return [a, c] if b is None else [a, b, c]
        case Pick(item=a, table=b):
            return [a, b]
        case Excepted(base=a, exceptions=exceptions):
            return [a, *(part for pair in exceptions for part in pair)]
    return []


def type_rule(rule: RuleVersion, names: Mapping[str, Ref]) -> Node:
    """The typed tree of a rule's result.

    Args:
        rule: the version to read.
        names: what each argument name may refer to, typed; ``on`` among them.

    Raises:
        PackError: with file, line, and what to write instead.
    """
    return _Typer(rule, names).result()


class _Typer:
    def __init__(self, rule: RuleVersion, names: Mapping[str, Ref]) -> None:
        self.rule = rule
        self.names: dict[str, Ref] = {}
        for name, kind in rule.arguments.items():
            ref = names.get(name)
            if ref is None:
                near = get_close_matches(name, names, 1)
                hint = f"Did you mean {near[0]}?" if near else "Declare it in the facts or in parameters.yaml."
                raise PackError(f"{name} is no fact, parameter or rule.", at=rule.at, remedy=hint)
            if ref.kind is not kind:
                raise PackError(
                    f"{name} is annotated {kind.annotation} but is {ref.kind.annotation}.",
                    at=rule.at,
                    remedy=f"Write {name}: {ref.kind.annotation}.",
                )
            self.names[name] = ref

    def fail(self, message: str, remedy: str, node: ast.AST) -> NoReturn:
        """Refuse a piece of the rule."""
        line = getattr(node, "lineno", self.rule.at.line)
        raise PackError(message, at=Place(self.rule.at.file, line), remedy=remedy)

    def result(self) -> Node:
        rule = self.rule
        try:
            node = self._settle(self._body(rule.body), rule.result, rule.body[-1])
        except RecursionError:
            raise PackError("the rule is nested too deeply.", at=rule.at, remedy="Split it.") from None
        unused = set(rule.arguments) - {
            part.id for s in rule.body for part in ast.walk(s) if isinstance(part, ast.Name)
        }
        if unused:
            raise PackError(f"{rule.name} does not use {', '.join(sorted(unused))}.", at=rule.at, remedy="Remove it.")
        if node.kind is not rule.result:
            self.fail(
                f"{rule.name} gives {node.kind.annotation}, but promises {rule.result.annotation}.",
                f"Write -> {node.kind.annotation}.",
                rule.body[-1],
            )
        self._fits(node.lo, node.hi, rule.body[-1])
        if node.den != 1 and node.kind is not Kind.RATE:
            self.fail(
                f"the {node.kind.annotation} that {rule.name} gives can still be a fraction of the smallest unit.",
                f"Say how the law rounds: half_up({node.text}), half_even(…), floor(…) or ceil(…).",
                rule.body[-1],
            )
        return node

    # Statements

    def _body(self, body: list[ast.stmt]) -> Node:
        statement, rest = body[0], body[1:]
        match statement:
            case ast.Return(value=ast.expr() as value):
                if rest:
                    self.fail("nothing can follow a return.", "Remove it.", rest[0])
                return self._expr(value)
            case ast.If(test=test, body=then, orelse=other):
                if other and rest and not (len(other) == 1 and isinstance(other[0], ast.If)):
                    self.fail("after if … else nothing can follow.", "Put it into the branches.", rest[0])
                if not other and not rest:
                    self.fail("this if has no other way.", "Add else: return …", statement)
                return self._choose(statement, test, self._body(then), self._body([*other, *rest]))
            case ast.Return():
                self.fail("return gives nothing.", "Write return and a value.", statement)
        self.fail(
            f"{type(statement).__name__} is not part of the rule language.",
            "A rule is made of if, elif, else and return; give a part that has a name a rule of its own.",
            statement,
        )

    def _choose(self, at: ast.AST, test: ast.expr, then: Node, other: Node) -> Node:
        condition = self._bool(test)
        if isinstance(then, _Share) or isinstance(other, _Share):
            self.fail("a share cannot be a result.", "Compare it with a Rate, or put it into a band.", at)
        then, other = self._alike(then, other, at)
        den = lcm(then.den, other.den)
        lo = min(then.lo * (den // then.den), other.lo * (den // other.den))
        hi = max(then.hi * (den // then.den), other.hi * (den // other.den))
        return self._checked(Choose(kind=then.kind, den=den, lo=lo, hi=hi, test=condition, then=then, other=other), at)

    # Expressions

    def _expr(self, node: ast.expr) -> Node:
        match node:
            case ast.Name(id=name):
                if name not in self.names:
                    self.fail(f"{name} is not an argument of {self.rule.name}.", "Add it to the arguments.", node)
                return self._placed(self.names[name], node)
            case ast.Constant(value=bool() as value):
                return Const(kind=Kind.BOOL, code=int(value), line=node.lineno, text=str(value))
            case ast.Constant(value=int() as value) if value in (0, 1):
                return Const(kind=Kind.COUNT, lo=value, hi=value, code=value, line=node.lineno, text=str(value))
            case ast.Constant(value=str() as value):
                return Const(kind=Kind.CATEGORY, code=-1, line=node.lineno, text=value)
            case ast.Constant(value=value):
                self.fail(
                    f"{value!r} is a number in the rules.",
                    "Make it a parameter with a date and a reference; only 0 and 1 may stand here.",
                    node,
                )
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                return self._sum(node, self._number(left), self._number(right), 1 if isinstance(op, ast.Add) else -1)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._product(node, self._number(left), self._number(right))
            case ast.BinOp(op=ast.Div() | ast.FloorDiv()):
                self.fail(
                    "division is not exact.",
                    'Write share(a, of=b) >= rate, or multiply by a Rate parameter such as "1/3".',
                    node,
                )
            case ast.BoolOp(op=op, values=values):
                items = [self._bool(value) for value in values]
                return Logic(
                    kind=Kind.BOOL, op="and" if isinstance(op, ast.And) else "or", items=items,
                    line=node.lineno, text=ast.unparse(node),
                )  # fmt: skip
            case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as name):
                return Not(kind=Kind.BOOL, item=self._bool(name), line=node.lineno, text=ast.unparse(node))
            case ast.UnaryOp(op=ast.Not()):
                self.fail(
                    "not stands before a name only.",
                    "Write the opposite comparison (< for >=), or give the test a rule of its own.",
                    node,
                )
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp(test=test, body=then, orelse=other):
                return self._choose(node, test, self._expr(then), self._expr(other))
            case ast.Call(func=ast.Name(id=function)):
                return self._call(node, function)
        self.fail(
            f"{ast.unparse(node)[:60]} is not part of the rule language.",
            "docs/rules.md lists what is: + - *, comparisons, and or not, min, max, share, band, pick, roundings.",
            node,
        )

    def _call(self, node: ast.Call, function: str) -> Node:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        arguments = node.args
        match function:
            case "min" | "max" if len(arguments) > 1 and not keywords:
                items = [self._number(argument) for argument in arguments]
                for i in range(1, len(items)):
                    items[0], items[i] = self._alike(items[0], items[i], node)
                items = [self._alike(items[0], item, node)[1] for item in items]
                den = lcm(*(item.den for item in items))
                best = min if function == "min" else max
                return self._checked(
                    Extreme(
                        kind=items[0].kind, den=den, op="min" if function == "min" else "max", items=items,
                        lo=best(item.lo * (den // item.den) for item in items),
                        hi=best(item.hi * (den // item.den) for item in items),
                    ),
                    node,
                )  # fmt: skip
            case "half_up" | "half_even" | "floor" | "ceil" if len(arguments) == 1 and set(keywords) <= {"to"}:
                return self._round(node, function, self._number(arguments[0]), keywords.get("to"))
            case "share" if len(arguments) == 1 and {"of"} <= set(keywords) <= {"of", "empty"}:
                return self._share(node, arguments[0], keywords["of"], keywords.get("empty"))
            case "band" if len(arguments) == 2 and not keywords:
                return self._band(node, arguments[0], arguments[1])
            case "pick" if len(arguments) == 2 and not keywords:
                return self._pick(node, arguments[0], arguments[1])
        forms = {
            "min": "min(a, b)", "max": "max(a, b)", "share": "share(a, of=b)", "band": "band(x, table)",
            "pick": "pick(category, table)", "half_up": "half_up(x)", "half_even": "half_even(x)",
            "floor": "floor(x)", "ceil": "ceil(x)",
        }  # fmt: skip
        if function == "round":
            self.fail("round() hides how it rounds.", "Write half_up(x), half_even(x), floor(x) or ceil(x).", node)
        if function in forms:
            self.fail(f"{ast.unparse(node)} is not how {function} is called.", f"Write {forms[function]}.", node)
        self.fail(f"{function}() is not part of the rule language.", f"It has: {', '.join(forms)}.", node)

    def _sum(self, at: ast.AST, left: Node, right: Node, sign: int) -> Node:
        if left.kind is Kind.DATE or right.kind is Kind.DATE:
            if sign == -1 and left.kind is right.kind:
                lo, hi = left.lo - right.hi, left.hi - right.lo
                return self._checked(Sum(kind=Kind.DAYS, lo=lo, hi=hi, left=left, right=right, sign=-1), at)
            self.fail(
                "dates can only be subtracted from each other.", "Write on - registered_on, which gives Days.", at
            )
        left, right = self._alike(left, right, at)
        return self._checked(_sum_node(left, right, sign), at)

    def _product(self, at: ast.AST, left: Node, right: Node) -> Node:
        kinds = {left.kind, right.kind}
        if isinstance(left, Const) or isinstance(right, Const):
            self.fail("a product with 0 or 1 says nothing.", "Remove it.", at)
        if Kind.RATE in kinds and Kind.DATE not in kinds:
            kind = right.kind if left.kind is Kind.RATE else left.kind
        elif kinds in ({Kind.COUNT, Kind.MONEY}, {Kind.DAYS, Kind.MONEY}):
            kind = Kind.MONEY
        else:
            self.fail(
                f"{left.kind.annotation} cannot be multiplied by {right.kind.annotation}.",
                "One side must be a Rate; or Count or Days times Money.",
                at,
            )
        return self._checked(_product_node(kind, left, right), at)

    def _compare(self, node: ast.Compare) -> Node:
        terms = [node.left, *node.comparators]
        tests = [self._test(node, terms[i], op, terms[i + 1]) for i, op in enumerate(node.ops)]
        if len(tests) == 1:
            return tests[0]
        return Logic(kind=Kind.BOOL, op="and", items=tests, line=node.lineno, text=ast.unparse(node))

    def _test(self, at: ast.Compare, left_side: ast.expr, operator: ast.cmpop, right_side: ast.expr) -> Node:
        op = _OPERATORS.get(type(operator))
        if op is None:
            self.fail("in and is are not part of the rule language.", "Compare with ==, or use a table.", at)
        left, right = self._expr(left_side), self._expr(right_side)
        text = f"{ast.unparse(left_side)} {op} {ast.unparse(right_side)}"
        if isinstance(right, _Share):
            self.fail(
                "the share stands on the left.", f"Write {ast.unparse(right_side)} … {ast.unparse(left_side)}.", at
            )
        if isinstance(left, _Share):
            return self._share_test(at, left, op, right, text)
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Const) and side.kind is Kind.CATEGORY:
                if not isinstance(other, Ref) or side.text not in other.members:
                    self.fail(f"{side.text!r} is not a member of {other.text}.", "Use a declared member.", at)
                side.code = other.members.index(side.text)
        if Kind.BOOL in {left.kind, right.kind}:
            self.fail("yes and no are not compared.", "Write x, or not x.", at)
        if Kind.CATEGORY in {left.kind, right.kind}:
            if (
                left.kind is not right.kind
                or op not in {"==", "!="}
                or not isinstance(left, Const) ^ isinstance(right, Const)
            ):
                self.fail(
                    "a category can only be equal to one of its members or not.", 'Write size_class == "small".', at
                )
            return Compare(kind=Kind.BOOL, left=left, op=op, right=right, line=at.lineno, text=text)
        left, right = self._alike(left, right, at)
        margin = self._margin(at, left, op, right)
        den = lcm(left.den, right.den)
        for side in (left, right):
            self._fits(side.lo * (den // side.den), side.hi * (den // side.den), at)
        return Compare(kind=Kind.BOOL, left=left, op=op, right=right, margin=margin, line=at.lineno, text=text)

    def _margin(self, at: ast.AST, left: Node, op: Operator, right: Node) -> Node | None:
        """How far the test is from failing: positive when it holds with room, negative by what is short."""
        if op in {"==", "!="}:
            return None
        first, second = (left, right) if op in {">=", ">"} else (right, left)
        margin = _sum_node(first, second, -1)
        if left.kind is Kind.DATE:
            margin.kind = Kind.DAYS
        return self._checked(margin, at)

    def _share(self, at: ast.Call, part: ast.expr, base: ast.expr, empty: ast.expr | None) -> Node:
        a, b = self._number(part), self._number(base)
        if a.kind is not b.kind or a.kind not in NUMBERS or Kind.RATE is a.kind:
            self.fail(
                f"a share of {a.kind.annotation} in {b.kind.annotation} has no meaning.",
                "Compare two amounts of one type: money with money, heads with heads.",
                at,
            )
        if b.lo < 0:
            self.fail("the base of a share could be negative.", "Take a base that cannot be, or max(x, 0).", at)
        flag = None
        if empty is not None:
            if not isinstance(empty, ast.Constant) or not isinstance(empty.value, bool):
                self.fail("empty= is True or False.", "Write share(a, of=b, empty=True).", at)
            flag = empty.value
        return _Share(kind=Kind.RATE, part=a, base=b, empty=flag, line=at.lineno, text=ast.unparse(at))

    def _share_test(self, at: ast.Compare, share: _Share, op: Operator, rate: Node, text: str) -> Node:
        if rate.kind is not Kind.RATE or isinstance(rate, Const | _Share):
            self.fail("a share is compared with a Rate.", "Write share(a, of=b) >= min_share, min_share: Rate.", at)
        threshold = self._checked(_product_node(share.part.kind, rate, share.base), at)
        margin = self._margin(at, share.part, op, threshold)
        if margin is None:
            self.fail("a share is seldom exactly a rate.", "Use >=, >, <= or <.", at)
        den = lcm(share.part.den, threshold.den)
        for side in (share.part, threshold):
            self._fits(side.lo * (den // side.den), side.hi * (den // side.den), at)
        return ShareTest(
            kind=Kind.BOOL, part=share.part, base=share.base, op=op, rate=rate, empty=bool(share.empty),
            threshold=threshold, margin=margin, line=at.lineno, text=text,
        )  # fmt: skip

    def _round(self, at: ast.Call, mode: str, item: Node, to: ast.expr | None) -> Node:
        unit = 1
        if to is not None:
            if not isinstance(to, ast.Constant) or not isinstance(to.value, int) or not 1 <= to.value <= 10**9:
                self.fail("to= is a whole number.", "Write half_up(x, to=100) for a hundred of the smallest unit.", at)
            unit = to.value
        if item.kind is Kind.RATE or item.kind is Kind.DATE:
            self.fail(f"a {item.kind.annotation} is not rounded.", "Round the amount that it is multiplied with.", at)
        if item.den * unit == 1:
            self.fail(f"{item.text} is whole already.", "Remove the rounding.", at)
        if item.lo < 0:
            self.fail(
                f"{item.text} could be negative, and laws round negative amounts differently.",
                "Round an amount that cannot be negative: max(x, 0).",
                at,
            )
        den = item.den * unit
        self._fits(item.lo, item.hi + den, at)
        if mode == "half_even":
            self._fits(0, 2 * den, at)
        lo, hi = item.lo // den * unit, -(-item.hi // den) * unit
        rounding: Rounding = mode  # type: ignore[assignment]
        return self._checked(Round(kind=item.kind, lo=lo, hi=hi, item=item, mode=rounding, to=unit), at)

    def _band(self, at: ast.Call, item: ast.expr, table_name: ast.expr) -> Node:
        value, table = self._expr(item), self._expr(table_name)
        if not isinstance(table, Ref) or table.kind is not Kind.BANDS:
            self.fail(f"{ast.unparse(table_name)} is not a band table.", "Declare it with type: bands.", at)
        base: Node | None = None
        kind = value.kind
        if isinstance(value, _Share):
            if value.empty is not None:
                self.fail("a band takes an empty base into its last row.", "Remove empty=.", at)
            base, value = value.base, value.part
        if kind is not table.over:
            over = table.over.annotation if isinstance(table.over, Kind) else "a category"
            self.fail(f"{table.name} is over {over}, not {kind.annotation}.", "Give it that, or correct over:.", at)
        left_factor, right_factor = band_factors(value, base, table.over_den)
        self._fits(value.lo * left_factor, value.hi * left_factor, at)
        for row in table.rows:
            self._fits(0, abs(row.bound) * right_factor * (base.hi if base else 1), at)
        gives = [row.give for row in table.rows] or [0]
        return self._checked(
            Band(
                kind=table.gives or table.kind,
                den=table.den,
                lo=min(gives),
                hi=max(gives),
                item=value,
                base=base,
                table=table,
            ),
            at,
        )

    def _pick(self, at: ast.Call, item: ast.expr, table_name: ast.expr) -> Node:
        value, table = self._expr(item), self._expr(table_name)
        if not isinstance(table, Ref) or table.kind is not Kind.TABLE:
            self.fail(f"{ast.unparse(table_name)} is not a table.", "Declare it with type: table.", at)
        if not isinstance(value, Ref) or value.name != table.over:
            self.fail(f"{table.name} is over {table.over}, not {value.text}.", f"Write pick({table.over}, …).", at)
        gives = [row.give for row in table.rows] or [0]
        return self._checked(
            Pick(kind=table.gives or table.kind, den=table.den, lo=min(gives), hi=max(gives), item=value, table=table),
            at,
        )

    # Types

    def _bool(self, node: ast.expr) -> Node:
        value = self._expr(node)
        if value.kind is not Kind.BOOL:
            self.fail(f"{ast.unparse(node)} is {value.kind.annotation}, not yes or no.", "Compare it.", node)
        return value

    def _number(self, node: ast.expr) -> Node:
        value = self._expr(node)
        if isinstance(value, _Share):
            self.fail("a share is not a number.", "Compare it with a Rate, or put it into a band.", node)
        if value.kind not in NUMBERS and value.kind is not Kind.DATE:
            self.fail(f"{ast.unparse(node)} is {value.kind.annotation}, not a number.", "Use if, or a table.", node)
        return value

    def _alike(self, left: Node, right: Node, at: ast.AST) -> tuple[Node, Node]:
        """Both sides in one kind; the literals 0 and 1 take the kind of the other side."""
        if left.kind is right.kind:
            return left, right
        if isinstance(left, Const) and not isinstance(right, Const):
            return self._settle(left, right.kind, at), right
        if isinstance(right, Const):
            return left, self._settle(right, left.kind, at)
        self.fail(
            f"{left.kind.annotation} and {right.kind.annotation} do not go together.",
            "Both sides must have one type; money is never mixed with heads.",
            at,
        )

    def _settle(self, node: Node, kind: Kind, at: ast.AST) -> Node:
        """A literal in the kind that its place asks for."""
        if isinstance(node, _Share):
            self.fail("a share cannot be a result.", "Compare it with a Rate, or put it into a band.", at)
        if isinstance(node, Choose) and node.kind is not kind and node.kind is Kind.COUNT:
            then, other = self._settle(node.then, kind, at), self._settle(node.other, kind, at)
            if then.kind is other.kind is kind:  # literals only: heads stay heads
                node.then, node.other, node.kind = then, other, kind
            return node
        if not isinstance(node, Const) or node.kind is kind or node.kind is not Kind.COUNT:
            return node
        if kind not in NUMBERS or (kind is Kind.MONEY and node.code):
            self.fail(f"{node.text} is not {kind.annotation}.", "Make it a parameter with a reference.", at)
        return Const(kind=kind, lo=node.code, hi=node.code, code=node.code, line=node.line, text=node.text)

    def _placed(self, ref: Ref, node: ast.Name) -> Ref:
        return Ref(
            kind=ref.kind, den=ref.den, lo=ref.lo, hi=ref.hi, line=node.lineno, text=ref.name, name=ref.name,
            source=ref.source, members=ref.members, rows=ref.rows, gives=ref.gives, over=ref.over,
            over_den=ref.over_den,
        )  # fmt: skip

    def _checked(self, node: Node, at: ast.AST) -> Node:
        node.line = getattr(at, "lineno", self.rule.at.line or 0)
        node.text = ast.unparse(at) if isinstance(at, ast.expr) else node.text
        self._fits(node.lo, node.hi, at)
        self._fits(0, node.den, at)
        for part in children(node):  # operands brought to the node's own denominator
            if part.kind in NUMBERS and isinstance(node, Sum | Choose | Extreme) and part.kind is node.kind:
                self._fits(part.lo * (node.den // part.den), part.hi * (node.den // part.den), at)
        return node

    def _fits(self, lo: int, hi: int, at: ast.AST) -> None:
        if max(abs(lo), abs(hi)) >= INT64:
            self.fail(
                f"this can reach {max(abs(lo), abs(hi)):.2g}, which does not fit int64.",
                "Lower the maximum of a fact, or the scale of a rate.",
                at,
            )


def band_factors(item: Node, base: Node | None, over_den: int) -> tuple[int, int]:
    """The whole numbers by which ``item`` and ``bound [* base]`` are multiplied, to compare without division."""
    if base is None:
        den = lcm(item.den, over_den)
        return den // item.den, den // over_den
    return base.den * over_den, item.den


def _sum_node(left: Node, right: Node, sign: int) -> Node:
    den = lcm(left.den, right.den)
    a, b = den // left.den, den // right.den
    lo = left.lo * a + (right.lo * b if sign == 1 else -right.hi * b)
    hi = left.hi * a + (right.hi * b if sign == 1 else -right.lo * b)
    return Sum(kind=left.kind, den=den, lo=lo, hi=hi, left=left, right=right, sign=sign)


def _product_node(kind: Kind, left: Node, right: Node) -> Node:
    corners = [a * b for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
    return Product(kind=kind, den=left.den * right.den, lo=min(corners), hi=max(corners), left=left, right=right)
