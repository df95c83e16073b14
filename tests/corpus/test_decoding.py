"""From bytes to text, in whatever encoding a library has kept it."""

import codecs
from pathlib import Path

import pytest

from corpus.account import account_for
from corpus.decoding import decode
from corpus.errors import BinaryFile, EmptyFile, UndecodableFile
from corpus.reading import read_file
from tests.corpus.reading_of import FILLERS

RUSSIAN = (
    "Зимой того года в городе не осталось дров, и совет, который не рассчитывал на такой мороз, "
    "послал людей в лес с одним приказом: привезти всё, что горит. Никто не мог сказать, сколько "
    "подвод было отправлено и кто дал на это разрешение. Мельницы стояли до самой весны."
)
FRENCH = (
    "L'hiver de cette année-là, la ville manqua de bois, et le conseil, qui n'avait pas prévu un "
    "tel froid, envoya ses hommes à la forêt avec un seul ordre : ramener tout ce qui brûle. "
    "Personne ne put dire combien de charrettes étaient parties, ni qui l'avait décidé."
)
GERMAN = (
    "Im Winter jenes Jahres fehlte es der Stadt an Holz, und der Rat, der mit solcher Kälte nicht "
    "gerechnet hatte, schickte Männer in den Wald. Niemand wußte, wie viele Fuhren gefahren "
    "waren und wer es erlaubt hatte; die Mühlen standen bis zum Frühling still."
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (RUSSIAN, "utf-32"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (GERMAN, "utf-16-le"),
    ],
)
def test_a_text_is_read_letter_for_letter_in_the_encoding_it_is_in(text, encoding) -> None:
    decoded = decode(f"{text}\n\n{text}\n".encode(encoding), Path("book.txt"))

    assert decoded.text.strip("\ufeff") == f"{text}\n\n{text}\n"
    assert codecs.lookup(decoded.encoding)


def test_the_encoding_stands_in_the_reading_report(tmp_path) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(f"{RUSSIAN}\n\n{RUSSIAN}\n".encode("cp1251"))

    document = read_file(path)

    assert document.report.encoding == "cp1251"
    assert RUSSIAN in document.text
    assert account_for(document).findable == 1.0


@pytest.mark.parametrize(
    ("raw", "error", "says"),
    [
        (b" \n\t\n", EmptyFile, "no text"),
        (bytes(range(256)) * 40, BinaryFile, "binary data"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a", UndecodableFile, "broken byte"),
    ],
    ids=["blank", "a program", "half a character"],
)
def test_what_is_no_text_is_refused_with_what_to_do(raw, error, says) -> None:
    with pytest.raises(error, match=says):
        decode(raw, Path("book.txt"))


def test_a_stray_control_byte_does_not_make_a_book_binary() -> None:
    raw = "\n\n".join(FILLERS).encode() + b"\x02\n"

    assert decode(raw, Path("book.txt")).encoding == "utf-8"


@pytest.mark.parametrize(
    ("stray", "read"),
    [(b"\x96", "–"), (b"caf\xe9", "café"), (b"\x81", "\ufffd"), (b"\xe2\x80", "â€")],
    ids=["dash", "word", "no letter", "half a character"],
)
def test_some_broken_bytes_do_not_spoil_a_book_in_utf_8(stray: bytes, read: str) -> None:
    sound = "The widow’s court – so it was called – met “twice” a year.\n\n"

    decoded = decode(sound.encode() + stray + b" so\n\n" + sound.encode(), Path("book.txt"))

    assert decoded.text == f"{sound}{read} so\n\n{sound}"
    assert decoded.encoding == "utf-8"
    assert "no UTF-8, and read as Windows-1252" in decoded.warnings[0]
