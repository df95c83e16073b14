from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace

import pytest

from eval.side_by_side.contest import query_of, standing
from eval.side_by_side.job import Hit, Job, Told, read_told, work
from eval.side_by_side.txtai_contender import _paragraphs
from rag.answer import Turn


@pytest.fixture
def hit(book):
    def make(words):
        spans = book.document.source_spans(*book.range(words))
        return Hit("mill.txt", tuple((s.start, s.end) for s in spans), words)

    return make


def test_a_contender_is_scored_by_the_measures_of_the_evaluation(cases, hit):
    miller, fire = "Its miller, Agafya Lund, kept the ledger", "In autumn the mill burned."
    told = Told(
        cold_start_seconds=2.0,
        query_seconds=(0.3, 0.1, 0.2),
        peak_memory_mib=10.0,
        rankings=((hit(fire), hit(miller)), (hit(miller),), ()),
    )
    asked = [cases[1], replace(cases[1], id="again"), cases[0]]

    result = standing("X", asked, 1.0, told)

    assert result.recall == pytest.approx({1: 1 / 3, 5: 2 / 3, 10: 2 / 3})
    assert result.facts == pytest.approx({150: 2 / 3, 500: 2 / 3})
    assert result.query_p50 == 0.2


def test_a_follow_up_is_asked_with_what_was_said_before(cases):
    history = (Turn("user", "Is there a mill?"), Turn("assistant", "Yes."))

    assert query_of(replace(cases[0], history=history)).startswith("Is there a mill? Yes. How")


def test_paragraphs_keep_their_place_in_the_file(tmp_path):
    text = "One\nline more.\n\n\n  Two.\n \nThree"
    path = tmp_path / "p.txt"
    path.write_text(text, encoding="utf-8")

    rows = list(_paragraphs(path))

    assert [row.text for row in rows] == ["One\nline more.", "Two.", "Three"]
    assert all(text[start:end] == row.text for row in rows for start, end in row.spans)


def test_a_contender_works_through_files(monkeypatch, tmp_path, hit):
    """As it does in an environment of its own, where nothing can be handed over directly."""

    class Echo:
        def build(self, job):
            (tmp_path / "built").write_text(job.model)

        def open(self, job):
            self.opened = job.store

        def search(self, query, limit):
            return [replace(hit("The river froze"), text=query)][:limit]

    job = Job(("a.txt",), "m", "s", ("first", "second"), 10, started_at=0.0)
    paths = [str(tmp_path / name) for name in ("job.json", "told.json")]
    (tmp_path / "job.json").write_text(json.dumps(asdict(job)))
    for task in ("build", "query"):
        monkeypatch.setattr(sys, "argv", ["contender", task, *paths])
        work(Echo())

    told = read_told(tmp_path / "told.json")
    assert (tmp_path / "built").read_text() == "m"
    assert [ranking[0].text for ranking in told.rankings] == ["first", "second"]
    assert len(told.query_seconds) == 1
    assert told.peak_memory_mib > 0
