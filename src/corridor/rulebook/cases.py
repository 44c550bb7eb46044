"""Cases: the examples beside a pack, and what of the law they do not reach yet."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any, Final

from corridor.rulebook.decision import WORDS, Decision
from corridor.rulebook.errors import Conflict, FactError, NotInForce, OverlayError, Place
from corridor.rulebook.exact import exact_text, parse_exact
from corridor.rulebook.interpret import COMPARE, Evaluation
from corridor.rulebook.kinds import Kind, day_number
from corridor.rulebook.law import Law, walk
from corridor.rulebook.pack import Pack, read_text
from corridor.rulebook.parameters import BOUNDS
from corridor.rulebook.tree import Band, Choose, Compare, Const, Excepted, Extreme, Node, Pick, Ref, ShareTest, Sum
from corridor.rulebook.yamlfile import Value, read_yaml

OUTCOMES: Final = ("yes", "no", "unknown", "not_in_force", "conflict")
EXPECTABLE: Final = {"outcome", "outputs", "clauses", "reasons", "margins", "missing", "unconfirmed"}


@dataclass(frozen=True, slots=True)
class Case:
    """One example: a day, facts, and what must come out."""

    name: str
    on: datetime.date
    law_as_of: datetime.date | None
    known: datetime.date | None
    facts: Mapping[str, Any]
    reform: dict[str, dict[datetime.date | str, str]]
    expect: Mapping[str, Value]
    at: Place


@dataclass(slots=True)
class Report:
    """What checking a pack found. A pack is in order when both lists are empty."""

    cases: int
    failures: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every case holds and nothing is left uncovered."""
        return not self.failures and not self.uncovered


def read_cases(pack: Pack) -> list[Case]:
    """Read ``cases.yaml`` of a pack; a pack without one has no cases.

    Raises:
        PackError: with file and line.
    """
    file = pack.folder / "cases.yaml"
    if not file.is_file():
        return []
    cases: dict[str, Case] = {}
    for value in read_yaml(read_text(file), str(file)).sequence("a cases file"):
        fields = value.fields(
            "a case", required={"name", "expect"}, optional={"on", "law_as_of", "known", "facts", "like", "reform"}
        )
        name = fields["name"].text("name")
        if name in cases:
            value.fail(f"two cases are called {name!r}.", "Rename one.")
        facts: dict[str, Any] = {}
        on = law_as_of = known = None
        like = fields.get("like")
        if like is not None:
            other = cases.get(like.text("like")) or like.fail(f"there is no case {like.raw!r} above this one.")
            facts, on, law_as_of, known = dict(other.facts), other.on, other.law_as_of, other.known
        given = fields.get("facts")
        for fact, stated in given.mapping("facts").items() if given is not None and given.raw is not None else ():
            if isinstance(stated.raw, dict | list):
                stated.fail("a case states plain values.")
            facts[fact] = stated.raw
        days = {key: fields[key].date(key) for key in ("on", "law_as_of", "known") if fields.get(key) is not None}
        on = days.get("on", on)
        if on is None:
            value.fail("the case has no day.", "Add on: 2024-06-30.")
        reform: dict[str, dict[datetime.date | str, str]] = {}
        changed = fields.get("reform")
        for path, dates in changed.mapping("reform").items() if changed is not None else ():
            reform[path] = {day: stated.text("a changed value") for day, stated in dates.mapping("dates").items()}
        expect = fields["expect"].fields("expect", required=set(), optional=EXPECTABLE)
        outcome = expect.get("outcome")
        if outcome is not None and str(outcome.raw) not in OUTCOMES:
            outcome.fail(
                f"{outcome.raw!r} is no outcome." if isinstance(outcome.raw, str) else "this is no outcome.",
                f"Write one of: {', '.join(OUTCOMES)}.",
            )
        if not expect.values:
            fields["expect"].fail("the case expects nothing.", "Add outcome: yes, no or unknown.")
        cases[name] = Case(
            name, on, days.get("law_as_of", law_as_of), days.get("known", known), facts, reform, expect.values, value.at
        )
    return list(cases.values())


