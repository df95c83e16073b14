from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from eval import command
from index.errors import NoStore


@pytest.fixture
def case_file(tmp_path, cases):
    path = tmp_path / "mill.jsonl"
    rows = []
    for case in cases:
        row = {k: v for k, v in asdict(case).items() if k not in ("file", "line")}
        row["evidence"] = [
            [{k: v for k, v in span.items() if v is not None} for span in group]
            for group in row["evidence"]
        ]
        rows.append(json.dumps(row))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def ibid_eval(monkeypatch, shelf):
    """Run the command with someone in the assistant's place."""

    def run(*words, respondent=None, typed=None):
        @contextmanager
        def opened(store):
            if respondent is None:
                raise NoStore(store, "nothing")
            respondent.index = SimpleNamespace(documents=shelf, manifest={"model": "none"})
            yield respondent

        monkeypatch.setattr(command, "_open", opened)
        return CliRunner().invoke(command.app, [str(word) for word in words], input=typed)

    return run


def test_cases_are_run_without_naming_a_command(ibid_eval, case_file, perfect):
    result = ibid_eval(case_file, respondent=perfect)

    assert result.exit_code == 0
    assert "4 cases" in result.stdout
    assert "by kind" in result.stdout


def test_options_may_come_before_the_cases(ibid_eval, case_file, perfect, tmp_path):
    result = ibid_eval("--json", tmp_path / "run.json", case_file, respondent=perfect)

    assert result.exit_code == 0
    assert json.loads((tmp_path / "run.json").read_text())["format"] == 1


def test_json_to_stdout_is_all_there_is_on_stdout(ibid_eval, case_file, perfect):
    result = ibid_eval(case_file, "--json", "-", respondent=perfect)

    assert len(json.loads(result.stdout)["results"]) == 4
    assert "by kind" in result.stderr


def test_a_page_is_written(ibid_eval, case_file, perfect, tmp_path):
    result = ibid_eval(case_file, "--report", tmp_path / "run.html", respondent=perfect)

    assert result.exit_code == 0
    assert (tmp_path / "run.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(("gate", "code"), [("--gate", 1), ("--no-gate", 0)])
def test_a_fall_against_the_baseline_fails_unless_it_is_allowed(
    ibid_eval, case_file, perfect, mute, tmp_path, gate, code
):
    old = tmp_path / "old.json"
    ibid_eval(case_file, "--json", old, "--no-texts", respondent=perfect)

    result = ibid_eval(case_file, "--baseline", old, gate, respondent=mute)

    assert result.exit_code == code
    assert "worse: 3 cases" in result.stdout
    assert "trust fell from 1.000 to 0.250, expected a fall of at most 0.030" in result.stderr


def test_the_same_answers_pass_the_gate(ibid_eval, case_file, perfect, tmp_path):
    old = tmp_path / "old.json"
    ibid_eval(case_file, "--json", old, "--no-texts", respondent=perfect)

    assert ibid_eval(case_file, "--baseline", old, respondent=perfect).exit_code == 0


def test_a_missing_store_is_one_line_and_a_failure(ibid_eval, case_file):
    result = ibid_eval(case_file, "--store", "nowhere")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: 'nowhere': found nothing, expected an index")
    assert result.stderr.count("\n") == 1


def test_a_bad_case_file_is_a_failure_that_names_the_line(ibid_eval, perfect, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text("{", encoding="utf-8")

    result = ibid_eval(path, respondent=perfect)

    assert result.exit_code == 1
    assert "bad.jsonl:1: found no JSON" in result.stderr


def test_a_case_that_crashes_is_a_failure_after_the_report(ibid_eval, case_file, scripted):
    result = ibid_eval(case_file, respondent=scripted({}))

    assert result.exit_code == 1
    assert "by kind" in result.stdout
    assert "failed with LookupError" in result.stdout


def test_an_unknown_option_is_misuse(ibid_eval, case_file):
    assert ibid_eval(case_file, "--loudly").exit_code == 2


def test_cases_are_checked_against_the_index(ibid_eval, case_file, perfect, tmp_path):
    good = ibid_eval("check", case_file, "--store", tmp_path, respondent=perfect)
    case_file.write_text(case_file.read_text().replace("412", "413"), encoding="utf-8")
    bad = ibid_eval("check", case_file, "--store", tmp_path, respondent=perfect)

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "4 cases, no fault found" in good.stdout
    assert "mill.jsonl:1: facts: found '413' nowhere in the evidence" in bad.stderr


def test_without_an_index_the_form_alone_is_checked(ibid_eval, case_file, tmp_path):
    result = ibid_eval("check", case_file, "--store", tmp_path / "none")

    assert result.exit_code == 0
    assert "the form alone was checked" in result.stderr


def test_cases_that_cannot_be_checked_are_counted(ibid_eval, case_file, perfect, tmp_path):
    elsewhere = case_file.read_text().replace("mill.txt", "other.txt")
    case_file.write_text(elsewhere, encoding="utf-8")

    result = ibid_eval("check", case_file, "--store", tmp_path, respondent=perfect)

    assert "4 of them ask of documents that are not there" in result.stderr


def test_a_case_is_written_at_the_terminal(ibid_eval, scripted, answered, book, tmp_path):
    words = "In autumn the mill burned."
    respondent = scripted({"What burned?": (answered(words), (book.passage(words),))})
    path = tmp_path / "mine.jsonl"
    typed = "\n".join(["What burned?", "1", "", "", "", "The mill.", "mill", "", ""])

    result = ibid_eval("new", path, respondent=respondent, typed=typed)

    assert result.exit_code == 0
    assert f"added mine/mine-001 to {path}" in result.stdout
    assert json.loads(path.read_text())["facts"] == [["mill"]]


def test_help_loads_no_index():
    probe = (
        "import sys, eval.command; "
        "print(*sorted({'faiss', 'torch', 'tantivy', 'onnxruntime'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert run.stdout.split() == []
