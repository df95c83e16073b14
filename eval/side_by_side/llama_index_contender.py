"""LlamaIndex as its guides set it up: sentence splitter, vectors and BM25, fused by rank."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.side_by_side.job import Hit, Job, work

# What the sentence splitter's own documentation starts from for small embedding models.
_CHUNK_TOKENS = 256
_OVERLAP_TOKENS = 20
_EMBEDDED_AT_ONCE = 32


class LlamaIndex:
    """Vector and BM25 retrieval over 256-token chunks, fused by reciprocal rank."""

    _retriever: Any

    def build(self, job: Job) -> None:
        """Index the files."""
        from llama_index.core import Document, VectorStoreIndex  # type: ignore[import-not-found]
        from llama_index.core.node_parser import (  # type: ignore[import-not-found]
            SentenceSplitter,
        )

        splitter = SentenceSplitter(chunk_size=_CHUNK_TOKENS, chunk_overlap=_OVERLAP_TOKENS)
        documents = [
            Document(
                text=Path(file).read_text(encoding="utf-8"), metadata={"file": Path(file).name}
            )
            for file in job.files
        ]
        nodes = splitter.get_nodes_from_documents(documents)
        index = VectorStoreIndex(nodes, embed_model=_embedding(job.model))
        index.storage_context.persist(f"{job.store}/vectors")
        _bm25().from_defaults(nodes=nodes, similarity_top_k=job.limit).persist(f"{job.store}/bm25")

    def open(self, job: Job) -> None:
        """Load both indexes."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.llms import MockLLM  # type: ignore[import-not-found]
        from llama_index.core.retrievers import (  # type: ignore[import-not-found]
            QueryFusionRetriever,
        )

        context = StorageContext.from_defaults(persist_dir=f"{job.store}/vectors")
        index = load_index_from_storage(context, embed_model=_embedding(job.model))
        # One query and a mock: without them it would ask a language model to reword the question.
        self._retriever = QueryFusionRetriever(
            [
                index.as_retriever(similarity_top_k=job.limit),
                _bm25().from_persist_dir(f"{job.store}/bm25"),
            ],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            similarity_top_k=job.limit,
            use_async=False,
        )

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Give passages, best first."""
        found = [hit.node for hit in self._retriever.retrieve(query)][:limit]
        return [
            Hit(n.metadata["file"], ((n.start_char_idx, n.end_char_idx),), n.text) for n in found
        ]


def _embedding(model: str) -> Any:  # noqa: ANN401 - its types are not installed here
    from llama_index.embeddings.huggingface import (  # type: ignore[import-not-found]
        HuggingFaceEmbedding,
    )

    return HuggingFaceEmbedding(model_name=model, device="cpu", embed_batch_size=_EMBEDDED_AT_ONCE)


def _bm25() -> Any:  # noqa: ANN401 - its types are not installed here
    from llama_index.retrievers.bm25 import BM25Retriever  # type: ignore[import-not-found]

    return BM25Retriever


if __name__ == "__main__":
    work(LlamaIndex())
