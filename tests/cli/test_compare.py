"""`corridor compare`: gains, losses, groups, costs and bunching, worked out again by hand from two assessments."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from cli import oracle
from cli.conftest import WriteText
from cli.tools import ON, TABLE, corridor, refusal, said, told, yuan
from corridor.money import largest_remainder
from corridor.rulebook import load_pack

REFORM = "min_rd_share=0.04@2024-01-01"
ROWS = oracle.rows(TABLE)


def answers(table: Path, out: Path, *words: object) -> pl.DataFrame:
    said("assess", table, "--on", ON, "--out", out, "--keep", "city", *words)
    return pl.read_parquet(out).with_columns(pl.selectors.enum().cast(pl.String))


@pytest.mark.parametrize(
    ("base", "other", "how"),
    [
        (("--pack", "stip"), ("--pack", "stip", "--set", REFORM), ("--pack", "stip", "--set", REFORM)),
        (
            ("--pack", "hnte-2016"),
            ("--pack", "hnte-2008", "--law-as-of", "2015-12-31"),
            ("--pack", "hnte-2016", "--with", "hnte-2008", "--with-law-as-of", "2015-12-31"),
        ),
        (
            ("--pack", "hnte-2008", "--law-as-of", "2015-12-31"),
            ("--pack", "stip"),
            ("--pack", "hnte-2008", "--law-as-of", "2015-12-31", "--with", "stip"),
        ),
    ],
)
def test_a_comparison_is_two_assessments(
    base: tuple[str, ...], other: tuple[str, ...], how: tuple[str, ...], tmp_path: Path
) -> None:
    found = told("compare", TABLE, "--on", ON, "--group", "city", *how)
    one, two = answers(TABLE, tmp_path / "a.parquet", *base), answers(TABLE, tmp_path / "b.parquet", *other)
    both = pl.DataFrame({"city": one["city"], "base": one["outcome"], "other": two["outcome"]})
    moves = both.group_by("base", "other").len()
    assert {(move["base"], move["other"]): move["rows"] for move in found["moves"]} == {
        (row[0], row[1]): row[2] for row in moves.rows()
    }
    gain = (both["base"] != "yes") & (both["other"] == "yes")
    lose = (both["base"] == "yes") & (both["other"] != "yes")
    assert (found["rows"], found["bad"]) == (2000, 0)
    assert (found["gain"], found["lose"]) == (gain.sum(), lose.sum())
    for frame, who, counts in ((one, gain, found["gained_by"]), (two, lose, found["lost_by"])):
        names = [name for name in frame.columns if name.startswith("clause:")]
        failed = {name.removeprefix("clause:"): int(((frame[name] == "no") & who).sum()) for name in names}
        assert counts == {name: rows for name, rows in failed.items() if rows}
    groups = both.with_columns(gain=gain, lose=lose).group_by("city").agg(pl.len(), pl.col("gain", "lose").sum())
    assert found["groups"] == {city: {"rows": n, "gain": g, "lose": x} for city, n, g, x in groups.rows()}
    for key, whole in (("rows", 2000), ("gain", found["gain"]), ("lose", found["lose"])):
        assert sum(group[key] for group in found["groups"].values()) == whole


def test_by_hand_too() -> None:
    found = told("compare", TABLE, "--pack", "stip", "--set", REFORM, "--on", ON)
    moves = Counter(
        (
            oracle.WORD[oracle.park(row)["outcome"]],
            oracle.WORD[oracle.park(row, Fraction(4, 100))["outcome"]],
        )
        for row in ROWS
    )
    assert {(move["base"], move["other"]): move["rows"] for move in found["moves"]} == moves


def test_the_head_of_the_record_says_what_was_compared() -> None:
    found = told("compare", TABLE, "--pack", "stip", "--set", REFORM, "--on", ON)
    pack_hash = load_pack("stip").hash
    assert found["base"] == {"pack": "stip", "pack_hash": pack_hash, "law_date": ON}
    assert found["other"] == {
        "pack": "stip", "pack_hash": pack_hash, "law_date": ON, "overlay": {"min_rd_share": {"2024-01-01": "0.04"}},
    }  # fmt: skip
    old = told("compare", TABLE, "--pack", "stip", "--with", "hnte-2008", "--with-law-as-of", "2015-12-31", "--on", ON)
    assert (old["other"]["law_date"], old["other"]["overlay"]) == ("2015-12-31", None)
    assert "reform that is not law" in said("compare", TABLE, "--pack", "stip", "--set", REFORM, "--on", ON)


def test_nothing_changes_against_itself() -> None:
    found = told("compare", TABLE, "--pack", "stip", "--with", "stip", "--on", ON)
    assert (found["gain"], found["lose"], found["gained_by"], found["lost_by"]) == (0, 0, {}, {})
    assert all(move["base"] == move["other"] for move in found["moves"])
    later = told("compare", TABLE, "--pack", "stip", "--set", "min_rd_share=0.9@2024-07-01", "--on", ON)
    assert (later["gain"], later["lose"]) == (0, 0)


def test_swapped_packs_swap_gains_and_losses() -> None:
    words = ("--on", ON, "--group", "city")
    there = told("compare", TABLE, "--pack", "stip", "--with", "hnte-2016", *words)
    back = told("compare", TABLE, "--pack", "hnte-2016", "--with", "stip", *words)
    assert (there["gain"], there["lose"]) == (back["lose"], back["gain"])
    assert (there["gained_by"], there["lost_by"]) == (back["lost_by"], back["gained_by"])
    for city, group in there["groups"].items():
        assert (group["gain"], group["lose"]) == (back["groups"][city]["lose"], back["groups"][city]["gain"])


def test_the_cost_of_another_voucher_limit(write: WriteText) -> None:
    claims = [(price * 1_234_57, used * 777_77, cross) for price in range(13) for used in range(20) for cross in (0, 1)]
    lines = [f"{p / 100:.2f},{u / 100:.2f},{'yes' if c else 'no'},{p % 7}" for p, u, c in claims]
    table = write("claims.csv", "service_price,voucher_used_this_year,cross_city,city\n" + "\n".join(lines) + "\n,,,\n")
    new = 150_000_00
    found = told(
        "compare", table, "--pack", "delta-voucher", "--on", ON, "--set", f"yearly_limit={new // 100}@2024-01-01"
    )

    def pay(limit: int) -> list[tuple[int, int, int]]:
        paid = []
        for price, used, cross in claims:
            subsidy = min(price, max(limit - used, 0))
            home = largest_remainder(subsidy, [2, 1])[0] if cross and subsidy else subsidy
            paid.append((subsidy, home, subsidy - home))
        return paid

    before, after = pay(yuan("100000")), pay(new)
    for index, name in enumerate(("subsidy", "home_share", "host_share")):
        one, two = [row[index] for row in before], [row[index] for row in after]
        assert found["costs"][name] == {
            "base": sum(one), "other": sum(two), "change": sum(two) - sum(one),
            "gainers": sum(b > a for a, b in zip(one, two, strict=True)),
            "losers": sum(b < a for a, b in zip(one, two, strict=True)),
        }  # fmt: skip
    assert found["gain"] == sum(a[0] == 0 < b[0] for a, b in zip(before, after, strict=True))
    text = said("compare", table, "--pack", "delta-voucher", "--on", ON, "--set", "yearly_limit=50000@2024-01-01")
    cut = sum(row[0] for row in pay(yuan("50000")))
    assert f"¥{sum(row[0] for row in before) / 100:,.2f} → ¥{cut / 100:,.2f}" in text


def test_bunching_counts_rows_by_their_distance_from_the_threshold() -> None:
    found = told("compare", TABLE, "--pack", "stip", "--set", REFORM, "--on", ON)["bunching"]
    shares = {
        "stip.rd_share": ("rd_expenditure", "revenue", Fraction(3, 100)),
        "stip.tertiary_share": ("tertiary_employees", "employees", Fraction(30, 100)),
        "stip.rd_staff_share": ("rd_employees", "employees", Fraction(10, 100)),
    }
    for clause, (part, base, rate) in shares.items():
        bins = [0] * 10
        for row in ROWS:
            a, b = oracle.number(row, part), oracle.number(row, base)
            if a is None or not b:
                continue
            place = math.floor((a - rate * b) / (rate * b) / Fraction(2, 100)) + 5
            if 0 <= place < 10:
                bins[place] += 1
        assert found[clause] == bins, clause


def test_a_row_exactly_at_the_threshold_is_in_the_first_bin_above(write: WriteText) -> None:
    lines = [f"1000000,{30000 + step}" for step in (-3001, -3000, -600, -599, -1, 0, 599, 600, 2999, 3000)]
    table = write("edge.csv", "revenue,rd_expenditure\n" + "\n".join(lines) + "\n")
    found = told("compare", table, "--pack", "stip", "--set", REFORM, "--on", ON)["bunching"]["stip.rd_share"]
    assert found == [1, 0, 0, 0, 3, 2, 1, 0, 0, 1]


def test_bunching_of_a_maximum_is_seen_from_below() -> None:
    """A voucher's yearly limit is an upper bound: who has used a little less of it passes."""
    pack = load_pack("delta-voucher")
    used = [9_800_00 * 10, 99_999_99, 100_000_00, 101_999_99, 1]
    frame = pl.DataFrame({"service_price": [1] * 5, "voucher_used_this_year": used})
    found = pack.compare(frame, pack, on=ON).bunching["delta_voucher.limit_left"]
    assert found == [0, 0, 0, 0, 2, 2, 0, 0, 0, 0]


