"""The front door (`./corridor`), the command line around the commands, and the house rules that no linter can state."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import corridor
from corridor.cli import FrontDoor, main
from corridor.rulebook.errors import Place, TableError

ROOT = Path(__file__).resolve().parents[1]

# --- ./corridor, with a Python that only pretends ---------------------------------------------------------------------

# It writes down what it is asked to do, makes a .venv of two small scripts, and leaves locking to the real one.
STUB = """#!/bin/sh
note() {{ printf '%s\\n' "$*" >>'{log}'; }}
[ "${{1-}}" = -I ] && shift
case "${{1-}}" in
-c)
    case $2 in
    *ensurepip*) [ -f '{no_venv}' ] && exit 4; printf '%s\\n' '{self}' ;;
    *) exec '{real}' -I "$@" ;;
    esac ;;
-m)
    case $2 in
    venv) note venv; sleep {pause}; mkdir -p "$3/bin" && cp '{self}' "$3/bin/python" ;;
    pip)
        for last in "$@"; do :; done
        case "$*" in
        *--editable*) note project
            printf '#!/bin/sh\\nprintf "ran"; printf " <%%s>" "$@"; echo\\n' >"$last/.venv/bin/corridor"
            chmod +x "$last/.venv/bin/corridor" ;;
        *) [ -f '{no_network}' ] && exit 1; note "pip ${{last##*/}}" ;;
        esac ;;
    esac ;;
esac
"""


class Clone:
    """A clone with the real front door and a Python that only pretends to install."""

    def __init__(self, home: Path, *, pause: float = 0) -> None:
        self.home = home
        self.root = home / "a clone"
        (self.root / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "corridor", self.root)
        for name in ("pyproject.toml", "requirements/run.txt", "requirements/test.txt"):
            (self.root / name).write_text(f"# {name}\n")
        self.log, self.no_venv, self.no_network = home / "log", home / "no-venv", home / "no-network"
        self.bin = home / "bin"
        self.bin.mkdir()
        for tool in ("sh", "cat", "cksum", "cp", "mkdir", "mv", "chmod", "readlink", "rm", "sleep"):
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
        stub = self.bin / "python3"
        stub.write_text(
            STUB.format(
                log=self.log,
                no_venv=self.no_venv,
                no_network=self.no_network,
                self=stub,
                real=sys.executable,
                pause=pause,
            )
        )
        stub.chmod(0o755)

    def start(self, *words: str, door: Path | str | None = None, cwd: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(door or self.root / "corridor"), *words],
            cwd=cwd or self.home,
            env={"PATH": str(self.bin)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *words: str, door: Path | str | None = None, cwd: Path | None = None) -> tuple[int, str, str]:
        with self.start(*words, door=door, cwd=cwd) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def done(self) -> list[str]:
        """What was installed since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


FIRST = ["venv", "pip run.txt", "project"]


def test_the_first_call_sets_up_and_the_second_does_not(clone: Clone) -> None:
    code, out, err = clone.call("decide", "two words", "")
    assert (code, out) == (0, "ran <decide> <two words> <>\n")
    assert "making .venv" in err
    assert clone.done() == FIRST
    stamps = {path: path.stat().st_mtime_ns for path in clone.root.glob(".venv/.stamp-*")}
    assert len(stamps) == 2
    assert clone.call("--help") == (0, "ran <--help>\n", "")
    assert clone.done() == []
    assert stamps == {path: path.stat().st_mtime_ns for path in clone.root.glob(".venv/.stamp-*")}


def test_only_the_tests_install_what_the_tests_need(clone: Clone) -> None:
    clone.call()
    assert clone.done() == FIRST
    assert clone.call("test", "-k", "x")[1] == "ran <test> <-k> <x>\n"
    assert clone.done() == ["pip test.txt"]
    clone.call("test")
    assert clone.done() == []


@pytest.mark.parametrize(
    ("file", "again"),
    [("requirements/run.txt", FIRST), ("pyproject.toml", ["project"]), ("requirements/test.txt", [])],
)
def test_a_changed_file_repeats_only_what_depends_on_it(clone: Clone, file: str, again: list[str]) -> None:
    clone.call()
    clone.done()
    (clone.root / file).write_text("# changed\n")
    clone.call()
    assert clone.done() == again


