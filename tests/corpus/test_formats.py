"""Books that are taken out of other formats before they are read, with their notes."""

import io
import random
import sys
import zipfile

import pytest

from corpus.account import account_for
from corpus.document import Document
from corpus.errors import BrokenFile, ConverterMissing, EmptyFile, ReadingError
from corpus.passages import split
from corpus.reading import read_file
from tests.corpus.made_book import AUTHOR, TITLE, chapters
from tests.corpus.reading_of import FILLERS, body, headings, notes, traced
from tests.corpus.rendering import as_docx, as_epub, as_html, as_pdf, as_scan

pytest.importorskip("mammoth", reason="the extra 'formats' is not installed")

BOOK = list(chapters(4, paragraphs=9))
RENDERED = {
    "docx": as_docx,
    "epub": as_epub,
    "html": as_html,
    "pdf": as_pdf,
    "txt": lambda book: "".join([f"{TITLE}\n\n", *as_scan(book)]).encode(),
}


@pytest.fixture(scope="module", params=RENDERED)
def document(request, tmp_path_factory) -> Document:
    path = tmp_path_factory.mktemp("book") / f"book.{request.param}"
    path.write_bytes(RENDERED[request.param](BOOK))
    return read_file(path)


def test_a_book_of_any_format_has_every_sentence_in_its_place(document) -> None:
    sentences = [s.text for chapter in BOOK for paragraph in chapter.paragraphs for s in paragraph]

    assert " ".join(body(document)) == " ".join(sentences)


def test_a_book_of_any_format_has_every_note_whole_at_its_mark(document) -> None:
    marked = [s for chapter in BOOK for p in chapter.paragraphs for s in p if s.note is not None]

    read = [
        (document.text[: mark.offset].rsplit(" ", 3)[1:], document.note_text(document.notes[note]))
        for mark in document.marks
        if (note := mark.note) is not None
    ]

    assert read == [(s.text.rsplit(" ", 3)[1:], s.note.text) for s in marked]
    assert len(document.notes) == len(document.marks) == len(marked)


def test_a_book_of_any_format_has_its_chapters(document) -> None:
    titles = [chapter.title for chapter in BOOK]

    assert [heading for heading in headings(document) if heading in titles] == titles
    assert {note.section[-1] for note in document.notes} == set(titles)


def test_a_passage_of_any_format_can_be_traced_letter_for_letter(document) -> None:
    passages = split(document)

    assert passages
    assert all(traced(document, p.start, p.end) == " ".join(p.text.split()) for p in passages)


def test_no_letter_of_any_format_is_lost(document) -> None:
    account = account_for(document)

    assert account.total == len(document.source)
    assert account.unknown == ()
    assert account.findable == 1.0


@pytest.mark.parametrize("ending", RENDERED)
def test_a_book_of_full_length_is_read_without_a_fault(tmp_path, ending) -> None:
    book = list(chapters(24, seed=1))
    path = tmp_path / f"book.{ending}"
    path.write_bytes(RENDERED[ending](book))

    document = read_file(path)

    sentences = [s for chapter in book for paragraph in chapter.paragraphs for s in paragraph]
    wanted = [s.note.text for s in sentences if s.note is not None]
    joined = [m.note for m in document.marks if m.note is not None]
    assert len(wanted) > 300
    assert [document.note_text(document.notes[note]) for note in joined] == wanted
    assert " ".join(body(document)) == " ".join(s.text for s in sentences)
    assert account_for(document).findable == 1.0


@pytest.mark.parametrize("ending", ["docx", "epub", "html", "pdf"])
def test_what_a_file_says_of_itself_is_its_title_and_author(tmp_path, ending) -> None:
    path = tmp_path / f"book.{ending}"
    path.write_bytes(RENDERED[ending](BOOK[:1]))

    document = read_file(path)

    assert (document.title, document.author) == (TITLE, AUTHOR)


def test_running_heads_of_a_pdf_tell_the_page_and_are_not_text(tmp_path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(as_pdf(BOOK[:1]))

    document = read_file(path)

    assert [page.label for page in document.pages if page.label][:2] == ["2", "3"]
    assert BOOK[0].title.upper() not in document.text
    assert any(line.reason == "running head" for line in document.report.dropped)


def test_an_index_in_small_print_is_no_rest_of_the_last_note(tmp_path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(as_pdf(BOOK[:1], index=["Ferries, 12, 40", "Ice, 7-9", "Salt, 31"]))

    document = read_file(path)

    assert document.note_text(document.notes[-1]) == BOOK[0].notes[-1].text
    assert "Ice, 7-9" in document.text[: document.body_end]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "iso-8859-1", "utf-16"])
