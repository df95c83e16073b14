"""Renders made books in every format that is read, with the notes that each format has."""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from reportlab.lib.pagesizes import A5
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.made_book import AUTHOR, TITLE, MadeChapter, MadeNote, MadeSentence


def as_html(chapters: Sequence[MadeChapter], encoding: str = "utf-8") -> bytes:
    """Give one page, with the notes as a list at its end, numbered through, that link back."""
    number, body, notes = 0, [], []
    for chapter in chapters:
        body.append(f"<h1>{escape(chapter.title)}</h1>")
        for paragraph in chapter.paragraphs:
            words = []
            for sentence in paragraph:
                words.append(escape(sentence.text))
                if sentence.note is not None:
                    number += 1
                    words[-1] += (
                        f'<a href="#fn{number}" class="footnote-ref" id="fnref{number}">'
                        f"<sup>{number}</sup></a>"
                    )
                    notes.append(
                        f'<li id="fn{number}"><p>{escape(sentence.note.text)} '
                        f'<a href="#fnref{number}">↩︎</a></p></li>'
                    )
            body.append("<p>" + "\n".join(words) + "</p>")
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="{encoding}"><title>{TITLE}</title>'
        f'<meta name="author" content="{AUTHOR}"><style>p {{ margin: 0 }}</style></head>\n<body>'
        + "\n".join(body)
        + '<section class="footnotes"><hr>\n<ol>'
        + "\n".join(notes)
        + "</ol></section></body></html>"
    )
    return page.encode(encoding, errors="xmlcharrefreplace")


def as_epub(chapters: Sequence[MadeChapter]) -> bytes:
    """Give a file a chapter; notes stand as asides behind their paragraph or in a file of all."""
    files: dict[str, str] = {}
    endnotes = []
    for i, chapter in enumerate(chapters):
        name, aside = f"chapter{i}.xhtml", i % 2 == 0
        body = [f'<section epub:type="chapter"><h1>{escape(chapter.title)}</h1>']
        for paragraph in chapter.paragraphs:
            place = "" if aside else "notes.xhtml"
            body.append("<p>" + _linked_words(paragraph, i, place) + "</p>")
            for note in _notes_of(paragraph):
                key = f"c{i}n{note.number}"
                if aside:
                    body.append(
                        f'<aside epub:type="footnote" id="{key}"><p>{escape(note.text)}</p></aside>'
                    )
                else:
                    endnotes.append(
                        f'<p id="{key}"><a href="{name}#r{key}">{note.number}.</a> '
                        f"{escape(note.text)}</p>"
                    )
        files[name] = _xhtml("".join(body) + "</section>")
    files["notes.xhtml"] = _xhtml("<h1>Notes</h1>" + "".join(endnotes))
    return _archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<?xml version="1.0"?><container><rootfiles>'
            '<rootfile full-path="text/book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>",
            "text/book.opf": _package(files),
            **{f"text/{name}": page for name, page in files.items()},
        }
    )


def _linked_words(paragraph: Iterable[MadeSentence], chapter: int, place: str) -> str:
    words = []
    for sentence in paragraph:
        words.append(escape(sentence.text))
        if sentence.note is not None:
            key = f"c{chapter}n{sentence.note.number}"
            words[-1] += (
                f'<sup><a epub:type="noteref" href="{place}#{key}" id="r{key}">'
                f"{sentence.note.number}</a></sup>"
            )
    return " ".join(words)


def _notes_of(paragraph: Iterable[MadeSentence]) -> Iterator[MadeNote]:
    return (sentence.note for sentence in paragraph if sentence.note is not None)


def _xhtml(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>A chapter</title></head>'
        f"<body>{body}</body></html>"
    )


