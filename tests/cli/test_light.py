"""`corridor decide` stays light, and nothing needs a home, a writable cache or a second compilation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli.tools import FIRM, ON, TABLE, environment, program

HEAVY = {"django", "polars", "numba", "llvmlite", "numpy"}
ASSESS = ("assess", TABLE, "--pack", "stip", "--on", ON)


def modules_after(*words: object, text: str = "") -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = (
        "import sys\nfrom corridor.cli import main\n"
        "try: main(sys.argv[1:], prog_name='corridor')\n"
        "except SystemExit as end: assert end.code in (0, None), end.code\n"
        "print('\\nMODULES', *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        input=text, capture_output=True, text=True, encoding="utf-8", env=environment(), check=True,
    )  # fmt: skip
    return set(done.stdout.rpartition("\nMODULES ")[2].split())


@pytest.mark.parametrize(
    "words",
    [
        ("decide", "stip", "--on", ON, "--facts", str(FIRM)),
        ("decide", "hnte-2016", "--on", ON, "--facts", str(FIRM), "--json", "--set", "pass_mark=60@2024-01-01"),
        ("interview", "stip", "--on", ON),
        ("pack", "check", "stip"),
        ("pack", "show", "hnte-2016", "--kernel"),
    ],
)
def test_one_firm_needs_no_arrays(words: tuple[str, ...]) -> None:
    loaded = modules_after(*words, text="\n" * 9)
    assert "corridor.rulebook.pack" in loaded
    assert not {name.partition(".")[0] for name in loaded} & HEAVY


def test_the_import_needs_no_arrays_either() -> None:
    code = "import sys, corridor.rulebook; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & HEAVY


@pytest.mark.parametrize(
    "changes",
    [
        {"HOME": None, "XDG_CACHE_HOME": None, "CORRIDOR_CACHE": None},
        {"HOME": "/proc/nosuch", "XDG_CACHE_HOME": None, "CORRIDOR_CACHE": None},
        {"HOME": "", "CORRIDOR_CACHE": str(FIRM / "cache")},
        {"PATH": None, "LANG": None, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_decide_needs_no_home(changes: dict[str, str | None], tmp_path: Path) -> None:
    done = program("decide", "stip", "--on", ON, "--facts", FIRM, "--json", env=environment(**changes), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_assess_with_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    env = environment(CORRIDOR_CACHE=str(FIRM / "cache"), TMPDIR=str(tmp_path))
    done = program(*ASSESS, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("stip: 1,020 yes, 788 no, 192 cannot tell, of 2,000 rows\n")
    assert list(tmp_path.iterdir()) == []  # what was compiled for this process alone is gone


def test_assess_as_a_user_without_a_home(tmp_path: Path) -> None:
    code = (
        "import os, pwd, sys\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody\n"
        "from corridor.cli import main\n"
        "main(sys.argv[1:], prog_name='corridor')"
    )
    env = environment(HOME=None, XDG_CACHE_HOME=None, CORRIDOR_CACHE=None, TMPDIR=str(tmp_path))
    words = [sys.executable, "-c", code, *map(str, ASSESS)]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", env=env, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def kernels(cache: Path) -> dict[str, tuple[int, int]]:
    """The files of a cache, each with what would change if it were written again."""
    files = [file for file in cache.rglob("*") if file.is_file()]
    return {str(file.relative_to(cache)): (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


def test_the_second_process_compiles_nothing_and_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    env = environment(CORRIDOR_CACHE=str(cache))
    first = program(*ASSESS, env=env)
    written = kernels(cache)
    assert {Path(name).suffix for name in written} >= {".py", ".nbi", ".nbc"}
    assert (cache / "kernels").stat().st_mode & 0o077 == 0
    env["NUMBA_DEBUG_CACHE"] = "1"
    second = program(*ASSESS, env=env)
    assert kernels(cache) == written
    assert "data loaded from" in second.stdout
    assert "data saved to" not in second.stdout
    assert second.stdout.endswith(first.stdout)

    for file in cache.rglob("*.nbi"):
        file.write_bytes(file.read_bytes()[:100])
    damaged = program(*ASSESS, env=environment(CORRIDOR_CACHE=str(cache)))
    assert (damaged.returncode, damaged.stdout, damaged.stderr) == (0, first.stdout, "")
    for file in cache.rglob("*.py"):
        file.write_bytes(b"\xff")
    damaged = program(*ASSESS, env=environment(CORRIDOR_CACHE=str(cache)))
    assert (damaged.returncode, damaged.stdout, damaged.stderr) == (0, first.stdout, "")


def test_a_cache_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "tmp"
    (cache / "kernels").mkdir(parents=True)
    (cache / "kernels").chmod(0o777)
    temporary.mkdir()
    done = program(*ASSESS, env=environment(CORRIDOR_CACHE=str(cache), TMPDIR=str(temporary)))
    assert done.returncode == 0
    assert kernels(cache) == {}
    assert list(temporary.iterdir()) == []


def test_the_working_folder_may_be_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    words = [sys.executable, "-P", "-m", "corridor", "decide", "stip", "--on", ON, "--facts", str(FIRM), "--json"]
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && "$@"', "sh", *words], cwd=gone, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_installed_command_is_the_same_program() -> None:
    script = Path(sys.executable).with_name("corridor")
    if not script.exists():
        pytest.skip("corridor is not installed beside this Python")
    words = ["decide", "stip", "--on", ON, "--facts", str(FIRM), "--json"]
    done = subprocess.run([script, *words], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, program(*words).stdout, "")


def test_closed_and_full_outputs() -> None:
    words = [sys.executable, "-m", "corridor", "decide", "stip", "--on", ON, "--facts"]
    closed = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *words, "-"], capture_output=True, check=False)
    assert (closed.returncode, closed.stdout) == (2, b"")
    assert b"standard input is closed" in closed.stderr
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            said = subprocess.run([*words, str(FIRM), "--json"], stdout=full, stderr=subprocess.PIPE, check=False)
        assert said.returncode == 2
        assert said.stderr == b"corridor: the output: the disk is full; free some space and try again.\n"


@pytest.mark.parametrize("terminal", ["latin-1", "ascii", "gb18030"])
def test_a_terminal_without_all_letters_still_gets_its_text(terminal: str) -> None:
    words = [sys.executable, "-m", "corridor", "decide", "stip", "--on", ON, "--facts", str(FIRM), "--language", "zh"]
    env = environment(PYTHONIOENCODING=terminal)
    done = subprocess.run(words, capture_output=True, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"1,057,500.00" in done.stdout
