"""How good the answers are, measured on cases with known facts, without a judge."""

__all__: list[str] = []