def test_extreme_figures_do_not_upset_the_bins(write: WriteText) -> None:
    table = write(
        "extreme.csv",
        "revenue,rd_expenditure,employees,tertiary_employees,rd_employees\n"
        "0.01,10000000000000,1,10000000,10000000\n10000000000000,0,10000000,0,0\n0,0,0,0,0\n",
    )
    found = told("compare", table, "--pack", "stip", "--set", "min_rd_share=0@2024-01-01", "--on", ON)
    assert {(move["base"], move["other"]) for move in found["moves"]} == {("yes", "yes"), ("no", "no")}


def test_a_bad_row_is_in_no_count(write: WriteText) -> None:
    header = "city,revenue,rd_expenditure,employees,tertiary_employees,rd_employees\n"
    table = write("firms.csv", header + "A,100,3,10,3,1\nA,x,3,10,3,1\n,100,3,10,3,1\nB,100,4,10,3,1\n")
    found = told("compare", table, "--pack", "stip", "--set", REFORM, "--on", ON, "--group", "city")
    assert (found["rows"], found["bad"], found["lose"]) == (4, 1, 2)
    assert found["problems"] == ["row 2: revenue: 'x' is not a plain decimal"]
    assert sum(move["rows"] for move in found["moves"]) == 3
    assert {city: group["lose"] for city, group in found["groups"].items()} == {"A": 1, "": 1, "B": 0}
    result = corridor("compare", table, "--pack", "stip", "--set", REFORM, "--on", ON, "--group", "city")
    assert result.stderr == "Bad row 2: revenue: 'x' is not a plain decimal\n"
    assert "(none)" in result.stdout


