"""The way back from clean text to the file: which source character each character came from.

Clean text only leaves things out and folds white space, so the map is a short list of runs, each
a stretch that was copied letter for letter.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise


class SourceMap:
    """Runs of clean text that stand letter for letter in the source.

    A run is ``(text_start, source_start, length)``. Runs ascend in the text and do not overlap;
    a place between two runs is a separator that the file lacks, such as the line break between
    two notes that were printed on one line.
    """

    __slots__ = ("_blank_before", "_lengths", "_source_starts", "_text_starts")

    def __init__(self, runs: Iterable[tuple[int, int, int]], *, source: str = "") -> None:
        """Take the runs, in text order.

        Args:
            runs: ``(text_start, source_start, length)`` triples, lengths above 0.
            source: The file, to tell which gaps between runs hold nothing but white space; such
                gaps are bridged when spans are given back. Without it none is.

        Raises:
            ValueError: If the runs overlap or do not ascend in the text.
        """
        self._text_starts = array("q")
        self._source_starts = array("q")
        self._lengths = array("q")
        self._blank_before = array("b")
        for run in runs:
            self._append(*run, source=source)

    def _append(self, text_start: int, source_start: int, length: int, *, source: str) -> None:
        if length <= 0:
            raise ValueError(f"a run of length {length} at {text_start}; expected at least 1")
        blank = False
        if self._text_starts:
            text_end = self._text_starts[-1] + self._lengths[-1]
            source_end = self._source_starts[-1] + self._lengths[-1]
            if text_start < text_end:
                raise ValueError(f"run at {text_start} starts before {text_end}, where one ends")
            if text_start == text_end and source_start == source_end:
                self._lengths[-1] += length
                return
            # Only where the text has a space too: 'non-' and 'party' have none between them.
            folded = source[source_end - 1 : source_end].isspace() and text_start == text_end
            blank = folded and source[source_end:source_start].isspace()
        self._text_starts.append(text_start)
        self._source_starts.append(source_start)
        self._lengths.append(length)
        self._blank_before.append(blank)

    def __len__(self) -> int:
        """Count the runs."""
        return len(self._text_starts)

    def __eq__(self, other: object) -> bool:
        """Compare run by run."""
        if not isinstance(other, SourceMap):
            return NotImplemented
        return list(self.runs()) == list(other.runs())

    __hash__ = None  # type: ignore[assignment]

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Give ``(text_start, source_start, length)`` for every run, in text order."""
        return zip(self._text_starts, self._source_starts, self._lengths, strict=True)

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Trace a range of the clean text back to the source.

        Args:
            start: First character of the clean text.
            end: One past the last.

        Returns:
            Half-open ranges of the source, in text order. Ranges that only white space parts are
            given as one, so that folding white space in the slices gives the text again.
        """
        spans: list[tuple[int, int]] = []
        first = max(0, bisect_right(self._text_starts, start) - 1)
        for i in range(first, len(self._text_starts)):
            run_start = self._text_starts[i]
            if run_start >= end:
                break
            low = max(start, run_start)
            high = min(end, run_start + self._lengths[i])
            if low >= high:
                continue
            shift = self._source_starts[i] - run_start
            if spans and self._blank_before[i] and low == run_start:
                spans[-1] = (spans[-1][0], high + shift)
            else:
                spans.append((low + shift, high + shift))
        return spans

    def to_bytes(self) -> bytes:
        """Pack the map for storage: four columns of 64-bit numbers, one after another."""
        columns = [
            self._text_starts,
            self._source_starts,
            self._lengths,
            array("q", self._blank_before),
        ]
        return b"".join(column.tobytes() for column in columns)

    @classmethod
    def from_bytes(cls, packed: bytes) -> SourceMap:
        """Unpack a map that ``to_bytes`` packed."""
        numbers = array("q")
        numbers.frombytes(packed)
        count = len(numbers) // 4
        restored = cls(())
        columns = [numbers[low:high] for low, high in pairwise(range(0, 5 * count, count or 1))]
        if count:
            restored._text_starts, restored._source_starts, restored._lengths = columns[:3]
            restored._blank_before = array("b", columns[3])
        return restored
