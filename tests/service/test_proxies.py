"""Whose word on a client's address is taken: that of the proxies that are named, and no other's."""

from __future__ import annotations

import ipaddress

import httpx2
import pytest

from service.app import create_app
from service.errors import BadSetting
from service.server import believed
from service.settings import Settings
from tests.service.conftest import serving

HERE = "127.0.0.1"
STRANGER = "10.9.8.7"


def statuses(store, proxies: tuple[str, ...], *forwarded: str) -> list[int]:
    """Ask once with each of these headers, where an address may ask once a minute."""
    settings = Settings(refresh_seconds=3600, rate_per_minute=1, proxies=proxies)
    with serving(create_app(settings, store=store), settings) as live, httpx2.Client() as client:
        return [
            client.get(f"{live.url}/v1/documents", headers={"X-Forwarded-For": one}).status_code
            for one in forwarded
        ]


def test_behind_a_named_proxy_each_client_counts_for_itself(store):
    assert statuses(store, (HERE,), "192.0.2.1", "192.0.2.2", "192.0.2.1") == [200, 200, 429]


def test_no_other_word_is_taken(store):
    assert statuses(store, (), "192.0.2.1", "192.0.2.2") == [200, 429]
    assert statuses(store, (STRANGER,), "192.0.2.1", "192.0.2.2") == [200, 429]


def test_what_a_client_wrote_before_the_proxy_did_counts_for_nothing(store):
    forged = [f"198.51.100.{n}, 192.0.2.1" for n in range(2)]

    assert statuses(store, (HERE,), *forged) == [200, 429]


def test_a_chain_of_proxies_is_followed_as_far_as_they_are_named(store):
    through = [f"192.0.2.{n}, {STRANGER}" for n in range(2)]

    assert statuses(store, (HERE, "10.0.0.0/8"), *through) == [200, 200]
    assert statuses(store, (HERE,), *through) == [200, 429]


def test_behind_a_proxy_that_encrypts_links_do_so_too(store):
    settings = Settings(refresh_seconds=3600, proxies=(HERE,))
    body = {"model": "ibid", "messages": [{"role": "user", "content": "barrels of oil burned"}]}
    with serving(create_app(settings, store=store), settings) as live:
        url = f"{live.url}/v1/chat/completions"
        reply = httpx2.post(url, json=body, headers={"X-Forwarded-Proto": "https"}).json()

    assert all(link.startswith("https://127.0.0.1:") for link in reply["citations"])
    assert reply["citations"]


@pytest.mark.parametrize(
    ("address", "is_believed"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fd00::1", True),
        ("11.1.2.3", False),
        ("::ffff:11.1.2.3", False),
        ("fe80::1", False),
    ],
)
def test_a_proxy_is_known_by_either_form_of_its_address(address, is_believed):
    networks = [ipaddress.ip_network(one) for one in believed(("10.0.0.0/8", "fd00::/8"))]

    assert any(ipaddress.ip_address(address) in network for network in networks) is is_believed


@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.1/8", "0.0.0.0/0"])
def test_all_the_world_is_no_proxy(value):
    with pytest.raises(BadSetting, match="IBID_PROXIES"):
        Settings.from_environ({"IBID_PROXIES": value})


def test_addresses_and_networks_are_proxies():
    settings = Settings.from_environ({"IBID_PROXIES": "10.0.0.2, fd00::/8"})

    assert settings.proxies == ("10.0.0.2/32", "fd00::/8")
