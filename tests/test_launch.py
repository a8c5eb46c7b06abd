"""Flags, files and environment become the form as it starts, or a usage error that says what to change."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration import launch, private_files
from ncloud_integration.cloudinsight.gateway import DEFAULT_TIMEOUT
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.credentials import accounts, sources
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.flags import Flags
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.usage import UsageError
from ncloud_integration.wizard import text_file
from ncloud_integration.wizard.session import Start

KEYS = {"NCLOUD_ACCESS_KEY": "ACCESSKEYACCESSKEYAC", "NCLOUD_SECRET_KEY": "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR"}
SAVED = {
    "headers": {"X-Saved": "1"},
    "name": "saved",
    "payload": '{"saved": 1}',
    "type": "OUT_GOING",
    "url": "https://saved.example/",
}
SAVED_DRAFT = Draft("saved", "https://saved.example/", (Header("X-Saved", "1"),), '{"saved": 1}')


def flags(**given_flags: object) -> Flags:
    made = Flags()
    for name, value in given_flags.items():
        assert hasattr(Flags, name)
        setattr(made, name, value)
    return made


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
        accounts_path=Path(os.environ["XDG_CONFIG_HOME"]) / "ncloud-integration" / "accounts.json",
        vault_path=Path(os.environ["XDG_DATA_HOME"]) / "ncloud-integration" / "vault.json",
        state_folder=Path(os.environ["XDG_STATE_HOME"]) / "ncloud-integration",
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


CURL = "curl -u me:pw -H 'X-Saved: 1' -d '{\"saved\": 1}' https://saved.example/"


def test_a_saved_command_fills_in_what_it_says_and_no_name(tmp_path: Path) -> None:
    begun = start(body=written(tmp_path, CURL))
    assert begun.draft == replace(SAVED_DRAFT, name="")
    assert [str(note) for note in begun.notes.pop("headers")] == [
        "Passwords, cookies and keys in the command were left out."
    ]
    assert not begun.notes


def test_what_was_left_out_of_a_field_is_not_said_where_a_flag_outranks_it(tmp_path: Path) -> None:
    saved = written(tmp_path, CURL)
    assert start(body=saved, header=["X-Flag: 2"]).notes == {}
    begun = start(body=saved, name="a\nb")
    assert (begun.draft.name, sorted(begun.notes)) == ("a", ["headers", "name"])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("curl https://x/ -d @file", id="a command that reads a file"),
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


def test_what_is_to_be_cloned_is_read_later_and_flags_outrank_it() -> None:
    begun = start(clone="a-1_B", name=" n\n", header=["X: 1"])
    assert (begun.clone, begun.draft) == ("a-1_B", Draft(name=" n", headers=(Header("X", "1"),)))
    assert begun.given == {"name": " n", "headers": (Header("X", "1"),)}
    assert start(practice=True, clone="1001").draft == PRACTICE_DRAFT
    assert start().clone == ""


@pytest.mark.parametrize("integration_id", ["", "a b", "../1", "1?x", "1/detail", "가", "1\n", "a" * 129])
def test_what_is_no_id_is_not_cloned(integration_id: str) -> None:
    assert "--clone" in refused(clone=integration_id)


def test_a_clone_is_neither_from_a_file_nor_without_keys(tmp_path: Path) -> None:
    assert "--clone and --from exclude each other" in refused(clone="1", body=written(tmp_path, SAVED))
    assert "--clone and --dry-run exclude each other" in refused(clone="1", dry_run=True)


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
    content = b'"' + b"x" * (text_file.LIMIT - 2) + b'"'
    assert start(payload=written(tmp_path, content)).draft.payload == content.decode()


@both_files
def test_a_file_of_one_byte_more_is_a_usage_error(tmp_path: Path, flag: str, said_as: str) -> None:
    sentence = refused(**{flag: written(tmp_path, b" " * (text_file.LIMIT + 1))})
    assert said_as in sentence
    assert f"{text_file.LIMIT:,}" in sentence


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
    assert (begun.site, begun.complaints) == (site, ())


def test_a_site_of_the_environment_that_is_none_is_told() -> None:
    begun = launch.start(flags(), {"NCLOUD_SITE": "korea"})
    assert begun.site == PUBLIC
    assert "korea" in str(begun.complaints[0])


def test_keys_come_from_the_environment_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert launch.start(flags(), {}).sources == ()
    found = EnvironmentKeys(Keys.of(*KEYS.values()), tuple(KEYS))
    assert launch.start(flags(), KEYS).sources == (sources.of_environment(found),)


def test_a_start_written_out_does_not_hold_a_key() -> None:
    shown = repr(launch.start(flags(), KEYS))
    assert not any(value in shown for value in KEYS.values())


def test_practice_starts_with_a_complete_form_and_without_the_environment() -> None:
    begun = launch.start(flags(practice=True), {**KEYS, "NCLOUD_SITE": "korea"})
    assert begun.is_practice
    assert begun.draft == PRACTICE_DRAFT
    assert begun.sources == (sources.of_practice(PRACTICE_KEYS),)
    assert (begun.site, begun.complaints, begun.api_url) == (PUBLIC, (), None)
    assert (begun.accounts_path, begun.vault_path, begun.state_folder) == (None, None, None)


def test_practice_does_not_even_complain_of_keys_it_does_not_use() -> None:
    variables = {"NCLOUD_ACCESS_KEY": "ACCESSKEYACCESSKEYAC"}
    assert launch.start(flags(practice=True), variables).complaints == ()
    assert launch.start(flags(), variables).complaints


def test_practice_takes_the_other_flags(tmp_path: Path) -> None:
    begun = start(practice=True, site="gov", name="flag", timeout=5.0)
    assert (begun.site, begun.timeout, begun.draft.name, begun.draft.url) == (GOV, 5.0, "flag", PRACTICE_DRAFT.url)
    assert start(practice=True, body=written(tmp_path, SAVED)).draft == SAVED_DRAFT


def test_practice_has_a_gateway_of_its_own() -> None:
    sentence = refused(practice=True, api_url="https://gateway.example")
    assert "--practice" in sentence
    assert "--api-url" in sentence


def account(name: str = "prod", site: Site = PUBLIC) -> Account:
    return Account(name, site, "keyring")


def hold(*them: Account) -> None:
    """Have the file of accounts hold *them*."""
    accounts.AccountsFile(accounts.default()).change(lambda _: Accounts(them, "keyring"))


def section(name: str, site: Site | None = None) -> str:
    url = f"ncloud_api_url = {site.base_url}\n" if site else ""
    return f"[{name}]\nncloud_access_key_id = ACCESS{name}\nncloud_secret_access_key = SECRET{name}\n{url}"


def configured(*sections: str, mode: int = 0o600) -> None:
    """Have NAVER's own file hold *sections*."""
    path = Path(os.environ["HOME"]) / ".ncloud" / "configure"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(sections))
    path.chmod(mode)