def check_pack(pack: Pack) -> Report:
    """Run a pack's cases, and say which branch, dated version or side of a boundary no case reaches.

    Raises:
        PackError: the cases file itself is wrong.
    """
    cases = read_cases(pack)
    report = Report(len(cases))
    reached = _Reached()
    for case in cases:
        try:
            rules = pack.reform(case.reform) if case.reform else pack
            decision = rules.decide(case.facts, on=case.on, law_as_of=case.law_as_of, known=case.known)
        except NotInForce:
            outcome: str | Decision = "not_in_force"
        except Conflict:
            outcome = "conflict"
        except (FactError, OverlayError) as error:
            report.failures.append(f"{case.at}: {case.name}: {error}")
            continue
        else:
            outcome = decision
            law = rules.law(case.law_as_of or case.on, known=case.known)
            codes = {name: fact.code for name, fact in pack.read(case.facts).items()}
            reached.note(law, Evaluation(law, codes, day_number(case.on)))
        report.failures.extend(f"{case.at}: {case.name}: {problem}" for problem in _problems(case, outcome, pack))
    report.uncovered = reached.missing(pack)
    return report


def _problems(case: Case, decided: str | Decision, pack: Pack) -> Iterator[str]:
    outcome = decided if isinstance(decided, str) else decided.outcome
    expected = case.expect["outcome"].raw if "outcome" in case.expect else None
    if expected not in (outcome, None) or (expected is None and isinstance(decided, str)):
        yield f"expected {expected or 'a decision'}, got {outcome}"
    if isinstance(decided, str):
        return
    clauses = {clause["id"]: clause for clause in decided.clauses}
    lookups = {
        "outputs": decided.outputs,
        "clauses": {name: clause["outcome"] for name, clause in clauses.items()},
        "reasons": {name: clause["reason"] for name, clause in clauses.items()},
        "margins": {name: clause["margin"] and clause["margin"]["value"] for name, clause in clauses.items()},
    }
    for key, found in lookups.items():
        for name, value in case.expect[key].mapping(key).items() if key in case.expect else ():
            if name not in found:
                yield f"there is no {name} among the {key}"
                continue
            stated: Any = value.raw
            actual = got = found[name]
            if isinstance(actual, bool):
                actual, stated = WORDS[actual], WORDS.get(stated, stated) if isinstance(stated, bool) else stated
            elif key in {"outputs", "margins"} and isinstance(stated, str) and actual is not None:
                kind = pack.law(case.law_as_of or case.on).roots[name].kind if key == "outputs" else None
                scale = 10 ** _decimals(pack) if kind is Kind.MONEY else 1
                try:
                    stated, actual = parse_exact(stated), Fraction(actual) / scale
                except ValueError as error:
                    value.fail(f"{error}.", 'Write it as "0.03", "2/3" or "100000".')
                got = exact_text(actual)
            if stated != actual and not (stated == WORDS[None] and actual is None):
                yield f"{name}: expected {value.raw}, got {got}"
    for key in ("missing", "unconfirmed"):
        if key in case.expect:
            names = [item.text(key) for item in case.expect[key].sequence(key)]
            actual = getattr(decided, key)
            if set(names) != set(actual):
                yield f"{key}: expected {', '.join(names) or 'none'}, got {', '.join(actual) or 'none'}"


def _decimals(pack: Pack) -> int:
    from corridor.money import DECIMALS

    return DECIMALS[pack.currency]


Key = tuple[str, ...]


class _Reached:
    """What the cases reach: rule versions, dated values, branches, table rows, and both sides of each boundary."""

    def __init__(self) -> None:
        self.seen: set[Key] = set()
        self.no_base = False

    def note(self, law: Law, run: Evaluation) -> None:
        self.seen.update(_versions(law))
        for name, root in law.roots.items():
            for node in walk(root):
                for key, hit in _points(law, name, node, run):
                    if hit:
                        self.seen.add(key)
                if isinstance(node, ShareTest) and run.of(node.base) == 0:
                    self.no_base = True

    def missing(self, pack: Pack) -> list[str]:
        every: dict[Key, None] = {}
        shares = False
        for law in pack.laws():
            every.update(dict.fromkeys(_versions(law)))
            for name, root in law.roots.items():
                for node in walk(root):
                    every.update(dict.fromkeys(key for key, _ in _points(law, name, node, None)))
                    shares = shares or isinstance(node, ShareTest)
        found = [": ".join(part for part in key if part) for key in every if key not in self.seen]
        if shares and not self.no_base:
            found.append("a share with an empty base (revenue 0, staff 0)")
        return found


