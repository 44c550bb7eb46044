"""The example firms: made from the margins alone, byte for byte, and true to them."""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from corridor.rulebook import load_pack

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TABLE = EXAMPLES / "firms-synthetic.csv"
MARGINS = EXAMPLES / "ncses-margins.csv"

Row = dict[str, str]


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    name = "make_firms"
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / "make_firms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture(scope="module")
def firms() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def margins() -> list[Row]:
    with MARGINS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def ratio(firms: list[Row], part: str, whole: str) -> float:
    """Sum of one fact over the sum of another, over the firms that tell both."""
    told = [(int(firm[part]), int(firm[whole])) for firm in firms if firm[part] and firm[whole]]
    return sum(pair[0] for pair in told) / sum(pair[1] for pair in told)


def members(firms: list[Row], margin: Row) -> list[Row]:
    column = {"industry": "industry", "size": "size_class"}[margin["margin"]]
    return [firm for firm in firms if firm[column] == margin["key"]]


def test_the_generator_makes_the_same_bytes(generator: ModuleType) -> None:
    made = generator.to_csv(generator.make_firms(generator.read_margins(MARGINS)))
    assert made.encode() == TABLE.read_bytes()


def test_the_table_is_small_and_marked(firms: list[Row]) -> None:
    assert TABLE.stat().st_size < 400_000
    assert [firm["firm"] for firm in firms] == [f"S-{number:05}" for number in range(1, len(firms) + 1)]


def test_industries_and_sizes_have_their_published_share(firms: list[Row], margins: list[Row]) -> None:
    for kind, column in (("industry", "industry"), ("size", "size_class")):
        rows = [margin for margin in margins if margin["margin"] == kind]
        companies = sum(int(margin["companies"]) for margin in rows)
        found = Counter(firm[column] for firm in firms)
        assert set(found) == {margin["key"] for margin in rows}
        for margin in rows:
            assert abs(found[margin["key"]] - len(firms) * int(margin["companies"]) / companies) < 1


def test_research_and_sales_by_industry(firms: list[Row], margins: list[Row], generator: ModuleType) -> None:
    for margin in margins:
        if margin["margin"] == "industry":
            group = members(firms, margin)
            share = float(margin["rd_percent_of_sales"]) / 100
            sales = float(margin["rd_million_usd"]) * 1e6 / share / (float(margin["employees_thousand"]) * 1e3)
            assert ratio(group, "rd_expenditure", "revenue") == pytest.approx(share, rel=0.001)
            assert ratio(group, "revenue", "employees") == pytest.approx(sales * generator.CNY_PER_USD, rel=0.001)


def test_heads_and_research_staff_by_size(firms: list[Row], margins: list[Row]) -> None:
    for margin in margins:
        if margin["margin"] == "size":
            group = members(firms, margin)
            low, high = (int(bound) for bound in margin["key"].split("-"))
            heads = [int(firm["employees"]) for firm in group if firm["employees"]]
            staff = float(margin["rd_employees_thousand"]) / float(margin["employees_thousand"])
            mean = float(margin["employees_thousand"]) * 1e3 / int(margin["companies"])
            assert low <= min(heads) <= max(heads) <= high
            assert sum(heads) / len(heads) == pytest.approx(mean, rel=0.03)
            assert ratio(group, "rd_employees", "employees") == pytest.approx(staff, rel=0.01)


def test_some_facts_are_missing_on_purpose(firms: list[Row], generator: ModuleType) -> None:
    blank = sum(firm[fact] == "" for firm in firms for fact in generator.FACTS)
    assert blank / len(firms) / len(generator.FACTS) == pytest.approx(generator.MISSING, abs=0.003)
    assert all(firm[column] for firm in firms for column in ("firm", "city", "industry", "size_class"))


def test_the_facts_are_those_of_the_recognition_packs(generator: ModuleType) -> None:
    for name in ("stip", "hnte-2008", "hnte-2016", "tech-sme-2017"):
        pack = load_pack(name)
        assert set(generator.FACTS) <= set(pack.facts)
        for law in pack.laws():
            assert set(law.facts) <= set(generator.FACTS)


def test_a_firm_does_not_contradict_itself(generator: ModuleType) -> None:
    for firm in generator.make_firms(generator.read_margins(MARGINS)):
        assert firm["rd_employees"] <= firm["st_employees"] <= firm["employees"]
        assert firm["tertiary_st_employees"] <= firm["tertiary_employees"] <= firm["employees"]
        assert firm["tertiary_st_employees"] <= firm["st_employees"]
        assert firm["rd_expenditure"] <= firm["rd_expenditure_3y"]
        assert firm["revenue"] <= firm["revenue_3y"]
        assert firm["rd_expenditure_domestic_3y"] <= firm["rd_expenditure_3y"]
        assert firm["hightech_income"] <= firm["total_income"]
        assert firm["revenue"] <= firm["total_income"]
        assert firm["registered_on"] < "2024-01-01"
