"""The rule language: every refusal names file, line and what to write instead; and rules.py is never executed."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from toy_pack import WritePack

from corridor.rulebook import PackError, load_pack
from corridor.rulebook import language as words
from corridor.rulebook.source import read_rules

QUALIFIES = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(exporter: Bool) -> Bool:
    """The firm exports.
    企业出口。"""
    return exporter
'''


def a_rule(
    arguments: str,
    result: str,
    *body: str,
    name: str = "extra",
    says: str | None = '"""What it says.\n    规则所述。"""',
    at: str = "",
    **given: str | None,
) -> str:
    """The text of one more rule, an output of the pack.

    ``given`` are the words of ``@rule`` as they are written; ``at`` says which line the refusal must name, if it is not
    marked in the body: ``@`` the decorator, ``def`` the head.
    """
    written = {"id": f'"toy.{name}"', "ref": '"Act, art. 2"', "start": '"2020-01-01"', **given}
    decorator = ", ".join(f"{word}={value}" for word, value in written.items() if value is not None)
    lines = [
        f"@rule({decorator}){'  #!' if at == '@' else ''}",
        f"def {name}({arguments}) -> {result}:{'  #!' if at == 'def' else ''}",
        *(f"    {line}" for line in (says, *body) if line is not None),
    ]
    return "\n" + "\n".join(lines) + "\n"


def refused(write_pack: WritePack, rules: str, **lines: str | None) -> PackError:
    """The error with which a pack is refused; it must point to the line that ends with ``#!``."""
    folder = write_pack(rules, **{"outputs": "[qualifies, extra]", **lines})
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    error = caught.value
    text = (folder / "rules.py").read_text(encoding="utf-8").splitlines()
    marked = [number for number, line in enumerate(text, 1) if line.endswith("#!")]
    assert len(marked) == 1, "one line of the example ends with #!"
    assert error.at is not None
    assert (error.at.file, error.at.line) == (str(folder / "rules.py"), marked[0]), str(error)
    assert str(error).startswith(f"{folder / 'rules.py'}, line {marked[0]}: ")
    return error


Example = tuple[str, str, str, str]
"""A name, the rules, what is wrong with them, and what to write instead."""


def parametrize(examples: list[Example]) -> pytest.MarkDecorator:
    cases = [pytest.param(*example[1:], id=example[0]) for example in examples]
    return pytest.mark.parametrize(("rules", "wrong", "instead"), cases)


# --- a file of rules and nothing else ---------------------------------------------------------------------------------

ONLY, IMPORT_ONLY = "a rule file holds rules only", "import only from corridor.rulebook.language"
FILES: list[Example] = [
    ("import", "import os  #!\n", ONLY, IMPORT_ONLY),
    ("import from another", "from os import system  #!\n", ONLY, IMPORT_ONLY),
    ("import of another part", "from corridor.rulebook import load_pack  #!\n", ONLY, IMPORT_ONLY),
    ("relative import", "from .language import rule  #!\n", ONLY, IMPORT_ONLY),
    ("import of everything", "from corridor.rulebook.language import *  #!\n", "'*' is not a word", "Import, under"),
    ("import of no word", "from corridor.rulebook.language import Any  #!\n", "'Any' is not a word", "Bands, Bool,"),
    ("import as", "from corridor.rulebook.language import rule as r  #!\n", "'rule' is not a", "under their own names"),
    ("assignment", "LIMIT = 3  #!\n", ONLY, "Write a function under @rule(…)"),
    ("call", "print('x')  #!\n", ONLY, "Write a function under @rule(…)"),
    ("class", "class Firm:  #!\n    pass\n", ONLY, "Write a function under @rule(…)"),
    ("loop", "for x in ():  #!\n    pass\n", ONLY, "Write a function under @rule(…)"),
    ("if", "if True:  #!\n    pass\n", ONLY, "Write a function under @rule(…)"),
    ("late docstring", "'text'  #!\n", ONLY, "Write a function under @rule(…)"),
    (
        "async",
        "async def extra(labour: Bool) -> Bool:  #!\n    return labour\n",
        ONLY,
        "Write a function under @rule(…)",
    ),
    ("not Python", "def extra(:  #!\n", "this is not Python: invalid syntax", ""),
]


@parametrize(FILES)
def test_a_file_holds_rules_only(write_pack: WritePack, rules: str, wrong: str, instead: str) -> None:
    error = refused(write_pack, QUALIFIES + rules)
    assert wrong in error.message
    assert instead in error.remedy


def test_a_file_may_open_with_a_docstring_and_import_the_words(write_pack: WritePack) -> None:
    folder = write_pack(QUALIFIES)
    text = (folder / "rules.py").read_text(encoding="utf-8")
    (folder / "rules.py").write_text(f'"""What this law is."""\n\n{text}', encoding="utf-8")
    assert load_pack(folder).decide({"exporter": True}, on="2024-06-30").outcome == "yes"


