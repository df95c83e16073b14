from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project import PACKAGES, ROOT, pyproject


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return next(folder.glob("*.whl"))


def shipped() -> set[str]:
    """Name every file of the five packages."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert {name for name in names if ".dist-info/" not in name} == shipped()


def test_the_wheel_holds_the_sample_the_weights_the_pages_and_the_cases(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    for pattern in (r"corpus/sample/.*\.txt", r"rag/weights/.*\.json", r"service/web/.*\.html",
                    r"eval/cases/.*\.jsonl"):  # fmt: skip
        assert any(re.fullmatch(pattern, name) for name in names), pattern


def test_the_wheel_works_without_the_source_tree(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    probe = (
        "import sys; from pathlib import Path; sys.path.insert(0, str(Path.cwd()))\n"
        "import service.cli\n"
        "assert Path(service.cli.__file__).is_relative_to(Path.cwd()), service.cli.__file__\n"
        "sys.exit(service.cli.main(['eval', 'check', 'eval/cases']))"
    )
    command = [sys.executable, "-P", "-c", probe]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert "no fault found" in run.stdout


def test_the_change_log_opens_with_the_version_of_the_distribution():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(r"^## (\S+)", text, flags=re.MULTILINE)

    assert heading is not None
    assert heading[1] == pyproject()["project"]["version"]
