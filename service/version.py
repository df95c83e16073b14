"""Which release this is."""

from __future__ import annotations

DISTRIBUTION = "ibid"


def version() -> str:
    """Give the installed version; a source tree that is not installed has none."""
    from importlib import metadata

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0"