def test_it_works_through_links_and_from_another_folder(clone: Clone) -> None:
    (clone.home / "far").mkdir()
    (clone.home / "far/absolute").symlink_to(clone.root / "corridor")
    (clone.home / "far/relative").symlink_to("absolute")
    for door in (clone.home / "far/absolute", clone.home / "far/relative", "./relative"):
        assert clone.call("x", door=door, cwd=clone.home / "far")[:2] == (0, "ran <x>\n")
    assert clone.done() == FIRST


def test_a_moved_clone_is_set_up_again(clone: Clone) -> None:
    clone.call()
    clone.done()
    clone.root = clone.root.rename(clone.home / "moved")
    assert clone.call()[0] == 0
    assert clone.done() == FIRST


def test_a_vanished_python_is_replaced(clone: Clone) -> None:
    clone.call()
    clone.done()
    python = clone.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to(clone.home / "gone")
    assert clone.call()[0] == 0
    assert clone.done() == FIRST


def test_a_failed_install_leaves_no_stamp(clone: Clone) -> None:
    clone.no_network.touch()
    code, out, err = clone.call("x")
    assert (code, out) == (2, "")
    assert "could not be installed" in err
    assert not list(clone.root.glob(".venv/.stamp-*"))
    clone.no_network.unlink()
    clone.done()
    assert clone.call("x")[:2] == (0, "ran <x>\n")
    assert clone.done() == FIRST


def test_two_first_calls_set_up_once(tmp_path: Path) -> None:
    clone = Clone(tmp_path, pause=0.3)
    with clone.start("a") as one, clone.start("b") as two:
        said = [process.communicate() for process in (one, two)]
    assert [out for out, _ in said] == ["ran <a>\n", "ran <b>\n"]
    assert clone.done() == FIRST


def test_a_python_without_venv_is_named_with_the_remedy(clone: Clone) -> None:
    clone.no_venv.touch()
    code, out, err = clone.call()
    assert (code, out) == (2, "")
    assert "apt install python3-venv" in err
    assert err.count("\n") == 1


def test_no_python_is_said_in_one_sentence(clone: Clone) -> None:
    (clone.bin / "python3").unlink()
    code, out, err = clone.call()
    assert (code, out) == (2, "")
    assert "needs Python 3.11 or later" in err
    assert err.count("\n") == 1


# --- the command line around the commands -----------------------------------------------------------------------------


def test_help_imports_no_command_and_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from corridor.cli import main\n"
        "try: main(['--help'], prog_name='corridor')\n"
        "except SystemExit as end: assert not end.code\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "Decide one case" in done.stdout
    assert not loaded & {"numpy", "polars", "numba", "llvmlite", "yaml", "django", "corridor.rulebook"}
    assert {name for name in loaded if name.startswith("corridor.cli.")} == set()