def test_a_file_that_cannot_be_parsed_is_refused_in_one_sentence(write_pack: WritePack) -> None:
    for text in ("x = (" * 5000, "\0", "(" * 100 + ")" * 100, "x" * 1_000_001, "-" * 200_000 + "1"):
        folder = write_pack(text)
        with pytest.raises(PackError, match=r"rules\.py.*(not Python|longer than a million|rules only)"):
            load_pack(folder)


# --- the head of a rule -----------------------------------------------------------------------------------------------

MARKED = 'Put @rule(id="…", ref="…", start="2024-01-01") above it, and nothing else.'
TAKES = "It takes id, ref, start, end, exception_to and when, each as quoted text."
HEADS: list[Example] = [
    ("no decorator", "def extra(labour: Bool) -> Bool:  #!\n    return labour\n", "not marked as a rule", MARKED),
    ("bare decorator", "@rule\ndef extra(labour: Bool) -> Bool:  #!\n    return labour\n", "not marked", MARKED),
    ("other decorator", "@cache\ndef extra(labour: Bool) -> Bool:  #!\n    return labour\n", "not marked", MARKED),
    ("two decorators", "@cache" + a_rule("labour: Bool", "Bool", "return labour", at="def"), "not marked", MARKED),
    ("attribute", "@os.rule()\ndef extra(labour: Bool) -> Bool:  #!\n    return labour\n", "not marked", MARKED),
    ("positional", "@rule('x')\ndef extra(labour: Bool) -> Bool:  #!\n    return labour\n", "not marked", MARKED),
    ("unknown word", a_rule("", "Bool", "return True", why='"x"', at="@"), "does not take why='x'", TAKES),
    ("call in a word", a_rule("", "Bool", "return True", end="str(1)", at="@"), "does not take end=str(1)", TAKES),
    ("number in a word", a_rule("", "Bool", "return True", end="2024", at="@"), "does not take end=2024", TAKES),
    ("f-string in a word", a_rule("", "Bool", "return True", ref='f"{1}"', at="@"), "does not take ref=f", TAKES),
    ("word twice", a_rule("", "Bool", "return True", end='"2024-01-01", ref="b"', at="@"), "ref twice", "Keep one"),
    ("no reference", a_rule("", "Bool", "return True", ref=None, at="def"), "extra has no ref", 'Add ref="…" to @rule'),
    ("empty reference", a_rule("", "Bool", "return True", ref='" "', at="def"), "extra has no ref", 'Add ref="…"'),
    ("no id", a_rule("", "Bool", "return True", id=None, at="def"), "extra has no id", 'Add id="…" to @rule(…)'),
    ("no start", a_rule("", "Bool", "return True", start=None, at="def"), "extra has no start", 'Add start="…"'),
    ("id without a dot", a_rule("", "Bool", "return True", id='"toy"', at="def"), "not a rule id", '"pack.clause"'),
    ("id with capitals", a_rule("", "Bool", "return True", id='"toy.X"', at="def"), "not a rule id", "small letters"),
    ("words for a day", a_rule("", "Bool", "return True", start='"May 2020"', at="def"), "not a date", '"2024-06-30"'),
    ("no such day", a_rule("", "Bool", "return True", start='"2021-02-29"', at="def"), "not a date", '"2024-06-30"'),
    ("day without hyphens", a_rule("", "Bool", "return True", end='"20240101"', at="def"), "not a date", "2024-06-30"),
    ("ends too soon", a_rule("", "Bool", "return True", end='"2019-12-31"', at="def"), "before it starts", "dates"),
    ("exception, no when", a_rule("", "Bool", "return True", exception_to='"qualifies"', at="def"),
     "exception_to and when belong together", "Name the rule that is replaced and the Bool"),
    ("when, no exception", a_rule("", "Bool", "return True", when='"labour"', at="def"),
     "exception_to and when belong together", "Name the rule that is replaced and the Bool"),
    ("capital in a name", a_rule("", "Bool", "return True", name="Extra", id='"toy.x"', at="def"),
     "'Extra' is not a rule's name", "small letters and digits"),
    ("name of a parameter of the kernel", a_rule("", "Bool", "return True", name="p_extra", at="def"),
     "'p_extra' is not a rule's name", "no p_ in front"),
    ("name of a fact", a_rule("", "Bool", "return True", name="labour", at="def"),
     "labour is also a fact or a parameter", "Rename the rule"),
    ("name of a parameter", a_rule("", "Bool", "return True", name="least", at="def"),
     "least is also a fact or a parameter", "Rename the rule"),
    ("default value", a_rule("labour: Bool = True", "Bool", "return labour", at="def"),
     "a rule takes plain arguments only", "no default values"),
    ("keyword only", a_rule("*, labour: Bool", "Bool", "return labour", at="def"), "plain arguments", "no *, no /"),
    ("positional only", a_rule("labour: Bool, /", "Bool", "return labour", at="def"), "plain arguments", "no *, no /"),
    ("any number", a_rule("*labour: Bool", "Bool", "return labour", at="def"), "plain arguments", "no *, no /"),
    ("argument twice", a_rule("labour: Bool, labour: Bool", "Bool", "return labour", at="def"), "twice", "Keep one"),
    ("no annotation", a_rule("labour", "Bool", "return labour", at="def"), "the argument labour has no type", "Money"),
    ("foreign annotation", a_rule("labour: bool", "Bool", "return labour", at="def"), "labour has no type", "Annotate"),
    ("text annotation", a_rule("labour: 'Bool'", "Bool", "return labour", at="def"), "labour has no type", "Annotate"),
    ("call as annotation", a_rule("labour: print()", "Bool", "return labour", at="def"), "has no type", "Annotate it"),
    ("foreign result", a_rule("", "int", "return 1", at="def"), "the result of extra has no type", "Annotate it with"),
    ("a date as a result", a_rule("founded: Date", "Date", "return founded", at="def"), "cannot give Date", "Money"),
    ("a category as a result", a_rule("size: Category", "Category", "return size", at="def"), "cannot give", "Money"),
    ("bands as a result", a_rule("tiers: Bands", "Bands", "return tiers", at="def"), "cannot give Bands", "Give Money"),
    ("no docstring", a_rule("", "Bool", "return True", says=None, at="def"), "does not say", "two lines: English"),
    ("one language", a_rule("", "Bool", "return True", says='"""English."""', at="def"), "not say", "then Chinese"),
    ("three lines", a_rule("", "Bool", "return True", says='"""A\n    B\n    C"""', at="def"), "does not", "two lines"),
    ("f-string as docstring", a_rule("", "Bool", "return True", says='f"""A\n    B"""', at="def"), "not say", "lines"),
    ("nothing but words", a_rule("", "Bool", at="def"), "extra is empty", "End it with return"),
]  # fmt: skip


