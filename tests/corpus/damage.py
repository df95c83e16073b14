"""Damages files as bad disks, bad copies and bad luck do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "sample"
LONGEST = 20_000
# What readers of notes, headings and tables act upon; put where it does not belong.
SIGNS = (
    "[Footnote 3: ",
    "]",
    "[",
    "<sup>",
    "</sup>",
    "[^1]: ",
    "²²⁷",
    "\n---\n",
    "\n- 1. Ibid.\n",
    "\n# ",
    "\t\t",
    "***",
    "\n\n12\n\n",
    "\f",
    "\u2028",
    "\u00ad\n",
    "Notes\n\n1 ",
    "Contents\n\nOne 1\nTwo 2\n",
    "CHAPTER I.\n",
    "(" * 40,
    "_" * 40,
)


def seeds(files: Sequence[Path] = ()) -> list[bytes]:
    """Give the files to be damaged; without any the sample library."""
    return [path.read_bytes() for path in files or sorted(SAMPLE.glob("*.*"))]


def damaged(sources: Sequence[bytes], chance: random.Random) -> bytes:
    """Give one file as it came out of an accident."""
    way = chance.choice((_noise, _truncated, _spliced, _mangled, _signed, _shuffled, _recoded))
    return way(sources, chance)[:LONGEST]


def _noise(_: Sequence[bytes], chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(2000))


def _truncated(sources: Sequence[bytes], chance: random.Random) -> bytes:
    source = chance.choice(sources)
    low = chance.randrange(len(source))
    return source[low : low + chance.randrange(LONGEST)]


def _spliced(sources: Sequence[bytes], chance: random.Random) -> bytes:
    return b"".join(
        _truncated(sources, chance)[: LONGEST // 4] for _ in range(chance.randrange(1, 6))
    )


def _mangled(sources: Sequence[bytes], chance: random.Random) -> bytes:
    raw = bytearray(_truncated(sources, chance))
    for _ in range(chance.randrange(200)):
        if raw:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def _signed(sources: Sequence[bytes], chance: random.Random) -> bytes:
    text = _truncated(sources, chance).decode(errors="ignore")
    for _ in range(chance.randrange(60)):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(SIGNS) + text[place:]
    return text.encode()


def _shuffled(sources: Sequence[bytes], chance: random.Random) -> bytes:
    lines = _spliced(sources, chance).splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _recoded(sources: Sequence[bytes], chance: random.Random) -> bytes:
    text = _truncated(sources, chance).decode(errors="ignore")
    return text.encode(
        chance.choice(("utf-16", "utf-16-le", "cp1251", "latin-1")), errors="replace"
    )
