"""Keep text from steering the terminal it is printed on."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""C0 and C1 control characters, and those that turn the direction of writing around."""


def clean(text: str) -> str:
    """Put a visible sign in place of every control character, line breaks and tabs apart."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Give a message as one clean line, its own lines parted by semicolons."""
    return clean("; ".join(" ".join(line.split()) for line in text.splitlines() if line.strip()))
