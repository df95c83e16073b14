"""The same questions and the same model put to Ibid and to two libraries that people pick instead.

``python -m eval.side_by_side --library DIR --cases FILE`` builds what it needs under ``var/``,
runs all three and prints one table. The others are installed in an environment of their own and
are never dependencies.
"""

__all__: list[str] = []
