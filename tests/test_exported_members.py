from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests.project import PACKAGES, ROOT, modules


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


EXPORTING = [
    dotted(path)
    for package in PACKAGES
    for path in modules(package)
    if "__all__" in path.read_text(encoding="utf-8")
]
INITS = [path for package in PACKAGES for path in modules(package) if path.name == "__init__.py"]


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order that ruff's RUF022 asks for."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, name


@pytest.mark.parametrize("name", EXPORTING)
def test_exported_members_are_sorted_and_there(name):
    module = importlib.import_module(name)

    assert module.__all__ == sorted(module.__all__, key=order)
    assert [member for member in module.__all__ if not hasattr(module, member)] == []


@pytest.mark.parametrize("path", INITS, ids=dotted)
def test_a_package_opens_with_its_one_job_and_holds_no_logic(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body

    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert all(isinstance(node, ast.Import | ast.ImportFrom) or is_all(node) for node in body[1:])


@pytest.mark.parametrize("path", INITS, ids=dotted)
def test_what_a_package_imports_into_its_name_space_it_exports(path):
    imported = {
        alias.asname or alias.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    module = importlib.import_module(dotted(path))

    assert imported <= set(getattr(module, "__all__", ()))


def is_all(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return all(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)
