"""What an impatient or a hostile person gives: one sentence, exit 2, no traceback, nothing written, nothing run."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cli.conftest import WriteText
from cli.tools import FIRM, ON, TABLE, corridor, one_sentence, program, refusal, said
from corridor.rulebook import RulebookError, load_pack

Text = str | bytes

HEADER = "firm,revenue,rd_expenditure,employees,tertiary_employees,rd_employees\n"
GOOD = "a,1000000,30000,100,30,10\n"


@pytest.fixture(autouse=True)
def _nothing_is_written_beside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every test runs in an empty folder, which must be empty afterwards."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    yield
    assert list(here.iterdir()) == []


# --- packs by name ----------------------------------------------------------------------------------------------------

NO_PACKS = [
    ("nosuch", "pack list"),
    ("hnte-2017", "Did you mean hnte-2016?"),
    ("hnte_2016", "Did you mean hnte-2016?"),
    ("STIP", "Did you mean stip?"),
    ("stip\n", "Did you mean stip?"),
    ("stip'; DROP", "no pack"),
    ("", "no pack ''"),
    (".", "must hold pack.yaml"),
    ("..", "must hold pack.yaml"),
    ("../stip", "must hold pack.yaml"),
    ("stip/../stip", "must hold pack.yaml"),
    ("../../../../../../etc", "must hold pack.yaml"),
    ("/", "must hold pack.yaml"),
    ("/etc/passwd", "must hold pack.yaml"),
    ("/proc/self", "must hold pack.yaml"),
    ("a/\n\x1b[31mb", "must hold pack.yaml"),
    ("stip\x00", "no pack"),
    ("~root", "no pack"),
    ("éé", "no pack"),
    ("٣", "no pack"),
    ("a" * 5000, "no pack"),
    ("-x", "no pack"),
    ("None", "no pack"),
    ("CON", "no pack"),
]


@pytest.mark.parametrize(("name", "remedy"), NO_PACKS)
def test_an_unknown_pack(name: str, remedy: str) -> None:
    assert remedy in refusal("decide", "--on", ON, "--facts", FIRM, "--", name)
    assert remedy in refusal("pack", "check", "--", name)
    assert remedy in refusal("assess", TABLE, f"--pack={name}", "--on", ON)


# --- days -------------------------------------------------------------------------------------------------------------

NO_DAYS = [
    "",
    "x",
    "today",
    "2024-02-30",
    "2023-02-29",
    "2024-6-30",
    "20240630",
    "2024-W26-7",
    "2024-06-30T00:00",
    "30/06/2024",
    "2024-06-30 ",
    "0000-01-01",
    "10000-01-01",
    "-2024-06-30",
    "２０２４-06-30",
    "2024-06-30\n",
    "1e3",
    "\x00",
    "2024-13-01",
]


@pytest.mark.parametrize("day", NO_DAYS)
def test_no_day(day: str) -> None:
    firm = ("--facts", FIRM)
    for words in (
        ("decide", "stip", f"--on={day}", *firm),
        ("decide", "stip", "--on", ON, f"--law-as-of={day}", *firm),
        ("decide", "stip", "--on", ON, f"--known={day}", *firm),
    ):
        assert "is not a date. Write it as 2024-06-30." in refusal(*words), words


@pytest.mark.parametrize("day", ["", "2024-02-30"])
def test_no_day_for_the_other_commands(day: str) -> None:
    for words in (
        ("assess", TABLE, "--pack", "stip", f"--on={day}"),
        ("assess", TABLE, "--pack", "stip", "--on", ON, f"--law-as-of={day}"),
        ("compare", TABLE, "--pack", "stip", "--with", "stip", f"--on={day}"),
        ("interview", "stip", f"--on={day}"),
        ("pack", "show", "stip", f"--on={day}"),
    ):
        assert "is not a date. Write it as 2024-06-30." in refusal(*words), words


@pytest.mark.parametrize("day", ["0001-01-01", "2017-12-31"])
def test_a_day_outside_the_law(day: str) -> None:
    for words in (("--on", day), ("--on", ON, "--law-as-of", day)):
        sentence = refusal("decide", "stip", *words, "--facts", FIRM)
        assert f"stip is not in force on {day}; it is from 2018-01-01 on." in sentence
        assert "--law-as-of" in sentence


# --- facts ------------------------------------------------------------------------------------------------------------

NINES = "9" * 5000
BAD_FACTS: list[tuple[Text, str]] = [
    ("", "line 1: this is not JSON"),
    ("{", "not JSON"),
    ('{\n"revenue": 1\n"employees": 2}', "line 3: this is not JSON"),
    ("{'revenue': 1}", "not JSON"),
    ('{"revenue": 1,}', "not JSON"),
    ('{"revenue": 1} x', "not JSON"),
    ('{"revenue": 1}\x00', "not JSON"),
    ('{"revenue": 01}', "not JSON"),
    ('{"revenue": +1}', "not JSON"),
    ('{"revenue": 0x10}', "not JSON"),
    ('{"revenue": "\x00"}', "not JSON"),
    ("revenue,1", "not JSON"),
    ("[]", "one JSON object"),
    ('[{"revenue": 1}]', "one JSON object"),
    ("null", "one JSON object"),
    ("1", "one JSON object"),
    ('"x"', "one JSON object"),
    ("NaN", "NaN"),
    ('{"revenue": NaN}', "NaN is not a number"),
    ('{"revenue": Infinity}', "Infinity is not a number"),
    ('{"revenue": -Infinity}', "-Infinity is not a number"),
    ('{"revenue": 1e30}', "revenue: '1E+30' is outside"),
    ('{"revenue": 1e400}', "revenue: '1E+400' is outside"),
    ('{"revenue": 1e-400}', "revenue: '1E-400'"),
    ('{"revenue": 1e99999999999999999999}', "1e99999999999999999999 is not a number"),
    ('{"revenue": 1e-99999999999999999999}', "is not a number"),
    (f'{{"revenue": {NINES}}}', "999999999999… is not a number"),
    (f'{{"revenue": -{NINES}}}', "is not a number"),
    (f'{{"revenue": {NINES}.5}}', "outside"),
    (f'{{"revenue": "{NINES}"}}', "not a plain decimal"),
    (f'{{"employees": {NINES}}}', "is not a number"),
    ('{"revenue": 1, "revenue": 2}', "'revenue' stands twice"),
    ('{"revenue": {"value": 1, "value": 2}}', "'value' stands twice"),
    ('{"employees": -1}', "employees: -1 is outside 0 to 10,000,000"),
    ('{"employees": "64"}', "employees: '64' is not a whole number"),
    ('{"employees": 64.0}', "employees: '64.0' is not a whole number"),
    ('{"employees": 1e2}', "employees: '1E+2' is not a whole number"),
    ('{"employees": true}', "employees: True is not a whole number"),
    ('{"employees": 10000001}', "outside"),
    ('{"employees": [64]}', "employees: [64] is not"),
    ('{"employees": {}}', "employees: an object here has value"),
    ('{"evaluation_score": 101}', "evaluation_score: 101 is outside 0 to 100"),
    ('{"evaluation_score": 70.5}', "not a whole number"),
    ('{"revenue": "-0.01"}', "revenue: '-0.01' is outside"),
    ('{"revenue": "10000000000000.01"}', "outside"),
    ('{"revenue": "0.001"}', "more than 2 decimals"),
    ('{"revenue": "1/3"}', "more than 2 decimals"),
    ('{"revenue": 0.001}', "more than 2 decimals"),
    ('{"revenue": "1/0"}', "not a plain decimal"),
    ('{"revenue": "1,000"}', "revenue: '1,000' is not a plain decimal"),
    ('{"revenue": "1e3"}', "not a plain decimal"),
    ('{"revenue": ""}', "not a plain decimal"),
    ('{"revenue": " 1"}', "not a plain decimal"),
    ('{"revenue": "1\\n"}', "not a plain decimal"),
    ('{"revenue": "¥1"}', "not a plain decimal"),
    ('{"revenue": "٣"}', "not a plain decimal"),
    ('{"revenue": "NaN"}', "not a plain decimal"),
    ('{"revenue": "\\u001b[31m1"}', "not a plain decimal"),
    ('{"revenue": true}', "revenue: True is not a number"),
    ('{"revenue": []}', "revenue: [] is not a number"),
    ('{"revenue": {"value": {"value": 1}}}', "not a number"),
    ('{"revenue": {"value": 1, "unit": "x"}}', "an object here has value"),
    ('{"revenue": {"value": 1, "currency": "USD"}}', "revenue is in 'USD', the rules are in CNY"),
    ('{"revenue": {"value": 1, "currency": "US\\nD\\u001b[31m"}}', "the rules are in CNY"),
    ('{"revenue": {"value": 1, "currency": null}}', "the rules are in CNY"),
    ('{"revenue": {"value": null, "currency": "USD"}}', "the rules are in CNY"),
    (f'{{"revenue": {{"value": 1, "currency": ["{"x" * 3000}"]}}}}', "the rules are in CNY"),
    ('{"employees": {"value": 5, "currency": "CNY"}}', "employees is not money and has no currency"),
    ('{"revenue": {"value": 1, "source": 5}}', "source must be"),
    ('{"revenue": {"value": 1, "source": "a\\nYes: b"}}', "source must be"),
    ('{"revenue": {"value": 1, "source": "\\u001b[2J"}}', "source must be"),
    ('{"revenue": {"value": 1, "source": "\\ud800"}}', "source must be"),
    ('{"registered_on": "2024-02-30"}', "registered_on: '2024-02-30' is not a date"),
    ('{"registered_on": "20240101"}', "not a date"),
    ('{"registered_on": 20240101}', "not a date"),
    ('{"registered_on": "1799-12-31"}', "outside 1800-01-01"),
    ('{"holds_core_ip": "yes"}', "holds_core_ip: 'yes' is neither true nor false"),
    ('{"holds_core_ip": 1}', "neither true nor false"),
    ('{"cit_rate": "15%"}', "cit_rate: '15%' is not a plain decimal"),
    ('{"cit_rate": "1/3"}', "finer than"),
    ('{"cit_rate": "1.01"}', "outside 0 to 1"),
    ('{"employes": 1}', "Did you mean employees?"),
    ('{"": 1}', "no fact ''"),
    ('{"__class__": 1}', "no fact '__class__'"),
    ('{"\\ud800": 1}', "no fact '\\ud800'"),
    ('{"re\\nvenue": 1}', "no fact 're\\nvenue'"),
    (f'{{"{"k" * 100_000}": 1}}', "no fact 'kkkk"),
    ("[" * 100_000, "nested too deeply"),
    ('{"a":' * 100_000, "nested too deeply"),
    (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ('{"revenue": 1}'.encode("utf-16"), "not UTF-8"),
    (b'{"revenue": "\x80"}', "not UTF-8"),
    ("长三角".encode("gb18030"), "not UTF-8"),
    ('{"revenue": "' + "1" * (17 * 2**20) + '"}', "longer than 16 MiB"),
    (b"\x00" * 1000, "not JSON"),
]


@pytest.mark.parametrize(("text", "why"), BAD_FACTS, ids=lambda value: str(value)[:40])
def test_facts_that_cannot_be_read(text: Text, why: str, write: WriteText) -> None:
    file = write("firm.json", text)
    sentence = refusal("decide", "stip", "--on", ON, "--facts", file)
    assert sentence.startswith(f"corridor: {file}")
    assert why in sentence
    assert sentence.replace(str(file), "standard input") == refusal(
        "decide", "stip", "--on", ON, "--facts", "-", "--json", text=text
    )


@pytest.mark.parametrize("text", ["[]", '{"employees": "64"}', '{"revenue": NaN}', '{"employes": 1}'])
def test_an_interview_refuses_the_same_facts(text: str, write: WriteText) -> None:
    words = ("stip", "--on", ON, "--facts", write("firm.json", text))
    assert refusal("interview", *words) == refusal("decide", *words)


def test_places_where_no_facts_are(tmp_path: Path) -> None:
    for file, why in (
        (tmp_path, "this is a folder"),
        (tmp_path / "nosuch.json", "no such file"),
        (FIRM / "x", "a part of this path is a file"),
        ("", "this is a folder"),
        ("a" * 5000, "too long"),
        ("a\nb", "no such file"),
        ("/dev/null", "not JSON"),
        ("/dev/zero", "longer than 16 MiB"),
    ):
        assert why in refusal("decide", "stip", "--on", ON, "--facts", file)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_may_not_be_read(write: WriteText) -> None:
    file = write("firm.json", "{}")
    file.chmod(0)
    assert "permission denied" in refusal("decide", "stip", "--on", ON, "--facts", file)
    table = write("firms.csv", HEADER + GOOD)
    table.chmod(0)
    assert "denied" in refusal("assess", table, "--pack", "stip", "--on", ON).lower()
    table.chmod(0o600)
    table.parent.chmod(0o500)
    try:
        out = table.parent / "out.parquet"
        assert "denied" in refusal("assess", table, "--pack", "stip", "--on", ON, "--out", out).lower()
    finally:
        table.parent.chmod(0o700)


def test_as_a_program_there_is_no_traceback_either(write: WriteText) -> None:
    file = write("firm.json", '{"revenue": 1e99999999999999999999}')
    done = program("decide", "stip", "--on", ON, "--facts", file)
    one_sentence(done.returncode, done.stdout, done.stderr)
    done = program("assess", write("x.csv", b"\x00"), "--pack", "stip", "--on", ON)
    one_sentence(done.returncode, done.stdout, done.stderr)


PYTHON_FACTS: list[Mapping[Any, Any]] = [
    {"revenue": 1.5},
    {"revenue": float("nan")},
    {"revenue": object()},
    {"revenue": 10**5000},
    {"revenue": b"1"},
    {"employees": 10**5000},
    {"employees": 1.0},
    {1: 2},
    {None: 1},
    {"registered_on": 5},
    {"holds_core_ip": None, "x": 1},
]


@pytest.mark.parametrize("facts", PYTHON_FACTS, ids=range(len(PYTHON_FACTS)))
def test_facts_of_python_that_cannot_be_read(facts: Mapping[Any, Any]) -> None:
    with pytest.raises(RulebookError) as caught:
        load_pack("stip").decide(facts, on=ON)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


# --- reforms ----------------------------------------------------------------------------------------------------------

BAD_REFORMS = [
    ("stip", "", "is not read"),
    ("stip", "=", "is not read"),
    ("stip", "min_rd_share", "is not read"),
    ("stip", "min_rd_share=0.04", "is not read"),
    ("stip", "min_rd_share=0.04@", "is not read"),
    ("stip", "min_rd_share=@2024-01-01", "is not read"),
    ("stip", "=0.04@2024-01-01", "is not read"),
    ("stip", "nosuch=0.04@2024-01-01", "no parameter 'nosuch'"),
    ("stip", "min_rd_shar=0.04@2024-01-01", "Did you mean min_rd_share?"),
    ("stip", "revenue=5@2024-01-01", "no parameter 'revenue'"),
    ("stip", "a\nb=0.04@2024-01-01", "no parameter 'a\\nb'"),
    ("stip", "min_rd_share=4%@2024-01-01", "'4%'"),
    ("stip", "min_rd_share=NaN@2024-01-01", "'NaN'"),
    ("stip", "min_rd_share=1e-2@2024-01-01", "'1e-2'"),
    ("stip", "min_rd_share= 0.04@2024-01-01", "' 0.04'"),
    ("stip", "min_rd_share=1/0@2024-01-01", "'1/0'"),
    ("stip", "min_rd_share=true@2024-01-01", "'true'"),
    ("stip", "min_rd_share=0.04@2024-13-01", "not a date"),
    ("stip", "min_rd_share=0.04@20240101", "not a date"),
    ("stip", "min_rd_share=0.04@2024-01-01@2024-01-01", "not a value"),
    ("stip", "min_rd_share=99999999999999999999999999@2024-01-01", "99999999999999999999999999 is 9999"),
    ("stip", "min_rd_share=-99999999999999999999999999@2024-01-01", "is negative"),
    ("stip", "min_rd_share=1/9999999999999999999999999999999999@2024-01-01", "does not fit int64"),
    ("stip", "min_rd_share/1=0.04@2024-01-01", "single number"),
    ("hnte-2016", "rd_share_by_sales=1@2024-01-01", "row by row"),
    ("hnte-2016", "rd_share_by_sales/0=0.06@2024-01-01", "no such row"),
    ("hnte-2016", "rd_share_by_sales/9=0.06@2024-01-01", "no such row"),
    ("hnte-2016", "rd_share_by_sales/²=0.06@2024-01-01", "row by row"),
    ("hnte-2016", "rd_share_by_sales/٣=0.06@2024-01-01", "row by row"),
    ("hnte-2016", f"rd_share_by_sales/{'1' * 5000}=0.06@2024-01-01", "row by row"),
    ("hnte-2016", "rd_share_by_sales/-1=0.06@2024-01-01", "row by row"),
    ("hnte-2016", "rd_share_by_sales/1/nix=1@2024-01-01", "row by row"),
    ("hnte-2016", "rd_share_by_sales/3/bound=1@2024-01-01", "no such row"),
    ("hnte-2016", "rd_share_by_sales/1/bound=300000000@2024-01-01", "out of order"),
    ("hnte-2016", "rd_share_by_sales/1/bound=1.001@2024-01-01", "whole number"),
    ("hnte-2016", "pass_mark=70.5@2024-01-01", "whole number"),
]


@pytest.mark.parametrize(("pack", "change", "why"), BAD_REFORMS, ids=lambda value: value[:40])
def test_a_reform_that_cannot_be(pack: str, change: str, why: str) -> None:
    sentence = cut(refusal_of_any_length("decide", pack, "--on", ON, "--facts", "-", "--set", change, text="{}"))
    assert why in sentence


def test_a_reform_of_a_table_that_cannot_be() -> None:
    change = ("--set", "min_rd_shar=0.04@2024-01-01")
    for command in ("assess", "compare"):
        assert "Did you mean min_rd_share?" in refusal(command, TABLE, "--pack", "stip", "--on", ON, *change)


def refusal_of_any_length(*words: object, text: str | None = None) -> str:
    """A refusal that may quote a very long word."""
    result = corridor(*words, text=text)
    return one_sentence(result.exit_code, result.stdout, result.stderr.replace("1" * 5000, "1…1"))


def cut(sentence: str) -> str:
    return sentence[:1000]


# --- tables -----------------------------------------------------------------------------------------------------------

NOISE = random.Random(1).randbytes(5000)
BAD_TABLES: list[tuple[str, Text, str]] = [
    ("empty.csv", "", "the file is empty"),
    ("blank.csv", "\n\n\n", "the file is empty"),
    ("header.csv", HEADER, "no rows"),
    ("header.csv", HEADER.strip(), "no rows"),
    ("noise.csv", NOISE, "NUL bytes"),
    ("book.xlsx", b"PK\x03\x04" + NOISE, "Excel workbook"),
    ("book.csv", b"PK\x03\x04" + NOISE, "Excel workbook"),
    ("old.xls", b"\xd0\xcf\x11\xe0" + NOISE, "old Excel"),
    ("packed.csv.gz", b"\x1f\x8b" + NOISE, "gzip"),
    ("text.pdf", b"%PDF-1.7" + NOISE, "PDF"),
    ("utf32.csv", (HEADER + GOOD).encode("utf-32"), "UTF-32"),
    ("odd.csv", (HEADER + GOOD).encode("utf-16")[:-1], "UTF-16"),
    ("nul.csv", HEADER + "a\0,1,2,3,4,5\n", "NUL bytes"),
    ("latin.csv", (HEADER + "é\x80,1,2,3,4,5\n").encode("latin-1"), "UTF-8"),
    ("quote.csv", HEADER + GOOD + '"b,1,2,3,4,5\n' + GOOD * 5, "row 2: a quoted field begins that never ends"),
    ("twice.csv", "revenue,revenue\n1,2\n", "line 1: the header has 'revenue' more than once"),
    ("other.csv", "a,b\n1,2\n", "no column is named like a fact"),
    ("wide.csv", ",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join("1" * 20_000) + "\n", "and 19988 more"),
    ("ctl.csv", "a\x1b[31m,b\n1,2\n", "no column is named like a fact"),
    ("short.parquet", b"PAR1", "cut short"),
    ("short.parquet", b"PAR1PAR1", "cut short"),
    ("noise.parquet", b"PAR1" + NOISE + b"PAR1", "cannot be read"),
    ("text.parquet", HEADER + GOOD, "not a Parquet file, whatever its name says"),
    ("json.csv", '{"revenue": 1}', ""),
    ("long.csv", "revenue" * 3_000_000, ""),
]


@pytest.mark.parametrize(("name", "text", "why"), BAD_TABLES, ids=lambda value: str(value)[:30])
def test_a_table_that_cannot_be_read(name: str, text: Text, why: str, write: WriteText) -> None:
    table = write(name, text)
    out = table.parent / "out.parquet"
    for words in (
        ("assess", table, "--pack", "stip", "--on", ON, "--out", out),
        ("assess", table, "--pack", "stip", "--on", ON, "--json"),
        ("compare", table, "--pack", "stip", "--with", "stip", "--on", ON),
    ):
        sentence = refusal(*words)
        assert sentence.startswith(f"corridor: {table}")
        assert why in sentence
        assert "polars" not in sentence
    assert list(table.parent.iterdir()) == [table]


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99, 0.999])
def test_a_truncated_parquet(keep: float, tmp_path: Path) -> None:
    table, out = tmp_path / "firms.parquet", tmp_path / "out.parquet"
    pl.read_csv(TABLE).write_parquet(table)
    data = table.read_bytes()
    table.write_bytes(data[: int(len(data) * keep)])
    assert "cut short" in refusal("assess", table, "--pack", "stip", "--on", ON, "--out", out)
    assert not out.exists()


def test_a_parquet_with_damage_in_the_middle(tmp_path: Path) -> None:
    good, table, out = tmp_path / "good.parquet", tmp_path / "firms.parquet", tmp_path / "out.parquet"
    pl.read_csv(TABLE).write_parquet(good)
    data = good.read_bytes()
    chance = random.Random(2)
    refused = 0
    for _ in range(25):
        start = chance.randrange(4, len(data) - 12)
        noise = chance.randbytes(8)
        table.write_bytes(data[:start] + noise + data[start + 8 :])
        result = corridor("assess", table, "--pack", "stip", "--on", ON, "--out", out)
        if result.exit_code:
            refused += 1
            one_sentence(result.exit_code, result.stdout, result.stderr)
            assert not out.exists()
        out.unlink(missing_ok=True)
    assert refused


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (pl.Series("revenue", [1.0]), "Float64"),
        (pl.Series("revenue", [1.0], dtype=pl.Float32), "Float32"),
        (pl.Series("revenue", [[1]]), "List"),
        (pl.Series("revenue", [{"a": 1}]), "Struct"),
        (pl.Series("revenue", [True]), "Boolean"),
        (pl.Series("revenue", [b"1"]), "Binary"),
        (pl.Series("a", [1]), "no column is named like a fact"),
        (pl.Series("revenue", [], dtype=pl.Int64), "no rows"),
    ],
    ids=str,
)
def test_a_parquet_with_the_wrong_types(column: pl.Series, why: str, tmp_path: Path) -> None:
    table = tmp_path / "firms.parquet"
    pl.DataFrame([column]).write_parquet(table)
    assert why in refusal("assess", table, "--pack", "stip", "--on", ON)


def test_places_where_no_table_is(tmp_path: Path) -> None:
    for table, why in (
        (tmp_path, "this is a folder"),
        (tmp_path / "nosuch.csv", "no such file"),
        (FIRM / "x.csv", "no such file"),
        ("", "this is a folder"),
        ("-", "no such file"),
        ("*.csv", "no such file"),
        ("http://example.org/firms.csv", "no such file"),
        ("a\n\x1b[31mb.csv", "no such file"),
        ("/dev/null", "not a plain file"),
        ("/dev/zero", "not a plain file"),
    ):
        assert why in refusal("assess", table, "--pack", "stip", "--on", ON), table


def test_where_no_result_can_go(write: WriteText) -> None:
    table = write("firms.csv", HEADER + GOOD)
    folder = table.parent
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    link = folder / "link.parquet"
    link.symlink_to(table)
    names = {file.name for file in folder.iterdir()}
    for out, why in (
        (folder / "nosuch" / "out.parquet", "no such folder"),
        (folder, "this is a folder"),
        ("", "this is a folder"),
        (".", "this is a folder"),
        ("/", "this is a folder"),
        (pipe, "not a plain file"),  # a device would be replaced by a file
        ("/dev/full", "not a plain file"),
        (table, "would overwrite the table"),
        (link, "would overwrite the table"),
        (table / "out.parquet", "no such folder"),
        (folder / ("o" * 300), "too long"),
        ("/proc/out.parquet", "/proc"),
    ):
        assert why in refusal("assess", table, "--pack", "stip", "--on", ON, "--out", out), out
    assert {file.name for file in folder.iterdir()} == names
    assert table.read_text(encoding="utf-8") == HEADER + GOOD
    assert pipe.is_fifo()


# --- maps -------------------------------------------------------------------------------------------------------------

PANEL = "firm,year," + HEADER.partition(",")[2] + "a,2021,1,1,1,1,1\na,2022,1,1,1,1,1\n"
BAD_MAPS: list[tuple[Text, str]] = [
    ("x = 1", "line 1: a map has no 'x'"),
    ("[tabel]", "line 1: a map has no 'tabel'"),
    ("[table]\nfoo = 1", "line 2: [table] has no key 'foo'"),
    ("[table]\nid = 5", "'id' must be a text"),
    ("[table]\nid = 'nosuch'", "the table does not have"),
    ("[table]\nyear = 'nosuch'", "the table does not have"),
    ("[table]\ngroup = 'nosuch'", "the table does not have"),
    ("[table]\nkeep = ['nosuch']", "the table does not have"),
    ("[table]\nkeep = 'firm'", "must be a list"),
    ("[table]\nmissing = [1]", "must be a list"),
    ("[table]\ncurrency = 'euro'", "three capitals"),
    ("[table]\nrate_on = 'x'", "not a day"),
    ("[table]\nunits = 'tiny'", "Allowed: major, minor"),
    ("[facts.nosuch]\ncolumn = 'revenue'", "no fact 'nosuch'"),
    ("[facts.revenu]\ncolumn = 'revenue'", "Did you mean revenue"),
    ('[facts."re\\nvenue"]\ncolumn = "revenue"', "no fact"),
    ("[facts.revenue]\ncolumn = 'nosuch'", "the table does not have"),
    ('[facts.revenue]\ncolumn = "a\\u001b[31m"', "the table does not have"),
    ("[facts.revenue]\nunit = 'furlong'", "unit = 'furlong' is not known"),
    ("[facts.revenue]\ncurrency = 'EUR'", "no rate from EUR to CNY"),
    ("[facts.revenue]\nyears = 0", "years = 0"),
    ("[facts.revenue]\nyears = 2.5", "years = 2.5"),
    ("[facts.revenue]\nyears = 999999999999", "years"),
    ("[facts.revenue]\nyears = 3", "needs id and year"),
    ("[facts.revenue]\nvalue = 1.5", "not quoted"),
    ("[facts.revenue]\nvalue = 'abc'", "not a plain decimal"),
    ("[facts.revenue]\nvalue = '-5'", "negative"),
    ("[facts.revenue]\nvalue = '5'\ncolumn = 'revenue'", "no 'column'"),
    (f"[facts.revenue]\nvalue = {'1' * 5000}", "not TOML"),
    ("[facts.employees]\nunit = 'percent'", "only a rate"),
    ("[facts.employees]\ncurrency = 'CNY'", "Only money"),
    ("[facts.employees]\nunits = 'minor'", "Only money"),
    ("[rates]\nEUR = 1", "names no rate"),
    ("[rates.EUR]\n2020-01-01 = 7.5", "not quoted"),
    ("[rates.EUR]\n2020-01-01 = '0'", "not a rate"),
    ("[rates.EUR]\nx = '7'", "not a day"),
    ("[rates.CNY]\n2020-01-01 = '7'", "own currency"),
    ("[rates.EUR]\n2020-01-01 = '7'\n[table]\ncurrency = 'EUR'", "day of the rate is not known"),
    ("facts = 1", "must be a section"),
    ("[facts]\nrevenue = 1", "must be a section"),
    ("[[table]]\nid = 'x'", "must be a section"),
    ("[table]\nid = 'firm'\nid = 'x'", "not TOML"),
    ("a" * 100_000, "not TOML"),
    ("x = [" * 5000, "TOML"),
    ("x = " + "[" * 100_000, "nested too deeply"),
    ("\x00", "not TOML"),
    (b"\xff\xfe", "not UTF-8"),
    (NOISE, "map"),
]


@pytest.mark.parametrize(("text", "why"), BAD_MAPS, ids=lambda value: str(value)[:30])
def test_a_map_that_cannot_be_read(text: Text, why: str, write: WriteText) -> None:
    table, mapping = write("panel.csv", PANEL), write("map.toml", text)
    for words in (("assess", table, "--pack", "stip"), ("compare", table, "--pack", "stip", "--with", "stip")):
        sentence = refusal(*words, "--on", ON, "--map", mapping)
        assert str(mapping) in sentence
        assert why in sentence


def test_a_firm_year_that_stands_twice(write: WriteText) -> None:
    table = write("panel.csv", PANEL + "b,2021,1,1,1,1,1\n a ,2021,1,1,1,1,1\n")
    mapping = write("map.toml", "[table]\nid = 'firm'\nyear = 'year'\n[facts.revenue]\nyears = 2\n")
    out = table.parent / "out.parquet"
    sentence = refusal("assess", table, "--pack", "stip", "--on", ON, "--map", mapping, "--out", out)
    assert "rows 1 and 4 are the same firm and year" in sentence
    assert not out.exists()


def test_places_where_no_map_is(tmp_path: Path) -> None:
    for mapping, why in ((tmp_path, "folder"), ("/nosuch", "no such map"), ("", "folder"), ("-", "no such map")):
        assert why in refusal("assess", TABLE, "--pack", "stip", "--on", ON, "--map", mapping)
    assert "nosuch" in refusal("assess", TABLE, "--pack", "stip", "--on", ON, "--keep", "nosuch")


# --- packs that are wrong ---------------------------------------------------------------------------------------------

Change = tuple[str, str, str]  # a file, and words in it to replace; all of it where the words are empty

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
OTHER = (
    '\n\n@rule(id="my_law.other", ref="x", start="2024-01-01")\n'
    'def other(qualifies: Bool) -> Bool:\n    """A.\n    B。"""\n    return qualifies\n'
)
RUN = "__import__('os').system('touch ran')"
BODY = "return rd_share_met\n"
QUALIFIES = "def qualifies(rd_share_met: Bool)"

BAD_PACKS: list[tuple[str, list[Change], str]] = [
    # YAML
    ("float", [("parameters.yaml", '"0.03"', "0.03")], "parameters.yaml, line 5: 0.03 is a YAML float"),
    ("nan", [("parameters.yaml", '"0.03"', ".nan")], "YAML float"),
    ("integer", [("parameters.yaml", '"0.03"', "3")], "line 5: a number of min_rd_share is not quoted"),
    ("exponent", [("parameters.yaml", '"0.03"', '"3e-2"')], "not a plain decimal"),
    ("sexagesimal", [("parameters.yaml", '"0.03"', "1:30")], "not a plain decimal"),
    ("no reference", [("parameters.yaml", ', ref: "Act, article"', "")], "lacks ref"),
    ("no YAML", [("parameters.yaml", "", "a: [b")], "not YAML"),
    ("empty", [("parameters.yaml", "", "")], "the file is empty"),
    ("alias", [("parameters.yaml", "", "a: &x 1\nb: *x\n")], "line 2: aliases"),
    ("bomb", [("parameters.yaml", "", BOMB)], "aliases"),
    ("bomb in pack.yaml", [("pack.yaml", "", BOMB)], "aliases"),
    ("merge", [("parameters.yaml", "", "a: &a {x: 1}\nb: {<<: *a}\n")], "aliases"),
    ("tag", [("parameters.yaml", "", "a: !!python/object/apply:os.system ['touch ran']\n")], "tags"),
    ("tag of the file", [("pack.yaml", "", "!!python/object:x {a: 1}\n")], "tags"),
    ("nested", [("parameters.yaml", "", "a: " + "[" * 5000 + "]" * 5000)], "nested too deeply"),
    ("nested and open", [("pack.yaml", "", "[" * 200_000)], "nested too deeply"),
    ("nested blocks", [("pack.yaml", "", "".join(" " * n + "a:\n" for n in range(1000)))], "nested too deeply"),
    ("two documents", [("parameters.yaml", "", "a: 1\n---\nb: 2\n")], "second document"),
    ("list as key", [("parameters.yaml", "", "? [a]\n: 1\n")], "a key must be"),
    ("NUL", [("parameters.yaml", "", "a: \0")], "not YAML"),
    ("no day", [("parameters.yaml", "2024-01-01:", "2024-02-30:")], "not a date"),
    ("parameter named like a fact", [("parameters.yaml", "min_rd_share:", "revenue:")], "also the name of a fact"),
    ("parameter called by code", [("parameters.yaml", "min_rd_share:", '"x; import os":')], "not a parameter's name"),
    # pack.yaml
    ("format", [("pack.yaml", "corridor.pack/1", "corridor.pack/2")], "corridor.pack/2"),
    ("other id", [("pack.yaml", "id: my-law", "id: other")], "does not match the folder"),
    ("id with a line", [("pack.yaml", "id: my-law", 'id: "my-law\\n"')], "line break"),
    ("id with quotes", [("pack.yaml", "id: my-law", 'id: "my\'law"')], "not a pack's id"),
    ("endless id", [("pack.yaml", "id: my-law", "id: " + "a" * 10_000)], "does not match the folder"),
    ("life backwards", [("pack.yaml", "{from: 2024-01-01}", "{from: 2024-01-01, to: 2023-01-01}")], "life ends before"),
    ("life in quotes", [("pack.yaml", "{from: 2024-01-01}", '{from: "2024-01-01"}')], "must be a date"),
    ("life on no day", [("pack.yaml", "{from: 2024-01-01}", "{from: 2024-02-30}")], "not a day"),
    ("currency", [("pack.yaml", "currency: CNY", "currency: XXX")], "'XXX' is not known"),
    ("family far away", [("pack.yaml", "family: firm", "family: ../../firm")], "not the name of a family"),
    ("family unknown", [("pack.yaml", "family: firm", "family: nosuch")], "no nosuch.facts.yaml"),
    ("outcome unknown", [("pack.yaml", "outcome: qualifies", "outcome: nosuch")], "no rule 'nosuch'"),
    ("output unknown", [("pack.yaml", "outputs: [qualifies]", "outputs: [nosuch]")], "no rule 'nosuch'"),
    ("output nested", [("pack.yaml", "outputs: [qualifies]", "outputs: [[qualifies]]")], "must be text"),
    ("a hook", [("pack.yaml", "format:", "hook: touch ran\nformat:")], "no key 'hook'"),
    (
        "definition unknown",
        [("pack.yaml", "format:", "definitions: {x: {en: a, zh: b, ref: c}}\nformat:")],
        "no fact 'x'",
    ),
    # rules.py that wants to run something
    (
        "import",
        [("rules.py", "from corridor", f"import os\n{RUN}\nfrom corridor")],
        "rules.py, line 1: a rule file holds",
    ),
    ("import of another", [("rules.py", "corridor.rulebook.language", "os")], "a rule file holds rules only"),
    ("import of all", [("rules.py", "import Bool, Money, Rate, rule, share", "import *")], "'*' is not a word"),
    ("import by another name", [("rules.py", "import Bool,", "import rule as Bool,")], "not a word"),
    ("call at the top", [("rules.py", "\n\n\n@rule", f"\n{RUN}\n\n\n@rule")], "a rule file holds rules only"),
    (
        "call in a default",
        [("rules.py", "min_rd_share: Rate)", f"min_rd_share: Rate = {RUN})")],
        "plain arguments only",
    ),
    (
        "call in an annotation",
        [("rules.py", "min_rd_share: Rate)", f"min_rd_share: {RUN})")],
        "no type of the rule language",
    ),
    ("call in a decorator", [("rules.py", 'ref="Act", start', f"ref={RUN}, start")], "@rule does not take"),
    (
        "another decorator",
        [("rules.py", '@rule(id="my_law.q', '@__import__("os").system\n@rule(id="my_law.q')],
        "not marked",
    ),
    ("call in the body", [("rules.py", BODY, f"return {RUN} == 0\n")], "line 15"),
    ("attribute", [("rules.py", BODY, "return rd_share_met.__class__\n")], "not part of the rule language"),
    ("lambda", [("rules.py", BODY, "return (lambda: rd_share_met)()\n")], "not part of the rule language"),
    ("walrus", [("rules.py", BODY, "return (x := rd_share_met)\n")], "not part of the rule language"),
    ("comprehension", [("rules.py", BODY, "return all([x for x in rd_share_met])\n")], "not part of the rule language"),
    ("text with code", [("rules.py", BODY, f'return f"{{{RUN}}}"\n')], "not part of the rule language"),
    ("loop", [("rules.py", BODY, "while True: pass\n")], "not part of the rule language"),
    ("class", [("rules.py", "\n\n\n@rule", "\n\nclass A: pass\n\n\n@rule")], "a rule file holds rules only"),
    ("async", [("rules.py", "def qualifies", "async def qualifies")], "a rule file holds rules only"),
    ("strange literal", [("rules.py", BODY, "return 1is rd_share_met\n")], "not part of the rule language"),
    # rules.py that is wrong
    ("a number", [("rules.py", ">= min_rd_share", ">= 2")], "line 8: 2 is a number"),
    ("a float", [("rules.py", ">= min_rd_share", ">= 0.03")], "number"),
    (
        "division",
        [("rules.py", "share(rd_expenditure, of=revenue)", "rd_expenditure / revenue")],
        "division is not exact",
    ),
    (
        "cycle",
        [
            ("rules.py", QUALIFIES, "def qualifies(rd_share_met: Bool, other: Bool)"),
            ("rules.py", BODY, f"return rd_share_met and other\n{OTHER}"),
        ],
        "qualifies → other → qualifies",
    ),
    (
        "cycle of one",
        [("rules.py", QUALIFIES, "def qualifies(qualifies: Bool)"), ("rules.py", BODY, "return qualifies\n")],
        "qualifies → qualifies",
    ),
    (
        "not in force",
        [("rules.py", 'ref="Act", start="2024-01-01"', 'ref="Act", start="2025-01-01"')],
        "in force on 2024-01-01",
    ),
    ("start on no day", [("rules.py", 'ref="Act", start="2024-01-01"', 'ref="Act", start="20240101"')], "not a date"),
    ("id with code", [("rules.py", 'id="my_law.qualifies"', 'id="my_law.x\\nimport os"')], "not a rule id"),
    ("id with a hash", [("rules.py", 'id="my_law.qualifies"', 'id="my_law.x#"')], "not a rule id"),
    ("name of the kernel", [("rules.py", "def rd_share_met", "def int64")], "not a rule's name"),
    ("name with underscores", [("rules.py", "def rd_share_met", "def qualifies__no")], "not a rule's name"),
    ("name in capitals", [("rules.py", "def rd_share_met", "def Rule")], "not a rule's name"),
    ("name in Greek", [("rules.py", "def rd_share_met", "def ρ")], "not a rule's name"),
    (
        "sum that nests",
        [("rules.py", "share(rd_expenditure,", f"share({' + '.join(['rd_expenditure'] * 900)},")],
        "nested",
    ),
    (
        "sum without end",
        [("rules.py", "share(rd_expenditure,", f"share({' + '.join(['rd_expenditure'] * 20_000)},")],
        "rules.py",
    ),
    ("parentheses", [("rules.py", BODY, f"return {'(' * 300}rd_share_met{')' * 300}\n")], "nested parentheses"),
    ("nots", [("rules.py", BODY, f"return {'not ' * 5000}rd_share_met\n")], "rules.py"),
    ("a million characters", [("rules.py", BODY, BODY + "#" * 1_000_001)], "longer than a million"),
    ("NUL in rules", [("rules.py", BODY, BODY + "\0")], "not Python"),
    ("tabs", [("rules.py", "    return share", "\treturn share")], "not Python"),
    ("no rules", [("rules.py", "", "")], "no rule 'qualifies'"),
    # cases
    (
        "cases: no day",
        [("cases.yaml", "", "- name: x\n  facts: {}\n  expect: {outcome: yes}\n")],
        "the case has no day",
    ),
    ("cases: like nothing", [("cases.yaml", "", "- name: x\n  like: y\n  expect: {outcome: yes}\n")], "no case 'y'"),
    ("cases: no list", [("cases.yaml", "", "a: 1")], "must be a list"),
    ("cases: float", [("cases.yaml", '"30000.00"', "30000.00")], "YAML float"),
]


def pack_of(files: Mapping[str, str], changes: list[Change], folder: Path) -> Path:
    folder.mkdir(parents=True)
    changed = dict(files)
    for file, old, new in changes:
        assert old in changed[file], (file, old)
        changed[file] = changed[file].replace(old, new) if old else new
    for file, text in changed.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("what", "changes", "why"), BAD_PACKS, ids=[name for name, _, _ in BAD_PACKS])
def test_a_pack_that_is_wrong(
    what: str, changes: list[Change], why: str, skeleton: dict[str, str], tmp_path: Path
) -> None:
    folder = pack_of(skeleton, changes, tmp_path / "my_law")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    sentence = refusal("pack", "check", folder)
    assert str(folder) in sentence
    assert why in sentence
    if not what.startswith("cases"):
        assert refusal("decide", folder, "--on", ON, "--facts", "-", text="{}") == sentence
        assert refusal("pack", "show", folder, "--kernel") == sentence
        assert refusal("assess", TABLE, "--pack", folder, "--on", ON) == sentence
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_packs_with_files_that_are_missing_or_no_files(skeleton: dict[str, str], tmp_path: Path) -> None:
    for file, why in (("rules.py", "the file is missing"), ("pack.yaml", "must hold pack.yaml")):
        folder = pack_of(skeleton, [], tmp_path / file / "my_law")
        (folder / file).unlink()
        assert why in refusal("pack", "check", folder)
        (folder / file).mkdir()
        assert "folder" in refusal("pack", "check", folder)
    for encoding in ("utf-16", "gb18030"):
        folder = pack_of(skeleton, [], tmp_path / encoding / "my_law")
        (folder / "pack.yaml").write_bytes(("# 长三角\n" + skeleton["pack.yaml"]).encode(encoding))
        assert "not UTF-8" in refusal("pack", "check", folder)


CONTROL = ["a\\nimport os", "a\\rb", "a\\vb", "a\\u0085b", "\\x1b[31m", "\\x00", "\\x7f"]
PLACES = [
    ("rules.py", "the words of qualifies", '"""The firm', '"""The %s firm'),
    ("pack.yaml", "title", 'en: "my-law"', 'en: "law %s"'),
    ("pack.yaml", "ref", '"Act and', '"Act %s and'),
    ("pack.yaml", "jurisdiction", "jurisdiction: CN", 'jurisdiction: "CN %s"'),
    ("parameters.yaml", "title of min_rd_share", 'zh: "研', 'zh: "%s研'),
    ("parameters.yaml", "ref", '"Act, article"', '"Act, %s article"'),
    ("cases.yaml", "a name", "name: three percent exactly passes\n", 'name: "three %s"\n'),
]


@pytest.mark.parametrize("sign", CONTROL)
def test_words_of_a_pack_hold_no_orders_to_a_terminal(sign: str, skeleton: dict[str, str], tmp_path: Path) -> None:
    for number, (file, what, old, new) in enumerate(PLACES):
        if file == "rules.py" and sign in {"a\\nimport os", "a\\rb", "a\\vb", "a\\u0085b"}:
            continue  # a docstring's lines are its two languages: a third is refused, which is tested elsewhere
        folder = pack_of(skeleton, [(file, old, new % sign)], tmp_path / str(number) / "my_law")
        sentence = refusal("pack", "check", folder)
        assert file in sentence
        assert what in sentence or file == "cases.yaml"


@pytest.mark.parametrize(
    "words",
    ["a\\nimport os\\nos.system('touch ran')", "a\\rb", "a\\u2028b", "a\\vb", "a\\x85b", "'''", "\\\\", "#", "{x}"],
)
def test_a_reference_stays_a_comment_of_the_kernel(words: str, skeleton: dict[str, str], tmp_path: Path) -> None:
    folder = pack_of(skeleton, [("rules.py", 'ref="Act"', f'ref="Act {words}"')], tmp_path / "my_law")
    kernel = said("pack", "show", folder, "--kernel")
    plain = said("pack", "show", pack_of(skeleton, [], tmp_path / "plain" / "my_law"), "--kernel")
    assert len(kernel.splitlines()) == len(plain.splitlines())
    comments = [line for line in kernel.splitlines() if line.lstrip().startswith("#")]
    assert len(comments) == 2
    assert "Act" in comments[1]
    frame = pl.DataFrame({"revenue": [100], "rd_expenditure": [3]})
    assert load_pack(folder).assess(frame, on=ON, backend="numpy").frame["outcome"].to_list() == ["yes"]


CATEGORY = """\
kind:
  type: category
  title: {en: "Kind", zh: "种类"}
  definition: {en: "Kind", zh: "种类"}
  values: [%s]
