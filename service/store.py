"""The store in a folder, as the library asks for it."""

from __future__ import annotations

from pathlib import Path

from index.generation import Store
from rag.assistant import Assistant
from service.library import OpenAssistant


class StoreOnDisk:
    """Opens assistants on the current generation of a folder, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        """Remember the folder."""
        self._path = path

    def current(self) -> str | None:
        """Read the pointer to the current generation."""
        return Store(self._path).current()

    def open(self) -> OpenAssistant:
        """Open an assistant on the current generation."""
        return Assistant.open(self._path)
