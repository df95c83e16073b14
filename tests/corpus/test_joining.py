"""Sentences cut by a page, and those that only look it."""

import pytest

from corpus.joining import Vocabulary, find_seam, keeps_hyphen
from tests.corpus.reading_of import FILLER, FILLERS, body, read

VOCABULARY = Vocabulary.of(
    "the organization met and the non-party delegates of the Central Committee left after "
    "the pre-war years in which party and non men spoke, and of the Committee they said little"
)


@pytest.mark.parametrize(
    ("first", "second", "joins"),
    [
        ("It was decided that the", "harvest should be counted twice.", True),
        ("It was decided by the Central", "Committee to count the harvest twice.", True),
        ("They waited for the spring of", "1921, which came late.", True),
        ("They waited for the", "“better weather” of the song.", True),
        ("They did not wait.", "In the spring they left.", False),
        ("They said of the harvest:", "it was the last.", False),
        ("These too had been an essential", "After that nobody came to the office.", False),
        ("The trust earned an unfavourable pub-", "A year later it was closed.", False),
        ("They asked 'why?'", "Nobody knew.", False),
        ("activities at home.<sup>20</sup>", "but it was too late", False),
    ],
)
def test_halves_are_joined_where_the_first_breaks_off_and_the_second_goes_on(
    first: str, second: str, joins: bool
) -> None:
    padded = f"{FILLER} {first}"

    assert (find_seam(padded, second, VOCABULARY) is not None) is joins


@pytest.mark.parametrize(
    ("left", "right", "keeps"),
    [
        ("organiza", "tion", False),
        ("non", "party", True),
        ("pre", "war", True),
        ("unheard", "ofword", False),
        ("respon", "for", None),
        ("pub", "After", None),
    ],
)
def test_a_hyphen_stays_where_the_word_is_written_with_it(
    left: str, right: str, keeps: bool | None
) -> None:
    assert keeps_hyphen(left, right, VOCABULARY.words) is keeps


def test_a_running_head_and_a_page_number_do_not_part_a_sentence() -> None:
    document = read(
        f"12 THE LONG WINTER\n\n{FILLERS[0]} The council of the\n\n13 THE LONG WINTER\n\n"
        f"town met at night. {FILLERS[1]} The elders of the\n\n14\n\n"
        f"village met at noon. {FILLERS[2]}\n"
    )

    assert body(document) == [
        f"{FILLERS[0]} The council of the town met at night. "
        f"{FILLERS[1]} The elders of the village met at noon. {FILLERS[2]}"
    ]
    assert [page.label for page in document.pages] == ["12", "13", "14"]


def test_a_heading_between_two_paragraphs_keeps_them_apart() -> None:
    document = read(f"{FILLER} It ended with an\n\n## Two\n\n{FILLER}\n", "book.md")

    assert len(body(document)) == 2


def test_words_cut_by_a_line_in_a_wrapped_text_are_mended() -> None:
    lines = [
        "The commissariat for supply, which had no stores of its own, asked the organi-",
        "zation of the peasants for theirs, and the non-party delegates, who were in the",
        "majority, asked for the minutes. The organization was dissolved by the even-",
        "ing of the same day, and its papers were burnt in the yard of the town hall.",
    ]

    document = read("\n".join(lines) + "\n")

    assert "asked the organization of the peasants" in document.text
    assert "by the evening of the same day" in document.text