@parametrize(HEADS)
def test_the_head_of_a_rule_is_refused(write_pack: WritePack, rules: str, wrong: str, instead: str) -> None:
    error = refused(write_pack, QUALIFIES + rules)
    assert wrong in error.message
    assert instead in error.remedy


# --- what stands in a rule --------------------------------------------------------------------------------------------

LISTED = "docs/rules.md lists what is"
MADE_OF = "A rule is made of if, elif, else and return"
PARAMETER = "Make it a parameter with a date and a reference; only 0 and 1 may stand here."
BODIES: list[tuple[str, str, str, str, str]] = [
    # statements
    ("assignment", "Bool", "x = labour  #!\nreturn labour", "Assign is not part", MADE_OF),
    ("for", "Bool", "for x in labour:  #!\n    return x", "For is not part", MADE_OF),
    ("while", "Bool", "while labour:  #!\n    return labour", "While is not part", MADE_OF),
    ("with", "Bool", "with labour:  #!\n    return labour", "With is not part", MADE_OF),
    ("try", "Bool", "try:  #!\n    return True\nfinally:\n    pass", "Try is not part", MADE_OF),
    ("import inside", "Bool", "import os  #!\nreturn True", "Import is not part", MADE_OF),
    ("function inside", "Bool", "def f(): pass  #!\nreturn True", "FunctionDef is not", MADE_OF),
    ("raise", "Bool", "raise ValueError", "Raise is not part", MADE_OF),
    ("expression", "Bool", "labour  #!\nreturn labour", "Expr is not part", MADE_OF),
    ("pass", "Bool", "pass", "Pass is not part", MADE_OF),
    ("match", "Bool", "match size:  #!\n    case _: return True", "Match is not", MADE_OF),
    ("return nothing", "Bool", "return", "return gives nothing", "Write return and a value"),
    ("after return", "Bool", "return True\nreturn False", "nothing can follow", "Remove it"),
    ("no other way", "Bool", "if labour:  #!\n    return True", "no other way", "Add else:"),
    ("after if and else", "Bool", "if labour:\n    return True\nelse:\n    return False\nreturn True",
     "after if … else nothing can follow", "Put it into the branches"),
    # expressions
    ("attribute", "Bool", "return labour.real", "labour.real is not part", LISTED),
    ("method", "Bool", "return labour.bit_length()", "labour.bit_length() is not", LISTED),
    ("subscript", "Money", "return grants['micro']", "grants['micro'] is not", LISTED),
    ("lambda", "Bool", "return (lambda: True)()", "(lambda: True)() is not part", LISTED),
    ("f-string", "Bool", "return f'{labour}'", "is not part of the rule language", LISTED),
    ("list", "Bool", "return [labour]", "[labour] is not part", LISTED),
    ("comprehension", "Bool", "return [x for x in ()]", "[x for x in ()] is not part", LISTED),
    ("walrus", "Bool", "return (x := labour)", "(x := labour) is not part", LISTED),
    ("minus", "Score", "return -points", "-points is not part", LISTED),
    ("power", "Score", "return points ** points", "is not part", LISTED),
    ("remainder", "Score", "return points % points", "is not part", LISTED),
    ("bits", "Bool", "return labour & labour", "is not part", LISTED),
    ("star", "Score", "return max(*points, points)", "*points is not part", LISTED),
    ("division", "Rate", "return revenue / cost",
     "division is not exact", 'Write share(a, of=b) >= rate, or multiply by a Rate parameter such as "1/3".'),
    ("whole division", "Rate", "return revenue // cost", "division is not", "Write share(a, of=b) >= rate"),
    ("number", "Bool", "return points >= 60", "60 is a number in the rules", PARAMETER),
    ("decimal", "Bool", "return growth >= 0.3", "0.3 is a number in the rules", PARAMETER),
    ("float one", "Bool", "return growth >= 1.0", "1.0 is a number", PARAMETER),
    ("none", "Bool", "return points == None", "None is a number", PARAMETER),
    ("unknown function", "Score", "return abs(points)", "abs() is not part", "It has: min"),
    ("eval", "Bool", "return eval('True')", "eval() is not part", "It has: min, max, share"),
    ("round", "Score", "return round(points)", "round() hides how", "Write half_up(x)"),
    ("min of one", "Score", "return min(points)", "not how min is called", "min(a, b)"),
    ("max with key", "Score", "return max(points, points, key=1)", "not how max", "max(a, b)"),
    ("share of two", "Bool", "return share(cost, revenue) >= part",
     "is not how share is called", "Write share(a, of=b)"),
    ("band of one", "Rate", "return band(revenue)", "not how band", "band(x, table)"),
    ("pick of one", "Money", "return pick(grants)", "not how pick", "pick(category, table)"),
    ("floor of two", "Money", "return floor(cost, cost)", "not how floor", "Write floor(x)"),
    ("unknown name", "Bool", "return labor", "labor is not an argument", "Add it to the"),
    ("builtin name", "Bool", "return labour and print", "print is not an argument", "Add it"),
    # types
    ("money and heads", "Money", "return revenue + employees",
     "Money and Count do not go together", "money is never mixed with heads"),
    ("heads and money compared", "Bool", "return employees >= revenue",
     "Count and Money do not go together", "Both sides must have one type"),
    ("one yuan", "Bool", "return revenue >= 1", "1 is not Money", "Make it a parameter"),
    ("money times money", "Money", "return revenue * cost",
     "Money cannot be multiplied by Money", "One side must be a Rate; or Count or Days times Money."),
    ("heads times heads", "Count", "return employees * heads",
     "Count cannot be multiplied by Count", "One side must be a Rate"),
    ("times one", "Money", "return revenue * 1", "says nothing", "Remove it"),
    ("sum of dates", "Days", "return on + founded",
     "dates can only be subtracted", "Write on - registered_on, which gives Days."),
    ("date and days", "Bool", "return founded - waited >= founded", "dates can only be subtracted", "which gives Days"),
    ("a truth as a number", "Score", "return points + labour", "labour is Bool, not a number", "Use if, or a table."),
    ("a number as a truth", "Bool", "return points and True", "points is Score, not yes", "Compare it"),
    ("a number as a condition", "Bool", "return True if points else False",
     "points is Score, not yes or no", "Compare it"),
    ("not before a comparison", "Bool", "return not (points >= mark)",
     "not stands before a name only", "Write the opposite comparison (< for >=)"),
    ("not before and", "Bool", "return not (labour and hightech)",
     "not stands before a name only", "give the test a rule of its own"),
    ("truths compared", "Bool", "return labour == hightech", "yes and no are not compared", "Write x, or not x."),
    ("in", "Bool", "return size in ('micro', 'small')", "in and is are not part", "Compare with =="),
    ("is", "Bool", "return labour is True", "in and is are not part", "Compare with =="),
    ("no member", "Bool", "return size == 'tiny'", "'tiny' is not a member of size", "declared member"),
    ("order of members", "Bool", "return size >= 'small'", "can only be equal", 'size_class == "small"'),
    ("two categories", "Bool", "return size == place",
     "can only be equal to one of its members", 'size_class == "small"'),
    ("two members", "Bool", "return 'a' == 'a'", "'a' is not a member of a", "declared member"),
    ("branches of two kinds", "Money", "return revenue if labour else points",
     "Money and Score do not go together", "Both sides must have one type"),
    # shares
    ("share of heads in money", "Bool", "return share(employees, of=revenue) >= part",
     "a share of Count in Money has no meaning", "money with money, heads with heads"),
    ("share of rates", "Bool", "return share(growth, of=part) >= part",
     "a share of Rate in Rate has no meaning", "Compare two amounts"),
    ("share of dates", "Bool", "return share(founded, of=on) >= part",
     "a share of Date in Date has no meaning", "Compare two amounts"),
    ("share on the right", "Bool", "return part <= share(cost, of=revenue)",
     "the share stands on the left", "Write share(cost, of=revenue) … part."),
    ("share in a chain", "Bool", "return part <= share(cost, of=revenue) <= part",
     "the share stands on the left", "Write share(cost, of=revenue)"),
    ("share equal", "Bool", "return share(cost, of=revenue) == part",
     "a share is seldom exactly a rate", "Use >=, >, <= or <."),
    ("share against money", "Bool", "return share(cost, of=revenue) >= cost",
     "a share is compared with a Rate", "min_share: Rate"),
    ("share against a literal", "Bool", "return share(cost, of=revenue) > 0",
     "a share is compared with a Rate", "min_share: Rate"),
    ("share as a result", "Rate", "return share(cost, of=revenue)",
     "a share cannot be a result", "Compare it with a Rate, or put it into a band."),
    ("share in a branch", "Rate", "return share(revenue, of=revenue) if labour else part",
     "a share cannot be a result", "put it into a band"),
    ("share in a sum", "Rate", "return share(cost, of=revenue) + part",
     "a share is not a number", "put it into a band"),
    ("base that may be negative", "Bool", "return share(cost, of=revenue - cost) >= part",
     "the base of a share could be negative", "max(x, 0)"),
    ("empty as a fact", "Bool", "return share(cost, of=revenue, empty=labour) >= part",
     "empty= is True or False", "Write share(a, of=b, empty=True)."),
    # tables
    ("band of another kind", "Rate", "return band(employees, tiers)",
     "tiers is over Money, not Count", "correct over:"),
    ("band of a share", "Rate", "return band(share(cost, of=revenue), tiers)",
     "tiers is over Money, not Rate", "correct over:"),
    ("band with empty", "Score", "return band(share(cost, of=revenue, empty=True), grades)",
     "a band takes an empty base into its last row", "Remove empty=."),
    ("band without bands", "Money", "return band(revenue, grants)",
     "grants is not a band table", "Declare it with type: bands."),
    ("pick without a table", "Rate", "return pick(size, tiers)",
     "tiers is not a table", "Declare it with type: table."),
    ("pick of another category", "Money", "return pick(place, grants)",
     "grants is over size, not place", "Write pick(size, …)."),
    ("pick of a member", "Money", "return pick('micro', grants)", "over size, not micro", "Write pick(size"),
    # roundings
    ("money still a fraction", "Money", "return revenue * part",
     "the Money that extra gives can still be a fraction of the smallest unit", "Say how the law rounds: half_up("),
    ("heads still a fraction", "Count", "return employees * part",
     "the Count that extra gives can still be a fraction", "Say how the law rounds: half_up(employees * part)"),
    ("a fraction in one branch", "Money", "return revenue * part if labour else revenue",
     "can still be a fraction", "Say how the law rounds"),
    ("a rounded rate", "Rate", "return half_up(growth)", "a Rate is not rounded", "Round the amount"),
    ("whole already", "Money", "return half_up(revenue)", "revenue is whole already", "Remove the rounding"),
    ("negative amount", "Money", "return half_up((revenue - cost) * part)",
     "could be negative, and laws round negative amounts differently", "cannot be negative: max(x, 0)."),
    ("to nothing", "Money", "return half_up(revenue, to=0)", "to= is a whole number", "to=100"),
    ("to a parameter", "Money", "return half_up(revenue, to=least)", "to= is a whole number", "to=100"),
    # promises and limits
    ("another kind than promised", "Count", "return revenue",
     "extra gives Money, but promises Count", "Write -> Money."),
    ("heads for money", "Money", "return 0 if labour else employees",
     "extra gives Count, but promises Money", "Write -> Count."),
    ("heads for points", "Score", "if labour:\n    return 1\nreturn employees",
     "extra gives Count, but promises Score", "Write -> Count."),
    ("overflow of a product", "Bool", "return employees * revenue * growth >= revenue",
     "this can reach 1e+22, which does not fit int64", "Lower the maximum of a fact, or the scale of a rate."),
    ("overflow of a literal", "Money", "return enormous", "this can reach 1e+23", "Lower the maximum"),
]  # fmt: skip


