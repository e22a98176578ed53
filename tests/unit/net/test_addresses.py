"""Which addresses count as public."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from matinee.net.addresses import FORBIDDEN_NETWORKS, is_own, is_public, parse_address

# Written out from the registries once more, so that a slip in the table shows.
SPECIAL_NETWORKS = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32",
    "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
    "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
    "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128",
    "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28",
    "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20",
    "4000::/3", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)  # fmt: skip
NEIGHBOURS = (
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8", "2000::1", "2001:200::1",
    "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:4700::1111", "2620:4f:7fff::1",
    "2620:4f:8001::1", "3ffd:ffff::1", "3fff:1000::1",
)  # fmt: skip


@pytest.mark.parametrize("text", SPECIAL_NETWORKS)
def test_no_address_of_a_special_network_is_public(text: str) -> None:
    network = ip_network(text)
    middle = network.network_address + network.num_addresses // 2
    edges = network.network_address, middle, network.broadcast_address
    assert [address for address in edges if is_public(address)] == []


@pytest.mark.parametrize("text", NEIGHBOURS)
def test_the_address_next_to_a_special_network_is_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_an_address_with_a_zone_is_not_public() -> None:
    assert not is_public(ip_address("2606:4700::1111%lo"))


def test_the_table_names_each_network_once() -> None:
    assert len(set(FORBIDDEN_NETWORKS)) == len(FORBIDDEN_NETWORKS)


@pytest.mark.parametrize(("text", "expected"), [("127.0.0.1", True), ("192.0.2.77", False)])
def test_an_address_is_own_if_a_socket_can_be_bound_to_it(text: str, *, expected: bool) -> None:
    assert is_own(ip_address(text)) == expected


@pytest.mark.parametrize(
    "text", ["127.1", "010.0.0.1", "::0001", "2606:4700::AAAA", "", "films.example", "1.2.3.4/32"]
)
def test_only_the_canonical_spelling_is_an_address(text: str) -> None:
    assert parse_address(text) is None
