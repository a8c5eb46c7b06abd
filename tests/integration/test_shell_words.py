from __future__ import annotations

import contextlib
import shlex
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.shell_words import Command, Word, commands
from tests.conftest import need

# Each says the same to bash, which the last test here asks.
WORDS = {
    "plain words": ("curl -X POST", ["curl", "-X", "POST"]),
    "single quotes": (r"a 'b $c `d` \ "  + '"e"' + "'", ["a", r"b $c `d` \ " + '"e"']),
    "double quotes": (r'a "b \"c\" \\ \n d"', ["a", r'b "c" \ \n d']),
    "a quote within single quotes": (r"'it'\''s'", ["it's"]),
    "parts side by side": ("""a'b'"c"d""", ["abcd"]),
    "empty words": ("""a '' "" b""", ["a", "", "", "b"]),
    "a continued line": ("a \\\n  b \\\nc", ["a", "b", "c"]),
    "a word that is continued": ("a\\\nb", ["ab"]),
    "a continued line in double quotes": ('"a\\\nb"', ["ab"]),
    "a line end in single quotes": ("'a\\\nb'", ["a\\\nb"]),
    "an escaped blank": (r"a\ b", ["a b"]),
    "a comment": ("a # b 'c\n", ["a"]),
    "a number sign within a word": ("a#b '#{VALUE}'", ["a#b", "#{VALUE}"]),
    "ANSI-C quotes": (r"$'a\'b\n\t\\\x41\u00e9\101\z'", ["a'b\n\t\\AéA\\z"]),
    "bytes in ANSI-C quotes": (r"$'\xea\xb0\x80'", ["가"]),
    "braces": ("{a,b}c '{\"d\": 1}'", ["{a,b}c", '{"d": 1}']),
    "a dollar sign alone": ("a$ '$' \"$\" 5$,", ["a$", "$", "$", "5$,"]),
    "Hangul": ("'경보 🚨'", ["경보 🚨"]),
}  # fmt: skip


def words(text: str) -> list[str]:
    return [word.text for command in commands(text) for word in command.words]


@pytest.mark.parametrize("name", WORDS)
def test_words_are_those_of_a_shell(name: str) -> None:
    text, expected = WORDS[name]
    assert words(text) == expected


@pytest.mark.parametrize("name", [name for name in WORDS if name != "braces"])
def test_bash_reads_them_likewise(name: str) -> None:
    need("bash")
    text, expected = WORDS[name]
    program = f"printf '%s\\0' {text}\n"
    done = subprocess.run(["bash", "-c", program], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert done.stdout.decode().split("\0")[:-1] == expected


@pytest.mark.parametrize("joint", ["|", ";", "&", "&&", "||", "\n", "|\n"])
def test_commands_end_where_they_end_for_a_shell(joint: str) -> None:
    assert [[word.text for word in command.words] for command in commands(f"a b{joint}c 'd{joint}'")] == [
        ["a", "b"],
        ["c", f"d{joint}"],
    ]


@pytest.mark.parametrize(
    "redirection", ["> /dev/null", ">/dev/null", "2>&1", "2> e", ">> out", "< in", "&> out"], ids=str
)
def test_where_output_goes_is_no_word(redirection: str) -> None:
    assert "/dev/null" not in words(f"a {redirection}")
    assert words(f"a {redirection}")[:1] == ["a"]
    assert not {"e", "in", "out", "1", "2"} & set(words(f"a {redirection}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <<'END' | b\n{\n 'x' $y\n}\nEND\nc", "{\n 'x' $y\n}"),
        ('a <<"END" | b\n{}\nEND\nc', "{}"),
        ("a <<END | b\n\nEND\nc", ""),
        ("a <<END | b\nEND\nc", ""),
        ("a <<-END | b\n\t\t{}\n\tEND\nc", "{}"),
        ("a <<< '{}' | b\nc", "{}"),
        ("a <<'END' | b\n END\nEND \nEND\nc", " END\nEND "),
    ],
)
def test_what_a_command_reads_stands_beside_it(text: str, expected: str) -> None:
    assert commands(text) == [
        Command([Word("a")], Word(expected)),
        Command([Word("b")]),
        Command([Word("c")]),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$HOME", ("$HOME",)),
        ('"a $B ${C}"', ("$B", "${C}")),
        ("$(id)", ("$(",)),
        ("`id`", ("`", "`")),
        ("'$HOME `id`'", ()),
        (r'"\$HOME"', ()),
    ],
)
def test_what_a_shell_would_fill_in_is_noted_and_left_as_it_is(text: str, expected: tuple[str, ...]) -> None:
    found = commands(text)[0].words[0]
    assert found.variables == expected
    assert found.text.replace("\\", "") in text.replace("\\", "")


@pytest.mark.parametrize("text", ["'", '"', "a 'b", 'a "b', "'a\\'b'", '"a\\"', "a <<END\n", "a <<END\nb\n END"])
def test_what_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(BodyError):
        commands(text)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_quoted_words_come_back(texts: list[str]) -> None:
    assert words(shlex.join(texts)) == texts


@given(st.text(st.characters()) | st.text("'\"\\$`#<>|;&() \n\tEa1-{}ux"))
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        found = commands(text)
    except BodyError:
        return
    assert all(command.words for command in found)


@pytest.mark.parametrize("piece", ["$'", '"', "\\", "<<a\n", "$(", "`", "a", "$", "'x'", "<", "${"])
def test_a_long_text_is_read_in_no_time(piece: str) -> None:
    # 256 KiB of anything: a reader that looks ahead from everywhere would take minutes.
    text, start = piece * (256 * 1024 // len(piece)), time.process_time()
    with contextlib.suppress(BodyError):
        commands(text)
    assert time.process_time() - start < 5
