"""Flags, files and environment become the form as it starts, or a usage error that says what to change."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncloud_integration import launch
from ncloud_integration.cloudinsight.gateway import DEFAULT_TIMEOUT
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.launch import FILE_LIMIT, UsageError
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.session import Start

KEYS = {"NCLOUD_ACCESS_KEY": "ACCESSKEYACCESSKEYAC", "NCLOUD_SECRET_KEY": "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR"}
SAVED = {
    "headers": {"X-Saved": "1"},
    "name": "saved",
    "payload": '{"saved": 1}',
    "type": "OUT_GOING",
    "url": "https://saved.example/",
}
SAVED_DRAFT = Draft("saved", "https://saved.example/", (Header("X-Saved", "1"),), '{"saved": 1}')


def flags(**given_flags: object) -> Namespace:
    none = {
        "site": None,
        "name": None,
        "url": None,
        "header": None,
        "payload": None,
        "body": None,
        "practice": False,
        "api_url": None,
        "timeout": None,
        "no_draft": False,
    }
    assert given_flags.keys() <= none.keys()
    return Namespace(**{**none, **given_flags})


def start(**given_flags: object) -> Start:
    return launch.start(flags(**given_flags), {})


def refused(**given_flags: object) -> str:
    with pytest.raises(UsageError) as raised:
        start(**given_flags)
    sentence = str(raised.value.sentence)
    assert str(raised.value) == sentence
    assert not unprintable.search(sentence)
    return sentence


def written(folder: Path, content: bytes | str | object) -> str:
    path = folder / "file"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8", newline="")
    return str(path)


def said(begun: Start, field: str) -> str:
    return " ".join(map(str, begun.notes.get(field, [])))


def test_without_flags_the_form_is_new() -> None:
    assert start() == Start(
        draft=Draft(),
        site=PUBLIC,
        site_complaint=None,
        state_folder=Path(os.environ["XDG_STATE_HOME"]) / "ncloud-integration",
        environment_keys=EnvironmentKeys(),
        notes={},
        api_url=None,
        timeout=DEFAULT_TIMEOUT,
        is_practice=False,
    )


def test_name_and_url_fill_in_their_fields_alone() -> None:
    assert start(name="운영 알림", url="https://events.example.com/").draft == Draft(
        "운영 알림", "https://events.example.com/"
    )


def test_an_empty_flag_empties_its_field(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    assert start(practice=True, name="", url="", header=[], payload=path).draft == Draft("", "", (), "")


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        pytest.param(["X-Team: ops"], [("X-Team", "ops")], id="one"),
        pytest.param(["A: 1", "B:2", " C : 3 "], [("A", "1"), ("B", "2"), ("C", "3")], id="several"),
        pytest.param(["A: 1", "a: 2"], [("A", "1"), ("a", "2")], id="the same twice, for the checks to refuse"),
        pytest.param(["A:"], [("A", "")], id="no value"),
        pytest.param(["A: b:c"], [("A", "b:c")], id="a colon in the value"),
    ],
)
def test_headers_replace_the_example_in_their_order(lines: list[str], headers: list[tuple[str, str]]) -> None:
    begun = start(header=lines)
    assert begun.draft.headers == tuple(Header(*header) for header in headers)
    assert begun.notes == {}


def test_of_very_many_headers_the_first_are_taken_and_it_is_told() -> None:
    begun = start(header=[f"X-{number}: v" for number in range(1_000)])
    assert begun.draft.headers == tuple(Header(f"X-{number}", "v") for number in range(20))
    assert "1,000" in said(begun, "headers")


@pytest.mark.parametrize("line", ["X-Team", "", ":", ": ops", " : ops", "\x1b[31m"])
def test_what_is_no_header_is_a_usage_error(line: str) -> None:
    assert "--header" in refused(header=["A: 1", line])


@pytest.mark.parametrize(
    ("content", "payload", "note"),
    [
        pytest.param(b'{"a": 1}', '{"a": 1}', "", id="as it is"),
        pytest.param(b"", "", "", id="nothing"),
        pytest.param('{"a": "한"}'.encode(), '{"a": "한"}', "", id="Hangul"),
        pytest.param(b'{\r\n\t"a": 1\r\n}\r\n', '{\n\t"a": 1\n}\n', "LF", id="CRLF"),
        pytest.param(b'{\r"a": 1}', '{\n"a": 1}', "LF", id="CR"),
        pytest.param(b"\xef\xbb\xbf{}", "{}", "byte order mark", id="byte order mark"),
        pytest.param(b'"\x1b[31m"', '"\\u001b[31m"', "U+001B", id="escape sequence"),
        pytest.param('"\u202e"'.encode(), '"\\u202e"', "U+202E", id="right-to-left override"),
        pytest.param(b"oops", "oops", "", id="not JSON, for the checks to refuse"),
    ],
)
def test_a_payload_is_read_from_its_file(tmp_path: Path, content: bytes, payload: str, note: str) -> None:
    begun = start(payload=written(tmp_path, content))
    assert begun.draft == Draft(payload=payload)
    assert bool(begun.notes) == bool(note)
    assert note in said(begun, "payload")


@pytest.mark.parametrize(
    ("typed", "kept", "note"),
    [
        pytest.param("a\r\nb", "a", "2 lines", id="CRLF"),
        pytest.param("a\nb\nc", "a", "3 lines", id="three lines"),
        pytest.param("\ufeffa", "a", "U+FEFF", id="byte order mark"),
        pytest.param("a\x1b[2Jb", "a[2Jb", "U+001B", id="escape sequence"),
        pytest.param("a\x9bb", "ab", "U+009B", id="one-byte control sequence"),
        pytest.param("a\u202eb", "ab", "U+202E", id="right-to-left override"),
        pytest.param("a\u2066b\u2069", "ab", "U+2066, U+2069", id="isolates"),
        pytest.param("a\udcffb", "ab", "U+DCFF", id="a byte that is not UTF-8, as Python passes it on"),
        pytest.param("a\tb", "a b", "", id="tab"),
    ],
)
def test_a_single_line_is_cleaned_and_the_operator_is_told(typed: str, kept: str, note: str) -> None:
    named, addressed, headed = start(name=typed), start(url=typed), start(header=[f"X: {typed}"])
    assert (named.draft.name, addressed.draft.url, headed.draft.headers) == (kept, kept, (Header("X", kept),))
    for begun, field in ((named, "name"), (addressed, "url"), (headed, "headers")):
        assert note in said(begun, field)
        assert set(begun.notes) == ({field} if note else set())


def test_a_hidden_character_in_a_headers_name_is_left_out_and_told() -> None:
    begun = start(header=["X-\u200bTeam: ops"])
    assert begun.draft.headers == (Header("X-Team", "ops"),)
    assert "U+200B" in said(begun, "headers")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(SAVED), id="one line"),
        pytest.param(json.dumps(SAVED, indent=2).replace("\n", "\r\n"), id="CRLF"),
        pytest.param("\ufeff" + json.dumps(SAVED), id="byte order mark"),
    ],
)
def test_a_saved_body_fills_in_everything(tmp_path: Path, content: str) -> None:
    begun = start(body=written(tmp_path, content))
    assert begun.draft == SAVED_DRAFT
    assert begun.notes == {}


def test_a_saved_body_is_cleaned_like_everything_else(tmp_path: Path) -> None:
    body = {
        "headers": {"X-A\u200b": "a\nb"},
        "name": "a\x1b",
        "payload": "\ufeff{\r\n}",
        "url": "https://a.example/\u202e",
    }
    begun = start(body=written(tmp_path, body))
    assert begun.draft == Draft("a", "https://a.example/", (Header("X-A", "a"),), "{\n}")
    assert set(begun.notes) == {"name", "url", "headers", "payload"}


def test_a_saved_bodys_half_surrogate_pair_does_not_reach_the_form(tmp_path: Path) -> None:
    content = '{"name": "a\\ud800", "url": "b\\ud800", "payload": "\\"\\ud800\\"", "headers": {"c": "d\\ud800"}}'
    begun = start(body=written(tmp_path, content))
    assert begun.draft == Draft("a", "b", (Header("c", "d"),), '"\\ud800"')


def test_each_flag_outranks_the_saved_body(tmp_path: Path) -> None:
    (tmp_path / "payload").write_text('{"flag": 1}')
    saved = written(tmp_path, SAVED)
    assert start(body=saved, name="flag").draft == replace(SAVED_DRAFT, name="flag")
    assert start(body=saved, url="https://flag.example/").draft == replace(SAVED_DRAFT, url="https://flag.example/")
    assert start(body=saved, header=["X-Flag: 2"]).draft == replace(SAVED_DRAFT, headers=(Header("X-Flag", "2"),))
    assert start(body=saved, payload=str(tmp_path / "payload")).draft == replace(SAVED_DRAFT, payload='{"flag": 1}')


def test_a_saved_body_does_not_bring_back_the_example(tmp_path: Path) -> None:
    assert start(body=written(tmp_path, {"name": "a"})).draft == Draft("a", "", (), "")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("oops", id="not JSON"),
        pytest.param("[]", id="an array"),
        pytest.param('"999"', id="a string"),
        pytest.param('{"type": "IN_COMING"}', id="another type"),
        pytest.param('{"name": 1}', id="a name that is a number"),
        pytest.param('{"url": null}', id="a URL that is null"),
        pytest.param('{"payload": {"a": 1}}', id="a payload that is an object"),
        pytest.param('{"headers": ["A: 1"]}', id="headers that are an array"),
        pytest.param('{"headers": {"A": 1}}', id="a header that is a number"),
        pytest.param("[" * 100_000, id="nested too deep"),
    ],
)
def test_what_is_no_saved_body_is_a_usage_error(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    assert f"--from {path}" in refused(body=path)


both_files = pytest.mark.parametrize(("flag", "said_as"), [("payload", "--payload"), ("body", "--from")])


@both_files
def test_standard_input_is_the_keyboard_and_no_file(flag: str, said_as: str) -> None:
    sentence = refused(**{flag: "-"})
    assert said_as in sentence
    assert "standard input" in sentence


@both_files
def test_a_file_called_dash_can_still_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str, said_as: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_text("{}")
    assert start(**{flag: "./-"}).draft.payload == ("{}" if said_as == "--payload" else "")


@both_files
def test_a_file_that_cannot_be_read_is_a_usage_error_that_names_it(tmp_path: Path, flag: str, said_as: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("{}")
    paths = {
        "missing": tmp_path / "none",
        "in no folder": tmp_path / "file" / "none",
        "a folder": tmp_path,
        "a loop": tmp_path / "loop",
    }
    for path in paths.values():
        assert f"{said_as} {path} cannot be read" in refused(**{flag: str(path)})


@both_files
@pytest.mark.parametrize(
    "path",
    ["", "x" * 300, "a\x00b", "a\x1b[2J", "a\udcff", "a\u202eb"],
    ids=["empty", "too long", "null", "escape sequence", "not UTF-8", "bidi"],
)
def test_a_path_that_is_none_is_a_usage_error(flag: str, said_as: str, path: str) -> None:
    assert f"{said_as} " in refused(**{flag: path})


@both_files
def test_a_device_that_fails_to_read_is_a_usage_error(flag: str, said_as: str) -> None:
    # A process's own memory can be opened and not read from its start, even by root (Linux).
    assert f"{said_as} /proc/self/mem cannot be read" in refused(**{flag: "/proc/self/mem"})


@both_files
@pytest.mark.parametrize(
    ("content", "position"),
    [
        (b"\xff\xfe{\x00}\x00", "byte 1)"),
        (b'{"a": "\xb0\xa1"}', "byte 8)"),
        (b'"\xc0\x80"', "byte 2)"),
        (b'"\xed\xa0\x80"', "byte 2)"),
        (b'"\xed\x95', "byte 2)"),
    ],
    ids=["UTF-16", "EUC-KR", "overlong", "half a surrogate pair", "cut off"],
)
def test_a_file_that_is_not_utf_8_is_a_usage_error_that_says_where(
    tmp_path: Path, flag: str, said_as: str, content: bytes, position: str
) -> None:
    sentence = refused(**{flag: written(tmp_path, content)})
    assert said_as in sentence
    assert position in sentence


def test_a_file_may_have_so_many_bytes(tmp_path: Path) -> None:
    content = b'"' + b"x" * (FILE_LIMIT - 2) + b'"'
    assert start(payload=written(tmp_path, content)).draft.payload == content.decode()


@both_files
def test_a_file_of_one_byte_more_is_a_usage_error(tmp_path: Path, flag: str, said_as: str) -> None:
    sentence = refused(**{flag: written(tmp_path, b" " * (FILE_LIMIT + 1))})
    assert said_as in sentence
    assert f"{FILE_LIMIT:,}" in sentence


def test_a_payload_with_every_character_escaped_fits_into_a_saved_body(tmp_path: Path) -> None:
    payload = '"' + "\\u0001" * 2_499 + '"'
    content = json.dumps({**SAVED, "payload": payload})
    escaped = content.replace("\\\\u0001", "".join(f"\\u{ord(character):04x}" for character in "\\u0001"))
    assert start(body=written(tmp_path, escaped)).draft.payload == payload


@pytest.mark.parametrize(
    ("flag", "variable", "site"),
    [
        (None, None, PUBLIC),
        ("gov", None, GOV),
        ("fin", "gov", FIN),
        (None, "gov", GOV),
        (None, "FIN ", FIN),
        ("public", "nonsense", PUBLIC),
    ],
)
def test_the_flag_names_the_site_then_the_environment_then_it_is_public(
    flag: str | None, variable: str | None, site: Site
) -> None:
    begun = launch.start(flags(site=flag), {} if variable is None else {"NCLOUD_SITE": variable})
    assert (begun.site, begun.site_complaint) == (site, None)


def test_a_site_of_the_environment_that_is_none_is_told() -> None:
    begun = launch.start(flags(), {"NCLOUD_SITE": "korea"})
    assert begun.site == PUBLIC
    assert "korea" in str(begun.site_complaint)


def test_keys_come_from_the_environment_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert launch.start(flags(), {}).environment_keys == EnvironmentKeys()
    assert launch.start(flags(), KEYS).environment_keys == EnvironmentKeys(Keys.of(*KEYS.values()), tuple(KEYS))


def test_a_start_written_out_does_not_hold_a_key() -> None:
    shown = repr(launch.start(flags(), KEYS))
    assert not any(value in shown for value in KEYS.values())


def test_practice_starts_with_a_complete_form_and_without_the_environment() -> None:
    begun = launch.start(flags(practice=True), {**KEYS, "NCLOUD_SITE": "korea"})
    assert begun.is_practice
    assert begun.draft == PRACTICE_DRAFT
    assert begun.environment_keys == EnvironmentKeys()
    assert (begun.site, begun.site_complaint, begun.api_url) == (PUBLIC, None, None)


def test_practice_does_not_even_complain_of_keys_it_does_not_use() -> None:
    variables = {"NCLOUD_ACCESS_KEY": "ACCESSKEYACCESSKEYAC"}
    assert launch.start(flags(practice=True), variables).environment_keys.complaint is None
    assert launch.start(flags(), variables).environment_keys.complaint is not None


def test_practice_takes_the_other_flags(tmp_path: Path) -> None:
    begun = start(practice=True, site="gov", name="flag", timeout=5.0)
    assert (begun.site, begun.timeout, begun.draft.name, begun.draft.url) == (GOV, 5.0, "flag", PRACTICE_DRAFT.url)
    assert start(practice=True, body=written(tmp_path, SAVED)).draft == SAVED_DRAFT


def test_practice_has_a_gateway_of_its_own() -> None:
    sentence = refused(practice=True, api_url="https://gateway.example")
    assert "--practice" in sentence
    assert "--api-url" in sentence


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        ("https://gateway.example/", "https://gateway.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("HTTP://LOCALHOST:8080/", "http://localhost:8080"),
    ],
)
def test_another_gateway_is_https_or_on_this_machine(url: str, api_url: str) -> None:
    assert start(api_url=url).api_url == api_url


@pytest.mark.parametrize(
    "url",
    ["", "gateway.example", "http://gateway.example", "https://gateway.example/v1", "https://a\x1b[2J", "https://{x}"],
    ids=["empty", "no scheme", "http", "path", "escape sequence", "braces"],
)
def test_every_other_gateway_is_a_usage_error(url: str) -> None:
    assert "--api-url" in refused(api_url=url)


@pytest.mark.parametrize("timeout", [1.0, 1.5, 30.0, 600.0])
def test_a_timeout_is_from_1_to_600_seconds(timeout: float) -> None:
    assert start(timeout=timeout).timeout == timeout


@pytest.mark.parametrize("timeout", [0.0, -1.0, 0.999, 600.001, float("inf"), float("-inf"), float("nan")])
def test_every_other_timeout_is_a_usage_error(timeout: float) -> None:
    sentence = refused(timeout=timeout)
    assert "--timeout" in sentence
    assert "600" in sentence


TYPED = st.none() | st.text(st.characters()) | st.text(st.sampled_from("a: \t\r\n\x1b\u202e\ufeff\u2028\ud800"))


@settings(deadline=None)
@given(TYPED, TYPED, st.none() | st.lists(TYPED.filter(lambda text: text is not None)), TYPED)
def test_no_flags_are_more_than_a_usage_error_and_nothing_hidden_reaches_the_form(
    name: str | None, url: str | None, header: list[str] | None, api_url: str | None
) -> None:
    try:
        draft = start(name=name, url=url, header=header, api_url=api_url).draft
        lines = [draft.name, draft.url, *(part for row in draft.headers for part in (row.name, row.value))]
    except UsageError as error:
        lines = [str(error.sentence)]
    assert not any(unprintable.search(line) for line in lines)
