"""What counts as one client, and which requests are the page's own."""

import pytest

from rejoinder.errors import Forbidden
from rejoinder.widget.session import network, refuse_foreign


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_client_is_an_ipv4_address_or_an_ipv6_network(address: str, client: str) -> None:
    assert network(address) == client


@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_our_own_page_and_programs_pass(site: str | None) -> None:
    refuse_foreign(site)


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_other_pages_do_not(site: str) -> None:
    with pytest.raises(Forbidden):
        refuse_foreign(site)
