from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import DroppedLine, PageStart, ReadingReport, Span
from corpus.passages import split, text_to_embed
from index.document_writer import DocumentWriter, Origin
from index.documents import DocumentStore
from index.errors import AmbiguousDocument, DamagedStore, UnknownDocument
from tests.fakes import make_document

LAMPS = dataclasses.replace(
    make_document(
        [
            "# The First Lamps",
            "Oil came by barge.[^1] It was poured at night, and nobody counted the barrels.",
            "# The Gasworks",
            "Gas was dearer than oil[^2] for eleven years. Then it was not.[^9]",
        ],
        notes={"1": "Harbour book, leaf 7.", "2": "Ibid., leaf 9.", "4": "Lost its mark."},
    ),
    pages=(PageStart(0, None), PageStart(40, "12"), PageStart(130, "13")),
    abbreviations=(("GW", "the Gasworks"),),
    report=ReadingReport(
        encoding="cp1251",
        joined_sentences=3,
        joined_words=2,
        dropped=(DroppedLine(Span(4, 9), "12 LAMPS", "running head"),),
        warnings=("a mark without a note",),
    ),
)
WIRES = make_document(["The wires came later, and from another town."], file="wires.txt")
LONG = make_document(
    [f"# {n}\n" if n % 50 == 0 else f"Night {n} was as dark as any.[^{n}]" for n in range(5000)],
    file="nights.txt",
)
ORIGIN = Origin("/books/lamps.txt", "reader 1")


def write(path, documents, **options):
    with DocumentWriter(path, **options) as writer:
        for document in documents:
            passages = split(document)
            texts = [text_to_embed(document, passage) for passage in passages]
            writer.add(document, passages, texts, ORIGIN)
    return DocumentStore(path)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("documents") / "documents.sqlite"
    opened = write(path, [LAMPS, WIRES, LONG])
    yield opened
    opened.close()


@pytest.mark.parametrize("document", [LAMPS, WIRES, LONG], ids=lambda document: document.file)
def test_a_stored_document_is_the_document_that_was_read(store, document):
    assert store.document(document.id).load() == document


def test_rows_are_counted_through_all_documents(store):
    rows = [store.rows_of(document.id) for document in (LAMPS, WIRES, LONG)]

    assert [*rows[0], *rows[1], *rows[2]] == list(range(len(store)))


def test_a_stored_passage_is_the_passage_that_was_cut(store):
    passages = store.passages(store.rows_of(LAMPS.id))

    fields = [field.name for field in dataclasses.fields(split(LAMPS)[0])]
    for stored, cut in zip(passages, split(LAMPS), strict=True):
        assert all(getattr(stored, name) == getattr(cut, name) for name in fields)
    assert [passage.row for passage in passages] == list(store.rows_of(LAMPS.id))


def test_passages_come_in_the_order_asked(store):
    assert [passage.row for passage in store.passages([4, 0, 4])] == [4, 0, 4]
    assert store.passages([]) == []


def test_a_passage_is_found_by_its_id(store):
    passage = store.passages([3])[0]

    assert store.passage(passage.id) == passage
    assert store.passage("no such id") is None


def test_there_is_no_row_after_the_last(store):
    with pytest.raises(IndexError, match=r"found row 99999, expected one from 0 to \d+"):
        store.passages([0, 99999])


def test_the_text_that_was_embedded_is_kept(store):
    passage = store.passages([1])[0]

    assert store.embedded([1]) == [text_to_embed(LAMPS, passage)]


@given(st.integers(0, len(LONG.text)), st.integers(0, 300))
def test_a_slice_of_a_long_text_is_the_slice_of_the_text(store, start, length):
    document = store.document(LONG.id)

    assert len(LONG.text) > 2 * 65_536
    assert document.text_slice(start, start + length) == LONG.text[start : start + length]
    assert document.source_slice(start, start + length) == LONG.source[start : start + length]


@pytest.mark.parametrize("start", [65_530, 131_070])
def test_a_slice_may_lie_across_two_stretches(store, start):
    assert store.document(LONG.id).text_slice(start, start + 9) == LONG.text[start : start + 9]