KINDS = {
    "revenue": "Money", "cost": "Money", "employees": "Count", "growth": "Rate", "points": "Score", "waited": "Days",
    "founded": "Date", "labour": "Bool", "hightech": "Bool", "size": "Category", "place": "Category", "least": "Money",
    "enormous": "Money", "heads": "Count", "part": "Rate", "mark": "Score", "tiers": "Bands", "grades": "Bands",
    "grants": "Table", "on": "Date",
}  # fmt: skip
ENORMOUS = 'enormous: {type: money, title: {en: E, zh: 大}, values: {2020-01-01: {value: "1%s", ref: "Act"}}}\n' % (
    "0" * 21
)


@pytest.mark.parametrize(
    ("result", "body", "wrong", "instead"), [pytest.param(*example[1:], id=example[0]) for example in BODIES]
)
def test_the_body_of_a_rule_is_refused(write_pack: WritePack, result: str, body: str, wrong: str, instead: str) -> None:
    named = [name for name in KINDS if re.search(rf"\b{name}\b(?!=)", body)]
    lines = (body if "#!" in body else f"{body}  #!").splitlines()
    rules = QUALIFIES + a_rule(", ".join(f"{name}: {KINDS[name]}" for name in named), result, *lines)
    error = refused(write_pack, rules, more_parameters=ENORMOUS)
    assert wrong in error.message
    assert instead in error.remedy


