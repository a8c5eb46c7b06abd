"""What a `curl` command says, option by option, as curl 7 and 8 read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.shell_words import Word

_LETTERS = {
    "A": "user-agent", "b": "cookie", "d": "data", "e": "referer", "F": "form", "G": "get", "H": "header",
    "K": "config", "T": "upload-file", "u": "user", "U": "proxy-user", "X": "request", ":": "next",
}  # fmt: skip
"""The short options that mean something here."""

_LETTERS_WITH_VALUE = frozenset("ACDEFHKPQTUXYbcdehmortuwxyz")
_NAMES_WITH_VALUE = frozenset(
    """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header egd-file engine etag-compare
    etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
    ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface
    ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options
    mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir
    parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
    proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
    proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey
    quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
    service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr
    telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
    trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority write-out
    """.split()  # noqa: SIM905 - with a quote around each, nobody could read it
)
"""Every long option that takes the word after it (`curl --help all`)."""


class Option(NamedTuple):
    """An option by its long `name` (`url` for a word that is none), and what was given with it."""

    name: str
    value: Word = Word("")

    @property
    def text(self) -> str:
        """What was given with it, as text."""
        return self.value.text


def options(words: Sequence[Word]) -> Iterator[Option]:
    """Yield the options of the *words* after `curl`; a short one that means nothing here has its letter for a name.

    Raises:
        BodyError: the last one lacks its value.

    """
    rest = iter(words)
    has_ended = False
    for word in rest:
        text = word.text
        if has_ended or not text.startswith("-") or text == "-":
            yield Option("url", word)
        elif text == "--":
            has_ended = True
        elif text.startswith("--"):
            name = text[2:]
            yield Option(name, _value(rest, text) if name in _NAMES_WITH_VALUE else Word(""))
        else:
            yield from _short(word, rest)


def _short(word: Word, rest: Iterator[Word]) -> Iterator[Option]:
    """Yield the options of a *word* such as `-sSXPOST`; what follows a letter that takes a value is the value."""
    for index, letter in enumerate(word.text[1:], 2):
        name = _LETTERS.get(letter, letter)
        if letter in _LETTERS_WITH_VALUE:
            attached = word.text[index:]
            yield Option(name, Word(attached, word.variables) if attached else _value(rest, f"-{letter}"))
            return
        yield Option(name)


def _value(rest: Iterator[Word], option: str) -> Word:
    value = next(rest, None)
    if value is None:
        raise BodyError(Sentence("{option} has nothing after it: take the whole command.", {"option": option}))
    return value
