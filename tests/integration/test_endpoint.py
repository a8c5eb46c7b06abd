"""A URL is what a receiver would call, whatever it looks like; all that could deceive is refused or told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.endpoint import EndpointError
from ncloud_integration.integration.sentence import unprintable

ANY_TEXT = st.text(st.characters())
HOST_LIKE = st.text(st.sampled_from("0123456789abcdefxX.-_[]:%@한раñ\u200dーxn"), max_size=30)
ANY_URL = (
    ANY_TEXT
    | ANY_TEXT.map("https://{}/".format)
    | HOST_LIKE.map("https://{}/".format)
    | HOST_LIKE.map("https://xn--{}.example/".format)
    | st.builds("http{}://{}:{}{}".format, st.sampled_from(["", "s"]), HOST_LIKE, ANY_TEXT, ANY_TEXT)
)


@pytest.mark.parametrize(
    ("url", "index"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("  ", 0, id="blank"),
        pytest.param("example.com", 0, id="no scheme"),
        pytest.param("//example.com/", 0, id="no scheme but slashes"),
        pytest.param("ftp://example.com/", 0, id="another scheme"),
        pytest.param("https:/example.com", 0, id="one slash"),
        pytest.param("https:example.com", 0, id="no slash"),
        pytest.param("javascript:alert(1)//https://example.com", 0, id="a scheme that hides another"),
        pytest.param("https://", 8, id="no host"),
        pytest.param("https:///path", 8, id="no host but a path"),
        pytest.param("https://:443/", 8, id="no host but a port"),
        pytest.param("https://?query", 8, id="no host but a query"),
        pytest.param(" https://example.com/", 0, id="a space first"),
        pytest.param("https://example.com/ ", 20, id="a space last"),
        pytest.param("https://example.com/a b", 21, id="a space within"),
        pytest.param("https://example.com/\u3000", 20, id="a wide space"),
        pytest.param("https://example.com/\n", 20, id="line feed"),
        pytest.param("https://exam\tple.com/", 12, id="tab"),
        pytest.param("https://example.com/\x00", 20, id="null"),
        pytest.param("https://example.com/\u202emoc", 20, id="right-to-left override"),
        pytest.param("https://exam\u200bple.com/", 12, id="zero-width space in the host"),
        pytest.param("https://example.com\\@evil.example/", 19, id="a backslash that hides the host"),
        pytest.param("https:\\\\example.com/", 6, id="backslashes for slashes"),
        pytest.param("https://example.com@evil.example/", 8, id="a user that looks like the host"),
        pytest.param("https://user:password@example.com/", 8, id="user and password"),
        pytest.param("https://@example.com/", 8, id="an empty user"),
        pytest.param("https://example.com:0/", 8, id="port 0"),
        pytest.param("https://example.com:65536/", 8, id="port 65,536"),
        pytest.param("https://example.com:/", 8, id="an empty port"),
        pytest.param("https://example.com:https/", 8, id="a port in letters"),
        pytest.param("https://example.com:+80/", 8, id="a port with a sign"),
        pytest.param("https://example.com:８０/", 8, id="a port in wide digits"),
        pytest.param("https://example.com:80:90/", 8, id="two ports"),
        pytest.param("https://::1/", 8, id="IPv6 without brackets"),
        pytest.param("https://[::1/", 8, id="IPv6 not closed"),
        pytest.param("https://[::1]x/", 8, id="something after IPv6"),
        pytest.param("https://[example.com]/", 8, id="a name in brackets"),
        pytest.param("https://[fe80::1%25eth0]/", 8, id="IPv6 with a zone"),
        pytest.param("https://[127.0.0.1]/", 8, id="IPv4 in brackets"),
        pytest.param("https://256.1.1.1/", 8, id="IPv4 past 255"),
        pytest.param("https://1.2.3.4.5/", 8, id="IPv4 of five"),
        pytest.param("https://example.com.9/", 8, id="a name that ends in a number"),
        pytest.param("https://a..example/", 8, id="an empty part"),
        pytest.param("https://.example/", 8, id="an empty part first"),
        pytest.param("https://./", 8, id="a dot"),
        pytest.param("https://" + "a" * 64 + ".example/", 8, id="a part of 64"),
        pytest.param("https://" + "a." * 126 + "ab/", 8, id="a name of 254"),
        pytest.param("https://%31%32%37.0.0.1/", 8, id="a percent-encoded host"),
        pytest.param("https://exa$mple.com/", 8, id="a sign in the host"),
        pytest.param("https://한글$.example/", 8, id="a sign beside Hangul"),
    ],
)
def test_what_no_receiver_would_read_as_a_person_does_is_refused_where_it_is_wrong(url: str, index: int) -> None:
    with pytest.raises(EndpointError) as raised:
        endpoint.parse(url)
    assert raised.value.index == index
    assert str(raised.value) == str(raised.value.sentence)


@pytest.mark.parametrize(
    ("url", "scheme", "called", "port", "resource", "fragment"),
    [
        pytest.param("https://example.com", "https", "example.com", None, "", "", id="host alone"),
        pytest.param("http://example.com:1/", "http", "example.com", 1, "/", "", id="port 1"),
        pytest.param("https://example.com:65535/a?b#c", "https", "example.com", 65535, "/a?b", "#c", id="everything"),
        pytest.param("HTTPS://EXAMPLE.com/A", "https", "example.com", None, "/A", "", id="capitals"),
        pytest.param("https://example.com?a=@#b@", "https", "example.com", None, "?a=@", "#b@", id="an @ further on"),
        pytest.param("https://example.com./", "https", "example.com.", None, "/", "", id="a dot last"),
        pytest.param("https://my_host.example/", "https", "my_host.example", None, "/", "", id="underscore"),
        pytest.param("https://" + "a" * 63 + ".example/", "https", "a" * 63 + ".example", None, "/", "", id="63"),
        pytest.param("https://" + "a." * 126 + "a/", "https", "a." * 126 + "a", None, "/", "", id="253"),
        pytest.param("https://[2001:DB8:0:0::1]:8443/", "https", "[2001:db8::1]", 8443, "/", "", id="IPv6"),
        pytest.param("https://네이버.com/", "https", "xn--950bt9s8xi.com", None, "/", "", id="Hangul"),
        pytest.param("https://ＥＸＡＭＰＬＥ。com/", "https", "example.com", None, "/", "", id="wide letters"),
        pytest.param("https://bücher.example/", "https", "xn--bcher-kva.example", None, "/", "", id="umlaut"),
        pytest.param("https://①②⑦.0.0.1/", "https", "127.0.0.1", None, "/", "", id="digits in circles"),
        pytest.param("https://0x7f000001/", "https", "127.0.0.1", None, "/", "", id="hexadecimal"),
        pytest.param("https://017700000001/", "https", "127.0.0.1", None, "/", "", id="octal"),
    ],
)
def test_a_url_is_taken_apart_as_it_is_called(  # noqa: PLR0913, PLR0917 - its parts
    url: str, scheme: str, called: str, port: int | None, resource: str, fragment: str
) -> None:
    target = endpoint.parse(url)
    assert (target.scheme, target.called_host, target.port) == (scheme, called, port)
    assert (target.resource, target.fragment) == (resource, fragment)
    assert target.url == url


@pytest.mark.parametrize(
    ("reach", "hosts"),
    [
        pytest.param("public", "example.com 8.8.8.8 [2606:4700::1111] 134744072 localhost.example.com", id="public"),
        pytest.param(
            "loopback",
            "127.0.0.1 127.255.255.254 2130706433 0x7f000001 0177.0.0.1 127.1 127.0.1 127.1. localhost localhost."
            " LOCALHOST a.localhost localhost.localdomain [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [2002:7f00:1::]",
            id="loopback",
        ),
        pytest.param(
            "private",
            "10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 0xc0a80001 192.168.1 100.64.0.1 [fd12::1] [::ffff:10.0.0.1]"
            " intranet server.local db.corp a.internal nas.home.arpa router.lan",
            id="private",
        ),
        pytest.param("link-local", "169.254.0.1 2851995649 [fe80::1] [::ffff:169.254.0.1]", id="link-local"),
        pytest.param(
            "metadata",
            "169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 [::ffff:169.254.169.254]"
            " [2002:a9fe:a9fe::] [fd00:ec2::254] 100.100.100.200 metadata.google.internal METADATA.GOOGLE.INTERNAL.",
            id="metadata",
        ),
        pytest.param("reserved", "0.0.0.0 0 [::] 224.0.0.1 255.255.255.255 240.0.0.1 [ff02::1]", id="reserved"),
    ],
)
def test_the_reach_of_a_host_is_told_in_every_spelling(reach: str, hosts: str) -> None:
    assert {host: endpoint.parse(f"https://{host}/x").reach for host in hosts.split()} == dict.fromkeys(
        hosts.split(), reach
    )


@pytest.mark.parametrize(
    ("url", "part"),
    [
        pytest.param("http://example.com/", "Plain http", id="plain http"),
        pytest.param("https://127.0.0.1/", "127.0.0.1 is the calling machine", id="loopback"),
        pytest.param("https://0x7f.1/", "127.0.0.1 is the calling machine", id="loopback in disguise"),
        pytest.param("https://10.0.0.1/", "private", id="private"),
        pytest.param("https://[fe80::1]/", "link-local", id="link-local"),
        pytest.param("https://169.254.169.254/", "metadata", id="metadata"),
        pytest.param("https://example.com/#part", "#", id="fragment"),
        pytest.param("https://example.com/경로", "ASCII", id="letters outside ASCII in the path"),
        pytest.param("https://네이버.com/", "네이버.com is called as xn--950bt9s8xi.com", id="international name"),
        pytest.param("https://xn--950bt9s8xi.com/", "네이버.com is called as xn--950bt9s8xi.com", id="its ASCII form"),
        pytest.param("https://аррӏе.com/", "xn--80ak6aa92e.com", id="Cyrillic through and through"),
        pytest.param("https://hooks.slack.com/services/T/B/x", "secret", id="secret"),
    ],
)
def test_what_an_operator_would_want_to_know_is_told_in_one_sentence(url: str, part: str) -> None:
    (doubt,) = endpoint.doubts(endpoint.parse(url))
    assert part in str(doubt)
    assert "DANGER" not in str(doubt)


def test_an_ordinary_url_raises_no_doubt() -> None:
    assert endpoint.doubts(endpoint.parse("https://events.example.com:8443/cloud-insight?team=ops")) == []


@pytest.mark.parametrize(
    ("host", "called"),
    [
        pytest.param("раypal.com", "xn--ypal-43d9g.com", id="Cyrillic among Latin"),
        pytest.param("xn--ypal-43d9g.com", "xn--ypal-43d9g.com", id="its ASCII form"),
        pytest.param("XN--YPAL-43D9G.com", "xn--ypal-43d9g.com", id="its ASCII form in capitals"),
        pytest.param("gοοgle.com", "xn--ggle-0nda.com", id="Greek among Latin"),
        pytest.param("login.раypal.com", "login.xn--ypal-43d9g.com", id="in one part of many"),
        pytest.param("my_host.xn--ypal-43d9g.com", "my_host.xn--ypal-43d9g.com", id="beside an underscore"),
    ],
)
def test_a_name_of_mixed_alphabets_is_called_a_danger(host: str, called: str) -> None:
    doubts = [str(doubt) for doubt in endpoint.doubts(endpoint.parse(f"https://{host}/"))]
    assert len(doubts) == 1
    assert doubts[0].startswith("DANGER")
    assert called in doubts[0]


@pytest.mark.parametrize(
    "host",
    ["카페24.com", "naver카페.com", "さくらサーバー.jp", "日本語ドメイン.jp", "佐々木.jp", "tokyo東京.jp", "bücher.de"],
)
def test_a_name_as_people_write_it_is_not_called_a_danger(host: str) -> None:
    assert not any("DANGER" in str(doubt) for doubt in endpoint.doubts(endpoint.parse(f"https://{host}/")))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param(
            "https://hooks.slack.com/services/T00/B00/abcdefghijklmnop",
            "https://hooks.slack.com/••••mnop",
            id="Slack",
        ),
        pytest.param(
            "https://HOOKS.slack.com:443/services/T00/B00/abcdefghijklmnop",
            "https://HOOKS.slack.com:443/••••mnop",
            id="Slack in capitals and with a port",
        ),
        pytest.param(
            "https://hooks.slack.com./services/T00/B00/abcdefghijklmnop",
            "https://hooks.slack.com./••••mnop",
            id="Slack with a dot last",
        ),
        pytest.param("https://hooks.slack.com/abc", "https://hooks.slack.com/••••", id="too short for its end to show"),
        pytest.param("https://discord.com/api/webhooks/1/abcdefghijkl", "https://discord.com/••••ijkl", id="Discord"),
        pytest.param(
            "https://hooks.slack-gov.com/services/T/abcdef", "https://hooks.slack-gov.com/••••cdef", id="GovSlack"
        ),
        pytest.param(
            "https://webhook.worksmobile.com/message/abcdef",
            "https://webhook.worksmobile.com/••••cdef",
            id="NAVER WORKS",
        ),
        pytest.param("https://kakaowork.com/bots/hook/abcdef", "https://kakaowork.com/••••cdef", id="Kakao Work"),
        pytest.param(
            "https://tenant.webhook.office.com/webhookb2/abcdef",
            "https://tenant.webhook.office.com/••••cdef",
            id="Teams",
        ),
        pytest.param(
            "https://example.com/hook?api_key=abcdefgh", "https://example.com/••••efgh", id="a key among the parameters"
        ),
        pytest.param(
            "https://example.com/hook?a=1&TOKEN=abcdefgh#frag", "https://example.com/••••frag", id="with a fragment"
        ),
        pytest.param(
            "https://example.com/hooks/1b4e28ba-2fa1-11d2-883f-0016d3cca427", "https://example.com/••••a427", id="UUID"
        ),
        pytest.param("https://example.com/hooks/cloud-insight", None, id="an ordinary path"),
        pytest.param("https://example.com/hook?key=", None, id="an empty key"),
        pytest.param("https://hooks.slack.com/", None, id="a host that keeps secrets, without one"),
        pytest.param("https://hooks.slack.com.example/services/x", None, id="a host that looks like one"),
        pytest.param("https://nothooks.slack.com.example/x", None, id="a host that ends otherwise"),
        pytest.param("not a url", None, id="no URL"),
    ],
)
def test_a_secret_url_shows_its_host_and_last_four_characters_alone(url: str, shown: str | None) -> None:
    assert endpoint.masked(url) == (url if shown is None else shown)


@given(ANY_URL)
def test_any_text_is_an_endpoint_or_refused(url: str) -> None:
    index, called = 0, ""
    try:
        target = endpoint.parse(url)
        sentences, called = endpoint.doubts(target), target.called_host
    except EndpointError as error:
        sentences, index = [error.sentence], error.index
    assert 0 <= index <= len(url)
    assert called.isascii()
    assert called == called.lower()
    assert all(str(sentence) for sentence in sentences)
    assert not any(unprintable.search(str(sentence)) for sentence in sentences)


@given(HOST_LIKE)
def test_what_is_called_is_called_the_same_when_typed(host: str) -> None:
    try:
        target = endpoint.parse(f"https://{host}/")
    except EndpointError:
        return
    again = endpoint.parse(f"https://{target.called_host}/")
    assert (again.called_host, again.reach) == (target.called_host, target.reach)


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/", min_size=12))
def test_nothing_but_the_last_four_characters_of_a_secret_is_ever_shown(secret: str) -> None:
    shown = endpoint.masked(f"https://hooks.slack.com/{secret}")
    assert shown == f"https://hooks.slack.com/••••{secret[-4:]}"
