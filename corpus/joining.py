"""Joins paragraphs that a page break, a running head or a block of notes has cut in two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.document import Span
from corpus.layout import Draft
from corpus.sentences import FUNCTION_WORDS, breaks_off, is_open, without_marks

_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NAME = re.compile(r"(?<=[a-z,;'’] )[A-Z][^\W\d_]+")
_OPENERS = "'\"‘“([*_«"
_SHORT = 60
# 'The' stands capitalised in mid-sentence now and then, in titles; a name does as a rule.
_NAME_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Joined:
    """How many cuts were mended."""

    sentences: int
    words: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one file, to judge a cut by how its halves are written elsewhere."""

    words: Mapping[str, int]
    """How often each lower-case word stands in the file, compounds as one word."""
    names: Mapping[str, int]
    """How often each word stands capitalised behind a lower-case one, so in mid-sentence."""
    plain: Mapping[str, int]
    """How often each word stands in lower case."""

    @classmethod
    def of(cls, source: str) -> Vocabulary:
        """Count the words of a file."""
        written = Counter(m.group() for m in _COMPOUND.finditer(source))
        words: Counter[str] = Counter()
        for word, count in written.items():
            words[word.lower()] += count
        return cls(
            words=words,
            names=Counter(m.group() for m in _NAME.finditer(source)),
            plain={word: count for word, count in written.items() if word.islower()},
        )

    def may_stand_within(self, word: str) -> bool:
        """Whether a capitalised word can stand in the middle of a sentence, as names do."""
        plain = self.plain.get(word.lower(), 0)
        return not plain or self.names.get(word, 0) > _NAME_SHARE * plain


def join_cut_paragraphs(drafts: list[Draft], source: str) -> Joined:
    """Join every paragraph that breaks off with the one that goes on, across what lies between.

    Args:
        drafts: In file order, with furniture, notes and headings marked; joined in place.
        source: The file.

    Returns:
        The number of sentences joined, and how many of them were cut inside a word.
    """
    vocabulary = Vocabulary.of(source)
    kept: list[Draft] = []
    open_draft: Draft | None = None
    sentences = broken_words = 0
    for draft in drafts:
        if draft.level and not draft.dropped:
            open_draft = None
        if not draft.is_text:
            kept.append(draft)
            continue
        seam = open_draft and find_seam(open_draft.text, draft.text, vocabulary)
        if open_draft is not None and seam:
            _join(open_draft, draft, seam)
            sentences += 1
            broken_words += seam.inside_word
            continue
        kept.append(draft)
        open_draft = draft if not draft.listed else None
    drafts[:] = kept
    return Joined(sentences, broken_words)


@dataclass(frozen=True, slots=True)
class Seam:
    """How two halves go together."""

    inside_word: bool
    drops_hyphen: bool


def find_seam(first: str, second: str, vocabulary: Vocabulary) -> Seam | None:
    """Tell whether the second paragraph goes on where the first breaks off, and how.

    Args:
        first: The first paragraph, stripped.
        second: The second, stripped.
        vocabulary: The words of the file.
    """
    first = without_marks(first)
    opening = second.lstrip(_OPENERS)
    if not opening:
        return None
    if re.search(r"[^\W\d_]-$", first):
        return _hyphen_seam(first, second, vocabulary.words)
    if not is_open(first):
        return None
    if opening[0].islower() or _capital_goes_on(first, opening, vocabulary):
        return Seam(inside_word=False, drops_hyphen=False)
    return None


def _capital_goes_on(first: str, opening: str, vocabulary: Vocabulary) -> bool:
    """Whether a second half that opens with a capital or a digit can go on with the first.

    Where the other half is lost, or only a full stop, what follows opens like a sentence.
    """
    word = re.match(r"[^\W\d_]+", opening)
    if breaks_off(first):
        return word is None or word.group().lower() not in FUNCTION_WORDS
    return len(first) > _SHORT and (word is None or vocabulary.may_stand_within(word.group()))


def _hyphen_seam(first: str, second: str, vocabulary: Mapping[str, int]) -> Seam | None:
    left = re.search(r"([^\W\d_]+)-$", first)
    right = re.match(r"[^\W\d_]+", second)
    if left is None or right is None:
        return None
    keeps = keeps_hyphen(left.group(1), right.group(), vocabulary)
    if keeps is None:
        return None
    return Seam(inside_word=True, drops_hyphen=not keeps)


def keeps_hyphen(left: str, right: str, vocabulary: Mapping[str, int]) -> bool | None:
    """Tell whether a hyphen at a line's end belongs to the word.

    Returns:
        False where it only breaks the word (``organiza-`` ``tion``), True where the word is
        written with it (``non-`` ``party``), None where the halves do not belong together.
    """
    a, b = left.lower(), right.lower()
    if vocabulary.get(a + b, 0):
        return False
    if vocabulary.get(f"{a}-{b}", 0):
        return True
    if right[0].isupper() or b in FUNCTION_WORDS:
        return None
    stands_alone = vocabulary.get(a, 0) > 1 and vocabulary.get(b, 0) > 1
    return stands_alone and len(b) > 2


def _join(first: Draft, second: Draft, seam: Seam) -> None:
    if seam.drops_hyphen:
        start, end = first.spans[-1]
        first.spans[-1] = Span(start, end - 1)
        first.text = first.text[:-1]
    first.joins.append(seam.inside_word)
    first.joins.extend(second.joins)
    first.spans.extend(second.spans)
    first.text = first.text + ("" if seam.inside_word else " ") + second.text
