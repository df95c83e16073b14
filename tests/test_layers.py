from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PACKAGES, ROOT, pyproject

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def skeleton(tmp_path) -> Path:
    """Five packages that import nothing, under the project's own contract."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "part.py").touch()
    return tmp_path


def test_imports_go_one_way():
    run = lint_imports(ROOT)

    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("corpus", "index"),
        ("index", "rag"),
        ("rag", "service"),
        ("rag", "eval"),
        ("eval", "service"),
    ],
)
def test_the_contract_notices_an_import_the_other_way(skeleton, importer, imported):
    (skeleton / importer / "part.py").write_text(f"import {imported}.part\n", encoding="utf-8")

    run = lint_imports(skeleton)

    assert run.returncode == 1
    assert f"{importer} is not allowed to import {imported}" in run.stdout


def test_the_contract_allows_imports_leftwards(skeleton):
    (skeleton / "service" / "part.py").write_text("import rag.part\n", encoding="utf-8")
    (skeleton / "rag" / "part.py").write_text("import index.part, corpus.part\n", encoding="utf-8")

    assert lint_imports(skeleton).returncode == 0


def test_lint_types_and_layers_cover_the_same_five_packages():
    tools = pyproject()["tool"]

    assert set(tools["mypy"]["packages"]) == set(PACKAGES)
    assert set(tools["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
