from __future__ import annotations

import re
import subprocess
import sys

import pytest

from corpus.catalog import load_catalog
from index.build import build
from service.cli import COMMANDS
from service.commands.group import ELSEWHERE
from tests.project import PACKAGES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "corpus" / "sample"


@pytest.mark.model
def test_the_answer_in_the_readme_is_the_answer(tmp_path):
    build(tmp_path, [SAMPLE], catalog=load_catalog(SAMPLE / "catalog.toml"))

    command = [sys.executable, "scripts/readme.py", str(tmp_path), "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


def test_the_readme_names_every_command():
    named = set(re.findall(r"^    ibid (\w+)", README, flags=re.MULTILINE))

    assert named == {command.__name__ for command in COMMANDS} | set(ELSEWHERE)


def test_the_readme_has_a_row_for_every_package():
    assert set(re.findall(r"^\| `(\w+)/` \|", README, flags=re.MULTILINE)) == set(PACKAGES)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_make_command_that_is_named_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, flags=re.MULTILINE))

    assert named - set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE)) == set()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_that_is_linked_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)

    assert [link for link in links if not (ROOT / link).exists()] == []
