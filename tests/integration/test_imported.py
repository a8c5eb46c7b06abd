from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.site import FIN, PUBLIC
from ncloud_integration.integration import body, imported
from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.draft import Draft, unchecked
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import unprintable

WHOLE = Draft("경보", "https://e.example/x?a=1&b=2", (Header("x-a", "1"),), '{\n "text": "it\'s $5 #{VALUE}"\n}')
CREATE = "https://cw.apigw.ntruss.com/cw_fea/real/cw/api/integration/create"
URL = "https://e.example/hook"
JSON = '{"text": "it is #{VALUE}"}'


def stored(draft: Draft = WHOLE) -> dict[str, object]:
    """Return *draft* as the API answers it."""
    fields = json.loads(body.write(unchecked(draft)))
    return {"headers": None, **fields, "id": "999", "updateTime": 1_790_000_000_000}


def said(found: imported.Imported) -> str:
    return " ".join(str(sentence) for sentences in found.notes.values() for sentence in sentences)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(body.write(unchecked(WHOLE)).decode(), id="a request body"),
        pytest.param("\ufeff  \n" + body.write(unchecked(WHOLE)).decode(), id="after a byte order mark and blanks"),
        pytest.param(json.dumps(stored()), id="an answer of /detail"),
        pytest.param(json.dumps({"data": [stored()], "pageNum": 1, "totalRecords": 1}), id="a page with one row"),
        pytest.param(
            shell_command.write(Gateway(FIN, FIN.base_url), unchecked(WHOLE)), id="the command of this program"
        ),
        pytest.param(
            shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), unchecked(WHOLE)).replace("\n", "\r\n"),
            id="the command of this program with other line ends",
        ),
        pytest.param(
            f"curl -X POST {CREATE} -H 'Content-Type: application/json' "
            f"-d {shlex.quote(body.write(unchecked(WHOLE)).decode())}",
            id="a curl command that creates it",
        ),
        pytest.param(
            f"$ curl \\\n  --json @- \\\n  '{CREATE}' <<'EOF'\n{body.write(unchecked(WHOLE)).decode()}\nEOF\n",
            id="a curl command that reads a here-document",
        ),
        pytest.param(
            f"curl http://127.0.0.1:8000/cw_fea/real/cw/api/integration/update/ "
            f"--data-raw {shlex.quote(json.dumps(stored()))}",
            id="a curl command that updates it, at another gateway",
        ),
    ],
)
def test_an_integration_comes_out_of_each_form(text: str) -> None:
    assert imported.read(text) == (WHOLE, {})


CONTENT_TYPE = (Header("Content-Type", "application/json"),)
ENDPOINT_COMMANDS = {
    "as chat services write it": (
        f"curl -X POST -H 'Content-Type: application/json' --data '{JSON}' {URL}",
        Draft("", URL, CONTENT_TYPE, JSON),
    ),
    "over lines, after a prompt": (
        f"$ curl \\\n  -X POST '{URL}' \\\n  -H \"Content-Type: application/json\" \\\n  -d '{JSON}'\n",
        Draft("", URL, CONTENT_TYPE, JSON),
    ),
    "letters in one word": (f"curl -sSfXPOST -d'{JSON}' {URL}", Draft("", URL, (), JSON)),
    "as a browser copies it": (
        f"curl '{URL}' \\\n  -H 'x-b: c' \\\n  --data-raw $'{{\"a\": \"it\\'s \\u00e9\"}}' \\\n  --compressed",
        Draft("", URL, (Header("x-b", "c"),), '{"a": "it\'s é"}'),
    ),
    "--json": (f"curl --json '{JSON}' {URL}", Draft("", URL, (Header("content-type", "application/json"),), JSON)),
    "--json with a content type of its own": (
        f"curl -H 'Content-Type: application/json' --json '{JSON}' {URL}",
        Draft("", URL, CONTENT_TYPE, JSON),
    ),
    "--url, and options that mean nothing here": (
        f"/usr/bin/curl -k --max-time 5 -o /dev/null --retry 3 -w '%{{http_code}}' --url {URL} --data-binary '{JSON}'",
        Draft("", URL, (), JSON),
    ),
    "an empty header, one without a value, and a user agent": (
        f"curl -H 'Accept:' -H 'X-Empty;' -A me/1 -d '{JSON}' {URL}",
        Draft("", URL, (Header("X-Empty", ""), Header("User-Agent", "me/1")), JSON),
    ),
    "data in several parts": (f"curl -d a=1 -d b=2 {URL}", Draft("", URL, (), "a=1&b=2")),
    "data that begins with @": (f"curl --data-raw @home {URL}", Draft("", URL, (), "@home")),
    "a here-string": (f"curl -d @- {URL} <<< '{JSON}'", Draft("", URL, (), JSON)),
    "words that look like options": (f"curl -d -X -- {URL}", Draft("", URL, (), "-X")),
    "piped on": (f"URL=1 time curl -d '{JSON}' {URL} 2>/dev/null | jq .id", Draft("", URL, (), JSON)),
}


