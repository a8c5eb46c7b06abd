"""The language that the operator reads: which one it is, and what a text is called in it.

English is what the source holds, and costs nothing; of any other language there is a gettext catalogue in `locale/`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path

ENGLISH, KOREAN = "en", "ko"
LANGUAGES = (ENGLISH, KOREAN)
"""What `--lang` takes; English comes first: it is used where nothing else is known."""

FOLDER = Path(__file__).with_name("locale")
"""Where the catalogues are, `<language>/LC_MESSAGES/ncloud_integration.mo` each."""
DOMAIN = "ncloud_integration"

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python itself puts into LC_CTYPE where the locale is C (PEP 538)."""


class _Speech:
    """What is spoken, and how a template becomes that; `look_up` is None while it is shown as it is."""

    language = ENGLISH
    look_up: Callable[[str], str] | None = None


def translated(template: str) -> str:
    """Return *template* in the language that is spoken, its braces as they are; English where there is no other."""
    return _Speech.look_up(template) if _Speech.look_up and template else template


def speak(language: str) -> None:
    """Have everything that is written out from now on in *language*, one of `LANGUAGES`."""
    _Speech.language, _Speech.look_up = language, None
    if language != ENGLISH:
        import gettext

        _Speech.look_up = gettext.translation(DOMAIN, FOLDER, [language]).gettext


def asked_for(arguments: Sequence[str]) -> str | None:
    """Return the language that `--lang` asks for in *arguments*, read ahead: their help and errors are in it, too."""
    for index, argument in enumerate(arguments):
        flag, equals, value = argument.partition("=")
        if flag == "--lang":
            language = value if equals else next(iter(arguments[index + 1 :]), "")
            return language if language in LANGUAGES else None
    return None


def chosen(asked: str | None, variables: Mapping[str, str]) -> str:
    """Return the language *asked* for, or else that of the locale; English where the terminal cannot show it."""
    language = asked or _of_locale(variables)
    return language if language == ENGLISH or is_utf8(variables) else ENGLISH


def _of_locale(variables: Mapping[str, str]) -> str:
    """Return the language that messages are to have under these environment *variables*."""
    name = _first(variables, "LC_ALL", "LC_MESSAGES", "LANG")
    language = name.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return language if language in LANGUAGES else ENGLISH


def is_utf8(variables: Mapping[str, str]) -> bool:
    """Return whether the terminal shows UTF-8, as these environment *variables* of a process say.

    The locale is taken at its name, installed here or not: SSH brings it from where the terminal is. What Python put
    there itself does not count.
    """
    name = _first(variables, "LC_ALL", *(() if _is_coerced(variables) else ("LC_CTYPE",)), "LANG")
    charset = name.partition("@")[0].rpartition(".")[2]
    return charset.lower().replace("-", "") == "utf8"


def _is_coerced(variables: Mapping[str, str]) -> bool:
    """Return whether Python itself has set LC_CTYPE, which the environment that it was started with tells."""
    if variables is not os.environ or variables.get("LC_CTYPE") not in _COERCED:
        return False
    try:
        started_with = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # no Linux: the C locale is what makes Python do it
        return _first(variables, "LC_ALL", "LANG") in ("", "C", "POSIX")
    return os.fsencode(f"LC_CTYPE={variables['LC_CTYPE']}") not in started_with


def _first(variables: Mapping[str, str], *names: str) -> str:
    """Return the value of the first of *names* that is set and not blank, or an empty text."""
    return next(filter(None, map(variables.get, names)), "")


@contextlib.contextmanager
def gettext_domain(variables: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Have what calls the standard library's gettext itself, as argparse does, find the language that is spoken."""
    if _Speech.language == ENGLISH:
        yield
        return
    import gettext

    domain, before = gettext.textdomain(), variables.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)
    variables["LANGUAGE"] = _Speech.language  # it asks the environment alone, which `--lang` outranks
    try:
        yield
    finally:
        gettext.textdomain(domain)
        variables.pop("LANGUAGE") if before is None else variables.update(LANGUAGE=before)