# --- arguments, and rules among each other ----------------------------------------------------------------------------


def exception(*rule: str, to: str = "extra", when: str = "labour", at: str = "") -> str:
    """A rule called ``other``, an exception to ``extra``."""
    return a_rule(*(rule or YES), name="other", exception_to=f'"{to}"', when=f'"{when}"', at=at)


YES = ("labour: Bool", "Bool", "return labour")
AMONG: list[Example] = [
    ("unused argument", a_rule("labour: Bool, cost: Money", "Bool", "return labour", at="def"), "use cost", "Remove"),
    ("unknown fact", a_rule("employes: Count", "Count", "return employes", at="def"),
     "employes is no fact, parameter or rule", "Did you mean employees?"),
    ("nothing like it", a_rule("xyzzy: Count", "Count", "return xyzzy", at="def"),
     "xyzzy is no fact, parameter or rule", "Declare it in the facts or in parameters.yaml."),
    ("wrong annotation", a_rule("employees: Money", "Money", "return employees", at="def"),
     "employees is annotated Money but is Count", "Write employees: Count."),
    ("wrong annotation of a parameter", a_rule("part: Money", "Money", "return part", at="def"),
     "part is annotated Money but is Rate", "Write part: Rate."),
    ("wrong annotation of a rule", a_rule("qualifies: Money", "Money", "return qualifies", at="def"),
     "qualifies is annotated Money but is Bool", "Write qualifies: Bool."),
    ("cycle of one", a_rule("extra: Bool", "Bool", "return extra", at="def"), "extra → extra", "Break the cycle"),
    ("cycle of three",
     a_rule("second: Bool", "Bool", "return second", at="def")
     + a_rule("third: Bool", "Bool", "return third", name="second")
     + a_rule("extra: Bool", "Bool", "return extra", name="third"),
     "these rules need each other: extra → second → third → extra", "Break the cycle"),
    ("cycle through an exception",
     a_rule(*YES, at="def") + exception("extra: Bool", "Bool", "return extra"),
     "extra → other → extra", "Break the cycle"),
    ("two versions in force", a_rule(*YES) + a_rule(*YES, start='"2022-01-01"', at="def"),
     "extra has 2 versions in force on 2022-01-01", 'Close the older one with end="…".'),
    ("two versions on one day", a_rule(*YES, end='"2022-01-01"') + a_rule(*YES, start='"2022-01-01"', at="def"),
     "extra has 2 versions in force on 2022-01-01", 'Close the older one with end="…".'),
    ("a day between versions", a_rule(*YES, end='"2021-12-30"', at="def") + a_rule(*YES, start='"2022-01-01"'),
     "no version of extra is in force on 2021-12-31", "Correct its dates"),
    ("late start", a_rule(*YES, start='"2020-01-02"', at="def"), "no version of extra is in force on 2020", "dates"),
    ("early end", a_rule(*YES, end='"2023-12-31"', at="def"), "no version of extra is in force on 2024-01-01", "dates"),
    ("outside the life", a_rule(*YES) + a_rule(*YES, start='"2010-01-01"', end='"2019-12-31"', at="def"),
     "extra lies outside the pack's life", "Correct its dates"),
    ("one id for two rules", a_rule(*YES, id='"toy.qualifies"', at="def"), "toy.qualifies stands for two", "Rename"),
    ("a rule that nothing needs", a_rule(*YES) + a_rule(*YES, name="alone", at="def"),
     "no rule and no output needs alone (from 2020-01-01)", "Name it where it is needed, or remove it."),
    ("what nothing needs is still refused",
     a_rule(*YES) + a_rule("", "Bool", "return __import__('os').system('x')", name="alone", at="def"),
     "no rule and no output needs alone", "or remove it"),
    ("exception to nothing", a_rule(*YES) + exception(to="extre", at="def"),
     "there is no rule 'extre' to except from", "Did you mean extra?"),
    ("exception when a number", a_rule(*YES) + exception(when="points", at="def"),
     "when='points' is no Bool fact or rule", "Name one that says yes or no."),
    ("exception when nothing", a_rule(*YES) + exception(when="labor", at="def"),
     "when='labor' is no Bool fact or rule", "Name one that says yes or no."),
    ("exception of another kind",
     a_rule(*YES) + exception("cost: Money", "Money", "return cost", at="def"),
     "other gives another type than extra, which it replaces", "Give both the same type"),
]  # fmt: skip


