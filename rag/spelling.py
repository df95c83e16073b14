"""Mends words of a question that the library does not know, after words that it does know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from corpus.folding import fold
from index.generation import Index

# A shorter word has too many others one letter away.
_SHORTEST = 5
_TWO_LETTERS_FROM = 8
_LIKE = 0.8
_ROWS = 64
_VOWELS = frozenset("aeiouyj")
_HISSES = frozenset("szc")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class Speller:
    """Mends spelling by the vocabulary of an index and by the names of its authors."""

    def __init__(
        self, index: Index, names: Sequence[str], *, is_known: Callable[[str], bool]
    ) -> None:
        """Take an open index.

        Args:
            index: Whose words are right.
            names: Further words that are right, such as the names of authors.
            is_known: Whether a word needs no mending though it does not stand in the index.
        """
        self._index = index
        self._names = tuple(names)
        self._is_known = is_known

    def mend(self, text: str) -> str:
        """Give a question with its misspelt words mended, all else as it was.

        A word is misspelt if it stands nowhere in the library, nor in the model's vocabulary of
        whole words, and one of the library's words is one letter away from it, or two from a long
        one.
        """
        return _WORD.sub(lambda match: self._mended(match[0]), text)

    def _mended(self, word: str) -> str:
        folded = fold(word)
        if len(folded) < _SHORTEST or self._is_found(word) or self._is_known(folded):
            return word
        options = Counter(dict.fromkeys(self._names, 1))
        options.update(self._words_like(word))
        likely = [
            (_likeness(folded, fold(option)), count, option)
            for option, count in options.items()
            if word[:1].isupper() <= option[:1].isupper() and _is_slip(word, option)
        ]
        likeness, _, best = max(likely, default=(0.0, 0, word))
        return best if likeness >= _LIKE else word

    def _is_found(self, word: str) -> bool:
        lexical = self._index.lexical
        return any(lexical.document_frequency(term) for term in lexical.analyze(word))

    def _words_like(self, word: str) -> Counter[str]:
        """Count the words, as they are written, of passages that hold one like this."""
        lexical = self._index.lexical
        found: Counter[str] = Counter()
        for term in lexical.analyze(word):
            letters = 2 if len(term) >= _TWO_LETTERS_FROM else 1
            rows = lexical.rows_with_word_like(term, letters, _ROWS)
            for passage in self._index.documents.passages(rows):
                found.update(
                    other
                    for other in _WORD.findall(passage.text)
                    if abs(len(other) - len(word)) <= letters
                )
        return found


def _is_slip(word: str, other: str) -> bool:
    """Whether a word is more likely another one misspelt than a word of its own.

    Letters are left out, doubled and swapped, and vowels are taken one for the other; but where a
    consonant stands for another one (``brunt`` and ``blunt``), both are words as a rule, and a name
    with a letter more or less at its end (``Borodin`` and ``Borodino``) is another name.
    """
    if fold(word[:1]) != fold(other[:1]):
        return False
    steps = SequenceMatcher(None, fold(word), fold(other), autojunk=False).get_opcodes()
    if word[:1].isupper() and steps[-1][0] in ("insert", "delete"):
        return False
    replaced = [(word[a:b], other[c:d]) for step, a, b, c, d in steps if step == "replace"]
    return all(set(a + b) <= _VOWELS or set(a + b) <= _HISSES for a, b in replaced)


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word, other, autojunk=False).ratio()