def _package(files: Iterable[str]) -> str:
    names = list(files)
    items = "".join(
        f'<item id="i{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="i{i}"/>' for i in range(len(names)))
    return (
        '<?xml version="1.0"?><package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{TITLE}</dc:title><dc:creator>{AUTHOR}</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )


def as_docx(chapters: Sequence[MadeChapter]) -> bytes:
    """Give a Word file with real footnotes, and real endnotes in its last chapter."""
    notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
    body = []
    for chapter in chapters:
        kind = "endnote" if chapter is chapters[-1] else "footnote"
        body.append(_word_paragraph(_run(chapter.title), style="Heading1"))
        for paragraph in chapter.paragraphs:
            runs = []
            for sentence in paragraph:
                runs.append(_run(sentence.text))
                if sentence.note is not None:
                    notes[kind].append(sentence.note.text)
                    runs.append(f'<w:r><w:{kind}Reference w:id="{len(notes[kind])}"/></w:r>')
                runs.append(_run(" "))
            body.append(_word_paragraph("".join(runs)))
    return _archive(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": _relations(
                ("footnotes", "footnotes.xml"), ("endnotes", "endnotes.xml")
            ),
            "docProps/core.xml": f"<dc:title>{TITLE}</dc:title><dc:creator>{AUTHOR}</dc:creator>",
            "word/document.xml": _word("document", f"<w:body>{''.join(body)}</w:body>"),
            **{f"word/{kind}s.xml": _word_notes(kind, texts) for kind, texts in notes.items()},
        }
    )


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_PARTS}.document.main+xml"/></Types>'
)


def _relations(*parts: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(parts)
    )
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships">{rows}</Relationships>'
    )


def _word(name: str, content: str) -> str:
    return f'<?xml version="1.0"?><w:{name} xmlns:w="{_WORD}">{content}</w:{name}>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _word_paragraph(runs: str, style: str = "") -> str:
    said = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{said}{runs}</w:p>"


def _word_notes(kind: str, texts: Sequence[str]) -> str:
    notes = "".join(
        f'<w:{kind} w:id="{i}">{_word_paragraph(_run(text))}</w:{kind}>'
        for i, text in enumerate(texts, start=1)
    )
    return _word(f"{kind}s", notes)


def _archive(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def as_scan(chapters: Iterable[MadeChapter]) -> Iterator[str]:
    """Give a plain text as scans have it, chapter by chapter.

    Running heads and blocks of notes cut sentences, and a rule stands above every block.
    """
    page, since = 1, 0
    for chapter in chapters:
        parts, waiting = [chapter.title], list[MadeNote]()
        for paragraph in chapter.paragraphs:
            words = " ".join(
                s.text + (f"<sup>{s.note.number}</sup>" if s.note else "") for s in paragraph
            ).split(" ")
            waiting += _notes_of(paragraph)
            since += len(" ".join(words))
            half = len(words) // 2 if since > 2_000 else len(words)
            parts.append(" ".join(words[:half]))
            if half < len(words):
                page, since = page + 1, 0
                parts += _foot(waiting)
                parts += [f"{page} {chapter.title.upper()}", " ".join(words[half:])]
        yield "\n\n".join([*parts, *_foot(waiting)]) + "\n\n"


def _foot(waiting: list[MadeNote]) -> list[str]:
    made = ["---", *(f"{note.number} {note.text}" for note in waiting)] if waiting else []
    waiting.clear()
    return made


def as_pdf(chapters: Sequence[MadeChapter], index: Sequence[str] = ()) -> bytes:
    """Give pages with running heads, raised marks, and notes at the foot that go on overleaf.

    Args:
        chapters: The book.
        index: Lines of a last page, in small print.
    """
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A5, invariant=True)
    canvas.setTitle(TITLE)
    canvas.setAuthor(AUTHOR)
    press = _Press(canvas)
    for chapter in chapters:
        press.open_chapter(chapter.title)
        for paragraph in chapter.paragraphs:
            press.set_paragraph(paragraph)
    press.end(index)
    return stream.getvalue()


_SIZE, _SMALL, _RAISED = 10.0, 8.0, 6.5
_FACE, _LEADING = "Times-Roman", 1.25
_LEFT, _WIDTH, _TOP, _BOTTOM = 50.0, A5[0] - 100.0, A5[1] - 70.0, 60.0
_NOTE_LINES = 9
"""Lines of notes at most on one page: what is left over goes on overleaf."""


