"""Folds text for search, so that régime finds regime and Sokol'nikov finds Sokolnikov.

Quotations are never folded: what is folded here is compared and forgotten.
"""

from __future__ import annotations

import re
import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_LETTERS = {
    ord("ß"): "ss",
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("ø"): "o",
    ord("ł"): "l",
    ord("đ"): "d",
}
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛ʹʼʻ′`´"), "'")
_DOUBLE_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″"), '"')
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"), "")
_FOLDS = _DASHES | _LETTERS | _QUOTES | _DOUBLE_QUOTES | _DROPPED

_COMBINING = re.compile(r"[\u0300-\u036f\u0483-\u0489]+")

# An apostrophe between letters stands for a soft sign in transliterated Russian (Sokol'nikov) or
# for a possessive; the possessive is cut off, the soft sign left out.
_POSSESSIVE = re.compile(r"'s\b")
_SOFT_SIGN = re.compile(r"(?<=\w)'(?=\w)|(?<=[^\W\d_])'(?=[\s.,;:!?)]|$)")
_SPACE = re.compile(r"\s+")


def fold_signs(text: str) -> str:
    """Give the text with quote marks and dashes in their plain form and white space folded."""
    return _SPACE.sub(" ", text.translate(_FOLDS)).strip()


def fold(text: str) -> str:
    """Give the text as search compares it: lower case, no accents, no ligatures, plain signs.

    The result may be shorter or longer than the text: no offset carries over.
    """
    plain = text.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(_FOLDS))
        plain = _COMBINING.sub("", decomposed).translate(_FOLDS)
    if "'" in plain:
        plain = _SOFT_SIGN.sub("", _POSSESSIVE.sub("", plain))
    return " ".join(plain.split())
