"""The command line: its flags, its help, and what is said where it is wrong."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from ncloud_integration.console import shown
from ncloud_integration.integration.sentence import Passage, Sentence, printable
from ncloud_integration.language import LANGUAGES

EXIT_USAGE = 2

_EPILOG = Passage.lines(
    Sentence(
        "Keys come from accounts in the keyring or the vault, ~/.ncloud/configure, NCLOUD_ACCESS_KEY and "
        "NCLOUD_SECRET_KEY,\nor are typed; never from a flag."
    ),
    Sentence(
        "exit codes: 0 created (its id is on standard output), 1 nothing was created, 2 usage, 3 unknown: it may "
        "exist,\n128+n ended by signal n."
    ),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call, without giving the terminal what was in it."""
        if sys.stderr is None:
            raise SystemExit(EXIT_USAGE)
        hint = Sentence("Try {program} --help.", {"program": self.prog})
        self.exit(EXIT_USAGE, shown(f"{self.prog}: {printable(message)}\n{hint}\n"))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(parser.prog, version("ncloud-integration"))
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return what takes the command line apart."""
    made = _Parser(
        prog="ncloud-integration",
        description=str(Sentence("A wizard that creates a NAVER Cloud Insight integration and shows its id.")),
        epilog=str(_EPILOG),
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--site", choices=("public", "gov", "fin"), help=str(Sentence("the site the keys belong to")))
    made.add_argument("--account", metavar="NAME", help=str(Sentence("use the keys of this account")))
    made.add_argument(
        "--profile", metavar="NAME", help=str(Sentence("use the keys of this section of ~/.ncloud/configure"))
    )
    made.add_argument("--name", help=str(Sentence("fill in the integration's name")))
    made.add_argument("--url", help=str(Sentence("fill in the endpoint URL")))
    made.add_argument(
        "--header", action="append", metavar="'NAME: VALUE'", help=str(Sentence("fill in a header; repeat for more"))
    )
    made.add_argument("--payload", metavar="FILE", help=str(Sentence("fill in the payload from a file")))
    made.add_argument(
        "--from",
        dest="body",
        metavar="FILE",
        help=str(Sentence("fill in what a request body, an answer of the API or a curl command says")),
    )
    made.add_argument(
        "--clone", metavar="ID", help=str(Sentence("fill in everything from the integration that has this id"))
    )
    made.add_argument(
        "--practice",
        action="store_true",
        help=str(Sentence("practise on a gateway of this process: no account, no network")),
    )
    made.add_argument(
        "--api-url", metavar="URL", help=str(Sentence("call this gateway: https, or http on this machine"))
    )
    made.add_argument(
        "--timeout", type=float, metavar="SECONDS", help=str(Sentence("for the whole call (default: 30)"))
    )
    made.add_argument(
        "--no-draft", action="store_true", help=str(Sentence("neither save the form nor offer a saved one"))
    )
    made.add_argument(
        "--dry-run",
        action="store_true",
        help=str(Sentence("write what would be sent, as a shell command, and leave")),
    )
    made.add_argument(
        "--plain",
        action="store_true",
        help=str(Sentence("ask a question a line, for screen readers and terminals that only print")),
    )
    made.add_argument("--lang", choices=LANGUAGES, help=str(Sentence("the language (default: that of the locale)")))
    made.add_argument(
        "--mouse",
        action="store_true",
        help=str(Sentence("take the mouse too, which the terminal then cannot select with")),
    )
    made.add_argument(
        "--theme", choices=("dark", "light"), help=str(Sentence("the colours (default: as COLORFGBG says, else dark)"))
    )
    made.add_argument("--version", action=_Version, nargs=0, help=str(Sentence("show the version and leave")))
    return made
