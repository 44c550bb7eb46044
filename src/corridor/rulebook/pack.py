"""Rule packs: finding, loading, and what can be asked of one."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corridor.money import DECIMALS
from corridor.rulebook.errors import NotInForce, OverlayError, PackError, Place, UnknownPack
from corridor.rulebook.facts import Fact, Given, read_facts, read_facts_file
from corridor.rulebook.kinds import Kind
from corridor.rulebook.law import Law
from corridor.rulebook.parameters import Overlay, apply_overlay, read_parameters, read_status
from corridor.rulebook.source import RuleVersion, read_rules
from corridor.rulebook.statute import Day, Definition, Statute, as_date
from corridor.rulebook.titles import Title, read_title
from corridor.rulebook.yamlfile import Value, read_yaml

if TYPE_CHECKING:
    import polars as pl

    from corridor.rulebook.decision import Decision
    from corridor.rulebook.interview import Question
    from corridor.rulebook.tables.assess import Assessment
    from corridor.rulebook.tables.compare import Comparison

BUILT_IN: Final = Path(__file__).parent.parent / "packs" / "rules"
"""The shelf of packs that Corridor ships."""

PACK_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
"""How the id of a pack is written; its folder has underscores for hyphens."""

_LONGEST: Final = 200  # characters of a name that the file system is asked for

ENTRY_POINTS: Final = "corridor.packs"
"""The entry-point group under which another distribution names a package that is a shelf of packs."""


@dataclass(frozen=True, eq=False)
class Pack(Statute):
    """One law or programme, and what can be asked of it.

    A pack never changes. :meth:`reform` gives another one beside it.
    """

    @cached_property
    def _laws(self) -> dict[tuple[datetime.date, datetime.date | None], Law]:
        return {}

    @cached_property
    def _breaks(self) -> list[datetime.date]:
        """The first day of each stretch of the life in which the law stays the same."""
        days = {self.start}
        for versions in self.rules.values():
            for version in versions:
                days.add(version.start)
                if version.end is not None and version.end < datetime.date.max:
                    days.add(version.end + datetime.timedelta(days=1))
        for parameter in self.parameters.values():
            days.update(dated.since for dated in parameter.values)
        return sorted(day for day in days if self.in_life(day))

    @cached_property
    def _published(self) -> list[datetime.date]:
        """The days on which a value was published."""
        values = (dated for parameter in self.parameters.values() for dated in parameter.values)
        return [dated.published for dated in values if dated.published is not None]

    def law(self, day: Day, *, known: Day | None = None) -> Law:
        """What the pack says on ``day``, as far as it was published by ``known``.

        Raises:
            NotInForce: the day lies outside the pack's life.
        """
        day = as_date(day)
        known = None if known is None else as_date(known)
        if not self.in_life(day):
            until = f"to {self.end}" if self.end else "on"
            raise NotInForce(
                f"{self.id} is not in force on {day}; it is from {self.start} {until}.",
                remedy="To decide by it all the same, name the law's own date: --law-as-of.",
            )
        first = max(start for start in self._breaks if start <= day)
        told = known  # the last publication before it tells as much, and there are few of those
        if known is not None:
            told = max((published for published in self._published if published <= known), default=datetime.date.min)
        if (first, told) not in self._laws:
            try:
                self._laws[first, told] = Law(self, first, known)
            except RecursionError:
                raise PackError(
                    "its rules rest on one another too deeply.", at=Place(str(self.folder)), remedy="Flatten them."
                ) from None
        return self._laws[first, told]

    def laws(self) -> Iterator[Law]:
        """The law of each stretch of the pack's life, oldest first."""
        return (self.law(day) for day in self._breaks)

    def reform(self, overlay: Overlay) -> Pack:
        """The pack with parameters changed (path → date → value); this one stays as it is.

        Raises:
            OverlayError: an unknown parameter, or a value that it cannot take.
        """
        stated = {path: {str(day): str(text) for day, text in days.items()} for path, days in overlay.items()}
        changed = apply_overlay(self.parameters, overlay, self.facts)
        pack = replace(self, parameters=changed, overlay=_joined(self.overlay or {}, stated))
        try:
            for _ in pack.laws():  # types and overflow, as at load
                pass
        except PackError as error:
            raise OverlayError(
                f"the pack cannot work with this reform: {error.message}",
                remedy="Give its values with fewer decimals, or smaller.",
            ) from None
        return pack

    def read(self, facts: Mapping[str, Any], *, file: str | None = None) -> dict[str, Given]:
        """Read one firm's facts as a facts file gives them.

        Raises:
            FactError: an unknown name, or a value that the fact cannot have.
        """
        return read_facts(facts, self.facts, self.currency, file=file)

    def decide(
        self,
        facts: Mapping[str, Any],
        *,
        on: Day,
        law_as_of: Day | None = None,
        known: Day | None = None,
        file: str | None = None,
    ) -> Decision:
        """Decide one firm, exactly and with reasons.

        Args:
            facts: name → value as in a facts file: money as decimal text, ``Decimal`` or integer in **major** units,
                counts as integers, rates as decimal text, dates ISO, booleans; ``None`` or absent means missing.
            on: the day of the application (for a tax rule: of the cost).
            law_as_of: apply the law of that day instead, on purpose; the record says so.
            known: only what was published by that day.
            file: named in errors.

        Raises:
            NotInForce: the day lies outside the pack's life.
            FactError: a fact cannot be read.
            Conflict: two exceptions to one rule apply.
        """
        from corridor.rulebook.decision import decide

        on, law_date = as_date(on), as_date(on if law_as_of is None else law_as_of)
        law = self.law(law_date, known=known)
        return decide(
            law,
            self.read(facts, file=file),
            on=on,
            law_date=law_date,
            on_purpose=law_as_of is not None,
            known=None if known is None else as_date(known),
        )

    def interview(
        self, facts: Mapping[str, Any], *, on: Day, law_as_of: Day | None = None, known: Day | None = None
    ) -> list[Question]:
        """The facts that can still change the outcome, the most decisive first; empty once it is certain."""
        from corridor.rulebook.interview import questions

        law = self.law(on if law_as_of is None else law_as_of, known=known)
        return questions(law, self.read(facts), as_date(on))

    def assess(
        self,
        frame: pl.DataFrame,
        *,
        on: Day,
        law_as_of: Day | None = None,
        known: Day | None = None,
        backend: str = "numba",
        margins: bool = False,
    ) -> Assessment:
        """Decide every row of a polars frame.

        Columns named like facts are read: integers of money are **minor** units, Decimal or text are major units,
        Float is refused for money and rates. The result has one row per row: ``outcome``, the outputs, and each
        clause. ``margins`` adds each clause's exact margin.

        Raises:
            TableError: a column cannot be read.
        """
        from corridor.rulebook.tables.assess import assess_frame

        law = self.law(on if law_as_of is None else law_as_of, known=known)
        return assess_frame(law, frame, on=as_date(on), backend=backend, margins=margins)

    def compare(
        self,
        frame: pl.DataFrame,
        other: Pack,
        *,
        on: Day,
        law_as_of: Day | None = None,
        other_law_as_of: Day | None = None,
        group: str | None = None,
    ) -> Comparison:
        """Decide every row under this pack and under ``other`` (a reform, or another law): who gains, who loses.

        Args:
            frame: as for :meth:`assess`.
            other: the pack to compare with, such as ``pack.reform({...})``.
            on: the day of the application.
            law_as_of: this pack's law date, where it is not ``on``.
            other_law_as_of: the other pack's.
            group: a column by which gains and losses are counted.

        Raises:
            TableError: a column cannot be read.
        """
        from corridor.rulebook.tables.compare import compare_frame

        laws = (
            self.law(on if law_as_of is None else law_as_of),
            other.law(on if other_law_as_of is None else other_law_as_of),
        )
        return compare_frame(*laws, frame, on=as_date(on), group=group)


