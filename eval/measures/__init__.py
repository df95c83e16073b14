"""The measures, one idea a module: small pure functions, each with its source."""

__all__: list[str] = []
