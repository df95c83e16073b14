"""What holds for every text, however odd: nothing is invented, nothing is lost without a word."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Kind
from corpus.passages import PassageConfig, split
from corpus.source_map import SourceMap
from tests.corpus.reading_of import FILLER, read, traced

PARTS = st.sampled_from(
    [
        FILLER,
        "It was *decided* that the",
        "harvest should be counted.<sup>1</sup>",
        "---",
        "1 A note of the office, read and",
        "<sup>2</sup> Another note, with `signs_` in it*.",
        "## A heading",
        "12 THE LONG WINTER",
        "67",
        "organiza-",
        "tion of the _peasants_.²",
        "- 3. Ibid, p. 4.",
        "Notes",
        "Contents",
        "Key\tValue",
        "“Quoted words,” he said.[^1] And then?",
        "[^1]: A Markdown note.",
        "[Footnote 4: never closed",
        "[1] A note that only its number opens.",
        "They went without it.[1] And then?*",
        "<sup>*</sup> A raised star.",
        "It was paid twice.¹",
        "1 A plain note.",
        "PART II. Of what is burnt",
        "===",
        "Idem, p. 4; Id. at 5.",
        "\u00adsoft\u00ad hyphens and \u200bother\ufeff things",
        "Ein Satz mit Umlauten: Öl, Übermaß; дом, 文.",
    ]
)
TEXTS = st.one_of(
    st.lists(PARTS, min_size=1, max_size=25).map("\n\n".join),
    st.lists(PARTS, min_size=1, max_size=25).map("\n".join),
    st.text(max_size=400).filter(lambda text: bool(text.strip())),
)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_every_passage_and_note_can_be_traced_letter_for_letter(text: str) -> None:
    document = read(text)

    for passage in split(document):
        assert document.text[passage.start : passage.end] == passage.text
        for start, end in passage.sentences:
            folded = re.sub(r"\s+", " ", document.text[start:end]).strip()
            assert traced(document, start, end) == folded


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_source_spans_ascend_and_do_not_overlap(text: str) -> None:
    document = read(text)

    for block in document.blocks:
        spans = document.source_spans(block.start, block.end)
        assert all(low < high for low, high in spans)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_splitting_keeps_all_text_but_headings_and_overlaps_nowhere(text: str) -> None:
    document = read(text)

    passages = split(document, PassageConfig(target_chars=80, max_chars=160, min_chars=20))

    kept = sorted((p.start, p.end) for p in passages)
    assert all(a[1] <= b[0] for a, b in pairwise(kept))
    covered = "".join(document.text[low:high] for low, high in kept)
    wanted = "".join(
        document.text[b.start : b.end] for b in document.blocks if b.kind is not Kind.HEADING
    )
    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", wanted)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_reading_twice_gives_the_same_ids(text: str) -> None:
    first, second = read(text), read(text)

    assert first.id == second.id
    assert [p.id for p in split(first)] == [p.id for p in split(second)]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_marks_point_to_notes_and_notes_to_marks(text: str) -> None:
    document = read(text)

    for i, mark in enumerate(document.marks):
        assert mark.note is None or document.notes[mark.note].mark == i
    for i, note in enumerate(document.notes):
        assert note.mark is None or document.marks[note.mark].note == i


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_a_packed_source_map_traces_alike(text: str) -> None:
    document = read(text)

    unpacked = SourceMap.from_bytes(document.source_map.to_bytes())

    assert unpacked == document.source_map
    for block in document.blocks:
        assert unpacked.spans(block.start, block.end) == document.source_map.spans(
            block.start, block.end
        )


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_no_sign_of_a_mark_that_is_known_is_left_in_the_text(text: str) -> None:
    document = read(text)

    for mark in document.marks:
        written = document.source[mark.source_span.start : mark.source_span.end]
        around = document.text[max(0, mark.offset - 1) : mark.offset + 1]
        assert written
        assert "<sup>" not in around
        assert not set(around) & set("⁰¹²³⁴⁵⁶⁷⁸⁹")
