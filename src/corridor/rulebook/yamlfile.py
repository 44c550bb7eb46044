"""Strict YAML: every value knows its line; no float, no duplicate key, no tag, no alias, no guessed type.

Plain scalars become ``None`` (null, ~), ``bool`` (true, false), ``int`` or ``datetime.date``; every other plain or
quoted scalar is text. A plain ``0.03`` is refused, because a YAML float is not an exact number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

import yaml

from corridor.rulebook.errors import PackError, Place
from corridor.rulebook.kinds import is_plain

Scalar = None | bool | int | str | datetime.date

_INT = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(\d[\d_]*\.\d*|\.\d+|\d[\d_]*)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "false": False, "False": False}

_DEEPEST = 100
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML value with its place. ``raw`` is a scalar, a list of values, or a mapping of text to values."""

    raw: Scalar | list[Value] | dict[str, Value]
    at: Place

    def fail(self, message: str, remedy: str = "") -> NoReturn:
        """Refuse this value, with its file and line."""
        raise PackError(message, at=self.at, remedy=remedy)

    def mapping(self, what: str) -> dict[str, Value]:
        """This value as a mapping."""
        if isinstance(self.raw, dict):
            return self.raw
        self.fail(f"{what} must be a mapping of names to values.")

    def sequence(self, what: str) -> list[Value]:
        """This value as a list."""
        if isinstance(self.raw, list):
            return self.raw
        self.fail(f"{what} must be a list.")

    def text(self, what: str) -> str:
        """This value as text that is not empty."""
        if not isinstance(self.raw, str) or not self.raw.strip():
            self.fail(f"{what} must be text.", "Put it in quotes.")
        if not is_plain(self.raw):
            self.fail(f"{what} holds a line break or another control character.", "Fold long text with >- instead.")
        return self.raw

    def date(self, what: str) -> datetime.date:
        """This value as a date."""
        if isinstance(self.raw, datetime.date):
            return self.raw
        self.fail(f"{what} must be a date.", "Write it as 2024-06-30, without quotes.")

    def fields(self, what: str, *, required: set[str], optional: frozenset[str] | set[str] = frozenset()) -> Fields:
        """This value as a mapping with these keys and no others."""
        found = self.mapping(what)
        for key, value in found.items():
            if key not in required and key not in optional:
                near = get_close_matches(key, [*required, *optional], 1)
                hint = (
                    f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted({*required, *optional}))}."
                )
                value.fail(f"{what} has no key {key!r}.", hint)
        missing = sorted(required - set(found))
        if missing:
            self.fail(f"{what} lacks {', '.join(missing)}.", f"Add {missing[0]}: to it.")
        return Fields(found)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping whose keys have been checked."""

    values: dict[str, Value]

    def __getitem__(self, key: str) -> Value:
        return self.values[key]

    def get(self, key: str) -> Value | None:
        """The value, or None where the key is absent."""
        return self.values.get(key)

    def items(self) -> Iterator[tuple[str, Value]]:
        """Keys and values in the order of the file."""
        return iter(self.values.items())


def read_yaml(source: str, file: str) -> Value:
    """Read one YAML document.

    Raises:
        PackError: the text is not YAML, or uses something that the rulebook refuses.
    """
    try:
        root = _document(source, file)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise PackError(f"this is not YAML: {error.problem}.", at=Place(file, line)) from None
    except yaml.YAMLError as error:
        raise PackError(f"this is not YAML: {str(error).splitlines()[0]}.", at=Place(file)) from None
    if root is None:
        raise PackError("the file is empty.", at=Place(file))
    return root


def _document(source: str, file: str) -> Value | None:
    """The value of the one document, built without recursion: a hostile file can be nested very deep."""
    root: Value | None = None
    nest: list[Value] = []  # the mappings and lists that are open
    keys: list[str | None] = []  # and of each mapping the key that waits for its value
    for event in yaml.parse(source, Loader=_LOADER):
        at = Place(file, event.start_mark.line + 1 if event.start_mark else None)
        if isinstance(event, yaml.CollectionEndEvent):
            nest.pop()
            keys.pop()
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise PackError("a second document begins here.", at=at, remedy="Keep one document in a file.")
        if isinstance(event, yaml.AliasEvent):
            raise PackError(f"aliases (*{event.anchor}) are not read.", at=at, remedy="Write the value again.")
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            continue
        if event.tag is not None:
            raise PackError(f"tags ({event.tag}) are not read.", at=at, remedy="Write a plain value.")
        parent = nest[-1].raw if nest else None
        if isinstance(parent, dict) and keys[-1] is None:
            if not isinstance(event, yaml.ScalarEvent):
                raise PackError("a key must be a plain name or a date.", at=at)
            if event.value in parent:
                raise PackError(f"{event.value!r} stands twice in one mapping.", at=at, remedy="Keep one of them.")
            keys[-1] = event.value
            continue
        if isinstance(event, yaml.ScalarEvent):
            value = Value(_scalar(event, at), at)
        else:
            value = Value([] if isinstance(event, yaml.SequenceStartEvent) else {}, at)
        if isinstance(parent, dict):
            key = keys[-1]
            assert key is not None
            parent[key], keys[-1] = value, None
        elif isinstance(parent, list):
            parent.append(value)
        else:
            root = value
        if isinstance(event, yaml.CollectionStartEvent):
            if len(nest) == _DEEPEST:
                raise PackError("this is nested too deeply.", at=at, remedy="A pack needs a few levels only.")
            nest.append(value)
            keys.append(None)
    return root


def _scalar(event: yaml.ScalarEvent, at: Place) -> Scalar:
    text: str = event.value
    if event.style:  # quoted, or a block
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise PackError(f"{text} is not a day of the calendar.", at=at) from None
    if _FLOAT.fullmatch(text):
        raise PackError(f"{text} is a YAML float, which is not exact.", at=at, remedy=f'Quote it: "{text}".')
    return text
