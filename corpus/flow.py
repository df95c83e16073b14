"""Copies stretches of a file into clean text, and remembers where every letter came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from corpus.layout import Draft

# A single space stays as it is; any other white space becomes one.
_FOLDED = re.compile(r"[^\S ]\s*|\s{2,}")


@dataclass(slots=True)
class Flow:
    """A draft's source, span after span, and where each character of it came from."""

    text: str
    starts: list[int]
    """Where each span begins in ``text``."""
    sources: list[int]
    """Where each span begins in the source."""

    def source(self, offset: int) -> int:
        """Give the source place of a place in the flow."""
        i = bisect_right(self.starts, offset) - 1
        return self.sources[i] + offset - self.starts[i]


def flow_of(draft: Draft, source: str) -> Flow:
    """Lay a draft's spans end to end, with white space of the file between two halves."""
    flow = Flow("", [], [])
    parts: list[str] = []
    length = 0
    for i, span in enumerate(draft.spans):
        end = span.end
        word_goes_on = i < len(draft.joins) and draft.joins[i]
        if i + 1 < len(draft.spans) and not word_goes_on and source[end : end + 1].isspace():
            end += 1
        flow.starts.append(length)
        flow.sources.append(span.start)
        parts.append(source[span.start : end])
        length += end - span.start
    flow.text = "".join(parts)
    return flow


@dataclass(slots=True)
class Writer:
    """Writes clean text and remembers where every letter came from."""

    parts: list[str] = field(default_factory=list)
    runs: list[tuple[int, int, int]] = field(default_factory=list)
    length: int = 0
    last: str = ""

    def copy(self, flow: Flow, start: int, end: int) -> None:
        """Copy a stretch of a flow, white space folded."""
        position = start
        while position < end:
            i = bisect_right(flow.starts, position) - 1
            stop = flow.starts[i + 1] if i + 1 < len(flow.starts) else len(flow.text)
            self._copy_run(flow.text, position, min(end, stop), flow.sources[i] - flow.starts[i])
            position = min(end, stop)

    def _copy_run(self, text: str, start: int, end: int, shift: int) -> None:
        position = start
        if self.last in ("", " ", "\n"):
            position += len(text[start:end]) - len(text[start:end].lstrip())
        for space in _FOLDED.finditer(text, position, end):
            self._put(text[position : space.start()], position + shift)
            if self.last not in ("", " ", "\n"):
                self._put(" ", space.start() + shift)
            position = space.end()
        self._put(text[position:end], position + shift)

    def _put(self, text: str, source: int) -> None:
        if text:
            self.parts.append(text)
            self.runs.append((self.length, source, len(text)))
            self.length += len(text)
            self.last = text[-1]

    def trim(self) -> None:
        """Take back a space at the end of a paragraph."""
        if self.last != " ":
            return
        self.parts[-1] = self.parts[-1][:-1]
        text_start, source, length = self.runs[-1]
        self.runs[-1] = (text_start, source, length - 1)
        if length == 1:
            self.parts.pop()
            self.runs.pop()
        self.length -= 1
        self.last = self.parts[-1][-1] if self.parts else ""

    def finish(self) -> str:
        """Give the clean text, a line break at its end left out; the pieces are let go of."""
        if self.last == "\n":
            self.parts.pop()
            self.length -= 1
            if self.runs and self.runs[-1][0] >= self.length:
                self.runs.pop()
        text = "".join(self.parts)
        self.parts.clear()
        return text

    def break_line(self, source: str, near: int) -> None:
        """End a paragraph, with the file's own line break where it has one there."""
        if not self.length:
            return
        self.parts.append("\n")
        if source[near : near + 1].isspace():
            self.runs.append((self.length, near, 1))
        self.length += 1
        self.last = "\n"
