"""A tiny collection of our own, in the form that standard ones have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.collection import load_collection, score_searches, write_library
from eval.errors import BadCollection
from rag.assistant import Assistant
from tests.index.conftest import TinyStore, tiny_exporter

TEXTS = {
    "d/1": (
        "The Mill",
        "The carts stood empty before the mill, and the miller counted sixty sacks.",
    ),
    "d/2": ("The Railway", "A mile of track cost as much as a school, and the school waited."),
    "d/3": ("", "The clerks copied every letter three times, and the third copy was lost."),
}
QUERIES = {"q1": "carts before the mill", "q2": "a mile of track", "unjudged": "paper and ink"}
QRELS = "query-id\tcorpus-id\tscore\nq1\td/1\t1\nq2\td/2\t2\nq2\td/3\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"_id": i, "title": title, "text": text} for i, (title, text) in TEXTS.items()]
    asked = [{"_id": i, "text": text} for i, text in QUERIES.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def test_a_collection_is_read_with_the_queries_that_were_judged(folder: Path) -> None:
    collection = load_collection(folder)

    assert list(collection.texts) == ["d/1", "d/2", "d/3"]
    assert collection.queries == {"q1": QUERIES["q1"], "q2": QUERIES["q2"]}
    assert collection.judgements == {"q1": {"d/1": 1}, "q2": {"d/2": 2, "d/3": 0}}


def test_every_search_finds_what_shares_its_words(folder: Path) -> None:
    collection = load_collection(folder)
    write_library(collection, folder / "library")
    store = TinyStore(folder / "store", tiny_exporter(24))
    store.index(folder / "library")

    with Assistant.open(store.path) as assistant:
        scores = score_searches(assistant, collection)

    assert [one.name for one in scores] == ["BM25 alone", "vectors alone", "the whole"]
    assert [one.recall_at_100 for one in scores] == [1.0, 1.0, 1.0]
    assert scores[0].ndcg_at_10 == 1.0


def test_a_wrong_search_scores_less(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").write_text("q1\td/3\t1\n", encoding="utf-8")
    collection = load_collection(folder)
    write_library(collection, folder / "library")
    store = TinyStore(folder / "store", tiny_exporter(24))
    store.index(folder / "library")

    with Assistant.open(store.path) as assistant:
        words = score_searches(assistant, collection)[0]

    assert words.ndcg_at_10 < 1.0


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("corpus.jsonl", '{"_id": "d"}', "line 1"),
        ("corpus.jsonl", "not json", "line 1"),
        ("qrels/test.tsv", "q1\td/1\t1\nq1\td/2\n", "line 2 with 2 columns"),
        ("qrels/test.tsv", "q9\td/1\t1\n", "judgements of the query q9"),
    ],
)
def test_what_cannot_be_understood_is_named(folder: Path, file: str, text: str, found: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")

    with pytest.raises(BadCollection, match=found):
        load_collection(folder)