def test_version_is_the_package_s() -> None:
    done = subprocess.run([sys.executable, "-m", "corridor", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"corridor {corridor.__version__}\n"


@pytest.mark.parametrize(("wrong", "right"), [("decid", "decide"), ("asess", "assess"), ("tset", "test")])
def test_an_unknown_command_suggests_the_nearest(wrong: str, right: str) -> None:
    result = CliRunner().invoke(main, [wrong])
    assert result.exit_code == 2
    assert f"Did you mean '{right}'?" in result.stderr


def test_an_unknown_command_like_no_other_lists_them() -> None:
    result = CliRunner().invoke(main, ["xyzzy"])
    assert result.exit_code == 2
    assert "There are: decide, interview" in result.stderr


def run_failing(work: Callable[[], object]) -> Result:
    """Run a command line whose one command does this."""
    group = FrontDoor("corridor")
    group.add_command(click.Command("work", callback=work))
    return CliRunner().invoke(group, ["work"])


def raiser(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            TableError("the amount is not a number.", at=Place("firms.csv", 7), remedy="Write 12.50."),
            2,
            "corridor: firms.csv, line 7: the amount is not a number. Write 12.50.\n",
        ),
        (FileNotFoundError(2, "x", "firm.json"), 2, "corridor: firm.json: there is no such file or folder.\n"),
        (PermissionError(13, "x", "firm.json"), 2, "corridor: firm.json: permission denied.\n"),
        (OSError(28, "x"), 2, "corridor: the output: the disk is full; free some space and try again.\n"),
        (OSError(5, "Input/output error", "a"), 2, "corridor: a: Input/output error.\n"),
        (MemoryError(), 2, "corridor: there is not enough memory for this.\n"),
        (EOFError(), 2, "\ncorridor: the input ended before the last answer.\n"),
        (KeyboardInterrupt(), 130, "\n"),
        (click.ClickException("no."), 2, "Error: no.\n"),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(error: BaseException, code: int, said: str) -> None:
    result = run_failing(raiser(error))
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", said)


def test_a_fault_of_ours_asks_for_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORRIDOR_DEBUG", raising=False)
    result = run_failing(raiser(ZeroDivisionError("1 / 0")))
    assert result.exit_code == 70
    assert "ZeroDivisionError: 1 / 0" in result.stderr
    assert "Please report it" in result.stderr
    assert "Traceback" not in result.stderr
    monkeypatch.setenv("CORRIDOR_DEBUG", "1")
    assert "Traceback" in run_failing(raiser(ZeroDivisionError("1 / 0"))).stderr


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (0, 0), (1, 1), (True, 0)])
def test_a_command_may_return_its_exit_code(answer: object, code: int) -> None:
    assert run_failing(lambda: answer).exit_code == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_output_is_said_without_a_traceback() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "corridor", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        "corridor: the output: the disk is full; free some space and try again.\n",
    )


def test_a_closed_pipe_is_silent() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "corridor", "--help"], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")


# --- house rules ------------------------------------------------------------------------------------------------------

CLOCKS = {"today", "now", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
CLOCK_MODULES = {"time", "datetime", "date"}


def clock_reads(source: str) -> list[int]:
    """Lines that ask what day or time it is."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Attribute(value=ast.Name(id=owner), attr=name)
                | ast.Attribute(value=ast.Attribute(attr=owner), attr=name)
            ) if name in CLOCKS and owner in CLOCK_MODULES:
                # `datetime.date` and the like are types, not clocks: only what tells the time is in CLOCKS.
                if (owner, name) != ("datetime", "time"):
                    lines.append(node.lineno)
            case ast.Import(names=names) if any(name.name == "time" for name in names):
                lines.append(node.lineno)
            case ast.ImportFrom(module="time"):
                lines.append(node.lineno)
            case _:
                pass
    return sorted(set(lines))


def test_the_rulebook_has_no_clock_of_its_own() -> None:
    folder = ROOT / "src/corridor/rulebook"
    found = {
        f"{path.name}:{line}" for path in folder.rglob("*.py") for line in clock_reads(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "source", ["import time", "from time import monotonic", "date.today()", "datetime.datetime.now()"]
)
def test_the_search_for_clocks_finds_them(source: str) -> None:
    assert clock_reads(source) == [1]


def test_no_lock_file_holds_an_address_or_a_path() -> None:
    for name in ("run.in", "run.txt", "test.in", "test.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text


def test_the_locks_agree_and_every_pin_has_a_hash() -> None:
    pins: dict[str, set[str]] = {}
    for name in ("run.txt", "test.txt"):
        here: dict[str, list[str]] = {}
        blocks = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        for block in filter(str.strip, blocks):
            assert "--hash=sha256:" in block, block
            package, _, rest = block.partition("==")
            here.setdefault(package, []).append(rest.split("--hash")[0].strip())
        for package, versions in here.items():
            if package in pins:
                assert pins[package] == set(versions), package
            pins[package] = set(versions)
    assert {"click", "numpy", "numba", "polars", "pyyaml", "flit-core", "pytest", "ruff", "mypy"} <= pins.keys()
