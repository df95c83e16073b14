"""Turns a file's bytes into text, and says which encoding did it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from corpus.errors import BinaryFile, EmptyFile, UndecodableFile

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x0b\x1a\x1b")
# A scanned text may hold a stray control byte; a program or a picture is full of them.
_CONTROL_SHARE = 0.01
_SAMPLE_BYTES = 1 << 16
_SOUND_SHARE = 4


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text and the encoding it was in."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()
    """What was wrong with the bytes."""


def decode(raw: bytes, path: Path) -> Decoded:
    """Turn bytes into text.

    What a byte order mark names is tried first, then UTF-8, then UTF-8 with some broken bytes,
    then the likeliest older encoding.

    Args:
        raw: The whole file.
        path: Its name, for the error.

    Returns:
        The text with line ends as they stand in the file, and the encoding's Python name.

    Raises:
        EmptyFile: If there is nothing but white space.
        BinaryFile: If the bytes are no text.
        UndecodableFile: If no encoding fits.
    """
    decoded = (
        _decode_marked(raw, path)
        or _decode_utf8(raw)
        or _decode_broken_utf8(raw)
        or _decode_guessed(raw, path)
    )
    if not decoded.text.strip():
        raise EmptyFile(path, "no text", "a book or an article", "remove the file or fill it")
    return decoded


def _decode_marked(raw: bytes, path: Path) -> Decoded | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            try:
                return Decoded(raw.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise UndecodableFile(
                    path,
                    f"a byte order mark of {encoding} but a broken byte at {error.start}",
                    "text in that encoding throughout",
                    "save it again as UTF-8",
                ) from error
    return None


def _decode_utf8(raw: bytes) -> Decoded | None:
    if _looks_binary(raw):
        return None
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _decode_broken_utf8(raw: bytes) -> Decoded | None:
    """Read as UTF-8 what is so but for some bytes, such as a line pasted from an older file."""
    if _looks_binary(raw):
        return None
    text = raw.decode("utf-8", errors=_STRAY)
    kept = len(raw.decode("utf-8", errors="ignore").encode())
    stray = len(raw) - kept
    # Letters beyond ASCII that are sound; in an older encoding hardly any would be.
    sound = sum(not char.isascii() for char in text) - stray
    if sound < _SOUND_SHARE * stray:
        return None
    what = "1 byte is" if stray == 1 else f"{stray:,} bytes are"
    return Decoded(text, "utf-8", (f"{what} no UTF-8, and read as Windows-1252",))


def _read_stray(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", errors="replace"), error.end


_STRAY = "corpus.stray"
codecs.register_error(_STRAY, _read_stray)


def _decode_guessed(raw: bytes, path: Path) -> Decoded:
    best = from_bytes(raw[: 16 * _SAMPLE_BYTES]).best()
    if best is not None and not best.could_be_from_charset:
        best = None
    if _looks_binary(raw) and (best is None or not best.encoding.startswith(("utf_16", "utf_32"))):
        raise BinaryFile(path, "binary data", "a text file", "convert it to text or Markdown first")
    if best is None:
        raise UndecodableFile(
            path, "bytes that fit no known encoding", "text", "save it as UTF-8 and try again"
        )
    try:
        return Decoded(raw.decode(best.encoding), best.encoding)
    except UnicodeDecodeError as error:
        raise UndecodableFile(
            path,
            f"a byte at {error.start} that does not fit {best.encoding}",
            "one encoding throughout",
            "save it as UTF-8 and try again",
        ) from error


def _looks_binary(raw: bytes) -> bool:
    sample = raw[:_SAMPLE_BYTES]
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    return controls > _CONTROL_SHARE * len(sample) or b"\x00" in sample
