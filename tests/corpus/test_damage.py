"""Whatever happened to a file, reading it ends in a document or in an error with a name."""

import random

import pytest

from corpus.account import account_for
from corpus.errors import ReadingError
from corpus.passages import split
from corpus.reading import read_file
from tests.corpus.damage import damaged, seeds
from tests.corpus.reading_of import read

TRIES = 100


@pytest.mark.parametrize("batch", range(2))
def test_a_damaged_file_is_read_or_refused(tmp_path, batch):
    path = tmp_path / "book.txt"
    sources = seeds()
    for seed in range(batch * TRIES, (batch + 1) * TRIES):
        path.write_bytes(damaged(sources, random.Random(seed)))
        try:
            document = read_file(path)
        except ReadingError:
            continue

        account = account_for(document)

        assert account.total == len(document.source), seed
        assert account.unknown == (), seed
        assert all(p.text == document.text[p.start : p.end] for p in split(document)), seed


@pytest.mark.parametrize(
    "text",
    [
        "Words.[^1²2] More of them.\n\n[^1²2]: A number with a superscript in it.\n",
        "Words.<sup>1</sup> More of them.\n\n<sup>1</sup> *\u00ad*\n\n<sup>2</sup> A second.\n",
    ],
    ids=["a superscript within a number", "a note of signs alone"],
)
def test_what_crashed_the_reader_once_does_so_no_more(text):
    document = read(text)

    assert all(note.end > note.start for note in document.notes)
    assert account_for(document).unknown == ()