def test_the_encoding_of_a_page_is_found_and_reported(tmp_path, encoding) -> None:
    path = tmp_path / "book.html"
    path.write_bytes(as_html(BOOK[:1], encoding))

    document = read_file(path)

    sentences = [s.text for paragraph in BOOK[0].paragraphs for s in paragraph]
    assert " ".join(body(document)) == " ".join(sentences)
    assert document.report.encoding.startswith(f"Markdown made from HTML in {encoding}")


PAGES = {
    "a list of notes that link back": (
        '<p>{0}<a id="r1" href="#n1">[1]</a></p>'
        '<ol><li id="n1">See it. <a href="#r1">↩</a></li></ol>'
    ),
    "an aside that does not": (
        '<p>{0}<a epub:type="noteref" href="#n1">1</a></p>'
        '<aside epub:type="footnote" id="n1">See it.</aside>'
    ),
    "an anchor by name": (
        '<p>{0}<a name="r1" href="#n1"><sup>1</sup></a></p>'
        '<p><a name="n1" href="#r1">1.</a> See it.</p>'
    ),
    "a note of two paragraphs": (
        '<p>{0}<sup><a href="#n1">1</a></sup></p>'
        '<div role="doc-footnote" id="n1"><p>1. See</p><p>it.</p></div>'
    ),
    "a row of a table": (
        '<p>{0}<a href="#n1">1</a></p><table><tr id="n1"><td>1</td><td>See it.</td></tr></table>'
    ),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_says_in_many_ways_what_its_notes_are(tmp_path, page) -> None:
    path = tmp_path / "book.html"
    path.write_text(f"<h1>Wood</h1>{page.format(FILLERS[0])}<p>{FILLERS[1]}</p>", encoding="utf-8")

    document = read_file(path)

    assert notes(document) == {"1": "See it."}
    assert [mark.note for mark in document.marks] == [0]
    assert body(document) == [*FILLERS[:2]]


def test_a_link_to_a_chapter_is_no_mark(tmp_path) -> None:
    path = tmp_path / "book.html"
    path.write_text(
        f'<p>{FILLERS[0]} See <a href="#c2">2</a>.</p><h2 id="c2">2 Peat</h2><p>{FILLERS[1]}</p>',
        encoding="utf-8",
    )

    document = read_file(path)

    assert document.marks == ()
    assert f"{FILLERS[0]} See 2." in document.text


def test_an_exponent_beside_linked_notes_is_no_mark(tmp_path) -> None:
    path = tmp_path / "book.html"
    path.write_text(
        f'<p>{FILLERS[0]} It had 40 m<sup>1</sup>.<a id="r1" href="#n1">1</a></p>'
        f'<p>{FILLERS[1]}</p><ol><li id="n1">See it. <a href="#r1">↩</a></li></ol>',
        encoding="utf-8",
    )

    document = read_file(path)

    assert "It had 40 m1." in document.text
    assert [(mark.marker, mark.note) for mark in document.marks] == [("1", 0)]


def test_without_the_converter_the_error_says_how_to_install_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "book.docx"
    path.write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "mammoth", None)

    with pytest.raises(ConverterMissing, match=r"pip install 'ibid\[formats\]'"):
        read_file(path)


@pytest.mark.parametrize("ending", ["docx", "epub", "pdf"])
def test_a_broken_file_is_refused(tmp_path, ending) -> None:
    path = tmp_path / f"book.{ending}"
    path.write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(BrokenFile, match="no sound"):
        read_file(path)


def test_a_file_without_text_says_what_it_lacks(tmp_path) -> None:
    path = tmp_path / "book.html"
    path.write_text("<p><img src='scan.png'></p>", encoding="utf-8")

    with pytest.raises(EmptyFile, match="recognise the text"):
        read_file(path)


@pytest.mark.parametrize("ending", ["docx", "epub", "html", "pdf"])
def test_a_damaged_book_is_read_or_refused(tmp_path, ending) -> None:
    path = tmp_path / f"book.{ending}"
    whole = RENDERED[ending](BOOK[:1])
    for seed in range(8):
        path.write_bytes(_damaged(whole, random.Random(seed)))
        try:
            document = read_file(path)
        except ReadingError:
            continue

        assert account_for(document).unknown == (), seed


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    """Damage a file, or where it is an archive, the files in it."""
    if raw.startswith(b"PK") and chance.random() < 0.7:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(raw)) as sound, zipfile.ZipFile(stream, "w") as archive:
            for name in sound.namelist():
                inner = sound.read(name)
                archive.writestr(name, _damaged(inner, chance) if chance.random() < 0.4 else inner)
        return stream.getvalue()
    broken = bytearray(raw[: chance.randrange(len(raw) // 2, len(raw))])
    for _ in range(20):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)
