"""A kernel cache that is not the user's, and small files to hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.tools import corridor

WriteText = Callable[[str, str | bytes], Path]


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this run, shared by its workers: no test reads or fills the user's."""
    home = tmp_path_factory.getbasetemp()
    home = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRIDOR_CACHE", str(home / "corridor-cache"))
        for name in ("CORRIDOR_PACKS", "CORRIDOR_DEBUG"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def write(tmp_path: Path) -> WriteText:
    """Write a file of this test."""

    def write(name: str, text: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


@pytest.fixture(scope="session")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a pack that `corridor pack new my-law` writes, by name."""
    shelf = tmp_path_factory.mktemp("shelf")
    assert corridor("pack", "new", "my-law", "--in", shelf).exit_code == 0
    return {file.name: file.read_text(encoding="utf-8") for file in (shelf / "my_law").iterdir()}