def test_python_and_the_command_agree() -> None:
    pack = load_pack("stip")
    reform = pack.reform({"min_rd_share": {datetime.date(2024, 1, 1): "0.04"}})
    frame = pl.DataFrame(ROWS)
    found = pack.compare(frame, reform, on=ON, group="city")
    record = told("compare", TABLE, "--pack", "stip", "--set", REFORM, "--on", ON, "--group", "city")
    assert found.as_json() == {key: value for key, value in record.items() if key in found.as_json()}
    assert found.frame is not None
    assert found.frame.height == 2000
    assert found.frame["city"].to_list() == [row["city"] for row in ROWS]
    assert pack.hash == load_pack("stip").hash
    assert pack.overlay is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--with", "nosuch"), "no pack 'nosuch'"),
        (("--with", ""), "no pack ''"),
        (("--set", "nosuch=1@2024-01-01"), "no parameter 'nosuch'"),
        (("--set", "min_rd_share=4%@2024-01-01"), "'4%'"),
        (("--set", REFORM, "--set", REFORM), "twice"),
        (("--set", REFORM, "--group", "nosuch"), "nosuch"),
        (("--with", "hnte-2008"), "not in force"),
        (("--with", "hnte-2008", "--with-law-as-of", "soon"), "not a date"),
        (("--set", REFORM, "--law-as-of", ""), "not a date"),
        (("--set", REFORM, "--map", ""), "folder"),
        (("--set", REFORM, "--map", "/nosuch.toml"), "no such map"),
    ],
)
def test_what_cannot_be_compared(words: tuple[str, ...], why: str) -> None:
    assert why in refusal("compare", TABLE, "--pack", "stip", "--on", ON, *words)


@pytest.mark.parametrize("words", [(), ("--with", "stip", "--set", REFORM)])
def test_either_a_pack_or_a_reform(words: tuple[str, ...]) -> None:
    result = corridor("compare", TABLE, "--pack", "stip", "--on", ON, *words)
    assert result.exit_code == 2
    assert "either --with PACK or --set" in result.stderr
