from __future__ import annotations

import json
import time
from itertools import pairwise

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.bench import answering, indexing
from eval.bench.command import bench
from eval.bench.questions import Question, load_questions
from eval.bench.run import Task, run
from eval.bench.spread import spread
from eval.errors import NoQuestions, ProcessFailed
from index.build import BuildConfig
from rag.assistant import Assistant
from tests.index.conftest import TEXTS, TinyStore, tiny_exporter

QUESTIONS = ("How many sacks did the miller count?", "What was dearer than ink?")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(library, tmp_path_factory):
    store = TinyStore(tmp_path_factory.mktemp("bench") / "store", tiny_exporter(24))
    store.index(library)
    return store.path


@pytest.fixture
def command():
    app = typer.Typer()
    app.command()(bench)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_a_spread_is_in_order_and_within_the_times(times):
    found = spread(times)

    middle = [found.p50, found.p95, *([] if found.p99 is None else [found.p99])]
    ordered = [min(times), *middle, found.highest]
    assert all(a <= b or np.isclose(a, b) for a, b in pairwise(ordered))
    assert (found.count, found.highest) == (len(times), max(times))
    assert (found.p99 is None) == (len(times) < 100)


def test_percentiles_are_those_of_a_plain_row():
    found = spread([float(n) for n in range(1, 102)])

    assert (found.p50, found.p95, found.p99, found.mean) == (51, 96, 100, 51)


def test_questions_come_from_plain_lines_each_once(tmp_path):
    path = tmp_path / "asked.txt"
    path.write_text("Who rowed?\n\n  Who paid?\nWho rowed?\n", encoding="utf-8")

    assert load_questions([path]) == (Question("Who rowed?"), Question("Who paid?"))


def test_a_file_without_a_question_is_named(tmp_path):
    path = tmp_path / "asked.txt"
    path.write_text("\n")

    with pytest.raises(NoQuestions, match=r"asked\.txt"):
        load_questions([path])


def test_every_question_is_put_every_round_and_all_stages_are_within_the_whole(store):
    with Assistant.open(store) as assistant:
        measured = answering.measure(assistant, [(text, ()) for text in QUESTIONS], rounds=3)

    for times in (measured.search, measured.ask):
        assert len(times[answering.WALL]) == 6
        stages = [sum(spent) for name, spent in times.items() if name != answering.WALL]
        assert 0 < sum(stages) <= sum(times[answering.WALL]) + 1


def test_the_clock_runs_while_a_question_is_worked_on(store, monkeypatch):
    with Assistant.open(store) as assistant:
        search = assistant.search

        def slow(*arguments, **options):
            time.sleep(0.05)
            return search(*arguments, **options)

        monkeypatch.setattr(assistant, "search", slow)
        measured = answering.measure(assistant, [(QUESTIONS[0], ())], rounds=1)

    assert measured.search[answering.WALL][0] >= 50


def test_a_question_that_is_refused_is_counted_and_not_timed(store):
    with Assistant.open(store) as assistant:
        measured = answering.measure(assistant, [("?!", ()), (QUESTIONS[0], ())], rounds=1)

    assert measured.refused == 2
    assert len(measured.ask[answering.WALL]) == 1


def test_indexing_is_measured_stage_by_stage(library):
    config = BuildConfig(exporter=tiny_exporter(24))
    measured = indexing.measure([library], model="tiny/words", config=config)

    assert measured.documents == len(TEXTS)
    assert measured.stages.keys() == {"read", "export", "encode", "check"}
    assert sum(measured.stages.values()) <= measured.seconds


def test_the_figures_are_printed_and_kept(command, store, tmp_path):
    asked, kept = tmp_path / "asked.txt", tmp_path / "bench.json"
    asked.write_text("\n".join(QUESTIONS), encoding="utf-8")

    result = command(asked, "--store", store, "--no-index", "--json", kept, "--starts", 1)

    assert result.exit_code == 0, result.output
    assert "2 questions, 3 times each" in result.stdout
    figures = json.loads(kept.read_text())
    assert figures["search"]["call"]["count"] == figures["ask"]["call"]["count"] == 6
    assert figures["ask"].keys() == {"call", "understand", "rank", "answer"}
    assert figures["cold_start"]["p50"] > figures["ask"]["call"]["p50"]
    assert figures["machine"]["processors"] >= 1


def test_without_an_index_one_line_says_so(command, tmp_path):
    result = command("--store", tmp_path / "nowhere")

    assert result.exit_code == 1
    assert "found nothing, expected an index" in result.stderr
    assert "Traceback" not in result.output


def test_a_process_that_comes_to_grief_is_named(store, tmp_path):
    broken = tmp_path / "store"
    (broken / "generations" / "g1").mkdir(parents=True)
    (broken / "CURRENT").write_text("g1")
    manifest = next(store.glob("generations/*/manifest.json")).read_text()
    (broken / "generations" / "g1" / "manifest.json").write_text(manifest)

    with pytest.raises(ProcessFailed, match=r"eval\.bench\.answering"):
        run(Task(broken, tuple(Question(text) for text in QUESTIONS), starts=1))