@pytest.mark.parametrize("name", ENDPOINT_COMMANDS)
def test_a_command_that_calls_an_endpoint_fills_in_all_but_the_name(name: str) -> None:
    text, expected = ENDPOINT_COMMANDS[name]
    assert imported.read(text) == (expected, {})


SECRETS = {
    "a user": (f"curl -u me:PASSWORD -d '{JSON}' {URL}", ()),
    "a user in the URL": (f"curl -d '{JSON}' https://me:PASSWORD@e.example/hook", ()),
    "a cookie": (f"curl --cookie s=PASSWORD -d '{JSON}' {URL}", ()),
    "a bearer": (f"curl --oauth2-bearer PASSWORD -d '{JSON}' {URL}", ()),
    "NAVER's own headers": (
        f"curl -H 'x-ncp-iam-access-key: PASSWORD' -H 'X-NCP-apigw-signature-v2: PASSWORD' -H 'a: b' -d '{JSON}' {URL}",
        (Header("a", "b"),),
    ),
}


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_the_senders_alone_is_left_out_and_said(name: str) -> None:
    text, headers = SECRETS[name]
    found = imported.read(text)
    assert found.draft == Draft("", URL, headers, JSON)
    assert list(found.notes) == ["headers"]
    assert "were left out" in said(found)
    assert "PASSWORD" not in repr(found)


def test_keys_of_a_command_that_creates_are_left_out_and_said() -> None:
    text = f"curl {CREATE} -H 'x-ncp-iam-access-key: KEY' -d {shlex.quote(json.dumps(stored()))}"
    found = imported.read(text)
    assert found.draft == WHOLE
    assert said(found) == "Keys and signature in the command were left out."


@pytest.mark.parametrize(
    ("text", "field", "part"),
    [
        (f'curl -H "Authorization: Bearer $TOKEN" -d x {URL}', "headers", "$TOKEN stands here as it was written"),
        ('curl -d x "https://${HOST}/$(id)"', "url", "${HOST} $( stands here"),
        (f'curl -d "{{\\"a\\": \\"`date`\\"}}" {URL}', "payload", "` stands here"),
        (f"curl -d x {URL} https://other.example/", "url", "Only the first of the command's URLs"),
        (f"curl {URL}", "url", "The command's method is GET"),
        (f"curl -X PUT -d x {URL}", "url", "The command's method is PUT"),
        (f"curl -d 'x\x1b[31m' {URL}", "payload", "Characters that cannot be seen"),
    ],
)
def test_what_is_to_be_seen_to_is_said_of_its_field(text: str, field: str, part: str) -> None:
    found = imported.read(text)
    assert list(found.notes) == [field]
    assert part in said(found)


