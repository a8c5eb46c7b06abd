"""Calls go to the documented addresses, and to no other that could learn the keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import gateway
from ncloud_integration.cloudinsight.gateway import Gateway, GatewayError
from ncloud_integration.cloudinsight.site import PUBLIC, SITES


@pytest.mark.parametrize(
    ("name", "create_url", "domain_code"),
    [
        ("public", "https://cw.apigw.ntruss.com/cw_fea/real/cw/api/integration/create", "PUB"),
        ("gov", "https://cw.apigw.gov-ntruss.com/cw_fea/real/cw/api/integration/create", "GOV"),
        ("fin", "https://cw.apigw.fin-ntruss.com/cw_fea/real/cw/api/integration/create", "FIN"),
    ],
)
def test_each_site_has_its_documented_address_and_domain_code(name: str, create_url: str, domain_code: str) -> None:
    site = SITES[name]
    assert (site.name, site.domain_code) == (name, domain_code)
    assert Gateway(site, site.base_url).url("create") == create_url
    assert gateway.base_url(site.base_url) == site.base_url
    assert not Gateway(site, site.base_url).is_local


def test_there_are_three_sites() -> None:
    assert set(SITES) == {"public", "gov", "fin"}


@pytest.mark.parametrize(
    ("text", "base_url"),
    [
        pytest.param("https://gateway.example", "https://gateway.example", id="https"),
        pytest.param("https://gateway.example/", "https://gateway.example", id="a slash at the end"),
        pytest.param("HTTPS://Gateway.Example:8443/", "https://gateway.example:8443", id="capitals and a port"),
        pytest.param("http://127.0.0.1:8080", "http://127.0.0.1:8080", id="http on this machine"),
        pytest.param("http://127.1:8080", "http://127.0.0.1:8080", id="in another spelling"),
        pytest.param("http://[::1]:8080/", "http://[::1]:8080", id="over IPv6"),
        pytest.param("http://localhost:8080", "http://localhost:8080", id="by name"),
        pytest.param("https://네이버.com", "https://xn--950bt9s8xi.com", id="an international name"),
    ],
)
def test_a_stand_in_is_https_or_on_this_machine(text: str, base_url: str) -> None:
    assert gateway.base_url(text) == base_url


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("http://gateway.example", id="http elsewhere"),
        pytest.param("http://10.0.0.1", id="http in a private network"),
        pytest.param("http://169.254.169.254", id="http to a metadata service"),
        pytest.param("http://0.0.0.0", id="http to no address"),
        pytest.param("http://127.0.0.1.example", id="http to what looks local"),
        pytest.param("https://gateway.example/v1", id="a path"),
        pytest.param("https://gateway.example//", id="two slashes"),
        pytest.param("https://gateway.example?a=1", id="a query"),
        pytest.param("https://gateway.example/?", id="an empty query"),
        pytest.param("https://gateway.example#part", id="a fragment"),
        pytest.param("https://gateway.example/#", id="an empty fragment"),
        pytest.param("https://user@gateway.example", id="a user"),
        pytest.param("gateway.example", id="no scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("", id="nothing"),
        pytest.param("-", id="a dash"),
    ],
)
def test_every_other_stand_in_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(GatewayError) as raised:
        gateway.base_url(text)
    assert str(raised.value) == str(raised.value.sentence)


@given(st.text(st.characters()) | st.text(st.sampled_from("https:/[]1270.x@#?\\ ")).map("http://{}".format))
def test_no_text_leads_to_plain_http_on_another_machine(text: str) -> None:
    try:
        base_url = gateway.base_url(text)
    except GatewayError:
        return
    assert base_url.startswith("https://") or Gateway(PUBLIC, base_url).is_local
    assert gateway.base_url(base_url) == base_url


@pytest.mark.parametrize(
    ("base_url", "host", "is_local"),
    [
        ("https://gateway.example:8443", "gateway.example:8443", False),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://[::1]:1", "[::1]:1", True),
        ("https://10.0.0.1", "10.0.0.1", False),
    ],
)
def test_a_gateway_knows_its_host_and_whether_it_is_this_machine(base_url: str, host: str, is_local: bool) -> None:
    stand_in = Gateway(PUBLIC, base_url)
    assert (stand_in.host, stand_in.is_local) == (host, is_local)
