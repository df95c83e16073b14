"""Listen, serve and stop: the application behind a socket."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Sequence

import typer
import uvicorn
from starlette.types import ASGIApp

from service.app import create_app
from service.errors import AddressUnavailable, KeysMissing
from service.keys import Keyring
from service.patience import patient_for
from service.settings import Settings

BACKLOG = 2048
"""Connections that may wait to be accepted."""

CONNECTIONS = 1024
"""Open at once; one more is refused."""
IPV4_WITHIN_IPV6_BITS = 96
"""Of an address such as ``::ffff:10.0.0.2``, what stands before the part of IPv4."""
GRACE_SECONDS = 30
"""How long requests under way may take to end when the server is stopped."""

_FAULTS = {
    errno.EADDRINUSE: ("in use", "a free port", "stop the program that holds it, or use --port"),
    errno.EACCES: ("not permitted", "a port from 1024 on", "choose another with --port"),
    errno.EADDRNOTAVAIL: (
        "no address of this machine",
        "127.0.0.1 or an address it has",
        "use --host",
    ),
}
"""For what binding may fail with: what was found, what was expected, what to do."""


def run(settings: Settings) -> None:
    """Serve until a signal says stop; requests under way are finished first.

    Raises:
        AddressUnavailable: If the address cannot be listened on.
        BadKeys: If the file of API keys cannot be used.
        KeysMissing: If others could reach the server and there are no keys.
    """
    serve(settings, lambda keys: create_app(settings, keys=keys), _greeting)


def serve(
    settings: Settings,
    build: Callable[[Keyring], ASGIApp],
    greet: Callable[[Settings, str, Keyring], str],
) -> None:
    """Serve an application where the settings say, to those who may ask.

    Args:
        settings: Where to listen, and where the keys are.
        build: Makes the application, given the keys.
        greet: Says what there is, given the address.

    Raises:
        AddressUnavailable: As ``run`` does, and all else that it raises.
    """
    listener = listen(settings.host, settings.port)
    with listener:
        keys = Keyring.load(settings.keys)
        host = listener.getsockname()[0]
        if not (keys or settings.without_keys or ipaddress.ip_address(host).is_loopback):
            raise KeysMissing(settings.host, settings.keys)
        config = configured(build(keys), settings)
        typer.echo(greet(settings, address(listener), keys), err=True)
        uvicorn.Server(config).run(sockets=[listener])


def configured(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Give the server's own configuration."""
    return uvicorn.Config(
        app,
        # Without a log configuration of its own, uvicorn's records go where all others go.
        log_config=None,
        access_log=False,
        server_header=False,
        # What a request says of its client's address is believed of the proxies that are named.
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=believed(settings.proxies),
        http=patient_for(settings.body_seconds),
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def believed(proxies: Sequence[str]) -> list[str]:
    """Give the networks of proxies, those of IPv4 also as a listener for both versions sees them.

    Args:
        proxies: Networks, such as ``10.0.0.0/8``.
    """
    networks = [ipaddress.ip_network(proxy) for proxy in proxies]
    mapped = [
        f"::ffff:{network.network_address}/{IPV4_WITHIN_IPV6_BITS + network.prefixlen}"
        for network in networks
        if network.version == 4
    ]
    return [*proxies, *mapped]


def listen(host: str, port: int) -> socket.socket:
    """Take the address before the index is opened, so that a port in use is told at once.

    Raises:
        AddressUnavailable: If the address is taken, foreign, forbidden or no address.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressUnavailable(
            f"found no address for the host {host!r}, expected a name or an address such as "
            "127.0.0.1; use --host"
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        # So that a restart need not wait for the last connections to be forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        found, expected, remedy = _FAULTS.get(
            error.errno or 0, (str(error), "an address to listen on", "use --host and --port")
        )
        raise AddressUnavailable(
            f"{host} port {port}: found it {found}, expected {expected}; {remedy}"
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """Give the address that a browser on this machine can open."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greeting(settings: Settings, base: str, keys: Keyring) -> str:
    question = '{"question": "..."}'
    header = " -H 'authorization: Bearer KEY'" if keys else ""
    return "\n".join(
        [
            f"Ibid answers at {base} from the index in {settings.store}; Ctrl-C stops it.",
            f"Open {base} in a browser to ask.",
            f"Try: curl -s {base}/v1/ask{header} -H 'content-type: application/json' "
            f"-d '{question}'",
            f"Chat clients: set their base URL to {base}/v1 and the model to ibid.",
            f"Programs: see {base}/docs",
        ]
    )
