"""Turns books in other formats into Markdown, with their real notes kept as notes.

The converter is an extra; without it a file in such a format is refused with the command that
installs it. What a passage traces back to is the Markdown, and the reading report says so.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from corpus.decoding import Decoded
from corpus.errors import BrokenFile, ConverterMissing, EmptyFile

CONVERTED: Mapping[str, str] = {
    ".docx": "Word",
    ".epub": "EPUB",
    ".htm": "HTML",
    ".html": "HTML",
    ".pdf": "PDF",
}
"""File endings that are read through the converter, with the name of the format."""

_CONVERTERS = {
    "EPUB": "EpubConverter",
    "HTML": "HtmlConverter",
    "PDF": "PdfConverter",
    "Word": "DocxConverter",
}
_TARGET = r"\([^()\s#]*#(?P<target>[\w:.-]+)(?:\s+\"[^\"]*\")?\)"
_LABEL = r"\[\\?\[?\^?(?P<label>\d{1,4}|[a-z*†‡§]{1,3})\\?\]?\]"
_MARK = re.compile(_LABEL + _TARGET)
_BACK_SIGNS = r"[↑↩↵⏎^\ufe0e\ufe0f\\]*(?:back|return)?"
_NOTE = re.compile(
    rf"^[ \t]*(?:[-*+]|\d{{1,4}}\.)?[ \t]*(?P<text>\S.*?)\s*\[{_BACK_SIGNS}\]{_TARGET}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_WAY_BACK = re.compile(r"[-_.:]?(?:ref|back|return)", re.IGNORECASE)


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
        from markitdown import MarkItDown, MarkItDownException, StreamInfo, converters
    except ImportError as error:
        raise ConverterMissing(
            path,
            f"{name}, which needs a converter",
            "the extra 'formats'",
            "install it with pip install 'ibid[formats]'",
        ) from error
    # One converter alone: left to choose, it would take a broken archive for plain text.
    converter = MarkItDown(enable_builtins=False, enable_plugins=False)
    converter.register_converter(getattr(converters, _CONVERTERS[name])())
    stream = StreamInfo(extension=path.suffix.lower(), filename=path.name)
    try:
        converted = converter.convert_stream(io.BytesIO(raw), stream_info=stream)
    except (MarkItDownException, ValueError, KeyError, OSError) as error:
        why = str(error).strip().splitlines()[-1].strip(" -") if str(error).strip() else "empty"
        raise BrokenFile(
            path, f"no sound {name} ({why})", f"sound {name}", "open it and save it again"
        ) from error
    if not converted.markdown.strip():
        raise EmptyFile(path, "no text", "a text layer", "recognise the text of the scan first")
    return Decoded(link_notes(converted.markdown), f"Markdown made from {name}")


def link_notes(markdown: str) -> str:
    """Write links to notes, and the notes that link back, as marks and notes.

    Args:
        markdown: As converters give it, where a mark is a link such as ``[1](#fn1)`` and a note
            ends with a link back such as ``[↩](#fnref1)``.
    """
    labels = {match["target"]: match["label"] for match in _MARK.finditer(markdown)}
    backs = {_WAY_BACK.sub("", match["target"]) for match in _NOTE.finditer(markdown)}
    noted = {target: label for target, label in labels.items() if target in backs}
    # Where numbering restarts, the order of marks and notes tells what a label alone does not.
    restarts = max(Counter(noted.values()).values(), default=0) > 1

    def note(match: re.Match[str]) -> str:
        label = noted.get(_WAY_BACK.sub("", match["target"]))
        if label is None:
            return match.group()
        opener = f"<sup>{label}</sup>" if restarts else f"[^{label}]:"
        return f"\n{opener} {match['text']}"

    def mark(match: re.Match[str]) -> str:
        if match["target"] not in noted:
            return match.group()
        return f"<sup>{match['label']}</sup>" if restarts else f"[^{match['label']}]"

    return _MARK.sub(mark, _NOTE.sub(note, markdown))
