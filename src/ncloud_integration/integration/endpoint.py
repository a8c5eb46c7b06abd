"""What an endpoint URL really points at: its host, from where that can be reached, and whether it is a secret."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from typing import Literal

import idna

from ncloud_integration.integration.sentence import Sentence, Values, unprintable

Reach = Literal["public", "loopback", "private", "link-local", "metadata", "reserved"]

_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)([^#]*)(#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?", re.DOTALL)
_ASCII_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$")
_SECRET_WORD = re.compile(r"(?=[^/&=]*[0-9])(?=[^/&=]*[A-Za-z])[A-Za-z0-9_:.%~+@,;-]{16,}")
_SECRET_PARAMETER = re.compile(r"[?&](?:[^=&]*(?:key|token|secret|sig|signature|password|code))=[^&]", re.IGNORECASE)

_SECRET_HOSTS = (
    "hooks.slack.com",
    "hooks.slack-gov.com",
    "discord.com",
    "discordapp.com",
    "webhook.office.com",
    "logic.azure.com",
    "powerplatform.com",
    "chat.googleapis.com",
    "hook.dooray.com",
    "wh.jandi.com",
    "webhook.worksmobile.com",
    "kakaowork.com",
    "api.telegram.org",
)
"""Services whose webhook URL lets anyone who knows it post (their own guides say to keep it secret)."""

_METADATA_ADDRESSES = ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254")
_METADATA_NAMES = ("metadata.google.internal", "metadata.goog")
_LOCAL_SUFFIXES = (".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".home")
_LATIN_COMPANIONS = {"HIRAGANA", "KATAKANA", "HANGUL", "CJK", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}


class EndpointError(ValueError):
    """A text is no endpoint URL; `sentence` says why and `index` at which character, counted from 0."""

    def __init__(self, template: str, values: Values | None = None, index: int = 0) -> None:
        self.sentence = Sentence(template, values or {})
        self.index = index
        super().__init__(str(self.sentence))


@dataclass(frozen=True)
class Endpoint:
    """An absolute http or https URL, taken apart.

    `host` is as typed; `called_host` is what a client resolves: lower case, in ASCII (`xn--…`), a numeric address in
    its usual spelling. `resource` is path and query.
    """

    url: str
    scheme: str
    host: str
    called_host: str
    port: int | None
    resource: str
    fragment: str

    @property
    def base_url(self) -> str:
        """The URL up to host and port, the host as it is called."""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.called_host}{port}"

    @property
    def reach(self) -> Reach:
        """How far the host can be reached from, told from its spelling alone: no name is ever looked up."""
        return _reach(self.called_host)

    @property
    def is_secret(self) -> bool:
        """Whether whoever knows the URL can post to it, so that it is masked on screen."""
        name = self.called_host.removesuffix(".")
        known = any(name == host or name.endswith(f".{host}") for host in _SECRET_HOSTS)
        words = re.split(r"[/?&=]", self.resource)
        return len(self.resource) > 1 and (
            known
            or _SECRET_PARAMETER.search(self.resource) is not None
            or any(_SECRET_WORD.fullmatch(word) for word in words)
        )


def parse(url: str) -> Endpoint:
    """Return what *url* points at.

    Raises:
        EndpointError: it is not an absolute http or https URL, or a receiver could read it otherwise than a person.

    """
    _refuse_characters(url)
    match = _ABSOLUTE.fullmatch(url)
    if not match:
        raise EndpointError("The URL must be absolute and start with https:// (or http://): put that before the host.")
    scheme, authority, resource, fragment = match[1].lower(), match[2], match[3], match[4] or ""
    start = match.start(2)
    if "@" in authority:
        raise EndpointError("A user name before the host (…@) would hide where the URL goes: delete it.", {}, start)
    host, port = _host_and_port(authority, start)
    return Endpoint(url, scheme, host, _called_host(host, start), port, resource, fragment)


def doubts(target: Endpoint) -> list[Sentence]:
    """Return a sentence for each thing about *target* that an operator would want to know before it is called."""
    found = []
    if target.scheme == "http":
        found.append(Sentence("Plain http sends events and headers unencrypted: use https if the endpoint has it."))
    if target.reach != "public":
        values: Values = {"host": target.called_host, "reach": REACH_WORDS[target.reach]}
        found.append(Sentence("{host} is {reach}: Cloud Insight calls it from NAVER's network, not from here.", values))
    found += name_doubts(target)
    if any(ord(character) > 0x7F for character in target.resource):
        found.append(
            Sentence("The path holds letters outside ASCII: they may be refused; percent-encode them to be sure.")
        )
    if target.fragment:
        found.append(
            Sentence("What follows # is never sent to a server: delete it, or write %23 if it is part of the path.")
        )
    if target.is_secret:
        found.append(Sentence("This URL is itself a secret (who knows it can post): it is masked on review."))
    return found


def masked(url: str) -> str:
    """Return *url* with all but its host and last four characters hidden where it is a secret, else as it is."""
    try:
        target = parse(url)
    except EndpointError:
        return url
    if not target.is_secret:
        return url
    visible = len(url) - len(target.resource + target.fragment)
    tail = url[-4:] if len(target.resource + target.fragment) >= 12 else ""
    return f"{url[:visible]}/{HIDDEN}{tail}"


HIDDEN = "••••"
"""What stands for a secret on screen."""

REACH_WORDS: dict[Reach, Sentence] = {
    "loopback": Sentence("the calling machine itself (loopback)"),
    "private": Sentence("an address or name of a private network"),
    "link-local": Sentence("a link-local address"),
    "metadata": Sentence("a cloud's metadata service"),
    "reserved": Sentence("an address that no server has"),
}
"""What a host is that not everybody reaches."""


def _refuse_characters(url: str) -> None:
    if not url.strip():
        raise EndpointError("Type the endpoint URL: the address that Cloud Insight sends its events to.")
    hidden = unprintable.search(url)
    if hidden:
        values: Values = {"position": hidden.start() + 1, "character": f"U+{ord(hidden.group()):04X}"}
        raise EndpointError(
            "Character {position:,} of the URL ({character}) cannot be seen: delete it.", values, hidden.start()
        )
    space = re.search(r"\s", url)
    if space:
        values = {"position": space.start() + 1}
        raise EndpointError(
            "The URL has a space at character {position:,}: delete it, or write %20.", values, space.start()
        )
    if "\\" in url:
        index = url.index("\\")
        raise EndpointError("A backslash is read as a slash by some and not by others: write / or %5C.", {}, index)


def _host_and_port(authority: str, start: int) -> tuple[str, int | None]:
    match = _AUTHORITY.fullmatch(authority)
    if not match:
        raise EndpointError("{host} is not a host: an IPv6 address stands in [brackets].", {"host": authority}, start)
    host, port = match[1], match[2]
    if not host:
        raise EndpointError("The URL has no host: write one after the two slashes.", {}, start)
    if port is None:
        return host, None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise EndpointError(
            "{port} is not a port: write 1 to 65535 after the colon, or drop it.", {"port": port or ":"}, start
        )
    return host, int(port)


def _called_host(host: str, start: int) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1].replace('%', ' ')).compressed}]"  # a zone is this machine's own
        except ValueError:
            raise EndpointError("{host} is not an IPv6 address: correct it.", {"host": host}, start) from None
    try:
        called = host if host.isascii() else _to_ascii(host)
    except idna.IDNAError:
        raise EndpointError("{host} is not a name that can be looked up: correct it.", {"host": host}, start) from None
    if not _ASCII_HOST.fullmatch(called) or len(called) > 253:
        raise EndpointError(
            "{host} is not a host name: letters, digits, - and dots, each part at most 63 long.", {"host": host}, start
        )
    address = _usual_address(called)
    if address is None and _ENDS_IN_NUMBER.search(called):
        raise EndpointError("{host} is not an IPv4 address: four numbers up to 255.", {"host": host}, start)
    return address or called.lower()


def _to_ascii(host: str) -> str:
    """Return *host* as the resolver is asked for it (UTS #46, as browsers and httpx do)."""
    mapped = idna.uts46_remap(host, std3_rules=False)
    return mapped if mapped.isascii() else idna.encode(mapped).decode()


def _usual_address(host: str) -> str | None:
    """Return *host* in dotted form if `inet_aton` reads it as an IPv4 address in any spelling, else None."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    except OSError:
        return None


def _reach(host: str) -> Reach:
    name = host.removesuffix(".")
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return _reach_of_name(name)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    if str(address) in _METADATA_ADDRESSES:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_unspecified or address.is_multicast or address.is_reserved:
        return "reserved"
    return "public" if address.is_global else "private"


def _reach_of_name(name: str) -> Reach:
    if name == "localhost" or name.endswith((".localhost", ".localdomain")):
        return "loopback"
    if name in _METADATA_NAMES:
        return "metadata"
    return "private" if "." not in name or name.endswith(_LOCAL_SUFFIXES) else "public"


def name_doubts(target: Endpoint) -> list[Sentence]:
    """Return whether the host of *target* may be taken for another one by whoever reads it, in at most one sentence."""
    shown = _unicode_form(target)
    if shown.isascii():
        return []
    values: Values = {"shown": shown, "called": target.called_host}
    if any(_mixes_scripts(label) for label in shown.split(".")):
        return [
            Sentence(
                "DANGER: {shown} mixes alphabets to look like another name; what is called is {called}. Do not "
                "trust it.",
                values,
            )
        ]
    return [Sentence("{shown} is called as {called}: make sure that this is the name you mean.", values)]


def _unicode_form(target: Endpoint) -> str:
    if not target.host.isascii():
        return target.host
    if "xn--" not in target.called_host:
        return target.called_host
    return ".".join(_unicode_label(label) for label in target.called_host.split("."))


def _unicode_label(label: str) -> str:
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except idna.IDNAError:
        return label


def _mixes_scripts(label: str) -> bool:
    scripts = {unicodedata.name(character, "?").split()[0] for character in label if character.isalpha()}
    return len(scripts - {"FULLWIDTH"}) > 1 and not scripts - {"LATIN"} <= _LATIN_COMPANIONS