"""


def category_pack(files: Mapping[str, str], members: str, member: str, folder: Path) -> Path:
    changes = [
        ("rules.py", "import Bool,", "import Bool, Category,"),
        ("rules.py", QUALIFIES, "def qualifies(rd_share_met: Bool, kind: Category)"),
        ("rules.py", BODY, f"return rd_share_met and kind == {member}\n"),
    ]
    pack_of(files, changes, folder)
    (folder / "facts.yaml").write_text(CATEGORY % members, encoding="utf-8")
    return folder


def test_members_of_a_category_do_not_become_code(skeleton: dict[str, str], tmp_path: Path) -> None:
    odd = "b'; import os"
    folder = category_pack(skeleton, f'"{odd}", "c\\"d", e', f'"{odd}"', tmp_path / "my_law")
    kernel = said("pack", "show", folder, "--kernel")
    assert "import" not in kernel
    firm = {"revenue": 100, "rd_expenditure": 3}
    for member, outcome in ((odd, "yes"), ('c"d', "no"), ("e", "no")):
        text = said("decide", folder, "--on", ON, "--facts", "-", "--json", text=json.dumps({**firm, "kind": member}))
        assert json.loads(text)["outcome"] == outcome
    assert "not one of" in refusal("decide", folder, "--on", ON, "--facts", "-", text='{"kind": "x\\n"}')
    for number, members in enumerate(('"a\\nb", c', '"\\e[31m", c', "a, a", '"", a')):
        broken = category_pack(skeleton, members, '"c"', tmp_path / str(number) / "my_law")
        assert "facts.yaml" in refusal("pack", "check", broken)


COUNT = '%s:\n  type: count\n  title: {en: "x", zh: "x"}\n  definition: {en: "x", zh: "x"}\n  maximum: "100"\n'


@pytest.mark.parametrize("name", ["fill", "njit", "shape", "numpy", "int", "len", "decide2", "o1"])
def test_a_fact_may_be_called_like_something_of_python(name: str, skeleton: dict[str, str], tmp_path: Path) -> None:
    changes = [
        ("rules.py", "import Bool,", "import Bool, Count,"),
        ("rules.py", QUALIFIES, f"def qualifies(rd_share_met: Bool, {name}: Count)"),
        ("rules.py", BODY, f"return rd_share_met and {name} > 0\n"),
    ]
    folder = pack_of(skeleton, changes, tmp_path / "my_law")
    (folder / "facts.yaml").write_text(COUNT % name, encoding="utf-8")
    frame = pl.DataFrame({"revenue": [100] * 3, "rd_expenditure": [3] * 3, name: [1, 0, None]})
    pack = load_pack(folder)
    backends = ("numpy", "numba") if name in {"fill", "njit"} else ("numpy",)
    for backend in backends:
        assert pack.assess(frame, on=ON, backend=backend).frame["outcome"].to_list() == ["yes", "no", "unknown"]


@pytest.mark.parametrize(
    "name", ["range", "int64", "uint64", "where", "flip", "divide", "decide", "i", "on", "p_x", "a__no", "_1", "if"]
)
def test_a_fact_may_not_be_called_like_something_of_the_kernel(
    name: str, skeleton: dict[str, str], tmp_path: Path
) -> None:
    folder = pack_of(skeleton, [], tmp_path / "my_law")
    (folder / "facts.yaml").write_text(COUNT % name, encoding="utf-8")
    assert "is not a fact's name" in refusal("pack", "check", folder)


# --- the command line itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nosuch",),
        ("decide",),
        ("decide", "stip"),
        ("decide", "stip", "--on", ON),
        ("decide", "stip", "x", "--on", ON, "--facts", "-"),
        ("decide", "stip", "--nosuch"),
        ("pack",),
        ("pack", "nosuch"),
        ("pack", "check"),
        ("replay",),
        ("assess", "x.csv", "--on", ON),
        ("compare", "x.csv", "--pack", "stip"),
        ("decide", "stip", "--on", ON, "--facts", "-", "--language", "de"),
        ("--nosuch",),
        ("bench", "rulebook", "--firms", "x"),
    ],
)
def test_a_wrong_command_line_shows_how(words: tuple[str, ...]) -> None:
    result = corridor(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")
    assert "Traceback" not in result.stderr
    assert "--help" in result.stderr
