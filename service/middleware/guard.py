"""Decide who may ask, and how often."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import NoKey, StrangeHost, TooManyRequests
from service.handlers import tell
from service.keys import Keyring
from service.limits import Buckets

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""What a supervisor asks, which has no key and must not be counted."""

GUESSES_PER_MINUTE = 20
"""Wrong keys that one address may try."""

IPV6_NETWORK_BITS = 64
"""What one customer is given; whoever has one address of it has all."""


@dataclass(slots=True)
class GuardConfig:
    """Who may ask, and how often."""

    keys: Keyring = field(default_factory=Keyring)
    per_minute: int = 0
    """Requests that a key, or an address without one, may make; 0 for no limit."""
    hosts: frozenset[str] = frozenset()
    """Names that a request may call this server by; empty for any.

    A page of a stranger can make a browser ask 127.0.0.1 under a name of the stranger's own, and
    read the reply; where no key protects the server, its name must.
    """


class Guard:
    """Lets pass only requests with a key, where there are keys, and only so many."""

    def __init__(self, app: ASGIApp, *, config: GuardConfig) -> None:
        """Wrap an application."""
        self._app = app
        self._config = config
        self._requests = Buckets(config.per_minute)
        self._guesses = Buckets(GUESSES_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application, or refuse."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            request = Request(scope)
            try:
                self._check(request)
            except (NoKey, StrangeHost, TooManyRequests) as error:
                await tell(request, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, request: Request) -> None:
        hosts = self._config.hosts
        if hosts and _host(request) not in hosts:
            raise StrangeHost
        address = network(request.client.host if request.client else "")
        name = f"address {address}"
        if self._config.keys:
            owner = self._owner(request, address)
            request.scope["ibid.key"] = owner
            name = f"key {owner}"
        if wait := self._requests.take(name):
            raise TooManyRequests(wait)

    def _owner(self, request: Request, address: str) -> str:
        if wait := self._guesses.wait(address):
            raise TooManyRequests(wait)
        key = _key(request.headers.get("authorization", ""))
        owner = self._config.keys.owner(key) if key else None
        if owner is None:
            # Who sends no key guesses nothing: browsers do so before they ask for one.
            if key:
                self._guesses.take(address)
            raise NoKey
        return owner


def network(address: str) -> str:
    """Give what counts as one client: an IPv4 address, or a network of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
    return address


def _host(request: Request) -> str:
    host = request.headers.get("host", "").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _key(authorization: str) -> str:
    """Read a key: as a bearer's token, or as the password that a browser asked a person for."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode("latin-1").partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return ""
