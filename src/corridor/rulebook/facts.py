"""Facts about one firm: what a family of packs declares, and how a firm's facts are read.

A fact is declared once per family with its type, unit, legal definition, reference period and maximum. A firm's fact
is stored as a code (see :mod:`corridor.rulebook.kinds`). A fact that is not given is missing; it is never 0.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final, NoReturn

from corridor.money import DECIMALS, format_money, minor_units
from corridor.rulebook.errors import FactError, Place
from corridor.rulebook.exact import exact_text, parse_exact, scaled_text
from corridor.rulebook.kinds import (
    FIRST_DAY,
    LAST_DAY,
    LIMIT,
    NAMES,
    NUMBERS,
    STORAGE,
    Kind,
    day_number,
    day_of,
    is_name,
    is_plain,
    parse_day,
)
from corridor.rulebook.titles import Title, read_title
from corridor.rulebook.yamlfile import Value, read_yaml

DECLARABLE: Final = tuple(kind.value for kind in Kind if kind not in {Kind.BANDS, Kind.TABLE})


@dataclass(frozen=True, slots=True)
class Fact:
    """The declaration of a fact; ``minimum`` and ``maximum`` are codes, both included."""

    name: str
    kind: Kind
    scale: int
    minimum: int
    maximum: int
    members: tuple[str, ...]
    title: Title
    definition: Title
    period: Title | None
    unit: Title | None
    at: Place

    def unit_of(self, currency: str) -> str:
        """What one of it is called in a record: ``CNY``, ``person``, ``day``, ``point``."""
        return self.unit_title(currency).en

    def unit_title(self, currency: str) -> Title:
        """The same in both languages."""
        if self.kind is Kind.MONEY:
            return Title(currency, currency)
        return self.unit or UNIT_OF.get(self.kind, NO_UNIT)

    def as_json(self, code: int, currency: str) -> str | int | bool:
        """A code as it stands in a facts file: money and rates as exact text, counts as integers, dates as ISO."""
        match self.kind:
            case Kind.MONEY:
                return scaled_text(code, self.scale, decimals=DECIMALS[currency])
            case Kind.RATE:
                return exact_text(Fraction(code, self.scale))
            case Kind.BOOL:
                return bool(code)
            case Kind.DATE:
                return day_of(code).isoformat()
            case Kind.CATEGORY:
                return self.members[code]
        return code

    def show(self, code: int, currency: str) -> str:
        """A code as people read it."""
        if self.kind is Kind.MONEY:
            return format_money(code, currency)
        if self.kind is Kind.BOOL:
            return "yes" if code else "no"
        if self.kind is Kind.RATE or self.kind not in NUMBERS:
            return str(self.as_json(code, currency))
        return f"{code:,}"


NO_UNIT: Final = Title("", "")
UNIT_OF: Final = {
    Kind.COUNT: Title("item", "项"),
    Kind.SCORE: Title("point", "分"),
    Kind.DAYS: Title("day", "天"),
    Kind.DATE: Title("day", "天"),
    Kind.RATE: Title("share", "比例"),
}
"""What one of each kind is called where the fact does not say its own unit."""


@dataclass(frozen=True, slots=True)
class Given:
    """A fact as given for one firm; ``code`` is None when it is missing."""

    code: int | None
    source: str | None = None


def read_facts_file(source: str, file: str, currency: str) -> dict[str, Fact]:
    """Read a family's declarations (``firm.facts.yaml``).

    Raises:
        PackError: with file and line.
    """
    facts = {}
    for name, value in read_yaml(source, file).mapping("a facts file").items():
        facts[name] = _declaration(name, value, currency)
    return facts


def _declaration(name: str, value: Value, currency: str) -> Fact:
    if not is_name(name):
        value.fail(f"{name!r} is not a fact's name.", NAMES)
    fields = value.fields(
        f"the fact {name}",
        required={"type", "title", "definition"},
        optional={"period", "maximum", "minimum", "unit", "scale", "values"},
    )
    given_type = fields["type"].text("type")
    if given_type not in DECLARABLE:
        fields["type"].fail(f"{given_type!r} is not a type of fact.", f"Use one of: {', '.join(DECLARABLE)}.")
    kind = Kind(given_type)
    scale = minor_units(currency) if kind is Kind.MONEY else 1
    if kind is Kind.RATE:
        scale_value = fields.get("scale") or value.fail(f"the rate {name} has no scale.", "Add scale: 10000.")
        if not isinstance(scale_value.raw, int) or not 1 <= scale_value.raw <= 10**9:
            scale_value.fail("scale must be a whole number from 1 to 1000000000.")
        scale = scale_value.raw
    members: tuple[str, ...] = ()
    if kind is Kind.CATEGORY:
        values = fields.get("values") or value.fail(f"the category {name} has no values.", "Add values: [a, b].")
        members = tuple(item.text("a member") for item in values.sequence("values"))
        if len(set(members)) != len(members) or not members:
            values.fail("the members of a category must differ.")
        if len(members) > LIMIT[STORAGE[kind]]:
            values.fail(f"a category has at most {LIMIT[STORAGE[kind]]:,} members.")
    minimum, maximum = 0, len(members) - 1 if members else 1
    if kind is Kind.DATE:
        minimum, maximum = day_number(FIRST_DAY), day_number(LAST_DAY)
    if kind in NUMBERS:
        bounds = {"minimum": Fraction(0), "maximum": None}
        for key in bounds:
            bound = fields.get(key)
            if bound is not None:
                try:
                    bounds[key] = parse_exact(bound.text(key)) * scale
                except ValueError as error:
                    bound.fail(f"{error}.", 'Quote a plain decimal: maximum: "1000000".')
        highest = bounds["maximum"]
        lowest = bounds["minimum"]
        if highest is None:
            value.fail(f"the fact {name} has no maximum.", "Overflow can only be excluded below a stated maximum.")
        assert lowest is not None
        if lowest.denominator != 1 or highest.denominator != 1 or lowest > highest:
            value.fail(f"the bounds of {name} are not a range at scale {scale}.")
        if max(abs(lowest), abs(highest)) > LIMIT[STORAGE[kind]]:
            value.fail(f"the maximum of {name} does not fit a column of {STORAGE[kind]}.", "Lower it, or the scale.")
        minimum, maximum = int(lowest), int(highest)
    period, unit = fields.get("period"), fields.get("unit")
    return Fact(
        name=name,
        kind=kind,
        scale=scale,
        minimum=minimum,
        maximum=maximum,
        members=members,
        title=read_title(fields["title"], f"the title of {name}"),
        definition=read_title(fields["definition"], f"the definition of {name}"),
        period=read_title(period, f"the period of {name}") if period else None,
        unit=read_title(unit, f"the unit of {name}") if unit else None,
        at=value.at,
    )


def parse_json_facts(text: str, file: str) -> dict[str, Any]:
    """Parse a facts file: a JSON object, numbers kept exact, duplicate keys and NaN refused.

    Raises:
        FactError: the text is not such an object.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise FactError(f"{key!r} stands twice.", at=Place(file), remedy="Keep one of them.")
            found[key] = value
        return found

    def refuse(word: str) -> NoReturn:
        raise FactError(f"{word} is not a number that a fact can have.", at=Place(file), remedy="Leave it out.")

    def whole(digits: str) -> int:
        if len(digits) > 40:
            refuse(f"{digits[:12]}…")
        return int(digits)

    def decimal(digits: str) -> Decimal:
        try:
            return Decimal(digits)
        except InvalidOperation:  # an exponent of twenty digits
            refuse(digits[:40])

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_float=decimal, parse_int=whole, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise FactError(
            f"this is not JSON: {error.msg}.", at=Place(file, error.lineno), remedy='Write {"revenue": "1000000.00"}.'
        ) from None
    except RecursionError:
        raise FactError("this JSON is nested too deeply.", at=Place(file)) from None
    if not isinstance(value, dict):
        raise FactError(
            "a facts file holds one JSON object.", at=Place(file), remedy='Write {"revenue": "1000000.00"}.'
        )
    return value


