"""`corridor test`: style, types, layers and tests of a clone, in one go."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import click

import corridor

TOOLS = ("ruff", "mypy", "importlinter", "pytest", "xdist", "hypothesis", "jsonschema")
MOST_WORKERS = 4


def _clone() -> Path:
    """Find the clone that this package is installed from."""
    root = Path(corridor.__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file() or not (root / "tests").is_dir():
        raise click.ClickException("the tests are not part of an installed Corridor; run ./corridor test in a clone.")
    return root


def _workers() -> list[str]:
    """Spread the whole suite over the processors; a part that was asked for by name runs in one process."""
    count = min(os.cpu_count() or 1, MOST_WORKERS)
    return ["-n", str(count)] if count > 1 else []


def _steps(pytest_args: tuple[str, ...], only_tests: bool) -> list[tuple[str, list[str]]]:
    python = [sys.executable, "-m"]
    lint_imports = str(Path(sys.executable).parent / "lint-imports")
    lints = [
        ("style: ruff check", [*python, "ruff", "check"]),
        ("layout: ruff format --check", [*python, "ruff", "format", "--check"]),
        ("types: mypy", [*python, "mypy"]),
        ("layers: lint-imports", [lint_imports]),
    ]
    tests = ("tests: pytest", [*python, "pytest", *(pytest_args or _workers())])
    return [tests] if only_tests else [*lints, tests]


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--only-tests", is_flag=True, help="Run pytest alone.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def test(pytest_args: tuple[str, ...], only_tests: bool) -> int:
    """Check style, types and layers of a clone, then run its tests.

    PYTEST_ARGS go to pytest; paths count from the root of the clone. Every step runs even if an earlier one failed;
    the exit code is 0 only if all passed.

    \b
    Examples:
      ./corridor test
      ./corridor test --only-tests -k decide
    """
    root = _clone()
    missing = [tool for tool in TOOLS if importlib.util.find_spec(tool) is None]
    if missing:
        raise click.ClickException(f"{', '.join(missing)} not installed; run ./corridor test, which installs them.")
    failed: list[str] = []
    for name, command in _steps(pytest_args, only_tests):
        click.echo(f"== {name}")
        start = time.monotonic()
        code = subprocess.run(command, cwd=root, check=False).returncode
        if code:
            failed.append(name)
            click.echo(f"== {name} FAILED (exit {code}, {time.monotonic() - start:.1f} s)")
    click.echo(f"corridor test: FAILED: {'; '.join(failed)}" if failed else "corridor test: all passed")
    return 1 if failed else 0
