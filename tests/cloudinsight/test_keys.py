"""A key cannot be printed by accident, and what could never sign is refused before it is tried."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import keys
from ncloud_integration.cloudinsight.keys import Keys, Secret

ACCESS = "ACCESSKEYACCESSKEY99"
SECRET = "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR"
PAIR = Keys.of(ACCESS, SECRET)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(repr, id="repr"),
        pytest.param(ascii, id="ascii"),
        pytest.param(lambda secret: f"{secret!r}", id="f-string with !r"),
        pytest.param(lambda secret: f"{[secret]}", id="in a list"),
        pytest.param(lambda secret: f"{ {'key': secret} }", id="in a dict"),
        pytest.param(pprint.pformat, id="pprint"),
        pytest.param(lambda secret: repr(Keys(secret, secret)), id="repr of a pair"),
        pytest.param(lambda secret: f"{Keys(secret, secret)}", id="f-string of a pair"),
        pytest.param(lambda secret: pprint.pformat(Keys(secret, secret)), id="pprint of a pair"),
    ],
)
def test_what_can_be_written_of_a_secret_is_not_the_secret(written: Callable[[Secret], str]) -> None:
    text = written(Secret(SECRET))
    assert "Secret" in text
    assert SECRET[:9] not in text


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(str, id="str"),
        pytest.param(lambda secret: f"{secret}", id="f-string"),
        pytest.param(lambda secret: f"{secret!s}", id="f-string with !s"),
        pytest.param(lambda secret: f"{secret:>50}", id="f-string with a width"),
        pytest.param(lambda secret: "{}".format(secret), id="format"),  # noqa: PLW0108, UP032 - another way of writing it
        pytest.param(lambda secret: format(secret, ""), id="format()"),
        pytest.param(lambda secret: "%s" % secret, id="percent"),  # noqa: UP031 - another way of writing it
        pytest.param(lambda secret: logging.makeLogRecord({"msg": "%s", "args": (secret,)}).getMessage(), id="logging"),
        pytest.param("".join, id="join"),
        pytest.param(lambda secret: "key " + secret, id="plus"),
        pytest.param(json.dumps, id="JSON"),
        pytest.param(lambda secret: json.dumps(secret, default=vars), id="JSON of its attributes"),
        pytest.param(pickle.dumps, id="pickle"),
        pytest.param(lambda secret: pickle.dumps(secret, protocol=0), id="the oldest pickle"),
        pytest.param(lambda secret: pickle.dumps(Keys(secret, secret)), id="pickle of a pair"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(bytes, id="bytes"),
    ],
)
def test_what_would_write_a_secret_out_is_refused_without_naming_it(written: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as raised:
        written(Secret(SECRET))
    assert SECRET[:9] not in str(raised.value)


def test_only_reveal_gives_the_text() -> None:
    assert Secret(SECRET).reveal() == SECRET


def test_secrets_are_compared_by_their_texts() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


@pytest.mark.parametrize(
    ("access_key", "label"), [(ACCESS, "…EY99"), ("12345678", "…5678"), ("1234567", "…"), ("", "…")]
)
def test_an_account_is_told_by_the_last_four_characters_of_a_key_long_enough(access_key: str, label: str) -> None:
    assert Keys.of(access_key, SECRET).label == label


def test_white_space_around_a_key_is_left_out() -> None:
    assert Keys.of(f" {ACCESS}\n", f"\t{SECRET}\r\n") == PAIR
    assert keys.problems(f" {ACCESS}\n", f"\t{SECRET}\r\n") == []


@pytest.mark.parametrize(
    ("access_key", "secret_key", "fields"),
    [
        pytest.param(ACCESS, SECRET, [], id="a pair"),
        pytest.param("!~", "비밀키", [], id="unusual, but it could sign"),
        pytest.param("", "", ["access_key", "secret_key"], id="nothing"),
        pytest.param(" ", SECRET, ["access_key"], id="a blank access key"),
        pytest.param(ACCESS, "\t", ["secret_key"], id="a blank secret key"),
        pytest.param("AB CD", SECRET, ["access_key"], id="a space in the access key"),
        pytest.param("AB\r\nx-evil: 1", SECRET, ["access_key"], id="a header smuggled in"),
        pytest.param("접근키", SECRET, ["access_key"], id="an access key no header can carry"),
        pytest.param(ACCESS, "ab cd", ["secret_key"], id="a space in the secret key"),
        pytest.param(ACCESS, "ab\u3000cd", ["secret_key"], id="a wide space in the secret key"),
        pytest.param(ACCESS, "ab\x1b", ["secret_key"], id="a control character"),
        pytest.param(ACCESS, "ab\u200bcd", ["secret_key"], id="a zero-width space, as web pages put in"),
        pytest.param(ACCESS, "ab\ud800", ["secret_key"], id="half a surrogate pair"),
    ],
)
def test_a_pair_that_could_not_sign_is_refused(access_key: str, secret_key: str, fields: list[str]) -> None:
    problems = keys.problems(access_key, secret_key)
    assert [problem.field for problem in problems] == fields
    assert all(problem.is_error for problem in problems)


@given(st.text(st.characters()), st.text(st.characters()))
def test_a_pair_without_problems_can_be_sent_and_signed_with(access_key: str, secret_key: str) -> None:
    problems = keys.problems(access_key, secret_key)
    assert all(str(problem.sentence) for problem in problems)
    if not problems:
        pair = Keys.of(access_key, secret_key)
        assert pair.access_key.reveal().encode("ascii")
        assert pair.secret_key.reveal().encode("utf-8")


@given(st.text(st.characters(min_codepoint=0x30, max_codepoint=0x7E), min_size=5), st.sampled_from([" ", "\u200b"]))
def test_a_complaint_about_a_key_does_not_show_the_key(half: str, between: str) -> None:
    sentences = [str(problem.sentence) for problem in keys.problems("!" + half + between + half, half + between)]
    assert "!" + half not in "".join(sentences)
