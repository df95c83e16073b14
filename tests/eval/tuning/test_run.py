from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from eval.cases import EvidenceSpan
from eval.fitting.examples import Example
from eval.tuning.material import gather
from eval.tuning.run import Task, tune, write_trained
from index.adapter import open_adapter, read_adapter, read_emphasis
from index.digests import digest_file
from index.generation import Store
from tests.eval.tuning.conftest import CONFIG, asked
from tests.tiny_bert import WORDS


@pytest.fixture
def task(model, tmp_path):
    """What ``ibid tune`` is asked for."""
    return Task(
        library=[tmp_path / "library"],
        examples=[],
        out=tmp_path / "mine.safetensors",
        work=tmp_path / "work",
        model=model,
        training=replace(CONFIG, passes=1),
    )


@pytest.fixture
def book_lessons(book):
    return gather(book, [asked(2, 7, answers=(3, 6)), asked(0, 2)]).training


def test_the_file_tells_how_it_was_trained_and_what_it_went_on_from(
    book, book_lessons, task, start
):
    assistant = SimpleNamespace(index=book)
    write_trained(assistant, book_lessons, task)
    alone, _ = read_adapter(task.out)

    write_trained(assistant, book_lessons, replace(task, start=start))

    facts, _ = read_adapter(task.out)
    assert facts.trained_by["start"] == digest_file(start)
    assert (facts.trained_by["questions"], facts.trained_by["sentence_weight"]) == (2, 1.0)
    assert "start" not in alone.trained_by
    assert facts.base == alone.base


@pytest.mark.model
def test_a_library_and_questions_become_a_measured_adapter(task, tmp_path):
    paragraphs = [
        f"The {a} stood by the {b} while the {c} was counted in the year {1900 + i}. " * 12
        for i, (a, b, c) in enumerate(zip(WORDS, WORDS[1:], WORDS[2:], strict=False))
    ]
    text = "\n\n".join(paragraphs * 4)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "library" / "b.txt").write_text("Of something else.\n\n" + text, encoding="utf-8")
    examples = [
        Example(
            f"Where was the {word} counted?",
            (),
            ((EvidenceSpan(file, at, at + 700),),),
            documents=(file,),
            answers=(EvidenceSpan(file, at + 300, at + 400),),
        )
        for file in ("a.txt", "b.txt")
        for at in range(0, len(text) - 700, 900)
        for word in WORDS[:2]
    ]
    task = replace(task, examples=examples, unseen=("b.txt",))

    outcome = tune(task)

    assert outcome.trained_on > 0
    assert outcome.examined["unseen"] > 0
    assert {change.way for change in outcome.changes["unseen"]} == {"vectors", "hybrid", "whole"}
    with Store(task.work / "adapted").open() as index:
        assert index.manifest.model.adapter == open_adapter(task.out).record
        assert index.encoder.emphasis.tolist() == read_emphasis(task.out).tolist()
