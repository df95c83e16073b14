from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from eval.tuning.command import tune as command
from eval.tuning.run import Outcome


@pytest.fixture
def ibid_tune(tmp_path):
    """Run the command over an empty book."""
    app = typer.Typer()
    app.command()(command)
    (tmp_path / "book.txt").write_text("", encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text("", encoding="utf-8")
    places = [tmp_path / "book.txt", tmp_path / "questions.jsonl", "--work", tmp_path / "work"]
    return lambda *words: CliRunner().invoke(app, [str(word) for word in (*places, *words)])


def test_the_adapter_to_go_on_from_is_told_on_the_command_line(ibid_tune, monkeypatch):
    tasks = []

    def run(task, _progress):
        tasks.append(task)
        task.work.mkdir(exist_ok=True)
        return Outcome(0, {}, {})

    monkeypatch.setattr("eval.tuning.run.tune", run)

    codes = [ibid_tune(*words).exit_code for words in ((), ("--start", "scholarly"))]

    assert codes == [0, 0]
    assert [task.start for task in tasks] == [None, Path("scholarly")]


def test_a_start_that_is_missing_is_told_of_before_anything_is_indexed(ibid_tune, tmp_path):
    result = ibid_tune("--start", tmp_path / "none.safetensors")

    assert result.exit_code == 1
    assert "found no such file, expected an adapter" in result.stderr
    assert not (tmp_path / "work").exists()
