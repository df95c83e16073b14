"""The second step of a build: passages are encoded, and all that is searched is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import Kind
from index.cache import Embedding, EmbeddingCache, Space, text_key
from index.dense import DENSE_FILE, DenseWriter
from index.document_tables import StoredPassage
from index.documents import DOCUMENTS_FILE, DocumentStore
from index.embedding import Embedder, choose_space
from index.encoder import Encoder
from index.lexical import LEXICAL_FOLDER, LexicalWriter, PassageWords
from index.progress import Progress
from index.tokens import PackedTokens, TokenWriter

# How many passages are written between two signs of progress.
_PASSAGES_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class SearchParts:
    """What was written."""

    space: Space
    keys: tuple[bytes, ...]
    """The texts that were embedded, as the cache knows them."""
    encoded: int
    """How many passages had to be encoded; the cache knew the others."""


def write_search_parts(
    folder: Path, encoder: Encoder, cache: EmbeddingCache, progress: Progress
) -> SearchParts:
    """Write vectors, words and tokens of all passages of a generation.

    Args:
        folder: The new generation, which holds its document store already.
        encoder: What encodes the passages that the cache does not know.
        cache: Where vectors are remembered.
        progress: Hears of every passage.
    """
    with closing(DocumentStore(folder / DOCUMENTS_FILE)) as documents:
        count = len(documents)
        progress.start("encode", count)
        space = choose_space(encoder, cache, count, lambda row: documents.embedded([row])[0])
        embedder = Embedder(encoder, cache, space)
        dense = DenseWriter(encoder.dimension, expected=count)
        lexical = LexicalWriter(folder / LEXICAL_FOLDER)
        keys: list[bytes] = []
        size = encoder.vocabulary_size
        with TokenWriter(folder, space.projection, vocabulary_size=size) as tokens:
            for low in range(0, count, _PASSAGES_AT_ONCE):
                rows = range(low, min(low + _PASSAGES_AT_ONCE, count))
                texts = documents.embedded(rows)
                passages = documents.passages(rows)
                embeddings = embedder.embed(texts)
                keys += map(text_key, texts)
                dense.add(np.stack([embedding.sentence for embedding in embeddings]))
                for place in zip(passages, texts, embeddings, strict=True):
                    tokens.add(_tokens_in_place(*place))
                for passage in passages:
                    lexical.add(_words(documents, passage))
                progress.advance(len(rows))
        dense.save(folder / DENSE_FILE)
        lexical.close()
        progress.finish()
    return SearchParts(space, tuple(keys), embedder.encoded)


def _tokens_in_place(passage: StoredPassage, text: str, embedding: Embedding) -> PackedTokens:
    """Count a passage's tokens from its own start, not from that of its headings."""
    shift = text.rfind(passage.text)
    if shift < 0:
        shift = len(text)
    return embedding.tokens.moved(shift, len(passage.text))


def _words(documents: DocumentStore, passage: StoredPassage) -> PassageWords:
    # A note that is a passage of its own has its words in the text already.
    hanging: Sequence[int] = () if passage.kind is Kind.NOTE else passage.notes
    document = documents.document(passage.document)
    return PassageWords(
        text=passage.text,
        section=" ".join(passage.section),
        notes=" ".join(document.note_text(document.notes[number]) for number in hanging),
    )
