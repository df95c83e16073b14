"""Whether a quotation stands in the file word for word.

This is a second, independent reading of the rule: nothing here calls what the answer was made
with, so that a fault there cannot hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARK = re.compile(r"\[\^[^\]]*\]")
_EMPHASIS = re.compile(r"[*_]+")
_SPLIT_WORD = re.compile(r"(?<=\w)[-\u00ad\u2010][ \t]*\r?\n\s*(?=\w)")
_SPACE = re.compile(r"\s+")


def is_verbatim(quote: str, slices: Sequence[str]) -> bool:
    """Tell whether a quotation without its marks is what the file says.

    Args:
        quote: The quotation; the author's marks stand in it as ``[^n]``.
        slices: The parts of the source file that its spans name, in order.

    Returns:
        True when both are the same, letter for letter, after the slices are put together with
        nothing between, words split by a line-break hyphen are joined, emphasis signs dropped and
        white space folded. White space at either end counts: a span that is one character too
        long is wrong, though the character be a blank. An empty quotation is never verbatim.
    """
    quoted = _fold(_MARK.sub("", quote))
    return bool(quoted.strip()) and quoted == _fold(_SPLIT_WORD.sub("", "".join(slices)))


def _fold(text: str) -> str:
    return _SPACE.sub(" ", _EMPHASIS.sub("", text))