def _versions(law: Law) -> Iterator[Key]:
    for name, version in law.rules.items():
        yield (f"rule {name}", f"version of {version.start}")
    for name, item in law.parameters.items():
        yield (f"parameter {name}", f"value of {item.dated.since}")


def _points(law: Law, rule: str, node: Node, run: Evaluation | None) -> Iterator[tuple[Key, bool]]:
    """What there is to reach at one node, and whether ``run`` reaches it."""
    names = [part.name for part in walk(node) if isinstance(part, Ref) and part.source == "parameter"]
    dates = " ".join(f"{name}@{law.parameters[name].dated.since}" for name in dict.fromkeys(names))
    where = (f"line {node.line} of {rule} ({law.rules[rule].start})", node.text, dates)
    match node:
        case Choose(test=test):
            value = run.of(test) if run else None
            yield (*where, "if: the way taken when it holds"), value is True
            yield (*where, "if: the way taken when it does not hold"), value is False
        case Compare(margin=margin) | ShareTest(margin=margin):
            value = run.of(node) if run else None
            if margin is None:
                yield (*where, "yes"), value is True
                yield (*where, "no"), value is False
                return
            gap = run.of(margin) if run else None
            step = Fraction(1, margin.den) if margin.kind is Kind.RATE else max(1, _grain(law, margin))
            near = gap is not None and abs(Fraction(gap)) <= step
            yield (*where, "just passing"), value is True and near
            yield (*where, "just failing"), value is False and near
        case Excepted(exceptions=exceptions):
            for when, ref in exceptions:
                value = run.of(when) if run else None
                yield (*where, f"exception {ref.name} applies"), value is True
                yield (*where, f"exception {ref.name} does not apply"), value is False
        case Band(table=table):
            yield from _rows(node, table, where, run)
        case Pick(table=table, item=Ref(members=members)):
            code = run.of(node.item) if run else None
            for number, member in enumerate(members):
                yield (*where, f"{table.name}: {member}"), code == number


def _grain(law: Law, node: Node) -> int:
    """The step in which a value can move: points that are given in fives cannot miss a mark by one."""
    match node:
        case Ref(source="parameter"):
            content = law.parameters[node.name].dated.content
            return content if isinstance(content, int) and node.den == 1 else 1
        case Ref(source="rule"):
            return _grain(law, law.roots[node.name])
        case Sum(left=a, right=b) | Choose(then=a, other=b):
            return gcd(_grain(law, a), _grain(law, b))
        case Extreme(items=items):
            return gcd(*(_grain(law, item) for item in items))
        case Band(table=table) | Pick(table=table) if node.den == 1:
            return gcd(*(row.give for row in table.rows))
        case Const(code=code):
            return code
    return 1


def _rows(node: Band, table: Ref, where: Key, run: Evaluation | None) -> Iterator[tuple[Key, bool]]:
    item = run.of(node.item) if run else None
    base = 1 if node.base is None else run.of(node.base) if run else None
    step = Fraction(1, node.item.den) if node.item.kind is Kind.RATE else 1
    for number, row in enumerate(table.rows[:-1], 1):
        holds = near = None
        if item is not None and base:
            gap = item - Fraction(row.bound, table.over_den) * base
            holds, near = COMPARE[BOUNDS[row.word or ""]](gap, 0), abs(gap) <= step
        yield (*where, f"{table.name} row {number}: just inside"), bool(holds and near)
        yield (*where, f"{table.name} row {number}: just outside"), bool(near and holds is False)