@parametrize(AMONG)
def test_rules_that_do_not_fit_together_are_refused(
    write_pack: WritePack, rules: str, wrong: str, instead: str
) -> None:
    error = refused(write_pack, QUALIFIES + rules)
    assert wrong in error.message
    assert instead in error.remedy


DATED = """
rate_of_day:
  type: rate
  title: {{en: Rate, zh: 比例}}
  values:
    {0}: {{value: "0.03", ref: "Act"}}
    {1}: {{value: {2}, ref: "Act"}}
"""


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (("2021-01-01", "2022-01-01", '"0.04"'), "rate_of_day has no value on 2020-01-01, when extra needs it."),
        (("2020-01-01", "2022-01-01", "null"), "rate_of_day is repealed on 2022-01-01, when extra needs it."),
    ],
)
def test_a_parameter_must_have_a_value_on_every_day_that_needs_it(
    write_pack: WritePack, values: tuple[str, ...], wrong: str
) -> None:
    rules = QUALIFIES + a_rule("rate_of_day: Rate", "Rate", "return rate_of_day")
    folder = write_pack(rules, parameters=DATED.format(*values), outputs="[qualifies, extra]")
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert caught.value.message == wrong
    assert caught.value.remedy == "Add the value in force then, or end the rule."
    assert str(caught.value.at) == f"{folder / 'parameters.yaml'}, line 3"


