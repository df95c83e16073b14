"""Which passages are read, and what a reading does to the order of sentences."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from index.arrays import Floats
from index.document_tables import StoredPassage
from rag.models import Models
from rag.question import understand
from rag.reading import (
    READING_FEATURES,
    best_readings,
    read_likeliest,
    reading_features,
    score_by_reading,
)
from rag.weights import LogisticModel
from tests.rag.ranked import ranked, scored, stored_passage

QUERY = understand("When did the mill burn?", [])
PASSAGES = [
    stored_passage("The mill stood. It burned in May.", 0, document="a"),
    stored_passage("Nobody came. The clerk wrote.", 1, document="b"),
    stored_passage("The wheel was sold.", 2, document="c"),
]
ODDS = [0.5, 1.0, -3.0, -2.0, 0.8]


class Reads:
    """Gives readings by hand, and tells what it was asked to read."""

    def __init__(self, readings: Mapping[int, list[float]]) -> None:
        self.readings = readings
        self.rows: list[int] = []

    def read(self, question: str, passage: StoredPassage) -> Floats:
        assert question == QUERY.searched
        self.rows.append(passage.row)
        return np.array(self.readings[passage.row], dtype=np.float32)


@pytest.fixture
def reader():
    return Reads({0: [-1.0, 2.0], 1: [4.0, 4.0], 2: [0.5]})


def read(reader, passages):
    ranking = ranked(PASSAGES)
    return read_likeliest(scored(ranking, ODDS), QUERY, ranking, reader, passages)


def test_the_passages_with_the_likeliest_sentences_are_read(reader):
    sentences = read(reader, 2)

    assert reader.rows == [0, 2]
    assert [one.reading for one in sentences] == [-1, 2, None, None, 0.5]
    assert [one.odds for one in sentences] == ODDS


def test_nothing_is_read_twice_or_beyond_what_there_is(reader):
    read(reader, 10)

    assert sorted(reader.rows) == [0, 1, 2]


def test_sentences_are_described_with_their_readings(reader):
    described = reading_features(QUERY, read(reader, 2))

    column = dict(zip(READING_FEATURES, described.T, strict=True))
    assert column["odds"] == pytest.approx(ODDS)
    assert column["reading"].tolist() == [-1, 2, 0, 0, 0.5]
    assert column["reading_lead"].tolist() == [-3, 0, 0, 0, -1.5]
    assert column["reading_for_note"].tolist() == [0] * 5
    assert column["unread"].tolist() == [0, 0, 1, 1, 0]


def test_a_reading_for_a_note_counts_apart(reader):
    asks = understand("Which source does the author cite for the burning of the mill?", [])

    described = reading_features(asks, read(reader, 2))

    place = READING_FEATURES.index("reading_for_note")
    assert described[:, place].tolist() == [-1, 2, 0, 0, 0.5]


def test_the_order_follows_the_readings(reader):
    weights = np.array([0, 1, 0, 0, -9], dtype=np.float32)
    model = LogisticModel(READING_FEATURES, weights, 0.25)

    again = score_by_reading(QUERY, read(reader, 2), model)

    assert [one.odds for one in again] == pytest.approx([-0.75, 2.25, -8.75, -8.75, 0.75])
    assert [one.reading for one in again] == [-1, 2, None, None, 0.5]


def test_the_best_readings_are_those_of_what_was_read(reader):
    assert best_readings(read(reader, 2), 2) == [2, 0.5]
    assert best_readings(read(reader, 2), 9) == [2, 0.5, -1]


def test_where_nothing_was_read_the_best_reading_is_even():
    assert best_readings(scored(ranked(PASSAGES), ODDS), 3) == [0]


def test_the_models_of_an_index_without_a_reader_leave_readings_out():
    models = Models.load()

    for model in (models.unread.answerable, models.unread.right):
        weights = dict(zip(model.features, model.weights.tolist(), strict=True))
        assert {weights[name] for name in weights if name.startswith("reading")} == {0}


def test_a_fitted_judgement_takes_its_own_place():
    models = Models.load()
    other = LogisticModel(models.unread.right.features, models.unread.right.weights, 7.0)

    unread = models.decided_by({"right": other}, reads=False)
    reads = models.decided_by({"right": other}, reads=True)

    assert (unread.unread.right, unread.judgement) == (other, models.judgement)
    assert (reads.judgement.right, reads.unread) == (other, models.unread)
    assert str(Models.place("right", reads=False)) == "unread/right.json"
    assert str(Models.place("ranking", reads=False)) == "ranking.json"