def _joined(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Mapping[str, str]]:
    """The one overlay that does what two do in turn: a value gives way to every earlier one of its parameter."""
    first: dict[str, str] = {}
    for path, days in after.items():
        name = path.partition("/")[0]
        first[name] = min([*days, *filter(None, [first.get(name)])], default="")
    joined: dict[str, dict[str, str]] = {}
    for path, days in before.items():
        until = first.get(path.partition("/")[0])
        joined[path] = {day: text for day, text in days.items() if not until or day <= until}
    for path, days in after.items():
        joined[path] = {**joined.get(path, {}), **days}
    return {path: days for path, days in joined.items() if days}


def shelves() -> Iterator[Path]:
    """The folders in which packs are looked for by id, the first that has it wins."""
    for folder in filter(None, os.environ.get("CORRIDOR_PACKS", "").split(os.pathsep)):
        yield Path(folder)
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for point in entry_points(group=ENTRY_POINTS):
        try:
            spec = find_spec(point.value)
        except Exception:  # noqa: BLE001, S112 - a broken distribution does not take the other packs away
            continue
        yield from (Path(folder) for folder in (spec.submodule_search_locations or [] if spec else []))
    yield BUILT_IN


def list_packs() -> dict[str, Path]:
    """The id and folder of every pack on the shelves, by id."""
    found: dict[str, Path] = {}
    for shelf in shelves():
        for file in shelf.glob("*/pack.yaml"):
            found.setdefault(file.parent.name.replace("_", "-"), file.parent)
    return dict(sorted(found.items()))


