"""An integration from a `curl` command: one that creates it, or one that calls its endpoint. Nothing is ever run."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from ncloud_integration.integration import body
from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.curl_options import Option, options
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.shell_words import Command, Word, commands

Notes = Mapping[str, Sequence[Sentence]]
"""What is to be said of a field, by its name."""

_CURL = re.compile(r"(?:^|[\s/|;&(])curl(?:\.exe)?\s")
_CREATE = re.compile(r"https?://[^/?#]+/cw_fea/real/cw/api/integration/(?:create|update)/?(?:[?#].*)?", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/?#@]*@")
_BEFORE_CURL = re.compile(r"[$%>]|sudo|exec|command|time|[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)

_DATA = ("data", "data-ascii", "data-binary", "data-raw", "json")
_CREDENTIALS = ("user", "proxy-user", "oauth2-bearer", "cookie", "cert", "key", "pass", "aws-sigv4", "netrc", "E", "n")
_HEADER_NAMES = {"header": "", "user-agent": "User-Agent", "referer": "Referer"}
"""The options that are headers, each by the name that its value belongs to where that is always the same."""

_UNREADABLE = ("form", "form-string", "upload-file", "data-urlencode", "url-query", "get")


def is_command(text: str) -> bool:
    """Return whether *text* looks like a command with `curl` in it."""
    return _CURL.search(text) is not None


def read(text: str) -> tuple[Draft, Notes]:
    """Return what the first `curl` command of *text* says of an integration; a field that it lacks is blank.

    A command that calls CreateIntegration holds the integration as its body, also the one that this program writes.
    Any other calls an endpoint: its URL, headers and body are the integration's. Keys, signatures and passwords are
    left out, and so is what only a shell could fill in: both are said.

    Raises:
        BodyError: it cannot be read, or what it sends stands elsewhere.

    """
    found = commands(text.replace("\r\n", "\n").replace("\r", "\n"))
    command = next((each for each in found if _is_curl(each)), None)
    if command is None:
        raise BodyError(Sentence("It holds no curl command: take the whole of it."))
    given = list(itertools.takewhile(_is_of_first, options(command.words[_position(command) + 1 :])))
    configured = _named(given, "config")
    if configured:
        return body.read(_piped(configured[0], found)), {}
    unreadable = _named(given, *_UNREADABLE)
    if unreadable:
        raise BodyError(
            Sentence(
                "Data given with {option} cannot be taken over: write it as one text after --data.",
                {"option": unreadable[0].name},
            )
        )
    url = _url(given)
    data = [_data(option, command.input) for option in _named(given, *_DATA)]
    content = ("" if _named(given, "json") else "&").join(part.text for part in data)
    if not _CREATE.fullmatch(url.text):
        draft = Draft("", _USER_INFO.sub("", url.text, count=1), tuple(_headers(given)), content)
        return draft, _notes(given, url, data)
    if not content:
        raise BodyError(Sentence("The command has no body (-d): take the whole command."))
    said = [Sentence("Keys and signature in the command were left out.")] if _has_credentials(given, url) else []
    return body.read(content), {"name": said, "payload": _not_filled_in(data)}


def _is_curl(command: Command) -> bool:
    return _position(command) < len(command.words)


def _position(command: Command) -> int:
    """Return the index of the word that is `curl`; that of the end where it is not what the command runs."""
    for index, word in enumerate(command.words):
        if word.text.rpartition("/")[2] in ("curl", "curl.exe"):
            return index
        if not _BEFORE_CURL.fullmatch(word.text):
            break
    return len(command.words)


def _piped(configured: Option, found: Sequence[Command]) -> str:
    """Return the body that another command makes curl's configuration of, as the one that this program writes does."""
    inputs = [command.input for command in found if command.input]
    if configured.text != "-" or not inputs:
        raise BodyError(_elsewhere("--config", configured.text))
    return inputs[0].text


def _is_of_first(option: Option) -> bool:
    """Return whether *option* is of the first of the calls that one command makes."""
    return option.name != "next"


def _named(given: Sequence[Option], *names: str) -> list[Option]:
    return [option for option in given if option.name in names]


def _url(given: Sequence[Option]) -> Word:
    urls = _named(given, "url")
    if not urls:
        raise BodyError(Sentence("The command has no URL: take the whole command."))
    return urls[0].value


def _data(option: Option, piped: Word | None) -> Word:
    """Return what *option* has curl send; *piped* is what stands in the text for curl's standard input."""
    if option.name == "data-raw" or not option.text.startswith("@"):
        return option.value
    if option.text == "@-" and piped:
        return piped
    raise BodyError(_elsewhere(f"--{option.name}", option.text))


def _headers(given: Sequence[Option]) -> list[Header]:
    """Return the headers that curl is told to send, without those that are of NAVER's gateway."""
    headers = [header for option in _named(given, *_HEADER_NAMES) for header in _header(option)]
    if _named(given, "json") and not any(header.name.lower() == "content-type" for header in headers):
        headers.append(Header("content-type", "application/json"))
    return [header for header in headers if not _is_of_gateway(header)]


def _header(option: Option) -> list[Header]:
    """Return the header of *option*; `Name:` is none, since curl leaves it out, and `Name;` is one without a value."""
    name, text = _HEADER_NAMES[option.name], option.text
    if name:
        return [Header(name, text)]
    if text.startswith("@"):
        raise BodyError(_elsewhere("--header", text))
    name, colon, value = text.partition(":")
    if not colon and text.endswith(";"):
        return [Header(text[:-1].strip(), "")]
    return [Header(name.strip(), value.strip())] if value.strip() else []


def _is_of_gateway(header: Header) -> bool:
    return header.name.lower().startswith("x-ncp-")


def _has_credentials(given: Sequence[Option], url: Word) -> bool:
    """Return whether the command holds what is its sender's alone."""
    headers = [header for option in _named(given, "header") for header in _header(option)]
    is_signed = any(map(_is_of_gateway, headers))
    return is_signed or bool(_named(given, *_CREDENTIALS)) or _USER_INFO.search(url.text) is not None


def _notes(given: Sequence[Option], url: Word, data: Sequence[Word]) -> Notes:
    """Return what is to be said of a command that calls an endpoint."""
    of_url = _not_filled_in([url])
    if len(_named(given, "url")) > 1:
        of_url.append(Sentence("Only the first of the command's URLs was taken."))
    methods = [option.text for option in _named(given, "request")] or ["POST" if data else "GET"]
    if methods[-1].upper() != "POST":
        of_url.append(
            Sentence(
                "The command's method is {method}: Cloud Insight calls an endpoint by POST.", {"method": methods[-1]}
            )
        )
    of_headers = _not_filled_in(option.value for option in _named(given, *_HEADER_NAMES))
    if _has_credentials(given, url):
        of_headers.append(Sentence("Passwords, cookies and keys in the command were left out."))
    return {"url": of_url, "headers": of_headers, "payload": _not_filled_in(data)}


def _not_filled_in(words: Iterable[Word]) -> list[Sentence]:
    """Return a sentence where *words* hold what a shell would have put something else in place of."""
    variables = dict.fromkeys(variable for word in words for variable in word.variables)
    if not variables:
        return []
    return [
        Sentence(
            "{variables} stands here as it was written, since nothing is run: put in what it means.",
            {"variables": " ".join(variables)},
        )
    ]


def _elsewhere(option: str, value: str) -> Sentence:
    return Sentence(
        "{option} {value} is read from elsewhere, and only what stands in the text is taken: put it in there.",
        {"option": option, "value": value},
    )
