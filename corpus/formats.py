"""Turns books in other formats into Markdown, with their real notes kept as notes.

The libraries that take such files apart are an extra; without it a file in such a format is
refused with the command that installs it. What a passage traces back to is the Markdown, and the
reading report says so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from corpus.decoding import Decoded
from corpus.errors import BrokenFile, ConverterMissing, EmptyFile
from corpus.front_matter import front_matter

CONVERTED: Mapping[str, str] = {
    ".docx": "Word",
    ".epub": "EPUB",
    ".htm": "HTML",
    ".html": "HTML",
    ".pdf": "PDF",
    ".xhtml": "HTML",
}
"""File endings that are read through a converter, with the name of the format."""

_PROPERTIES = "docProps/core.xml"


def convert(raw: bytes, path: Path) -> Decoded:
    """Convert a file to Markdown.

    Args:
        raw: The whole file.
        path: Its name, whose ending is in ``CONVERTED``.

    Returns:
        The Markdown, and in place of an encoding what it was made from.

    Raises:
        ConverterMissing: If the extra is not installed.
        BrokenFile: If the converter cannot make sense of the file.
        EmptyFile: If there is no text in it, as in a scan without a text layer.
    """
    name = CONVERTED[path.suffix.lower()]
    try:
        converted = _converters()[name](raw)
    except ImportError as error:
        raise ConverterMissing(
            path,
            f"{name}, which needs a converter",
            "the extra 'formats'",
            "install it with pip install 'ibid[formats]'",
        ) from error
    except Exception as error:  # what three libraries make of a broken file cannot be listed
        why = str(error).strip().splitlines()[-1].strip(" -") if str(error).strip() else "empty"
        raise BrokenFile(
            path, f"no sound {name} ({why})", f"sound {name}", "open it and save it again"
        ) from error
    if not converted.text.strip():
        raise EmptyFile(path, "no text", "a text layer", "recognise the text of the scan first")
    return converted


def _word_front(raw: bytes) -> str:
    """Give title and author, as the file's own properties tell them."""
    from corpus.markup import soup_of

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if _PROPERTIES not in archive.namelist():
            return ""
        said = soup_of(archive.read(_PROPERTIES))
    title, author = (said.find(name) for name in ("dc:title", "dc:creator"))
    return front_matter(*(tag.get_text().strip() if tag else "" for tag in (title, author)))


def _converters() -> Mapping[str, Callable[[bytes], Decoded]]:
    """Give the converter of each format; only now, since they belong to an extra."""
    import mammoth

    from corpus.epub import epub_to_markdown
    from corpus.markup import html_to_markdown
    from corpus.pdf import pdf_to_markdown

    def word(raw: bytes) -> Decoded:
        # Its notes come as linked HTML, such as those of the other formats.
        html = mammoth.convert_to_html(io.BytesIO(raw)).value
        text = html_to_markdown(html).text
        return Decoded(
            "\n\n".join(filter(None, (_word_front(raw), text))), "Markdown made from Word"
        )

    def epub(raw: bytes) -> Decoded:
        return Decoded(epub_to_markdown(raw), "Markdown made from EPUB")

    def html(raw: bytes) -> Decoded:
        made = html_to_markdown(raw)
        return Decoded(made.text, f"Markdown made from HTML in {made.encoding}")

    def pdf(raw: bytes) -> Decoded:
        return Decoded(pdf_to_markdown(raw), "Markdown made from PDF")

    return {"Word": word, "EPUB": epub, "HTML": html, "PDF": pdf}
