"""Commands that belong to packages the service does not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.cli import main

PLUGIN = """
import typer

print("imported")
app = typer.Typer()


@app.command()
def measure(cases: list[str], json: str = ""):
    "Measure things."
    print(f"measured {cases} into {json!r}")
    raise {error}
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution that holds the command ``eval``, as a wheel would."""

    def make(source: str) -> None:
        (tmp_path / "foreign_commands.py").write_text(source, encoding="utf-8")
        info = tmp_path / "foreign-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[ibid.commands]\neval = foreign_commands:app\n")
        # In front of all else, and not beside it: the project itself may be installed.
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        monkeypatch.delitem(sys.modules, "foreign_commands", raising=False)

    return make


def test_a_command_from_elsewhere_takes_its_own_arguments(install, capsys):
    install(PLUGIN.replace("raise {error}", "pass"))

    code = main(["eval", "a.jsonl", "b.jsonl", "--json", "out"])

    assert code == 0
    assert capsys.readouterr().out == "imported\nmeasured ['a.jsonl', 'b.jsonl'] into 'out'\n"


def test_a_command_from_elsewhere_may_be_a_plain_function(install, capsys):
    install("def app(cases: list[str]):\n    print(cases)\n")

    assert main(["eval", "a.jsonl"]) == 0
    assert capsys.readouterr().out == "['a.jsonl']\n"


def test_help_names_it_without_importing_it(install, capsys):
    install(PLUGIN)

    main(["--help"])

    out = capsys.readouterr().out
    assert "eval       Measure the answers on cases with known facts." in out
    assert "imported" not in out


def test_its_exit_code_is_the_commands_exit_code(install):
    install(PLUGIN.replace("{error}", "typer.Exit(3)"))

    assert main(["eval", "a.jsonl"]) == 3


def test_its_misuse_is_one_line(install, capsys):
    install(PLUGIN)

    code = main(["eval", "--nonsense"])

    assert code == 2
    assert capsys.readouterr().err == (
        "error: No such option: --nonsense; see 'ibid eval --help'\n"
    )


def test_a_command_that_is_not_installed_says_how_to_install_it(capsys, monkeypatch):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())

    code = main(["eval", "a.jsonl"])

    assert code == 1
    assert capsys.readouterr().err.startswith("error: found no package with the command 'eval', ")


@pytest.mark.parametrize(
    ("code", "foreign"),
    [
        pytest.param("import service.cli", "fastapi rich pydantic numpy torch", id="the command"),
        pytest.param("import rag.assistant", "fastapi torch transformers", id="asking"),
        pytest.param("import service.app", "torch transformers eval", id="the application"),
    ],
)
def test_what_is_imported_stays_small(code, foreign):
    probe = f"import sys; {code}; print(*sorted(set({foreign.split()!r}) & sys.modules.keys()))"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert run.stdout.split() == []
