"""What is shown of an answer's body: text, printable and bounded, with no secret in it; or why there is none."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration.endpoint import HIDDEN
from ncloud_integration.integration.excerpt import SHOWN_BYTES, Excerpt, of_answer
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import unprintable

SECRET = "Bearer 0123456789abcdef"
INTEGRATION = Integration("name", "https://events.example.com/", (Header("Authorization", SECRET),), "{}")


def shown(body: bytes, headers: Mapping[str, str] | None = None, *, is_complete: bool = True) -> Excerpt:
    return of_answer(body, headers or {}, INTEGRATION, is_complete=is_complete)


def said(excerpt: Excerpt) -> str:
    return " ".join(map(str, excerpt.notes))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"ok", "ok"),
        (b"one\r\ntwo\rthree\n\nfour\n", "one\ntwo\nthree\n\nfour"),
        (b"\ta", "    a"),
        (b"\xef\xbb\xbfok", "ok"),
        ("경보 🚨".encode(), "경보 🚨"),
        (b"a\x1b[31mred\x1b]0;title\x07 b", r"a\x1b[31mred\x1b]0;title\x07 b"),
        ("a\u009b31m \u202e b".encode(), r"a\x9b31m \u202e b"),
        (b"<html>[bold]markup[/]</html>", "<html>[bold]markup[/]</html>"),
    ],
)
def test_a_text_is_shown_with_its_lines_and_nothing_that_a_terminal_obeys(body: bytes, text: str) -> None:
    assert shown(body) == Excerpt(text)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "'utf8'", '"euc-kr"', "cp949", "utf-16", "UTF-16LE"])
def test_a_text_is_read_in_the_charset_that_it_names(charset: str) -> None:
    body = "거부되었습니다".encode(charset.strip("'\""))
    assert shown(body, {"content-type": f"text/plain; charset={charset}"}) == Excerpt("거부되었습니다")


@pytest.mark.parametrize("charset", ["zlib", "hex", "idna", "punycode", "unicode_escape", "nonsense", "\x1b[2J"])
def test_another_charset_is_told_of_and_not_used(charset: str) -> None:
    excerpt = shown(b"5c78 ok", {"content-type": f"text/plain; charset={charset}"})
    assert excerpt.text == "5c78 ok"
    assert "is not read here: it is shown as if it were UTF-8" in said(excerpt)
    assert not unprintable.search(said(excerpt))


def test_what_is_not_valid_in_the_charset_is_told_of() -> None:
    excerpt = shown(b"an \xff in a text of more than twenty letters")
    assert excerpt.text == "an \ufffd in a text of more than twenty letters"
    assert "not valid in utf-8" in said(excerpt)


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n\0\0", bytes(range(256)), "거부되었습니다".encode("euc-kr"), b"\0"]
)
def test_what_is_no_text_is_not_shown(body: bytes) -> None:
    excerpt = shown(body, {"content-type": "image/png"})
    assert excerpt.text == ""
    assert said(excerpt) == f"{len(body)} bytes were read that are no text (image/png): they are not shown."
    assert "(no type that it names)" in said(shown(body))


def test_a_compressed_body_is_not_shown() -> None:
    excerpt = shown(gzip.compress(b"bomb"), {"content-encoding": "gzip"})
    assert (excerpt.text, said(excerpt)) == ("", "The body is compressed (gzip): it is not shown.")


def test_of_nothing_it_is_told_that_it_is_nothing() -> None:
    assert said(shown(b"")) == "There is nothing in the answer's body."
    assert shown(b"", is_complete=False) == Excerpt("")


@pytest.mark.parametrize(
    ("is_complete", "note"),
    [(True, "Only the first 2,048 of 3,001 bytes are shown."), (False, "Only the first 2,048 of over 3,001 bytes are")],
)
def test_a_long_text_is_cut_at_two_kilobytes_and_that_is_told(is_complete: bool, note: str) -> None:
    excerpt = shown("가".encode() * 1000 + b"!", is_complete=is_complete)
    assert excerpt.text == "가" * (SHOWN_BYTES // 3)
    assert note in said(excerpt)


def test_a_character_that_the_end_of_a_cut_body_halves_is_left_out() -> None:
    assert shown("가나".encode()[:-1], is_complete=False) == Excerpt("가")


@pytest.mark.parametrize("at", [0, 100, SHOWN_BYTES - 10, SHOWN_BYTES - 3])
def test_a_secret_is_hidden_also_where_the_text_is_cut(at: int) -> None:
    body = b"." * at + SECRET.encode() + b"." * 3000
    text = shown(body).text
    assert SECRET[:8] not in text
    assert HIDDEN[:1] in text
    cut = shown(body[: at + 12], is_complete=False).text
    assert "Bearer 0" not in cut


@given(
    st.binary(max_size=4000) | st.text(max_size=2000).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.fixed_dictionaries({}, optional={"content-type": st.text(), "content-encoding": st.text()}),
    st.booleans(),
)
def test_nothing_unprintable_is_shown_of_any_answer(body: bytes, headers: dict[str, str], is_complete: bool) -> None:
    excerpt = shown(body, headers, is_complete=is_complete)
    assert not unprintable.search(excerpt.text.replace("\n", "") + said(excerpt))
    assert len(excerpt.text) <= 6 * SHOWN_BYTES
