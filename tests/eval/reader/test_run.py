from __future__ import annotations

from dataclasses import replace

import pytest

from eval.fitting.asking import KnownLibrary
from eval.fitting.examples import Places
from eval.reader.errors import NoAdapter, NothingToLearn
from eval.reader.run import Task, train
from index.digests import digest_file
from index.model_source import locate
from index.reader_file import read_facts, read_weights
from rag.assistant import Assistant
from tests.eval.reader.conftest import CONFIG, EXAMPLE_PAIRS, EXAMPLES, indexed


@pytest.fixture
def task(tmp_path):
    return Task(
        answered=EXAMPLES,
        pairs=EXAMPLE_PAIRS,
        out=tmp_path / "mine.safetensors",
        work=tmp_path / "work",
        without=("rails.txt",),
        training=replace(CONFIG, batches=3),
    )


def test_the_file_is_a_reader_for_the_encoder_of_the_index(task, library, model, adapter):
    outcome = train(task, library)

    facts = read_facts(task.out)
    assert locate(model, adapter=adapter, readers={model: task.out}).reader == task.out
    assert (facts.name, facts.adapter) == ("mine", digest_file(adapter))
    assert facts.trained_on == ("bread.txt", "letters.md")
    assert (facts.trained_by["batches"], facts.trained_by["question_pairs"]) == (3, 2)
    assert (outcome.answered, outcome.pairs) == (2, 2)


def test_what_is_examined_is_what_was_written(task, library, monkeypatch):
    seen = []

    def examine(read, _lessons, **_):
        seen.append(read("When did engines come?", [["Engines came from abroad."]])[0].item())
        return {}

    monkeypatch.setattr("eval.reader.run.examine", examine)
    train(task, library)
    silent = replace(read_weights(task.out), added={})
    monkeypatch.setattr("eval.reader.run.read_weights", lambda _: silent)
    train(replace(task, work=task.work / "again"), library)

    before, after, same, head_alone = seen
    assert before == same
    assert len({before, after, head_alone}) == 3


def test_without_a_document_that_is_kept_out_nothing_is_examined(task, library):
    outcome = train(replace(task, without=()), library)

    assert (outcome.before, outcome.after) == ({}, {})
    assert (outcome.answered, outcome.pairs) == (3, 3)


def test_no_lesson_is_told_of_before_anything_is_trained(task, library):
    everything = ("bread.txt", "letters.md", "rails.txt")

    with pytest.raises(NothingToLearn, match="found no question to learn from"):
        train(replace(task, without=everything), library)
    assert not task.work.exists()


def test_an_encoder_without_an_adapter_is_refused(task, models, model, tmp_path):
    (tmp_path / "plain").mkdir()
    store = indexed(tmp_path / "plain", model, adapter=False)

    with Assistant.open(store, models=models) as assistant:
        library = KnownLibrary(assistant, Places(assistant.index.documents))
        with pytest.raises(NoAdapter, match="found an encoder without an adapter"):
            train(task, library)
