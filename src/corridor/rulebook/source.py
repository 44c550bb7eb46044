"""Read ``rules.py``: find the rules and their versions. The text is parsed with :mod:`ast`, never imported or run."""

from __future__ import annotations

import ast
import datetime
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from corridor.rulebook import language
from corridor.rulebook.errors import PackError, Place
from corridor.rulebook.kinds import NAMES, Kind, is_name, is_plain, parse_day
from corridor.rulebook.titles import Title

ANNOTATIONS = {kind.annotation: kind for kind in Kind}
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", re.ASCII)
_LONGEST = 1_000_000  # characters; a law is shorter, and ast needs about a hundred times the memory


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of one rule, as written; ``end`` is the last day, inclusive."""

    name: str
    id: str
    ref: str
    start: datetime.date
    end: datetime.date | None
    exception_to: str | None
    when: str | None
    arguments: dict[str, Kind]
    result: Kind
    body: list[ast.stmt]
    title: Title
    at: Place

    def in_force(self, day: datetime.date) -> bool:
        """Whether this version stands on ``day``."""
        return self.start <= day and (self.end is None or day <= self.end)


def read_rules(text: str, file: str) -> list[RuleVersion]:
    """Parse a rule file into its rule versions, in the order of the file.

    Raises:
        PackError: the file is not Python, or holds anything but rules.
    """
    if len(text) > _LONGEST:
        raise PackError("the file is longer than a million characters.", at=Place(file), remedy="Split the pack.")
    try:
        with warnings.catch_warnings():  # of Python, about code that is never run
            warnings.simplefilter("ignore")
            module = ast.parse(text, filename=file)
    except SyntaxError as error:
        raise PackError(f"this is not Python: {error.msg}.", at=Place(file, error.lineno)) from None
    except (ValueError, RecursionError, MemoryError):
        raise PackError("this is not Python that can be read.", at=Place(file)) from None
    versions = []
    for number, statement in enumerate(module.body):
        at = Place(file, statement.lineno)
        if isinstance(statement, ast.FunctionDef):
            versions.append(_read_rule(statement, file))
        elif isinstance(statement, ast.ImportFrom) and statement.module == language.__name__ and not statement.level:
            for name in statement.names:
                if name.name not in language.__all__ or name.asname:
                    raise PackError(
                        f"{name.name!r} is not a word of the rule language.",
                        at=at,
                        remedy=f"Import, under their own names: {', '.join(language.__all__)}.",
                    )
        elif not (number == 0 and isinstance(statement, ast.Expr) and _text(statement.value) is not None):
            raise PackError(
                "a rule file holds rules only.",
                at=at,
                remedy=f"Write a function under @rule(…); import only from {language.__name__}.",
            )
    return versions


def _read_rule(function: ast.FunctionDef, file: str) -> RuleVersion:
    at = Place(file, function.lineno)

    def fail(message: str, remedy: str, line: int | None = None) -> NoReturn:
        raise PackError(message, at=Place(file, line or function.lineno), remedy=remedy)

    if not is_name(function.name):
        fail(f"{function.name!r} is not a rule's name.", NAMES)
    match function.decorator_list:
        case [ast.Call(func=ast.Name(id="rule"), args=[], keywords=keywords)]:
            pass
        case _:
            fail(
                f"{function.name} is not marked as a rule.",
                'Put @rule(id="…", ref="…", start="2024-01-01") above it, and nothing else.',
            )
    given: dict[str, str] = {}
    for keyword in keywords:
        value = _text(keyword.value)
        if keyword.arg not in {"id", "ref", "start", "end", "exception_to", "when"} or value is None:
            fail(
                f"@rule does not take {ast.unparse(keyword)}.",
                "It takes id, ref, start, end, exception_to and when, each as quoted text.",
                keyword.value.lineno,
            )
        if keyword.arg in given:
            fail(f"@rule has {keyword.arg} twice.", "Keep one of them.", keyword.value.lineno)
        given[keyword.arg] = value
    for name in ("id", "ref", "start"):
        if not given.get(name, "").strip():
            fail(f"the rule {function.name} has no {name}.", f'Add {name}="…" to @rule(…).')
    if not _ID.fullmatch(given["id"]):
        fail(f"{given['id']!r} is not a rule id.", 'Write it as "pack.clause": small letters, digits, underscores.')
    if ("exception_to" in given) != ("when" in given):
        fail("exception_to and when belong together.", "Name the rule that is replaced and the Bool that makes it so.")

    def day(name: str) -> datetime.date | None:
        if name not in given:
            return None
        try:
            return parse_day(given[name])
        except ValueError:
            fail(f"{name}={given[name]!r} is not a date.", 'Write it as "2024-06-30".')

    start, end = day("start"), day("end")
    assert start is not None  # required above
    if end is not None and end < start:
        fail(f"the rule ends on {end}, before it starts on {start}.", "Correct one of the dates.")

    arguments: dict[str, Kind] = {}
    parameters = function.args
    if parameters.vararg or parameters.kwarg or parameters.kwonlyargs or parameters.posonlyargs or parameters.defaults:
        fail("a rule takes plain arguments only.", "Name facts, parameters and rules; no *, no /, no default values.")
    for argument in parameters.args:
        if argument.arg in arguments:
            fail(f"{function.name} takes {argument.arg} twice.", "Keep one of them.", argument.lineno)
        arguments[argument.arg] = _annotation(argument.annotation, f"the argument {argument.arg}", fail)
    result = _annotation(function.returns, f"the result of {function.name}", fail)
    if result in {Kind.BANDS, Kind.TABLE, Kind.CATEGORY, Kind.DATE}:
        fail(f"a rule cannot give {result.annotation}.", "Give Money, Count, Rate, Score, Days or Bool.")

    body = list(function.body)
    words = _text(body[0].value) if isinstance(body[0], ast.Expr) else None
    lines = [line.strip() for line in (words or "").strip().splitlines() if line.strip()]
    if len(lines) != 2:
        fail(
            f"{function.name} does not say what it means.",
            "Give it a docstring of two lines: English, then Chinese.",
        )
    ref = " ".join(given["ref"].split())
    if not all(map(is_plain, (ref, *lines))):
        fail(f"the words of {function.name} hold a control character.", "Remove it from ref or docstring.")
    if len(body) == 1:
        fail(f"{function.name} is empty.", "End it with return.")
    return RuleVersion(
        name=function.name,
        id=given["id"],
        ref=ref,
        start=start,
        end=end,
        exception_to=given.get("exception_to"),
        when=given.get("when"),
        arguments=arguments,
        result=result,
        body=body[1:],
        title=Title(*lines),
        at=at,
    )


def _annotation(node: ast.expr | None, what: str, fail: Callable[..., NoReturn]) -> Kind:
    if isinstance(node, ast.Name) and node.id in ANNOTATIONS:
        return ANNOTATIONS[node.id]
    fail(f"{what} has no type of the rule language.", f"Annotate it with one of: {', '.join(ANNOTATIONS)}.")


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