def find_pack(name: str) -> Path:
    """The folder of a pack, by path or by id.

    Raises:
        UnknownPack: no folder, and no pack of that id on any shelf.
    """
    if os.sep in name or name.startswith("."):
        folder = Path(name)
        if (folder / "pack.yaml").is_file():
            return folder
        raise UnknownPack(f"{name} is not the folder of a pack.", remedy="It must hold pack.yaml.")
    if PACK_ID.fullmatch(name) and len(name) < _LONGEST:
        for shelf in shelves():
            folder = shelf / name.replace("-", "_")
            if (folder / "pack.yaml").is_file():
                return folder
    if len(name) < _LONGEST and (Path(name) / "pack.yaml").is_file():
        return Path(name)
    known = list_packs()
    near = get_close_matches(name[:80].lower(), known, 1)
    hint = f"Did you mean {near[0]}?" if near else "`corridor pack list` shows what there is."
    raise UnknownPack(f"there is no pack {name[:80]!r}.", remedy=hint)


def load_pack(name: str | os.PathLike[str]) -> Pack:
    """Load a pack by id (``"hnte-2016"``) or by the path of its folder, and check it for every day of its life.

    Raises:
        UnknownPack: nothing answers to the name.
        PackError: the pack's files are wrong; with file and line.
    """
    folder = find_pack(name) if isinstance(name, str) else Path(name)
    texts = {file: read_text(folder / file) for file in ("pack.yaml", "rules.py", "parameters.yaml")}
    fields = read_yaml(texts["pack.yaml"], str(folder / "pack.yaml")).fields(
        "a pack",
        required={
            "format", "id", "title", "jurisdiction", "family", "currency", "life", "ref", "source_status", "outcome",
            "outputs",
        },
        optional={"note", "definitions"},
    )  # fmt: skip
    if fields["format"].raw != "corridor.pack/1":
        fields["format"].fail(f"the format {fields['format'].raw!r} is not read.", "Write corridor.pack/1.")
    if not PACK_ID.fullmatch(fields["id"].text("id")):
        fields["id"].fail("this is not a pack's id.", "Use small letters, digits and single hyphens.")
    if fields["id"].text("id").replace("-", "_") != folder.resolve().name:
        fields["id"].fail("the id does not match the folder.", "The folder is the id with underscores.")
    currency = fields["currency"].text("currency")
    if currency not in DECIMALS:
        fields["currency"].fail(f"the currency {currency!r} is not known.", f"Known: {', '.join(DECIMALS)}.")
    confirmed = read_status(fields["source_status"])
    life = fields["life"].fields("life", required={"from"}, optional={"to"})
    end = life.get("to")
    if end is not None and end.raw is not None and end.date("life, to") < life["from"].date("life, from"):
        end.fail("the pack's life ends before it begins.")
    note = fields.get("note")

    facts = _facts(folder, fields["family"], currency)
    parameters = read_parameters(
        texts["parameters.yaml"], str(folder / "parameters.yaml"), facts=facts, currency=currency, confirmed=confirmed
    )
    rules: dict[str, list[RuleVersion]] = {}
    for version in read_rules(texts["rules.py"], str(folder / "rules.py")):
        rules.setdefault(version.name, []).append(version)
    for rule_name, versions in rules.items():
        if rule_name in facts or rule_name in parameters or rule_name == "on":
            raise PackError(f"{rule_name} is also a fact or a parameter.", at=versions[0].at, remedy="Rename the rule.")

    pack = Pack(
        id=fields["id"].text("id"),
        title=read_title(fields["title"], "title"),
        jurisdiction=fields["jurisdiction"].text("jurisdiction"),
        currency=currency,
        start=life["from"].date("life, from"),
        end=end.date("life, to") if end is not None and end.raw is not None else None,
        ref=fields["ref"].text("ref"),
        confirmed=confirmed,
        note=read_title(note, "note") if note else None,
        outcome=fields["outcome"].text("outcome"),
        outputs=tuple(item.text("an output") for item in fields["outputs"].sequence("outputs")),
        definitions=_definitions(fields.get("definitions"), facts),
        facts=facts,
        parameters=parameters,
        rules={rule_name: tuple(versions) for rule_name, versions in rules.items()},
        hash="sha256:" + _content_hash(texts, facts, rules),
        folder=folder,
    )
    _check(pack, fields["outcome"], fields["outputs"])
    return pack


