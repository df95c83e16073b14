"""Turns texts into what is stored of them, encoding only those that the cache does not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from index.arrays import Floats
from index.cache import Embedding, EmbeddingCache, Space, text_key
from index.encoder import Encoded, Encoder
from index.tokens import TOKEN_DIMENSIONS, PackedTokens, Projection

# A hundred tokens for each axis of a small model, from texts all over the library.
SAMPLE_TOKENS = 40_000
SAMPLE_TEXTS = 400

# A projection fitted to fewer tokens is fitted anew when the library changes. All of its texts are
# then encoded again, but these are few: some 150 passages take two seconds.
ENOUGH_TOKENS = 20_000

# How many texts are encoded between two writes to the cache: a crash loses no more than these.
TEXTS_AT_ONCE = 128


class Embedder:
    """Gives the embeddings of texts, from the cache where it has them."""

    def __init__(self, encoder: Encoder, cache: EmbeddingCache, space: Space) -> None:
        """Take the encoder, the cache, and the space that ``choose_space`` gave for both."""
        self._encoder = encoder
        self._cache = cache
        self._space = space
        self.encoded = 0
        """How many texts had to be encoded."""

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Give the embeddings of some texts, in their order."""
        keys = [text_key(text) for text in texts]
        known = self._cache.get(self._space, keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        wanted = list(missing)
        for low in range(0, len(wanted), TEXTS_AT_ONCE):
            some = wanted[low : low + TEXTS_AT_ONCE]
            encoded = self._encoder.encode([missing[key] for key in some])
            made = dict(zip(some, pack(encoded, self._space.projection), strict=True))
            self._cache.put(self._space, made)
            known |= made
            self.encoded += len(some)
        return [known[key] for key in keys]


def choose_space(
    encoder: Encoder, cache: EmbeddingCache, count: int, texts: Callable[[int], str]
) -> Space:
    """Decide on the projection of token vectors, and fit it if need be.

    It is fitted once, to a sample of the library, and then kept: another one would make all stored
    token vectors useless.

    Args:
        encoder: What encodes the texts.
        cache: Where an earlier projection is remembered, and this one will be.
        count: How many texts there are.
        texts: Gives the text of a number below ``count``.
    """
    if encoder.dimension <= TOKEN_DIMENSIONS:
        return Space(encoder.digest, Projection.none(encoder.dimension))
    remembered = cache.projection(encoder.digest)
    if (
        remembered is not None
        and remembered.fitted_tokens >= ENOUGH_TOKENS
        and remembered.axes.shape == (encoder.dimension, TOKEN_DIMENSIONS)
    ):
        return Space(encoder.digest, remembered)
    return _fit_space(encoder, cache, count, texts)


def _fit_space(
    encoder: Encoder, cache: EmbeddingCache, count: int, texts: Callable[[int], str]
) -> Space:
    numbers = sorted({count * i // SAMPLE_TEXTS for i in range(SAMPLE_TEXTS)})
    # By turns from all over the library, should its texts be long and the first of them enough.
    some = [texts(number) for stride in range(8) for number in numbers[stride::8]]
    encoded: list[Encoded] = []
    tokens: list[Floats] = []
    for low in range(0, len(some), TEXTS_AT_ONCE):
        encoded.append(encoder.encode(some[low : low + TEXTS_AT_ONCE]))
        tokens += encoded[-1].tokens
        if sum(map(len, tokens)) >= SAMPLE_TOKENS:
            break
    space = Space(encoder.digest, Projection.fit(np.concatenate(tokens)))
    cache.put_projection(space)
    packed = [embedding for part in encoded for embedding in pack(part, space.projection)]
    cache.put(space, dict(zip(map(text_key, some), packed, strict=False)))
    return space


def pack(encoded: Encoded, projection: Projection) -> list[Embedding]:
    """Bring the vectors of texts into the form in which they are stored."""
    return [
        Embedding(sentence, PackedTokens.pack(projection(tokens), ids, offsets))
        for sentence, tokens, ids, offsets in zip(
            encoded.sentence, encoded.tokens, encoded.token_ids, encoded.offsets, strict=True
        )
    ]
