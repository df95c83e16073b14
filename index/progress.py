"""What a long piece of work tells whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears how far a build has come.

    - ``start`` opens a stage and ``finish`` closes it; stages do not overlap.
    - Every method is called from the thread that called ``build``.
    - An exception raised here ends the build and leaves the store as it was.
    """

    def start(self, stage: str, total: int | None) -> None:
        """Open a stage.

        Args:
            stage: A word or two, such as ``read`` or ``encode``.
            total: How many steps it will take; None when that is not known.
        """

    def advance(self, n: int, detail: str = "") -> None:
        """Count ``n`` more steps of the open stage; ``detail`` is what it is busy with."""

    def finish(self) -> None:
        """Close the open stage."""


class _Silence:
    """A watcher that lets everything pass."""

    def start(self, stage: str, total: int | None) -> None:
        """Let it pass."""

    def advance(self, n: int, detail: str = "") -> None:
        """Let it pass."""

    def finish(self) -> None:
        """Let it pass."""


SILENT: Progress = _Silence()