@given(st.integers(0, len(LONG.text)), st.integers(0, 300))
def test_places_in_a_long_text_lead_back_to_the_file(store, start, length):
    document = store.document(LONG.id)

    assert document.source_spans(start, start + length) == LONG.source_spans(start, start + length)


def test_the_summary_counts_what_the_reader_found(store):
    summary = store.document(LAMPS.id).summary

    assert (summary.notes, summary.notes_unmatched) == (3, 1)
    assert (summary.marks, summary.marks_joined, summary.marks_unmatched) == (3, 2, 1)
    assert (summary.sections, summary.pages, summary.dropped_lines) == (2, 3, 1)
    assert (summary.encoding, summary.joined_sentences, summary.joined_words) == ("cp1251", 3, 2)
    assert summary.warnings == ("a mark without a note",)
    assert summary.length == LAMPS.body_end


def test_the_catalogue_lists_documents_in_order(store):
    assert [summary.file for summary in store.catalogue()] == [
        "lamps.txt",
        "wires.txt",
        "nights.txt",
    ]
    assert store.origins()[LAMPS.id] == ORIGIN


@pytest.mark.parametrize("reference", [WIRES.id, "wires.txt", "wires"])
def test_a_document_is_found_by_id_and_by_name(store, reference):
    assert store.find(reference).id == WIRES.id


def test_an_unknown_document_is_refused_with_what_comes_near(store):
    with pytest.raises(UnknownDocument, match=r"found no document 'wire\.txt'.*'wires\.txt'"):
        store.find("wire.txt")
    with pytest.raises(UnknownDocument, match="found no document 'ffff'"):
        store.document("ffff")
    with pytest.raises(UnknownDocument, match="found no document 'ffff'"):
        store.rows_of("ffff")


def test_a_name_that_two_files_share_is_refused_with_their_ids(tmp_path):
    other = make_document(["Another town, another book."], file="wires.txt")
    store = write(tmp_path / "documents.sqlite", [WIRES, other])

    with pytest.raises(AmbiguousDocument, match=f"{WIRES.id}, {other.id}"):
        store.find("wires.txt")
    assert store.find(other.id).id == other.id
    store.close()


def test_a_document_is_taken_over_as_it_stands(tmp_path):
    old = tmp_path / "old.sqlite"
    write(old, [LAMPS, WIRES, LONG]).close()
    with DocumentWriter(tmp_path / "new.sqlite", previous=old) as writer:
        writer.copy(LONG.id)
        writer.copy(LAMPS.id)

    new = DocumentStore(tmp_path / "new.sqlite")

    assert new.document(LAMPS.id).load() == LAMPS
    assert new.document(LONG.id).load() == LONG
    assert new.origins() == {LONG.id: ORIGIN, LAMPS.id: ORIGIN}
    first = new.rows_of(LAMPS.id)
    assert [p.text for p in new.passages(first)] == [p.text for p in split(LAMPS)]
    assert first.stop == len(new)
    new.close()


def test_many_threads_read_at_once(store):
    def read(row):
        passage = store.passages([row])[0]
        return store.document(passage.document).text_slice(passage.start, passage.end)

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(read, [row % len(store) for row in range(200)]))

    assert texts == [store.passages([row % len(store)])[0].text for row in range(200)]


@pytest.mark.parametrize("contents", [None, b"", b"no database at all"])
def test_a_file_that_is_no_store_is_named(tmp_path, contents):
    path = tmp_path / "documents.sqlite"
    if contents is not None:
        path.write_bytes(contents)

    with pytest.raises(DamagedStore, match=r"documents\.sqlite"):
        DocumentStore(path)


def test_a_name_with_signs_of_a_uri_is_only_a_name(tmp_path):
    folder = tmp_path / "a?mode=memory#b %20"
    folder.mkdir()

    store = write(folder / "documents.sqlite", [WIRES])

    assert (folder / "documents.sqlite").is_file()
    assert len(store) == 1
    store.close()