def labels(begun: Start) -> list[str]:
    return [str(source.label) for source in begun.sources]


def complained(begun: Start) -> str:
    return "\n".join(map(str, begun.complaints))


@pytest.mark.parametrize(
    ("asked", "variables", "first"),
    [
        pytest.param({}, KEYS, ["keys from environment", "account prod", "account test", "profile P", "profile Q"]),
        pytest.param({}, {}, ["account prod", "account test", "profile P", "profile Q"]),
        pytest.param({"account": "test"}, KEYS, ["account test", "keys from environment", "account prod"]),
        pytest.param({"profile": "Q"}, KEYS, ["profile Q", "keys from environment", "account prod", "account test"]),
        pytest.param({}, {**KEYS, "NCLOUD_PROFILE": "Q"}, ["profile Q", "keys from environment", "account prod"]),
        pytest.param({}, {"NCLOUD_PROFILE": " Q\n"}, ["profile Q", "account prod", "account test", "profile P"]),
        pytest.param({}, {"NCLOUD_PROFILE": " "}, ["account prod", "account test", "profile P", "profile Q"]),
        pytest.param({"profile": "P"}, {"NCLOUD_PROFILE": "Q"}, ["profile P", "account prod"]),
        pytest.param({"account": "test", "profile": "Q"}, KEYS, ["account test", "profile Q", "keys from environment"]),
        pytest.param({"account": "test"}, {"NCLOUD_PROFILE": "Q"}, ["account test", "profile Q", "account prod"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_is_asked_for_outranks_the_environment_and_that_the_accounts_and_those_the_profiles(
    asked: dict[str, str], variables: dict[str, str], first: list[str]
) -> None:
    hold(account(), account("test"))
    configured(section("P"), section("Q"))
    begun = launch.start(flags(**asked), variables)
    assert labels(begun)[: len(first)] == first
    assert len(labels(begun)) == 4 + (KEYS.keys() <= variables.keys())
    assert begun.accounts == Accounts((account(), account("test")), "keyring")
    assert begun.complaints == ()


@pytest.mark.parametrize("named", ["flag", "variable"])
def test_the_keys_of_a_profile_are_those_of_its_section(named: str) -> None:
    configured(section("P"), section("Q"))
    asked, variables = ({"profile": "Q"}, {}) if named == "flag" else ({}, {"NCLOUD_PROFILE": "Q"})
    begun = launch.start(flags(**asked), variables)
    assert begun.sources[0].keys == Keys.of("ACCESSQ", "SECRETQ")
    assert "ACCESSQ" not in repr(begun)


@pytest.mark.parametrize(
    ("asked", "variables", "site"),
    [
        pytest.param({}, {}, GOV, id="that of the account used last"),
        pytest.param({}, {"NCLOUD_SITE": "public"}, GOV, id="that of the account used last before the variable's"),
        pytest.param({"account": "test"}, {"NCLOUD_SITE": "public"}, FIN, id="that of the account asked for"),
        pytest.param({"account": "test", "site": "fin"}, {}, FIN, id="the flag's, which is the account's"),
        pytest.param({"account": "test", "profile": "public"}, {}, FIN, id="the account's before the profile's"),
        pytest.param({"profile": "fin"}, {"NCLOUD_SITE": "public"}, FIN, id="the profile's"),
        pytest.param({}, {"NCLOUD_PROFILE": "fin", "NCLOUD_SITE": "public"}, FIN, id="that of the variable's profile"),
        pytest.param({"profile": "any"}, {"NCLOUD_SITE": "fin"}, FIN, id="the variable's, where the profile has none"),
        pytest.param({"profile": "any"}, {}, PUBLIC, id="public, where the profile has none"),
        pytest.param({}, {**KEYS, "NCLOUD_SITE": "fin"}, FIN, id="the variable's, beside keys of the environment"),
        pytest.param({}, KEYS, PUBLIC, id="public, with keys of the environment"),
        pytest.param({"site": "fin"}, {**KEYS, "NCLOUD_SITE": "gov"}, FIN, id="the flag's"),
        pytest.param({"site": "public"}, {}, PUBLIC, id="the flag's before that of the account used last"),
    ],
)
def test_the_site_is_the_flags_then_that_of_the_first_keys_then_the_variables_then_public(
    asked: dict[str, str], variables: dict[str, str], site: Site
) -> None:
    hold(account(site=GOV), account("test", FIN))
    configured(section("any"), section("public", PUBLIC), section("fin", FIN))
    begun = launch.start(flags(**asked), variables)
    assert (begun.site, begun.complaints) == (site, ())


def test_a_site_of_the_environment_that_is_none_is_not_told_where_it_is_not_asked() -> None:
    hold(account(site=GOV))
    begun = launch.start(flags(), {"NCLOUD_SITE": "korea"})
    assert (begun.site, begun.complaints) == (GOV, ())


@pytest.mark.parametrize(
    ("them", "there_are"), [((), "none yet"), ((account(),), "prod"), ((account("b"), account("a")), "b, a")]
)
@pytest.mark.parametrize("name", ["PROD", "prod ", "", "\x1b[2J", "{name}"])
def test_an_account_that_there_is_not_is_a_usage_error_that_names_those_there_are(
    name: str, them: tuple[Account, ...], there_are: str
) -> None:
    hold(*them)
    sentence = refused(account=name)
    assert sentence.startswith("--account ")
    assert sentence.endswith(f"there is no such account (there are: {there_are}).")


@pytest.mark.parametrize("site", ["public", "fin"])
def test_an_account_of_another_site_than_the_flags_is_a_usage_error(site: str) -> None:
    hold(account(site=GOV))
    sentence = refused(account="prod", site=site)
    assert sentence.startswith("--account prod belongs to the gov site")
    assert "--site" in sentence


@pytest.mark.parametrize(
    ("sections", "there_are"),
    [
        pytest.param([], "none", id="no file"),
        pytest.param([section("P"), section("Q")], "P, Q", id="others"),
        pytest.param([section("P"), "[half]\nncloud_access_key_id = A\n", "[empty]\n"], "P, half", id="half of one"),
    ],
)
@pytest.mark.parametrize("name", ["missing", "p", "empty", "", "\x1b[2J", "{name}"])
def test_a_profile_that_there_is_not_is_a_usage_error_that_names_those_there_are(
    name: str, sections: list[str], there_are: str
) -> None:
    if sections:
        configured(*sections)
    sentence = refused(profile=name)
    assert sentence.startswith("~/.ncloud/configure has no section ")
    assert sentence.endswith(f"(there are: {there_are}).")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("[P]\nncloud_access_key_id = ACCESS\n", "has ncloud_access_key_id and no ", id="half of it"),
        pytest.param("[P]\nSECRET\n", "line 2, is neither", id="a file that cannot be read"),
    ],
)
def test_a_profile_that_cannot_be_used_is_a_usage_error_with_the_flag_and_a_complaint_without(
    content: str, says: str
) -> None:
    hold(account())
    configured(content)
    sentence = refused(profile="P")
    assert says in sentence
    assert "SECRET" not in sentence
    begun = launch.start(flags(), {"NCLOUD_PROFILE": "P"})
    assert says in complained(begun)
    assert "SECRET" not in complained(begun)
    assert labels(begun) == ["account prod"]


@pytest.mark.parametrize("name", ["missing", "\x1b[2J", "{reason}"])
def test_a_variable_that_names_no_profile_is_told_and_the_rest_goes_on(name: str) -> None:
    configured(section("P", GOV))
    begun = launch.start(flags(name="flag"), {**KEYS, "NCLOUD_PROFILE": name})
    (complaint,) = begun.complaints
    assert str(complaint).startswith("NCLOUD_PROFILE is ")
    assert str(complaint).endswith("(there are: P).")
    assert not unprintable.search(str(complaint))
    assert labels(begun) == ["keys from environment", "profile P"]
    assert (begun.site, begun.draft.name) == (PUBLIC, "flag")


@pytest.mark.parametrize("content", ["", "{}", "[" * 100_000, '{"version": 0}'])
def test_accounts_that_cannot_be_read_are_told_and_a_usage_error_where_one_is_asked_for(content: str) -> None:
    hold(account())
    accounts.default().write_text(content)
    configured(section("P"))
    begun = launch.start(flags(), KEYS)
    (complaint,) = begun.complaints
    assert str(complaint).startswith(f"{accounts.default()} does not hold accounts")
    assert labels(begun) == ["keys from environment", "profile P"]
    assert begun.accounts == Accounts()
    assert begun.accounts_path == accounts.default()
    assert refused(account="prod") == str(complaint)
    assert accounts.default().read_text() == content


def test_what_is_wrong_with_the_configuration_file_is_told_where_it_might_have_had_the_keys() -> None:
    half = "[half]\nncloud_access_key_id = ACCESS\n"
    configured(half)
    assert "Section half" in complained(start())
    assert complained(launch.start(flags(), KEYS)) == ""
    configured(section("P"), half)
    assert complained(start()) == ""
    configured(section("P", GOV), half)
    assert "Section half" in complained(start(site="fin"))
    configured("ACCESS\n")
    assert "line 1, is neither" in complained(start())
    assert complained(launch.start(flags(), KEYS)) == ""


@pytest.mark.parametrize(
    ("asked", "variables", "is_told"),
    [
        pytest.param({}, {}, True, id="its keys are used"),
        pytest.param({"site": "fin"}, {}, True, id="no keys are"),
        pytest.param({}, KEYS, False, id="others are"),
        pytest.param({"profile": "P"}, KEYS, True, id="its keys are asked for"),
    ],
)
def test_a_configuration_file_that_others_may_read_is_doubted_where_its_keys_matter(
    asked: dict[str, str], variables: dict[str, str], is_told: bool
) -> None:
    configured(section("P", GOV), mode=0o644)
    assert ("chmod 600" in complained(launch.start(flags(**asked), variables))) == is_told
    configured(section("P", GOV))
    assert launch.start(flags(**asked), variables).complaints == ()


@pytest.mark.parametrize("asked", [{"account": "prod"}, {"profile": "P"}, {"account": ""}, {"profile": ""}])
def test_practice_has_keys_of_its_own(asked: dict[str, str]) -> None:
    hold(account())
    configured(section("P"))
    sentence = refused(practice=True, **asked)
    assert "--practice" in sentence
    assert "--account" in sentence
    assert "--profile" in sentence


def test_practice_reads_no_file_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    hold(account(site=GOV))
    configured(section("P"), "ACCESS\n", mode=0o644)

    def read(path: Path, limit: int) -> bytes:
        raise AssertionError(path)

    monkeypatch.setattr(private_files, "read", read)
    with pytest.raises(AssertionError):
        start()
    begun = launch.start(flags(practice=True), {**KEYS, "NCLOUD_PROFILE": "missing"})
    assert begun.sources == (sources.of_practice(PRACTICE_KEYS),)
    assert (begun.site, begun.complaints, begun.accounts) == (PUBLIC, (), Accounts())


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


def test_a_section_of_another_site_than_the_flags_is_not_passed_over_in_silence() -> None:
    configured(section("P", PUBLIC))
    reason = "Section P of ~/.ncloud/configure is of the public site: leave --site out, or name another section."
    assert refused(site="gov", profile="P") == reason
    begun = launch.start(flags(site="gov"), {**KEYS, "NCLOUD_PROFILE": "P"})
    assert complained(begun) == f"NCLOUD_PROFILE is P, and cannot be used: {reason}"
    assert launch.start(flags(site="public", profile="P"), {}).complaints == ()


def test_what_is_wrong_with_a_section_is_told_once() -> None:
    configured("[P]\nncloud_access_key_id = A\n")
    begun = launch.start(flags(), {"NCLOUD_PROFILE": "P"})
    assert len(begun.complaints) == 1
    assert "no ncloud_secret_access_key" in complained(begun)
