"""Speak the OpenAI wire: a chat comes in, and an answer leaves in the form that clients know.

What is answered is left to the assistant; here it is only read and written.
"""

from __future__ import annotations

__all__: list[str] = []
