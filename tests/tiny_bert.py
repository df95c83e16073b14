"""A sentence-transformers model of a few kilobytes, with random weights and a dozen words."""

from __future__ import annotations

from pathlib import Path

WORDS = "bread mill carts winter engine rail plan clerk ink paper seed grain".split()
SIGNS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
DIMENSION = 16


def save_tiny_bert(folder: Path) -> str:
    """Write the model, and give what sentence-transformers is asked to load; always the same."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    inner = folder / "inner"
    inner.mkdir()
    vocabulary = {word: i for i, word in enumerate([*SIGNS, *WORDS])}
    BertTokenizerFast(vocab=vocabulary).save_pretrained(inner)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    torch.manual_seed(1)
    BertModel(config).save_pretrained(inner)
    modules = [Transformer(str(inner)), Pooling(DIMENSION, pooling_mode="mean")]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "whole"))
    return str(folder / "whole")