def read_text(file: Path) -> str:
    """One of a pack's files.

    Raises:
        PackError: it is missing, or not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise PackError("the file is missing.", at=Place(str(file)), remedy="See docs/rules.md.") from None
    except UnicodeDecodeError:
        raise PackError("the file is not UTF-8.", at=Place(str(file)), remedy="Save it as UTF-8.") from None


def _facts(folder: Path, family: Value, currency: str) -> dict[str, Fact]:
    name = family.text("family")
    if not name.isidentifier():
        family.fail(f"{name!r} is not the name of a family of facts.")
    for shelf in (folder.resolve().parent, BUILT_IN):
        file = shelf / f"{name}.facts.yaml"
        if file.is_file():
            facts = read_facts_file(read_text(file), str(file), currency)
            break
    else:
        family.fail(f"there is no {name}.facts.yaml beside the pack.", "Write one, or use family: firm.")
    own = folder / "facts.yaml"
    if own.is_file():
        for fact in read_facts_file(read_text(own), str(own), currency).values():
            if fact.name in facts:
                raise PackError(f"{fact.name} is declared by the family already.", at=fact.at, remedy="Remove it here.")
            facts[fact.name] = fact
    return facts


def _definitions(value: Value | None, facts: Mapping[str, Fact]) -> dict[str, Definition]:
    found = {}
    for name, given in value.mapping("definitions").items() if value else ():
        if name not in facts:
            given.fail(f"there is no fact {name!r} to define.")
        fields = given.fields(f"the definition of {name}", required={"en", "zh", "ref"})
        text = Title(fields["en"].text("en"), fields["zh"].text("zh"))
        found[name] = Definition(text, fields["ref"].text("ref"))
    return found


def _content_hash(texts: Mapping[str, str], facts: Mapping[str, Fact], rules: Mapping[str, list[RuleVersion]]) -> str:
    """SHA-256 over the three files and the declarations of the facts that the rules name. Cases are not law."""
    named = {argument for versions in rules.values() for version in versions for argument in version.arguments}
    named |= {version.when for versions in rules.values() for version in versions if version.when}
    declared = [
        [fact.name, fact.kind.value, fact.scale, fact.minimum, fact.maximum, list(fact.members),
         *(words and words.as_json() for words in (fact.title, fact.definition, fact.period, fact.unit))]
        for fact in facts.values() if fact.name in named  # in their order, which is that of a record
    ]  # fmt: skip
    content = json.dumps([sorted(texts.items()), declared], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _check(pack: Pack, outcome: Value, outputs: Value) -> None:
    """Refuse a pack that is wrong on any day of its life."""
    for value in (outcome, *outputs.sequence("outputs")):
        if value.raw not in pack.rules:
            value.fail(f"there is no rule {value.raw!r}.", f"The pack has: {', '.join(pack.rules) or 'none'}.")
    ids: dict[str, str] = {}
    for versions in pack.rules.values():
        for version in versions:
            if ids.setdefault(version.id, version.name) != version.name:
                raise PackError(f"the id {version.id} stands for two rules.", at=version.at, remedy="Rename one.")
            if version.exception_to is not None and version.exception_to not in pack.rules:
                near = get_close_matches(version.exception_to, pack.rules, 1)
                hint = f"Did you mean {near[0]}?" if near else f"The pack has: {', '.join(pack.rules)}."
                raise PackError(
                    f"there is no rule {version.exception_to!r} to except from.", at=version.at, remedy=hint
                )
            if (pack.end and version.start > pack.end) or (version.end and version.end < pack.start):
                raise PackError(
                    f"{version.name} lies outside the pack's life.", at=version.at, remedy="Correct its dates."
                )
    needed: set[tuple[str, datetime.date]] = set()
    for value in (outcome, *outputs.sequence("outputs")):
        if value.raw in {"outcome", "row", "problem"}:
            value.fail(f"{value.raw} is a column of every result.", "Give the rule another name.")
    for law in pack.laws():
        if law.roots[pack.outcome].kind is not Kind.BOOL:
            outcome.fail(f"{pack.outcome} is not a Bool rule.", "The outcome is yes, no or cannot tell.")
        needed.update((name, version.start) for name, version in law.rules.items())
    for versions in pack.rules.values():
        for version in versions:
            if (version.name, version.start) not in needed:  # nor has it been checked
                raise PackError(
                    f"no rule and no output needs {version.name} (from {version.start}).",
                    at=version.at,
                    remedy="Name it where it is needed, or remove it.",
                )