def test_a_parameter_may_end_with_the_rule_that_needs_it(write_pack: WritePack) -> None:
    rules = (
        QUALIFIES
        + a_rule("rate_of_day: Rate", "Rate", "return rate_of_day", end='"2021-12-31"')
        + a_rule("", "Rate", "return 0", start='"2022-01-01"')
    )
    parameters = DATED.format("2020-01-01", "2022-01-01", "null")
    pack = load_pack(write_pack(rules, parameters=parameters, outputs="[qualifies, extra]"))
    assert [pack.decide({}, on=day).outputs["extra"] for day in ("2021-12-31", "2022-01-01")] == ["0.03", "0"]


# --- never executed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules",
    [
        "import os; os.system('touch TRACE')\n{good}",
        "open('TRACE', 'w')\n{good}",
        "{good}\nopen('TRACE', 'w')\n",
        "@open('TRACE', 'w')\n{good}",
        "@rule(id=open('TRACE', 'w').name, ref='Act', start='2020-01-01')\n{head}\n    return exporter\n",
        "@rule(id='toy.q', ref='Act', start='2020-01-01', when=open('TRACE', 'w'))\n{head}\n    return exporter\n",
        "{rule}\n{head_default}\n    return exporter\n",
        "{rule}\n{head_annotation}\n    return exporter\n",
        "{rule}\n{head}\n    return open('TRACE', 'w')\n",
        "{rule}\n{head}\n    return exporter and open('TRACE', 'w')\n",
        "{rule}\n{bare}\n    f'''{{open('TRACE', 'w')}}\n    b'''\n    return exporter\n",
        "class A(metaclass=open('TRACE', 'w')): pass\n{good}",
        "{good}{unneeded}",
    ],
)
def test_a_rule_file_is_never_executed(write_pack: WritePack, tmp_path: Path, rules: str) -> None:
    trace = tmp_path / "trace"
    words_ = '''"""English.\n    中文。"""'''
    head = f"def qualifies(exporter: Bool) -> Bool:\n    {words_}"
    text = rules.format(
        good=QUALIFIES,
        rule='@rule(id="toy.q", ref="Act", start="2020-01-01")',
        bare="def qualifies(exporter: Bool) -> Bool:",
        head=head,
        head_default=head.replace("exporter: Bool", "exporter: Bool = open('TRACE', 'w')"),
        head_annotation=head.replace("exporter: Bool", "exporter: open('TRACE', 'w')"),
        unneeded=a_rule("", "Bool", "return open('TRACE', 'w')"),
    ).replace("TRACE", str(trace))
    modules = set(sys.modules)
    with pytest.raises(PackError, match=r"rules\.py, line \d+: "):
        load_pack(write_pack(text))
    assert not trace.exists()
    assert not {name for name in set(sys.modules) - modules if "toy" in name or "rules" in name}


