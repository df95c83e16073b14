"""What stands before every application that listens: who may ask, how often, and how much."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware

from service.keys import Keyring
from service.middleware.bodies import Bodies
from service.middleware.envelope import REQUEST_ID_HEADER
from service.middleware.guard import Guard, GuardConfig
from service.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def protect(app: Starlette, settings: Settings, keys: Keyring) -> None:
    """Add what every request passes through; the last that is added is the first it meets."""
    app.add_middleware(Bodies, most_bytes=settings.body_bytes, seconds=settings.body_seconds)
    config = GuardConfig(keys, settings.rate_per_minute, _hosts(settings, keys))
    app.add_middleware(Guard, config=config)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID_HEADER],
            expose_headers=[REQUEST_ID_HEADER, "Retry-After", "X-Ibid-Status"],
        )


def _hosts(settings: Settings, keys: Keyring) -> frozenset[str]:
    """Name what the server may be called, where only its name protects it."""
    if keys or settings.host.lower() not in LOOPBACK:
        return frozenset()
    public = urlsplit(settings.public_url).hostname
    return LOOPBACK | ({public} if public else set())
