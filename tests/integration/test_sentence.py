"""A sentence can always be written out, and nothing in it can reach past the words into the terminal."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ncloud_integration
from ncloud_integration.integration.sentence import Sentence, printable, unprintable

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        pytest.param("\x00", "\\x00", id="null"),
        pytest.param("\x1b", "\\x1b", id="escape"),
        pytest.param("\n", "\\x0a", id="line feed"),
        pytest.param("\x7f", "\\x7f", id="delete"),
        pytest.param("\x9b", "\\x9b", id="one-byte control sequence"),
        pytest.param("\xad", "\\xad", id="soft hyphen"),
        pytest.param("\u061c", "\\u061c", id="Arabic letter mark"),
        pytest.param("\u200b", "\\u200b", id="zero-width space"),
        pytest.param("\u200f", "\\u200f", id="right-to-left mark"),
        pytest.param("\u2028", "\\u2028", id="line separator"),
        pytest.param("\u202e", "\\u202e", id="right-to-left override"),
        pytest.param("\u2066", "\\u2066", id="left-to-right isolate"),
        pytest.param("\ufeff", "\\ufeff", id="byte order mark"),
        pytest.param("\ud800", "\\ud800", id="half a surrogate pair"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_shown_as_an_escape(character: str, shown: str) -> None:
    assert printable(f"a{character}b") == f"a{shown}b"


@pytest.mark.parametrize(
    "text",
    ["plain", "한국어", "é", "佐々木", "👩‍👩‍👧", "🏴\U000e0067\U000e0062\U000e007f", "क्‍ष", "{braces}", "[/nope]"],
)
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(ANY_TEXT)
def test_shown_text_never_holds_what_cannot_be_shown(text: str) -> None:
    assert not unprintable.search(printable(text))


@given(ANY_TEXT)
def test_a_text_among_the_values_cannot_break_the_sentence_or_the_terminal(text: str) -> None:
    written = str(Sentence("{value} in row {row:,}.", {"value": text, "row": 1234}))
    assert written.endswith(" in row 1,234.")
    assert not unprintable.search(written)


def test_braces_in_a_value_are_not_read_as_places_for_values() -> None:
    assert str(Sentence("It says {words}", {"words": "{secret} {0} }{"})) == "It says {secret} {0} }{"


@pytest.mark.parametrize(("length", "kept", "is_cut"), [(299, 299, False), (300, 300, False), (301, 300, True)])
def test_a_value_is_cut_after_300_characters(length: int, kept: int, is_cut: bool) -> None:
    assert str(Sentence("{value}", {"value": "x" * length})) == "x" * kept + "…" * is_cut


def test_a_sentence_may_stand_in_another() -> None:
    inner = Sentence("it is {number:,} long", {"number": 15_001})
    assert str(Sentence("{file}: {reason}.", {"file": "a\x1b", "reason": inner})) == "a\\x1b: it is 15,001 long."


def _written_down() -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield each template in the source with its place and, where they stand beside it, the names of its values."""
    root = Path(ncloud_integration.__file__).parent
    for path in sorted(root.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Sentence", "EndpointError"}):
                continue
            template, *values = node.args
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                yield f"{path.relative_to(root)}:{node.lineno}", template.value, _names(values, code)


def _names(values: list[ast.expr], code: str) -> set[str] | None:
    if not values:
        return None if ".about(" in code else set()
    if isinstance(values[0], ast.Dict) and None not in values[0].keys:
        return {str(key.value) for key in values[0].keys if isinstance(key, ast.Constant)}
    return None


@pytest.mark.parametrize(
    ("template", "names"), [pytest.param(template, names, id=place) for place, template, names in _written_down()]
)
def test_every_sentence_in_the_source_can_be_written_out(template: str, names: set[str] | None) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    assert names is None or fields <= names


_SHOWS = {
    "Line",
    "Paragraph",
    "Action",
    "Footer",
    "Field",
    "Question",
    "Question.of",
    "ListQuestion",
    "PasswordQuestion",
}
_SHOWN_AS = {"text", "label", "notice", "waiting", "heading", "placeholder"}
_NOT_SHOWN = {"id", "classes", "asks", "name"}


def _plain_words() -> Iterator[str]:
    """Yield the place of each text with words in it that goes to a widget or a question without being a sentence."""
    root = Path(ncloud_integration.__file__).parent
    for path in sorted(
        [*root.glob("tui/**/*.py"), *root.glob("wizard/*.py"), *root.glob("plain/*.py"), *root.glob("*.py")]
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if any(map(_has_words, _shown_by(node))):
                yield f"{path.relative_to(root)}:{node.lineno}"  # type: ignore[attr-defined]


def _shown_by(node: ast.AST) -> Iterator[ast.expr | None]:
    """Yield what *node* has shown to a person."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _SHOWS:
        yield from node.args
        yield from (keyword.value for keyword in node.keywords if keyword.arg not in _NOT_SHOWN)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".add_argument"):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "help")
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(ast.unparse(target).rpartition(".")[2] in _SHOWN_AS for target in targets):
            yield node.value


def _has_words(value: ast.expr | None) -> bool:
    """Return whether *value* is a text with a word in it, or one that is put together around a word."""
    if isinstance(value, ast.IfExp):
        return _has_words(value.body) or _has_words(value.orelse)
    if isinstance(value, ast.BinOp):
        return _has_words(value.left) or _has_words(value.right)
    if isinstance(value, ast.JoinedStr):
        return any(_has_words(part) for part in value.values)
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(re.search("[a-z]{2}", value.value))


def test_nothing_with_words_in_it_is_shown_that_is_no_sentence() -> None:
    assert list(_plain_words()) == []
