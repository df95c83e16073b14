from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from eval.command import app
from index.reader_file import read_facts
from tests.eval.reader.conftest import ANSWERED, PAIRS, written


@pytest.fixture
def ibid_eval_reader(tmp_path, store, models, monkeypatch):
    """Run the command over the index and the questions."""
    rows = {
        "answered": [written(*row) for row in ANSWERED],
        "twins": [written(twin, file, sentence) for twin, _, file, sentence in PAIRS],
        "doubles": [written(double, file, "") for _, double, file, _ in PAIRS],
    }
    paths = {name: tmp_path / f"{name}.jsonl" for name in rows}
    for name, path in paths.items():
        path.write_text("".join(json.dumps(row) + "\n" for row in rows[name]), encoding="utf-8")
    monkeypatch.setattr("rag.models.Models.load", lambda: models)
    monkeypatch.setenv("COLUMNS", "90")
    places = [paths["answered"], "--twins", paths["twins"], "--near-misses", paths["doubles"]]
    places += ["--store", store, "--work", tmp_path / "work", "--out", tmp_path / "r.safetensors"]
    return lambda *words: CliRunner().invoke(app, ["reader", *map(str, [*places, *words])])


def test_questions_over_an_index_become_a_reader_that_was_examined(ibid_eval_reader, tmp_path):
    result = ibid_eval_reader("--without", "rails.txt", "--batches", 3, "--seed", 7)

    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    facts = read_facts(tmp_path / "r.safetensors")
    assert result.exit_code == 0, result.output
    assert lines[0].startswith("2 answered questions and 2 pairs learnt from; reader: ")
    assert "┃ measure ┃ n ┃ before ┃ after ┃ difference ┃" in lines
    assert any(line.startswith("│ the best sentence answers │ 1 │") for line in lines)
    assert any(line.startswith("│ twins above doubles │ 1 │") for line in lines)
    assert facts.trained_on == ("bread.txt", "letters.md")
    assert [facts.trained_by[name] for name in ("batches", "seed")] == [3, 7]


def test_a_document_that_is_not_there_is_told_of_in_one_line(ibid_eval_reader, tmp_path):
    result = ibid_eval_reader("--without", "rail.txt")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: found 'rail.txt' to be kept out")
    assert not (tmp_path / "r.safetensors").exists()
