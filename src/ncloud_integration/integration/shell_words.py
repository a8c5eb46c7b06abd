"""Commands as a POSIX shell reads them, taken apart and never run: words, quotes, continued lines, here-documents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.sentence import Sentence

_PLAIN = re.compile(r"[^\s\\'\"$`|;&()<>#]+")
_EXPANSION = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[^}]{,99}\}|\(|[0-9@*#?!$-])|`")
_IN_DOUBLE_QUOTES = re.compile(r'[^\\"$`]+')
_ANSI_STRING = re.compile(r"\$'((?:[^\\']|\\.)*)'", re.DOTALL)
_ANSI_ESCAPE = re.compile(
    r"(?P<bytes>(?:\\x[0-9A-Fa-f]{1,2})+)|\\u(?P<short>[0-9A-Fa-f]{1,4})|\\U(?P<long>[0-9A-Fa-f]{1,8})"
    r"|\\(?P<octal>[0-7]{1,3})|\\(?P<letter>.)",
    re.DOTALL,
)
_ANSI_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REDIRECTION = re.compile(r"<<<|<<-?|<[>&]?|>[>&|]?")


class Word(NamedTuple):
    """A word without its quotes, and the `variables` and commands in it that a shell would have filled in."""

    text: str
    variables: tuple[str, ...] = ()


@dataclass
class Command:
    """The words of a command, and what it reads where that stands in the text (`<<END` or `<<<`)."""

    words: list[Word] = field(default_factory=list)
    input: Word | None = None


def commands(text: str) -> list[Command]:
    """Return the commands of *text*, one after the other, whatever joins them. Lines end in LF.

    Raises:
        BodyError: a quote or a here-document has no end.

    """
    return _Reader(text).commands()


class _HereDocument(NamedTuple):
    command: Command
    end: str
    has_tabs: bool


class _Reader:
    """Reads *text* from its start; a word is under way while `_word` is not None."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._word: list[str] | None = None
        self._variables: list[str] = []
        self._redirection = ""
        self._here_documents: list[_HereDocument] = []
        self._commands = [Command()]

    def commands(self) -> list[Command]:
        while self._position < len(self._text):
            self._step()
        self._end_command()
        self._read_here_documents()
        return [command for command in self._commands if command.words]

    def _step(self) -> None:
        """Read on by a piece that means one thing."""
        character = self._text[self._position]
        if character == "\n":
            self._position += 1
            self._end_command()
            self._read_here_documents()
        elif character.isspace():
            self._position += 1
            self._end_word()
        elif character == "#" and self._word is None:
            self._position = self._index_of("\n")
        elif character in "|;&()":
            self._position += 1
            self._end_command()
        elif character in "<>":
            self._redirect()
        else:
            self._read_part(character)

    def _read_part(self, character: str) -> None:
        """Read a part of a word."""
        plain = _PLAIN.match(self._text, self._position)
        ansi = _ANSI_STRING.match(self._text, self._position)
        if plain:
            self._position = plain.end()
            self._add(plain.group())
        elif ansi:
            self._position = ansi.end()
            self._add(_unescaped(ansi[1]))
        elif character == "'":
            end = self._text.find("'", self._position + 1)
            self._add(self._text[self._position + 1 : end] if end >= 0 else self._refuse("'"))
            self._position = end + 1
        elif character == '"' or self._text.startswith('$"', self._position):
            self._read_double_quotes()
        elif character == "\\":
            escaped = self._text[self._position + 1 : self._position + 2]
            self._position += 2
            if escaped != "\n":
                self._add(escaped)
        else:
            self._read_expansion()

    def _read_double_quotes(self) -> None:
        start = self._position
        self._position = self._text.index('"', start) + 1
        self._add("")
        while (character := self._text[self._position : self._position + 1]) != '"':
            plain = _IN_DOUBLE_QUOTES.match(self._text, self._position)
            if not character:
                self._refuse('"')
            elif plain:
                self._position = plain.end()
                self._add(plain.group())
            elif character == "\\":
                escaped = self._text[self._position + 1 : self._position + 2]
                self._position += 2
                self._add(escaped if escaped in '$`"\\' else "" if escaped == "\n" else f"\\{escaped}")
            else:
                self._read_expansion()
        self._position += 1

    def _read_expansion(self) -> None:
        """Read what a shell would fill in as it stands; a sign alone is itself."""
        match = _EXPANSION.match(self._text, self._position)
        part = match.group() if match else self._text[self._position]
        if match:
            self._variables.append(part)
        self._position += len(part)
        self._add(part)

    def _redirect(self) -> None:
        """Take the next word for where input comes from or output goes to."""
        if self._word and "".join(self._word).isdecimal():
            self._word = None
        self._end_word()
        match = _REDIRECTION.match(self._text, self._position)
        self._redirection = match.group() if match else ""
        self._position += len(self._redirection)

    def _add(self, part: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(part)

    def _end_word(self) -> None:
        if self._word is None:
            return
        word = Word("".join(self._word), tuple(self._variables))
        redirection, self._redirection = self._redirection, ""
        self._word, self._variables = None, []
        command = self._commands[-1]
        if redirection in ("<<", "<<-"):
            self._here_documents.append(_HereDocument(command, word.text, redirection == "<<-"))
        elif redirection == "<<<":
            command.input = word
        elif not redirection:
            command.words.append(word)

    def _end_command(self) -> None:
        self._end_word()
        self._redirection = ""
        self._commands.append(Command())

    def _read_here_documents(self) -> None:
        """Read what the commands of the line that has just ended take from the lines after it."""
        for command, end, has_tabs in self._here_documents:
            lines = []
            while (line := self._line(has_tabs=has_tabs)) != end:
                lines.append(line)
            command.input = Word("\n".join(lines))
        self._here_documents = []

    def _line(self, *, has_tabs: bool) -> str:
        if self._position >= len(self._text):
            raise BodyError(Sentence("A here-document (<<) has no end: take the whole command."))
        end = self._index_of("\n")
        line = self._text[self._position : end]
        self._position = end + 1
        return line.lstrip("\t") if has_tabs else line

    def _index_of(self, character: str) -> int:
        """Return where *character* is next, or the end."""
        index = self._text.find(character, self._position)
        return len(self._text) if index < 0 else index

    def _refuse(self, quote: str) -> NoReturn:
        raise BodyError(Sentence("A quote ({quote}) has no end: take the whole command.", {"quote": quote}))


def _unescaped(text: str) -> str:
    r"""Return what `$'…'` stands for; halves of a surrogate pair (`\ud83d\ude00`) become the one character."""
    read = _ANSI_ESCAPE.sub(_character, text)
    return read.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(match: re.Match[str]) -> str:
    kind, digits = match.lastgroup, match[match.lastgroup or 0]
    if kind == "bytes":
        return bytes(int(byte, 16) for byte in digits.split("\\x")[1:]).decode("utf-8", "replace")
    if kind == "letter":
        return _ANSI_LETTERS.get(digits, digits if digits in "\\'\"?" else f"\\{digits}")
    code = int(digits, 8 if kind == "octal" else 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
