"""A result as people read it: a table for the terminal and a page for the browser."""

__all__: list[str] = []
