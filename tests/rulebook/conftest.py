"""Helpers: small packs written for one test, each on a shelf of its own; and a kernel cache that is not the user's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from toy_pack import FACTS, IMPORT, PACK, PARAMETERS, WritePack

settings.register_profile("corridor", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("corridor")


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this run, shared by its workers: no test reads or fills the user's."""
    home = tmp_path_factory.getbasetemp()
    home = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRIDOR_CACHE", str(home / "corridor-cache"))
        patch.delenv("CORRIDOR_PACKS", raising=False)
        yield


@pytest.fixture(scope="session")
def write_pack(tmp_path_factory: pytest.TempPathFactory) -> WritePack:
    """Write the pack ``toy`` on a shelf of its own and give its folder.

    ``rules`` is everything below the import; ``parameters`` and ``facts`` replace the usual ones, ``more_parameters``
    and ``own_facts`` come on top; other words replace a line of pack.yaml (None leaves it out).
    """

    def write(
        rules: str,
        *,
        parameters: str = PARAMETERS,
        more_parameters: str = "",
        facts: str = FACTS,
        own_facts: str | None = None,
        cases: str | None = None,
        **lines: str | None,
    ) -> Path:
        shelf = tmp_path_factory.mktemp("shelf")
        folder = shelf / "toy"
        folder.mkdir()
        (shelf / "toy.facts.yaml").write_text(facts, encoding="utf-8")
        pack = {**PACK, **lines}
        files = {
            "pack.yaml": "".join(f"{key}: {value}\n" for key, value in pack.items() if value is not None),
            "rules.py": IMPORT + rules,
            "parameters.yaml": parameters + more_parameters,
            "facts.yaml": own_facts,
            "cases.yaml": cases,
        }
        for name, text in files.items():
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
