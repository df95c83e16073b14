from __future__ import annotations

import subprocess
import sys

import pytest

from tests.index.conftest import TEXTS, TinyStore, tiny_exporter
from tests.project import PACKAGES, ROOT, SLOW, modules

COMMANDS = """
import sys
from service.cli import main

store, question = sys.argv[1:]
for arguments in (
    ["ask", question],
    ["ask", question, "--json"],
    ["search", question],
    ["documents"],
    ["notes", "bread.txt"],
    ["status"],
):
    code = main([*arguments, "--store", store])
    assert code == 0, arguments
"""


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Run code in a process of its own, and name the slow packages that it loaded."""
    probe = f"{code}\nprint('loaded', *sorted({SLOW!r} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", probe, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_never_loads_the_model_stack(package):
    assert loaded_by(f"import sys, {package}") == set()


def test_importing_every_module_never_loads_the_model_stack():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in PACKAGES
        for path in modules(package)
        if path.name not in {"__init__.py", "__main__.py"}
    ]
    assert len(names) > len(PACKAGES)

    assert loaded_by(f"import sys, {', '.join(names)}") == set()


def test_no_command_that_reads_an_index_loads_the_model_stack(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    store = TinyStore(tmp_path / "store", tiny_exporter(24))
    store.index(folder)

    assert loaded_by(COMMANDS, str(store.path), "How many sacks did the miller count?") == set()