def test_only_the_first_of_the_calls_counts() -> None:
    assert imported.read(f"curl -d a {URL} --next -d b https://x.example/").draft == Draft("", URL, (), "a")
    assert imported.read(f"echo\ncurl -d a {URL}\ncurl -d b https://x.example/\n").draft == Draft("", URL, (), "a")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("", "neither a request body", id="nothing"),
        pytest.param("hello", "neither a request body", id="a word"),
        pytest.param("wget https://x.example/", "neither a request body", id="another program"),
        pytest.param("curl", "neither a request body", id="curl alone"),
        pytest.param("echo curl https://x.example/", "no curl command", id="curl as a word"),
        pytest.param("curl -s", "has no URL", id="no URL"),
        pytest.param("curl https://x.example/ -H", "-H has nothing after it", id="an option without its value"),
        pytest.param("curl https://x.example/ --data", "--data has nothing after it", id="a long option without it"),
        pytest.param("curl 'https://x.example/", "A quote (') has no end", id="a quote"),
        pytest.param(f"curl -d @/etc/passwd {URL}", "--data @/etc/passwd is read from elsewhere", id="a file"),
        pytest.param(f"curl -d @- {URL}", "--data @- is read from elsewhere", id="standard input"),
        pytest.param(f"curl --json @f {URL}", "--json @f is read from elsewhere", id="a file of JSON"),
        pytest.param(f"curl -H @f {URL}", "--header @f is read from elsewhere", id="a file of headers"),
        pytest.param("curl -K f", "--config f is read from elsewhere", id="a file of options"),
        pytest.param("x | curl --config -", "--config - is read from elsewhere", id="options from a pipe"),
        pytest.param(f"curl -F a=b {URL}", "Data given with form", id="a form"),
        pytest.param(f"curl -G -d a=b {URL}", "Data given with get", id="data in the URL"),
        pytest.param(f"curl --data-urlencode a=b {URL}", "Data given with data-urlencode", id="encoded data"),
        pytest.param(f"curl {CREATE}", "has no body", id="a create without a body"),
        pytest.param(f"curl {CREATE} -d oops", "not JSON", id="a create with another body"),
        pytest.param('{"name": oops}', "not JSON (line 1, column 10)", id="broken JSON"),
        pytest.param("[]", "does not hold a JSON object", id="an array"),
        pytest.param('{"data": [], "pageNum": 1}', "lists 0 integrations", id="an empty page"),
        pytest.param('{"data": [{}, {}], "pageNum": 1}', "lists 2 integrations", id="a page of two"),
        pytest.param('{"data": [1], "pageNum": 1}', "lists 1 integrations", id="a page of a number"),
        pytest.param(" " * (imported.LIMIT + 1), "longer than 262,144 characters", id="too long"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(text: str, part: str) -> None:
    with pytest.raises(BodyError) as raised:
        imported.read(text)
    assert part in str(raised.value.sentence)
    assert not unprintable.search(str(raised.value.sentence))


def test_a_hidden_secret_is_not_taken_for_a_url() -> None:
    secret = replace(WHOLE, url="https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/c1d2e3f4g5h6i7j8k9l0")
    shown = shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), masked(unchecked(secret)))
    with pytest.raises(BodyError, match="is hidden"):
        imported.read(shown)


def test_what_a_text_lacks_stays_in_the_form() -> None:
    endpoint_only = imported.read(f"curl -d '{JSON}' {URL}")
    assert endpoint_only.over(WHOLE) == Draft(WHOLE.name, URL, (), JSON)
    assert imported.read("{}").over(WHOLE) == replace(WHOLE, headers=())


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))
CLEAN = TEXT.filter(lambda text: not unprintable.search(text) and "•" not in text)
"""Dots stand where a secret was hidden: a command that holds them is refused."""

DRAFTS = st.builds(
    Draft,
    CLEAN.map(str.strip),
    CLEAN.map("https://e.example/{}".format),
    st.lists(st.builds(Header, st.text("abc-", min_size=1), CLEAN.map(str.strip)), max_size=3, unique_by=lambda h: h[0])
    .map(tuple),
    CLEAN,
)  # fmt: skip


@given(DRAFTS)
def test_the_command_that_is_written_is_read_back(draft: Draft) -> None:
    text = shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), unchecked(draft))
    assert imported.read(text).draft == replace(draft, headers=unchecked(draft).headers)


def outcome(text: str) -> str:
    """Return all that reading *text* would show."""
    try:
        found = imported.read(text)
    except BodyError as error:
        return str(error.sentence)
    return f"{found.draft.name}{found.draft.url}{said(found)}"


@given(st.lists(TEXT).map(lambda texts: f"curl {shlex.join(texts)}") | st.text(st.characters()).map("curl {}".format))
def test_no_text_is_more_than_refused(text: str) -> None:
    assert not unprintable.search(outcome(text))


PIECES = ["-d", "-H", "x: y", "@-", "@f", URL, CREATE, "--json", "{}", "-K", "-", "--next", "-u", "--", "<<E", "\nE\n"]


@given(st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_no_order_of_options_is_more_than_refused(text: str) -> None:
    assert isinstance(outcome(f"curl {text}"), str)