class _Press:
    """Sets lines on pages, those of the notes at the foot."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._title = ""
        self._page = 0
        self._y = 0.0
        self._foot: list[list[str]] = []
        """Lines of notes that this page is to have, each as words; a number stands in brackets."""

    def open_chapter(self, title: str) -> None:
        self._finish_page()
        self._title = title
        self._new_page(head=False)
        self._canvas.setFont("Times-Bold", 15)
        self._canvas.drawString(_LEFT, self._y - 10, title)
        self._y -= 45

    def set_paragraph(self, paragraph: Sequence[MadeSentence]) -> None:
        words: list[tuple[str, MadeNote | None]] = []
        for sentence in paragraph:
            *first, last = sentence.text.split(" ")
            words += [(word, None) for word in first] + [(last, sentence.note)]
        line: list[tuple[str, MadeNote | None]] = []
        room, indent = _WIDTH - 14, 14.0
        for word in words:
            if line and _measure([*line, word]) > room:
                self._set_line(line, indent)
                line, room, indent = [], _WIDTH, 0.0
            line.append(word)
        self._set_line(line, indent)

    def end(self, index: Sequence[str]) -> None:
        self._finish_page()
        while self._foot:
            self._new_page()
            self._finish_page()
        for line in index:
            self._y = (self._y if line != index[0] else _TOP) - _SMALL * _LEADING
            self._draw(_LEFT, self._y, line, _SMALL)
        self._canvas.save()

    def _set_line(self, line: Sequence[tuple[str, MadeNote | None]], indent: float) -> None:
        wanted = [note for _, note in line if note is not None]
        lines = [row for note in wanted for row in _note_lines(note)]
        room = min(len(self._foot) + len(lines), _NOTE_LINES) * _SMALL * _LEADING
        if self._y - _SIZE * _LEADING < _BOTTOM + room + 12:
            self._finish_page()
            self._new_page()
        self._foot += lines
        self._y -= _SIZE * _LEADING
        x = _LEFT + indent
        for word, note in line:
            x = self._draw(x, self._y, word, _SIZE)
            if note is not None:
                x = self._draw(x, self._y + 3.5, str(note.number), _RAISED)
            x += stringWidth(" ", _FACE, _SIZE)

    def _draw(self, x: float, y: float, text: str, size: float) -> float:
        self._canvas.setFont(_FACE, size)
        self._canvas.drawString(x, y, text)
        return x + stringWidth(text, _FACE, size)

    def _new_page(self, *, head: bool = True) -> None:
        self._page += 1
        self._y = _TOP
        if head:
            self._draw(_LEFT, _TOP + 20, str(self._page), _SIZE)
            self._draw(_LEFT + 60, _TOP + 20, self._title.upper(), _SIZE)

    def _finish_page(self) -> None:
        if not self._page:
            return
        printed, self._foot = self._foot[:_NOTE_LINES], self._foot[_NOTE_LINES:]
        y = _BOTTOM + len(printed) * _SMALL * _LEADING
        if printed:
            self._canvas.line(_LEFT, y + 4, _LEFT + 60, y + 4)
        for words in printed:
            y -= _SMALL * _LEADING
            x = _LEFT
            for word in words:
                raised = word.startswith("[")
                x = self._draw(
                    x, y + 2.5 * raised, word.strip("[]"), _RAISED - 1.5 if raised else _SMALL
                )
                x += stringWidth(" ", _FACE, _SMALL)
        self._canvas.showPage()


def _measure(line: Sequence[tuple[str, MadeNote | None]]) -> float:
    words = stringWidth(" ".join(word for word, _ in line), _FACE, _SIZE)
    return float(words + sum(stringWidth(str(n.number), _FACE, _RAISED) for _, n in line if n))


def _note_lines(note: MadeNote) -> list[list[str]]:
    lines = textwrap.wrap(f"[{note.number}] {note.text}", 78, break_on_hyphens=False)
    return [line.split(" ") for line in lines]
