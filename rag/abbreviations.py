"""Knows the short forms that the library's own tables of abbreviations explain, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.folding import fold

# A row that a scan ran together with another ('SR TsIK') explains neither.
_SHORT = re.compile(r"[^\W\d_][\w.-]+")
_ENDINGS = re.compile(r"\(\w{1,3}\)")
_WORD = re.compile(r"[^\W_]+(?:[.'-][^\W_]+)*")


class Abbreviations:
    """Short forms and what they stand for, from the tables of all documents."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """Take short and long forms as the tables have them.

        Args:
            entries: Pairs; a plural in brackets, as in ``Kolkhoz(y)``, is left off.
        """
        self._long: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for short, long in entries:
            form, meaning = _ENDINGS.sub("", short), _ENDINGS.sub("", long)
            # A long form of one word, such as an adjective, would be found everywhere.
            if _SHORT.fullmatch(form) and len(meaning.split()) > 1:
                _add(self._long, fold(form), meaning)
                _add(self._short, fold(meaning), form)

    def __len__(self) -> int:
        """Count the short forms."""
        return len(self._long)

    def counterparts(self, text: str) -> tuple[str, ...]:
        """Give the long forms of the short ones in a text, and the short forms of the long ones."""
        folded = [fold(word) for word in _WORD.findall(text)]
        found = [long for word in folded for long in self._long.get(word, ())]
        whole = f" {' '.join(folded)} "
        found += [
            short for long, forms in self._short.items() if f" {long} " in whole for short in forms
        ]
        return tuple(dict.fromkeys(found))


def _add(table: dict[str, list[str]], key: str, value: str) -> None:
    forms = table.setdefault(key, [])
    if value not in forms:
        forms.append(value)
