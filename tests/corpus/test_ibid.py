"""What ``Ibid`` and short titles refer to."""

import pytest

from corpus.bibliography import read_bibliography
from corpus.citations import Work
from corpus.ibid import NoteText, resolve
from tests.corpus.reading_of import FILLERS, read

STOVES = "A. Smirnov, The Stoves of Tver (2 vols, Tver, 1921)"


def chain(*texts: str, bibliography: tuple[Work, ...] = ()) -> list[str | None]:
    return resolve([NoteText(text, 0) for text in texts], bibliography)


@pytest.mark.parametrize(
    ("notes", "last"),
    [
        (["Ibid, p. 5."], STOVES),
        (["Ibid., p. 5.", "Ibid, pp. 6-7; cf. p. 9."], STOVES),
        (["Ibid, p. 5.", "Ibid."], f"{STOVES}, p. 5"),
        (["Ibid, 11, 40."], f"{STOVES}, vol. II"),
        (["Ibid, xv, pt. ii, 40.", "Ibid, p. 41."], f"{STOVES}, vol. XV, pt. ii"),
        (["Id., p. 5."], STOVES),
        (["Idem, pp. 5-6.", "Id. at 7."], STOVES),
        (
            ["Idem, Wood and Peat (Tver, 1922), p. 3.", "Smirnov, Wood, p. 4."],
            "A. Smirnov, Wood and Peat (Tver, 1922)",
        ),
        (["Pravda, 3 May 1921.", "Ibid, 5 May 1921."], "Pravda"),
        (["Pravda, 3 May 1921.", "Smirnov, Stoves, p. 8."], STOVES),
        (["Pravda, 3 May 1921.", "See Smirnov, op. cit., p. 8."], STOVES),
        (["Pravda, 3 May 1921.", "Stoves of Tver, p. 8."], STOVES),
        (
            ["B. Orlov, 'Wood', Fuel, v1 (1921), 7.", "Ibid, p. 8."],
            "B. Orlov, 'Wood', Fuel, VI (1921)",
        ),
        (
            ["Orlov, Wood (Tver, 1922), p. 3; Pravda, 3 May 1921.", "Ibid, p. 4."],
            "Orlov, Wood (Tver, 1922)",
        ),
        (["See Rykov in Pravda, 3 May 1921; cf. Orlov in ibid, 4 May 1921."], "Pravda"),
    ],
)
def test_a_note_that_points_back_is_given_its_work(notes: list[str], last: str) -> None:
    assert chain(f"{STOVES}, p. 4.", *notes)[-1] == last


@pytest.mark.parametrize(
    "notes",
    [
        ["Pud, about 16 kg.", "Ibid, p. 5."],
        ["Orlov, Wood (Tver, 1922), p. 3; Pravda, 3 May 1921.", "Ibid."],
        ["Orlov, Stoves, p. 5."],
        ["B. Orlov, Wood and Peat (Tver, 1922), p. 3."],
        ["He saw that it was late, and left. The stoves had gone out by 1921."],
    ],
    ids=["a remark between", "several works", "another author", "in full", "a remark"],
)
def test_nothing_is_said_where_it_is_not_certain(notes: list[str]) -> None:
    assert chain(f"{STOVES}, p. 4.", *notes)[-1] is None


def test_a_chain_does_not_run_on_into_the_next_chapter() -> None:
    notes = [NoteText(f"{STOVES}, p. 4.", 0, 1), NoteText("Ibid, p. 5.", 1, 1)]

    assert resolve(notes) == [None, None]


def test_a_lost_note_breaks_a_chain_that_has_only_begun() -> None:
    first, lost = NoteText(f"{STOVES}, p. 4.", 0, 1), NoteText("Ibid, p. 9.", 0, 3)

    assert resolve([first, lost]) == [None, None]
    assert resolve([first, NoteText("Ibid, p. 5.", 0, 2), NoteText("Ibid, p. 9.", 0, 4)])[-1]


def test_capitals_stand_for_words_and_a_short_title_for_no_other_congress() -> None:
    found = chain(
        "Tretii S'ezd Rossiiskoi Kommunisticheskoi Partii: Otchet (Moscow, 1923), p. 2.",
        "Pervyi S'ezd Rossiiskoi Kommunisticheskoi Partii: Otchet (Moscow, 1921), p. 2.",
        "Tretii S'ezd RKP, p. 8.",
        "Vtoroi S'ezd RKP, p. 8.",
    )

    assert found[2:] == [
        "Tretii S'ezd Rossiiskoi Kommunisticheskoi Partii: Otchet (Moscow, 1923)",
        None,
    ]


def test_a_bibliography_names_an_author_once_for_several_titles() -> None:
    works = read_bibliography(
        [
            "Smirnov, A. K. Fuel. Moscow, State Press, 1920.",
            "Stoves and Pipes (2 vols). Tver, Vagner, 1921-2. Orlov, Boris. Wood. Tver, N., n.d.",
            None,
            "Report on Peat. Moscow, State Press, 1923.",
        ]
    )

    assert [work.describe() for work in works] == [
        "A. K. Smirnov, Fuel (Moscow, 1920)",
        "A. K. Smirnov, Stoves and Pipes (2 vols) (Tver, 1921-2)",
        "Boris Orlov, Wood (Tver, n.d.)",
        "Report on Peat (Moscow, 1923)",
    ]


def test_a_document_carries_what_its_notes_refer_to() -> None:
    document = read(
        f"{FILLERS[0]} One.<sup>1</sup> {FILLERS[1]} Two.<sup>2</sup> {FILLERS[2]}\n\n"
        "<sup>1</sup> Smirnov, Fuel, p. 7.\n\n<sup>2</sup> Ibid, p. 9.\n\n"
        f"{FILLERS[3]}\n\n# Bibliography\n\n"
        "- Smirnov, A. K. Fuel. Moscow, State Press, 1920.\n"
    )

    assert [note.resolved for note in document.notes] == ["A. K. Smirnov, Fuel (Moscow, 1920)"] * 2


@pytest.mark.parametrize(
    "text", ["Orlov, Wood (" + "a, " * 20_000 + ")", ", " + "." * 60_000], ids=["commas", "dots"]
)
def test_a_note_of_any_length_is_read_in_time_that_grows_with_it(text: str) -> None:
    assert chain(text) == [None]


def test_of_a_long_series_of_books_the_last_ones_are_remembered() -> None:
    works = [f"A. Smirnov, {roman} Stove (Tver, 1921), p. 4." for roman in ("First", "Last")]
    between = [f"B. Orlov, Peat of {i} (Tver, 1922), p. 3." for i in range(3000)]

    found = chain(works[0], *between, works[1], "First Stove, p. 5.", "Last Stove, p. 5.")

    assert found[-2:] == [None, "A. Smirnov, Last Stove (Tver, 1921)"]
