"""Parameters: every number of a law, by date, with its reference; and the overlays that reform them.

A parameter's values are codes over one fixed denominator (``scale``), so that a sweep over values needs no new kernel.
There are two time axes: the day from which a value is in force, and the day on which it was published.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from math import lcm
from typing import Final, NoReturn

from corridor.money import DECIMALS, minor_units
from corridor.rulebook.errors import OverlayError, Place
from corridor.rulebook.exact import exact_text, parse_exact
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import NAMES, NUMBERS, Kind, day_number, day_of, is_name, parse_day
from corridor.rulebook.titles import Title, read_title
from corridor.rulebook.yamlfile import Value, read_yaml

CONFIRMED: Final = {"confirmed": True, "unconfirmed": False}
BOUNDS: Final = {"below": "<", "up_to": "<=", "from": ">=", "above": ">"}
"""The words for a band's boundary, and the comparison that each means."""

_ROW: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a band table: codes; ``word`` is None in the last row, which takes the rest."""

    word: str | None
    bound: int
    give: int


Content = int | tuple[Row, ...] | None
"""A value in force: a code, the rows of bands or (in the order of the category's members) of a table, or repealed."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A parameter's value from a day on."""

    since: datetime.date
    content: Content
    ref: str
    published: datetime.date | None
    confirmed: bool
    note: Title | None
    at: Place
    reform: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with all its dated values, oldest first.

    ``scale`` is the denominator of its codes (for bands and tables: of what they give), ``over_scale`` that of the
    boundaries of bands over a rate, ``maximum`` the largest code that a value may take, ``members`` those of a table.
    """

    name: str
    kind: Kind
    over: Kind | None
    over_fact: str | None
    gives: Kind | None
    scale: int
    over_scale: int
    maximum: int
    title: Title
    values: tuple[Dated, ...]
    at: Place
    members: tuple[str, ...] = ()

    def on(self, day: datetime.date, known: datetime.date | None = None) -> Dated | None:
        """The value in force on ``day``, as far as it was published by ``known``; None before the first one."""
        found = None
        for dated in self.values:
            if dated.since <= day and (known is None or dated.published is None or dated.published <= known):
                found = dated
        return found

    @property
    def number_kind(self) -> Kind:
        """The kind of the numbers that this parameter holds or gives."""
        return self.gives or self.kind

    def as_json(self, content: Content, currency: str) -> object:
        """A value as it stands in ``parameters.yaml``."""
        if content is None:
            return None
        if isinstance(content, int):
            return _plain(content, self.kind, self.scale, currency)
        gives = [_plain(row.give, self.number_kind, self.scale, currency) for row in content]
        if self.over is None:
            return dict(zip(self.members, gives, strict=True))
        rows: list[dict[str, object]] = []
        for row, give in zip(content, gives, strict=True):
            bound = {row.word: _plain(row.bound, self.over, self.over_scale, currency)} if row.word else {}
            rows.append({**bound, "give": give})
        return rows


def _plain(code: int, kind: Kind, scale: int, currency: str) -> str | bool:
    if kind is Kind.BOOL:
        return bool(code)
    if kind is Kind.DATE:
        return day_of(code).isoformat()
    return exact_text(Fraction(code, scale), decimals=DECIMALS[currency] if kind is Kind.MONEY else 0)


def read_parameters(
    source: str, file: str, *, facts: Mapping[str, Fact], currency: str, confirmed: bool
) -> dict[str, Parameter]:
    """Read ``parameters.yaml``; ``confirmed`` is what a value that does not say its source status is taken for.

    Raises:
        PackError: with file and line.
    """
    found = {}
    for name, value in read_yaml(source, file).mapping("a parameters file").items():
        found[name] = _Reader(name, value, facts, currency).read(confirmed)
    return found


class _Reader:
    """Reads one parameter. Numbers are first exact fractions; the scale is known when all have been read."""

    def __init__(self, name: str, value: Value, facts: Mapping[str, Fact], currency: str) -> None:
        self.name, self.value, self.facts, self.currency = name, value, facts, currency

    def read(self, confirmed: bool) -> Parameter:
        name, value = self.name, self.value
        if not is_name(name):
            value.fail(f"{name!r} is not a parameter's name.", NAMES)
        if name in self.facts:
            value.fail(f"{name} is also the name of a fact.", "Give one of them another name.")
        fields = value.fields(
            f"the parameter {name}",
            required={"type", "title", "values"},
            optional={"scale", "maximum", "over", "gives", "source_status"},
        )
        kind = self._kind(fields["type"], {*NUMBERS, Kind.BOOL, Kind.DATE, Kind.BANDS, Kind.TABLE})
        over = over_fact = gives = None
        if kind in {Kind.BANDS, Kind.TABLE}:
            for key in ("over", "gives"):
                if fields.get(key) is None:
                    value.fail(f"the {kind.value} {name} lacks {key}.", f"Add {key}: to it.")
            gives = self._kind(fields["gives"], NUMBERS)
            if kind is Kind.BANDS:
                over = self._kind(fields["over"], NUMBERS)
            else:
                over_fact = fields["over"].text("over")
                fact = self.facts.get(over_fact)
                if fact is None or fact.kind is not Kind.CATEGORY:
                    fields["over"].fail(f"{over_fact!r} is not a category of the facts.")
        self.kind, self.over, self.over_fact, self.gives = kind, over, over_fact, gives
        status = fields.get("source_status")
        if status is not None:
            confirmed = read_status(status)

        entries = []
        for key, entry in fields["values"].mapping(f"the values of {name}").items():
            entries.append((self._day(key, entry), self._entry(entry, confirmed)))
        if not entries:
            fields["values"].fail(f"{name} has no values.", "Give at least one, under the day it took effect.")
        entries.sort(key=lambda item: item[0])

        scale = self._scale(fields.get("scale"), self.gives or kind, [n for _, e in entries for n in e.gives])
        over_scale = self._scale(None, over, [n for _, e in entries for n in e.bounds]) if over else 1
        values = tuple(
            Dated(
                since=since,
                content=self._content(entry, scale, over_scale),
                ref=entry.ref,
                published=entry.published,
                confirmed=entry.confirmed,
                note=entry.note,
                at=entry.at,
            )
            for since, entry in entries
        )
        numbers = [code for dated in values for code in codes_of(dated.content)]
        maximum = max(numbers, default=0)
        stated = fields.get("maximum")
        if stated is not None:
            limit = self._exact(stated) * scale
            if limit < maximum:
                stated.fail(f"a value of {name} is above its maximum.")
            maximum = int(limit)
        title = read_title(fields["title"], f"the title of {name}")
        members = self.facts[over_fact].members if over_fact else ()
        return Parameter(
            name, kind, over, over_fact, gives, scale, over_scale, maximum, title, values, value.at, members
        )

    def _kind(self, value: Value, allowed: frozenset[Kind] | set[Kind]) -> Kind:
        word = value.text("a type")
        names = sorted(kind.value for kind in allowed)
        if word not in names:
            value.fail(f"{word!r} is not a type here.", f"Use one of: {', '.join(names)}.")
        return Kind(word)

    def _day(self, key: str, entry: Value) -> datetime.date:
        try:
            return parse_day(key)
        except ValueError:
            entry.fail(f"{key!r} is not a date.", "Name each value by the day it took effect, such as 2024-01-01.")

    def _entry(self, value: Value, confirmed: bool) -> _Entry:
        fields = value.fields(
            f"a value of {self.name}",
            required={"value", "ref"},
            optional={"published", "source_status", "note"},
        )
        status, published, note = fields.get("source_status"), fields.get("published"), fields.get("note")
        entry = _Entry(
            ref=" ".join(fields["ref"].text("ref").split()),
            published=published.date("published") if published else None,
            confirmed=read_status(status) if status else confirmed,
            note=read_title(note, "note") if note else None,
            at=value.at,
            gives=[],
            bounds=[],
            words=[],
        )
        given = fields["value"]
        if given.raw is None:
            entry.repealed = True
        elif self.kind is Kind.BANDS:
            self._bands(given, entry)
        elif self.kind is Kind.TABLE:
            self._table(given, entry)
        elif self.kind is Kind.BOOL:
            if not isinstance(given.raw, bool):
                given.fail(f"the value of {self.name} is neither true nor false.")
            entry.gives.append(Fraction(given.raw))
        elif self.kind is Kind.DATE:
            entry.gives.append(Fraction(day_number(given.date("the value"))))
        else:
            entry.gives.append(self._exact(given))
        return entry

    def _bands(self, given: Value, entry: _Entry) -> None:
        rows = given.sequence(f"the bands of {self.name}")
        if len(rows) < 2:
            given.fail("bands have at least two rows.", "A single number is a plain parameter.")
        for number, row in enumerate(rows):
            last = number == len(rows) - 1
            fields = row.fields("a row", required={"give"}, optional=set(BOUNDS))
            words = [word for word in BOUNDS if fields.get(word) is not None]
            if len(words) != (0 if last else 1):
                row.fail(
                    "the last row takes the rest and has no boundary." if last else "a row has exactly one boundary.",
                    f"A boundary is one of: {', '.join(BOUNDS)}.",
                )
            entry.gives.append(self._exact(fields["give"]))
            if not last:
                entry.words.append(words[0])
                entry.bounds.append(self._exact(fields[words[0]]))
        rising = {word in {"below", "up_to"} for word in entry.words}
        if len(rising) != 1:
            given.fail("one table does not mix upper and lower bounds.", "Use below/up_to, or from/above.")
        pairs = zip(entry.bounds, entry.bounds[1:], strict=False)
        if not all(a < b if True in rising else a > b for a, b in pairs):
            given.fail("the boundaries are out of order.", "Upper bounds rise, lower bounds fall.")

    def _table(self, given: Value, entry: _Entry) -> None:
        assert self.over_fact is not None
        members = self.facts[self.over_fact].members
        rows = given.fields(f"the table {self.name}", required=set(members))
        entry.gives.extend(self._exact(rows[member]) for member in members)

    def _exact(self, value: Value) -> Fraction:
        if not isinstance(value.raw, str):
            value.fail(f"a number of {self.name} is not quoted.", 'Write it as "0.03", "2/3" or "100000".')
        try:
            return parse_exact(value.raw)
        except ValueError as error:
            value.fail(f"{error}.", 'Write it as "0.03", "2/3" or "100000".')

    def _scale(self, stated: Value | None, kind: Kind, numbers: list[Fraction]) -> int:
        scale = 1
        if kind is Kind.MONEY:
            scale = minor_units(self.currency)
        elif kind is Kind.RATE:
            scale = lcm(*(number.denominator for number in numbers)) if numbers else 1
            if stated is not None:
                if not isinstance(stated.raw, int) or not 1 <= stated.raw <= 10**9:
                    stated.fail("scale must be a whole number from 1 to 1000000000.")
                scale = stated.raw
        for number in numbers:
            if (number * scale).denominator != 1:
                self.value.fail(
                    f"{exact_text(number)} in {self.name} is no whole number of 1/{scale}.",
                    "Correct the value, or state a scale that holds it.",
                )
        return scale

    def _content(self, entry: _Entry, scale: int, over_scale: int) -> Content:
        if entry.repealed:
            return None
        gives = [int(number * scale) for number in entry.gives]
        if self.kind is Kind.BANDS:
            bounds = [int(number * over_scale) for number in entry.bounds]
            rows = [Row(*row) for row in zip(entry.words, bounds, gives, strict=False)]
            return (*rows, Row(None, 0, gives[-1]))
        if self.kind is Kind.TABLE:
            return tuple(Row(None, 0, give) for give in gives)
        return gives[0]


@dataclass(slots=True)
class _Entry:
    """A dated value before its scale is known."""

    ref: str
    published: datetime.date | None
    confirmed: bool
    note: Title | None
    at: Place
    gives: list[Fraction]
    bounds: list[Fraction]
    words: list[str]
    repealed: bool = False


def codes_of(content: Content) -> list[int]:
    """Every code that a value gives."""
    if content is None:
        return []
    return [content] if isinstance(content, int) else [row.give for row in content]


def read_status(value: Value) -> bool:
    """Read ``source_status``: whether the text of the law was read."""
    word = value.text("source_status")
    if word not in CONFIRMED:
        value.fail(f"{word!r} is not a source status.", "Write confirmed or unconfirmed.")
    return CONFIRMED[word]


Overlay = Mapping[str, Mapping[datetime.date | str, str]]
"""A reform: path → date → value. The path is a parameter's name, ``table/member``, ``bands/2`` (what row 2 gives) or
``bands/2/bound``; rows count from 1. The value holds from its date on, in place of every later one of the file."""


def apply_overlay(
    parameters: Mapping[str, Parameter], overlay: Overlay, facts: Mapping[str, Fact]
) -> dict[str, Parameter]:
    """A copy of ``parameters`` with the reform in it; the originals stay as they are.

    Raises:
        OverlayError: an unknown parameter, a path or a value that does not fit it.
    """
    changed = dict(parameters)
    steps = []
    for path, dates in overlay.items():
        name, _, inner = path.partition("/")
        if name not in parameters:
            near = get_close_matches(name, parameters, 1)
            hint = f"Did you mean {near[0]}?" if near else f"The pack has: {', '.join(sorted(parameters))}."
            raise OverlayError(f"there is no parameter {name!r} to change.", remedy=hint)
        steps += [(_overlay_day(day, path), name, inner, text) for day, text in dates.items()]
    for day, name, inner, text in sorted(steps):
        changed[name] = _reform(changed[name], inner, day, text, facts)
    for name in {name for _, name, _, _ in steps}:
        for dated in changed[name].values:
            if dated.reform and not _in_order(dated.content):
                raise OverlayError(f"{name}: the boundaries would be out of order on {dated.since}.")
    return changed


def _in_order(content: Content) -> bool:
    """Whether the boundaries of a band table rise, or fall, as their words ask."""
    if not isinstance(content, tuple) or content[0].word is None:
        return True
    bounds = [row.bound for row in content if row.word]
    return bounds == sorted(set(bounds), reverse=content[0].word in {"from", "above"})


def _overlay_day(day: datetime.date | str, path: str) -> datetime.date:
    if isinstance(day, datetime.date):
        return day
    try:
        return parse_day(day)
    except ValueError:
        raise OverlayError(f"{day!r} for {path} is not a date.", remedy="Write it as 2027-01-01.") from None


def _reform(parameter: Parameter, inner: str, day: datetime.date, text: str, facts: Mapping[str, Fact]) -> Parameter:
    path = f"{parameter.name}/{inner}" if inner else parameter.name

    def fail(message: str, remedy: str = "") -> NoReturn:
        raise OverlayError(f"{path}: {message}", remedy=remedy)

    number = _overlay_number(parameter.kind, text, fail)
    standing = parameter.on(day)
    rows = standing.content if standing else None
    if parameter.kind is Kind.BANDS:
        match inner.split("/"):
            case [row] if _ROW.fullmatch(row):
                index, of_bound = int(row) - 1, False
            case [row, "bound"] if _ROW.fullmatch(row):
                index, of_bound = int(row) - 1, True
            case _:
                fail("a band table is changed row by row.", f"Write {parameter.name}/1 or {parameter.name}/1/bound.")
        if not isinstance(rows, tuple) or not 0 <= index < len(rows) - of_bound:
            fail(f"there is no such row on {day}.")
    elif parameter.kind is Kind.TABLE:
        members = facts[parameter.over_fact or ""].members
        if inner not in members:
            fail(f"a table is changed by member: {', '.join(members)}.")
        index, of_bound = members.index(inner), False
        if not isinstance(rows, tuple):
            fail(f"the table is not in force on {day}.")
    else:
        if inner:
            fail("this is a single number.", f"Write {parameter.name}.")
        index, of_bound, rows = 0, False, None

    scale = parameter.over_scale if of_bound else parameter.scale
    if (parameter.over if of_bound else parameter.number_kind) is Kind.RATE:
        wider = lcm(scale, number.denominator)
        parameter = _rescale(parameter, wider // scale, of_bound=of_bound)
        standing = parameter.on(day)
        rows = standing.content if standing else None
        scale = wider
    code = number * scale
    if code.denominator != 1:
        fail(f"{text} is not a whole number of the smallest unit.")
    content: Content = int(code)
    if parameter.number_kind is Kind.RATE and not of_bound and code > max(scale, parameter.maximum):
        fail(f"{text} is {exact_text(number * 100)}%.", f'For {text}% write "{exact_text(number / 100)}".')
    if not of_bound and code < min(0, *(c for dated in parameter.values for c in codes_of(dated.content))):
        fail(f"{text} is negative.", "Write a value that is not.")
    if isinstance(rows, tuple):
        changed = list(rows)
        old = rows[index]
        changed[index] = replace(old, bound=int(code)) if of_bound else replace(old, give=int(code))
        content = tuple(changed)
    reform = Dated(day, content, "reform", None, confirmed=True, note=None, at=parameter.at, reform=True)
    values = (*(dated for dated in parameter.values if dated.since < day), reform)
    maximum = max(parameter.maximum, *codes_of(content))
    return replace(parameter, values=values, maximum=maximum)


def _overlay_number(kind: Kind, text: str, fail: Callable[..., NoReturn]) -> Fraction:
    if kind is Kind.BOOL and text in {"true", "false"}:
        return Fraction(text == "true")
    try:
        if kind is Kind.DATE:
            return Fraction(day_number(parse_day(text)))
        if kind is not Kind.BOOL and isinstance(text, str):
            return parse_exact(text)
    except ValueError:
        pass
    fail(f"{text!r} is not a value that it can take.", 'Write a plain decimal or fraction, such as "0.035".')


def _rescale(parameter: Parameter, factor: int, *, of_bound: bool) -> Parameter:
    """The same parameter with its codes over a larger denominator."""
    if factor == 1:
        return parameter

    def larger(content: Content) -> Content:
        if content is None:
            return None
        if isinstance(content, int):
            return content * factor
        field = "bound" if of_bound else "give"
        return tuple(replace(row, **{field: getattr(row, field) * factor}) for row in content)

    values = tuple(replace(dated, content=larger(dated.content)) for dated in parameter.values)
    if of_bound:
        return replace(parameter, values=values, over_scale=parameter.over_scale * factor)
    return replace(parameter, values=values, scale=parameter.scale * factor, maximum=parameter.maximum * factor)