def read_facts(
    given: Mapping[str, Any], declared: Mapping[str, Fact], currency: str, *, file: str | None = None
) -> dict[str, Given]:
    """Read one firm's facts.

    Args:
        given: name → value, or → ``{"value": …, "source": …, "currency": …}``. Money is a decimal text or a number in
            major units, a rate a decimal text, a count an integer, a date ISO text, ``None`` missing.
        declared: the facts of the family.
        currency: the pack's currency; money in another one is refused.
        file: named in errors.

    Raises:
        FactError: an unknown name, a value of the wrong type, out of range, or in another currency.
    """
    place = Place(file) if file else None
    if not isinstance(given, Mapping):
        raise FactError("facts must be an object of names and values.", at=place)
    facts = {}
    for name, value in given.items():
        fact = declared.get(name)
        if fact is None:
            near = get_close_matches(str(name), declared, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known facts begin with {', '.join(list(declared)[:4])}."
            raise FactError(f"there is no fact {str(name)[:80]!r}.", at=place, remedy=hint)
        source, plain = None, value
        if isinstance(value, Mapping):
            extra = set(value) - {"value", "source", "currency"}
            if extra or "value" not in value:
                raise FactError(f"{name}: an object here has value, and may have source and currency.", at=place)
            source = value.get("source")
            if source is not None and not (isinstance(source, str) and is_plain(source)):
                raise FactError(f"{name}: source must be one line of text.", at=place)
            stated = value.get("currency", currency)
            if fact.kind is not Kind.MONEY and "currency" in value:
                raise FactError(f"{name} is not money and has no currency.", at=place, remedy="Leave it out.")
            if stated != currency:
                raise FactError(
                    f"{name} is in {repr(stated)[:40]}, the rules are in {currency}.",
                    at=place,
                    remedy="Convert it first, at a rate and day that you can cite.",
                )
            plain = value["value"]
        try:
            facts[name] = Given(None if plain is None else code_of(plain, fact, currency), source)
        except ValueError as error:
            raise FactError(f"{name}: {error}", at=place) from None
    return facts


def code_of(value: object, fact: Fact, currency: str) -> int:
    """The code of one given value.

    Raises:
        ValueError: one sentence that says what is wrong and what is expected.
    """
    try:
        shown = repr(str(value)[:40] if isinstance(value, str | Decimal) else value)[:48]
    except ValueError:  # Python writes no number of more than 4300 digits
        shown = "a number of thousands of digits"
    code: int
    match fact.kind:
        case Kind.MONEY | Kind.RATE:
            number = _number(value, shown, fact.kind)
            scaled = number * fact.scale
            if scaled.denominator != 1 and fact.kind is Kind.MONEY:
                raise ValueError(f"{shown} has more than {DECIMALS[currency]} decimals; round it to the minor unit.")
            if scaled.denominator != 1:
                raise ValueError(f"{shown} is finer than 1/{fact.scale}; state it to that precision.")
            code = int(scaled)
        case Kind.COUNT | Kind.SCORE | Kind.DAYS:
            if isinstance(value, bool) or not isinstance(value, int):
                raise ValueError(f"{shown} is not a whole number; write it plainly, such as 64.")
            code = value
        case Kind.BOOL:
            if not isinstance(value, bool):
                raise ValueError(f"{shown} is neither true nor false; write true or false without quotes.")
            return int(value)
        case Kind.DATE:
            code = _day(value, shown)
        case _:
            if value not in fact.members:
                raise ValueError(f"{shown} is not one of: {', '.join(fact.members)}.")
            return fact.members.index(str(value))
    if not fact.minimum <= code <= fact.maximum:
        lowest, highest = fact.show(fact.minimum, currency), fact.show(fact.maximum, currency)
        raise ValueError(f"{shown} is outside {lowest} to {highest}.")
    return code


def _number(value: object, shown: str, kind: Kind) -> Fraction:
    if isinstance(value, float):
        raise ValueError(f"{shown} is a float, which is not exact; give text, a Decimal or an integer.")
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | Fraction):
        raise ValueError(f'{shown} is not a number; write it as a decimal, such as "1000000.00".')
    if isinstance(value, str):
        try:
            return parse_exact(value)
        except ValueError:
            example = "1000000.00" if kind is Kind.MONEY else "0.15"
            raise ValueError(f'{shown} is not a plain decimal; write it such as "{example}".') from None
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{shown} is not a number.")
        if abs(value.adjusted()) > 40:
            raise ValueError(f"{shown} is outside every range.")
    return Fraction(value)


def _day(value: object, shown: str) -> int:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return day_number(value)
    try:
        return day_number(parse_day(value))
    except ValueError:
        raise ValueError(f'{shown} is not a date; write it as "2024-06-30".') from None
