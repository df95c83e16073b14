"""Put one question to the assistant, whichever way it came, and note what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.answer import Answer, Filters, SearchResult, Turn
from service.library import OpenAssistant
from service.logs import questions
from service.metrics import Metrics
from service.tracing import trace_stages


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that belongs to it."""

    question: str
    history: tuple[Turn, ...]
    filters: Filters
    limit: int

    def put(
        self,
        assistant: OpenAssistant,
        metrics: Metrics,
        *,
        hear: Callable[[SearchResult], None] | None = None,
    ) -> Answer:
        """Ask it; what was found may be heard before the answer is known."""
        questions.info("asked", extra={"question": self.question})
        answer = assistant.ask(
            self.question,
            history=self.history,
            filters=self.filters,
            limit=self.limit,
            hear=hear,
        )
        metrics.answered(answer)
        trace_stages(answer.timings_ms, attributes={"ibid.status": answer.status})
        return answer
