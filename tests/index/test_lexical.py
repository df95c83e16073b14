from __future__ import annotations

import math
import tempfile

import pytest

from index.errors import DamagedStore, NoRoomForLock
from index.lexical import LexicalIndex, LexicalWriter, PassageWords

PASSAGES = [
    PassageWords("The famine of the winter killed many people.", "The Famine", ""),
    PassageWords(
        "Bread was dear, and bread was short: no bread at all.", "Bread", "A famine note."
    ),
    PassageWords("Sokol'nikov spoke of the old régime and its railways.", "Finance", ""),
    PassageWords("Nothing of note happened in the mill that year.", "The Mill", ""),
]


@pytest.fixture
def words(tmp_path):
    writer = LexicalWriter(tmp_path / "lexical")
    for passage in PASSAGES:
        writer.add(passage)
    writer.close()
    return LexicalIndex.open(tmp_path / "lexical")


def bm25(texts, terms, k1=1.2, b=0.75):
    """Score texts, given as lists of terms, as the textbook does."""
    average = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for term in terms:
            n = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - n + 0.5) / (n + 0.5))
            f = text.count(term)
            score += idf * f * (k1 + 1) / (f + k1 * (1 - b + b * len(text) / average))
        scores.append(score)
    return scores


def test_scores_are_those_of_the_textbook(words):
    found = words.search("bread for the people", 9, fields={"text": 1.0})

    texts = [words.analyze(passage.text) for passage in PASSAGES]
    expected = bm25(texts, words.analyze("bread for the people"))
    assert dict(found) == pytest.approx({i: s for i, s in enumerate(expected) if s > 0}, rel=1e-3)
    assert [score for _, score in found] == sorted(dict(found).values(), reverse=True)


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("REGIMES", 2),
        ("Sokolnikov’s railway", 2),
        ("peoples", 0),
        ("the famines", 0),
        ("mills", 3),
    ],
)
def test_other_forms_of_a_word_find_it(words, query, row):
    assert words.search(query, 1)[0][0] == row


@pytest.mark.parametrize(
    "query",
    [
        '"famine',
        "famine AND (",
        "text:famine",
        "famine*",
        "[famine TO",
        "famine^9 ~2",
        "\x00famine",
    ],
)
def test_no_sign_in_a_query_has_a_meaning(words, query):
    assert words.search(query, 1, fields={"text": 1.0})[0][0] == 0


@pytest.mark.parametrize("query", ["", "  ", "?!", "xyzzy"])
def test_a_query_without_known_words_finds_nothing(words, query):
    assert words.search(query, 9) == []


def test_fields_count_by_their_weights(words):
    both = words.search("famine", 9, fields={"text": 1.0, "notes": 1.0})
    notes_first = words.search("famine", 9, fields={"text": 0.01, "notes": 1.0})

    assert {row for row, _ in both} == {0, 1}
    assert [row for row, _ in notes_first] == [1, 0]


def test_terms_count_by_their_weights(words):
    bread, famine = words.analyze("bread famine")

    assert words.search_terms({bread: 1.0, famine: 0.01}, 1)[0][0] == 1
    assert words.search_terms({bread: 0.01, famine: 1.0}, 1)[0][0] == 0


@pytest.mark.parametrize(
    ("rows", "found"), [([1, 2], {1}), (range(4), {0, 1}), ([3], set()), ([], set())]
)
def test_a_search_can_be_confined_to_rows(words, rows, found):
    assert {row for row, _ in words.search("famine", 9, rows=rows)} == found


def test_confining_a_search_changes_no_score(words):
    confined = words.search("famine bread", 9, rows=[1, 3])

    assert dict(confined).items() <= dict(words.search("famine bread", 9)).items()


def test_the_limit_keeps_the_best(words):
    assert words.search("famine bread the", 1) == words.search("famine bread the", 9)[:1]
    assert words.search("famine", 0) == []


def test_the_rows_that_hold_a_term_are_counted(words):
    assert len(words) == 4
    assert words.document_frequency("famin") == 1
    assert words.document_frequency("famin", field="notes") == 1
    assert words.document_frequency("xyzzy") == 0


def test_an_index_is_opened_without_a_trace(words, tmp_path):
    folder = tmp_path / "lexical"
    before = {path: path.stat() for path in [folder, *folder.iterdir()]}

    assert LexicalIndex.open(folder).search("famine", 9) == words.search("famine", 9)
    assert {path: path.stat() for path in [folder, *folder.iterdir()]} == before


def test_a_lock_that_cannot_be_taken_holds_nobody_up(words, tmp_path):
    """Such as one that another user left behind: a folder can be locked by no one."""
    (tmp_path / "lexical" / ".tantivy-meta.lock").mkdir()

    assert LexicalIndex.open(tmp_path / "lexical").search("famine", 9) == words.search("famine", 9)


@pytest.mark.usefixtures("words")
def test_without_a_temporary_folder_the_index_is_not_called_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))

    with pytest.raises(NoRoomForLock, match="TMPDIR"):
        LexicalIndex.open(tmp_path / "lexical")


@pytest.mark.parametrize("damage", ["meta.json", "*.idx", "*.term"])
@pytest.mark.usefixtures("words")
def test_a_missing_file_is_noticed(tmp_path, damage):
    next((tmp_path / "lexical").glob(damage)).unlink()

    with pytest.raises(DamagedStore, match="lexical"):
        LexicalIndex.open(tmp_path / "lexical")
