"""The signature is the documented one, over what is really sent, stamped when it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import signing
from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.cloudinsight.signing import SignatureV2

KNOWN_ANSWERS = json.loads(Path(__file__).with_name("signature-vectors.json").read_text(encoding="utf-8"))
KEYS = Keys.of("ACCESSKEYACCESSKEYAC", "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR")

known_answers = pytest.mark.parametrize(
    "known", [pytest.param(known, id=f"{known['method']} {known['uri']}") for known in KNOWN_ANSWERS]
)


def signed(request: httpx.Request, seconds: float = 1_700_000_000.0, keys: Keys = KEYS) -> httpx.Headers:
    flow = SignatureV2(keys, clock=lambda: seconds).auth_flow(request)
    return next(flow).headers


@known_answers
def test_the_message_is_method_uri_timestamp_and_access_key(known: dict[str, str]) -> None:
    message = signing.message(known["method"], known["uri"], known["timestamp"], Secret(known["access_key"]))
    assert message == f"{known['method']} {known['uri']}\n{known['timestamp']}\n{known['access_key']}"


@known_answers
def test_the_signature_is_the_published_one(known: dict[str, str]) -> None:
    message = f"{known['method']} {known['uri']}\n{known['timestamp']}\n{known['access_key']}"
    assert signing.signature(Secret(known["secret_key"]), message) == known["signature"]


@known_answers
def test_the_headers_carry_timestamp_access_key_and_signature(known: dict[str, str]) -> None:
    keys = Keys.of(known["access_key"], known["secret_key"])
    assert signing.headers(keys, known["method"], known["uri"], known["timestamp"]) == {
        "x-ncp-apigw-timestamp": known["timestamp"],
        "x-ncp-iam-access-key": known["access_key"],
        "x-ncp-apigw-signature-v2": known["signature"],
    }


@known_answers
def test_a_built_request_is_signed_as_published(known: dict[str, str]) -> None:
    request = httpx.Request(known["method"], "https://cw.apigw.ntruss.com" + known["uri"])
    keys = Keys.of(known["access_key"], known["secret_key"])
    headers = signed(request, int(known["timestamp"]) / 1000, keys)
    assert headers["x-ncp-apigw-signature-v2"] == known["signature"]
    assert headers["x-ncp-apigw-timestamp"] == known["timestamp"]


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        pytest.param("https://a.example/path", "/path", id="path"),
        pytest.param("https://a.example", "/", id="no path"),
        pytest.param("https://a.example/?", "/?", id="an empty query"),
        pytest.param(
            "https://a.example/a b?q=한&r=%2F#part", "/a%20b?q=%ED%95%9C&r=%2F", id="percent-encoded by httpx"
        ),
        pytest.param("https://a.example/a%20b?q=a+b%26", "/a%20b?q=a+b%26", id="percent-encoded before"),
        pytest.param("https://a.example:8443/x", "/x", id="a port is no part of it"),
    ],
)
def test_what_is_signed_is_what_is_sent(url: str, uri: str) -> None:
    request = httpx.Request("GET", url)
    assert request.url.raw_path == uri.encode()
    expected = signing.headers(KEYS, "GET", uri, "1700000000000")
    assert {name: signed(request)[name] for name in expected} == expected


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text()))
def test_any_path_and_query_is_signed_as_it_is_sent(path: str, query: dict[str, str]) -> None:
    request = httpx.Request("GET", f"https://a.example/{quote(path, safe='')}", params=query)
    expected = signing.headers(KEYS, "GET", request.url.raw_path.decode("ascii"), "1700000000000")
    assert signed(request)["x-ncp-apigw-signature-v2"] == expected["x-ncp-apigw-signature-v2"]


def test_body_and_host_are_not_signed() -> None:
    first = signed(httpx.Request("POST", "https://a.example/x", content=b"1"))
    second = signed(httpx.Request("POST", "https://b.example/x", content=b"2"))
    assert first["x-ncp-apigw-signature-v2"] == second["x-ncp-apigw-signature-v2"]


@pytest.mark.parametrize(
    ("seconds", "timestamp"),
    [
        pytest.param(1_700_000_000.0, "1700000000000", id="a whole second"),
        pytest.param(1_700_000_000.75, "1700000000750", id="milliseconds"),
        pytest.param(1_700_000_000.9999, "1700000000999", id="never in the future"),
    ],
)
def test_the_timestamp_is_in_milliseconds(seconds: float, timestamp: str) -> None:
    assert signed(httpx.Request("GET", "https://a.example/"), seconds)["x-ncp-apigw-timestamp"] == timestamp


def test_a_request_is_stamped_when_it_is_sent_and_not_when_it_is_built() -> None:
    times: Iterator[float] = iter([1_700_000_000.0, 1_700_000_060.0])
    stamps = []

    def answer(request: httpx.Request) -> httpx.Response:
        stamps.append(request.headers["x-ncp-apigw-timestamp"])
        return httpx.Response(200)

    auth = SignatureV2(KEYS, clock=lambda: next(times))
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        request = client.build_request("GET", "https://a.example/")
        assert "x-ncp-apigw-timestamp" not in request.headers
        client.send(request, auth=auth)
        client.send(request, auth=auth)
    assert stamps == ["1700000000000", "1700000060000"]


def test_a_refusal_is_not_answered_with_a_second_request() -> None:
    flow = SignatureV2(KEYS, clock=lambda: 0.0).auth_flow(httpx.Request("GET", "https://a.example/"))
    next(flow)
    with pytest.raises(StopIteration):
        flow.send(httpx.Response(401))