def test_a_good_rule_file_is_not_executed_either(write_pack: WritePack) -> None:
    """Without its import it could not be: every annotation and @rule would be an unknown name."""
    folder = write_pack(QUALIFIES)
    (folder / "rules.py").write_text(QUALIFIES, encoding="utf-8")
    with pytest.raises(NameError):
        exec(compile(QUALIFIES, "rules.py", "exec"), {})  # noqa: S102 - shows what the loader does not do
    assert load_pack(folder).decide({"exporter": True}, on="2024-06-30").outcome == "yes"
    assert not (folder / "__pycache__").exists()


# --- what is allowed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("Bool", "return not labour"),
        ("Bool", "return least <= revenue < cost"),
        ("Bool", "return size != 'micro'"),
        ("Bool", "return 'micro' == size"),
        ("Bool", "return growth < 0"),
        ("Bool", "return growth <= 1"),
        ("Bool", "return share(cost, of=revenue, empty=False) < part"),
        ("Bool", "return share(cost - revenue, of=revenue) <= part"),
        ("Bool", "return share(1, of=employees) >= part"),
        ("Bool", "return True"),
        ("Days", "return on - founded"),
        ("Days", "return max(on, founded) - min(on, founded)"),
        ("Money", "return employees * least"),
        ("Money", "return waited * least"),
        ("Money", "return half_up(part * revenue)"),
        ("Money", "return ceil(revenue, to=100)"),
        ("Money", "return 0 if labour else revenue - cost"),
        ("Money", "return max(revenue - cost, 0, least)"),
        ("Money", "return pick(size, grants)"),
        ("Count", "return 0 if labour else 1"),
        ("Score", "return 0 if labour else (1 if hightech else 0)"),
        ("Score", "return half_even(points * part)"),
        ("Score", "return band(share(cost, of=revenue), grades)"),
        ("Rate", "return part * growth - part"),
        ("Rate", "return band(revenue, tiers)"),
        ("Rate", "if labour:\n    return 0\nelif hightech:\n    return 1\nreturn part"),
    ],
)
def test_it_is_allowed(write_pack: WritePack, result: str, body: str) -> None:
    named = [name for name in KINDS if re.search(rf"\b{name}\b(?!=)", body)]
    arguments = ", ".join(f"{name}: {KINDS[name]}" for name in named)
    rules = QUALIFIES + a_rule(arguments, result, *body.splitlines())
    decision = load_pack(write_pack(rules, outputs="[qualifies, extra]")).decide({}, on="2024-06-30")
    assert decision.outcome == "unknown"
    assert "extra" in decision.outputs
    assert decision.text() != decision.text("zh")


def test_the_words_work_as_ordinary_functions_too() -> None:
    assert words.share(30, of=1000) >= Fraction("0.03")
    assert not words.share(29, of=1000) >= Fraction("0.03")
    assert words.share(1, of=3) > Fraction("0.33")
    assert words.share(1, of=3) <= Fraction(1, 3)
    assert not words.share(1, of=3) < Fraction(1, 3)
    assert not words.share(5, of=0) >= Fraction(0)
    assert words.share(5, of=0, empty=True) >= Fraction(1)
    tiers = [("up_to", 1000, "low"), ("below", 2000, "middle"), "high"]
    assert [words.band(x, tiers) for x in (1000, 1001, 1999, 2000)] == ["low", "middle", "middle", "high"]
    falling = [("from", Fraction(1, 2), 20), ("above", Fraction(1, 3), 10), 0]
    found = [words.band(words.share(part, of=6), falling) for part in (3, 2, 4)]
    assert found == [20, 0, 20]
    assert words.band(words.share(6, of=0), falling) == 0
    assert words.pick("small", {"micro": 1, "small": 2}) == 2
    assert (words.half_up(Fraction(5, 2)), words.floor(7, to=5)) == (3, 5)

    @words.rule(id="toy.x", ref="Act", start="2020-01-01")
    def doubled(x: int) -> int:
        return x + x

    assert doubled(2) == 4


def test_a_version_is_read_as_it_is_written() -> None:
    text = QUALIFIES.replace("Act, art. 1", "Act,\\n   art. 1")
    (version,) = read_rules(text, "rules.py")
    assert (version.name, version.id, version.ref) == ("qualifies", "toy.qualifies", "Act, art. 1")
    assert version.title.as_json() == {"en": "The firm exports.", "zh": "企业出口。"}
    assert [str(version.start), version.end, version.exception_to, version.when] == ["2020-01-01", None, None, None]
    assert str(version.at) == "rules.py, line 3"
