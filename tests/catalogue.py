"""The catalogues of other languages: brought in line with the source, compiled, and checked.

python -m tests.catalogue          bring locale/ in line with the source: what is new comes in untranslated
python -m tests.catalogue --check  say what is missing, and fail where anything is
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ncloud_integration import language

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ncloud_integration"

TAKES_TEMPLATE = ("Sentence", "EndpointError", "UsageError.of")
"""What is called with a template first: it stands there itself, so that it can be found."""

HANDS_ON = ("integration/endpoint.py", "integration/gallery/__init__.py", "usage.py")
"""Where a sentence is made of a template that stands elsewhere: in a call of the above, or in the gallery's files."""

ARGPARSE = (
    "usage: ",
    "options",
    "show this help message and exit",
    "argument %(argument_name)s: %(message)s",
    "expected one argument",
    "ignored explicit argument %r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "unrecognized arguments: %s",
)
"""What the standard library's argparse says of this command's own accord, and looks up by gettext."""

_HEADER = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=1; plural=0;"}
_WIDTH = 120


class Found(NamedTuple):
    """A template and the file that it stands in; None for a template that is not written down where it is used."""

    template: str | None
    place: str


def found() -> Iterator[Found]:
    """Yield each template in the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        yield from (each for each in in_code(path) if each.template is not None or name not in HANDS_ON)
    for path in sorted(SOURCE.rglob("gallery/*.json")):
        ready = json.loads(path.read_text(encoding="utf-8"))
        yield from (Found(ready[member], _place(path)) for member in ("title", "note"))
    yield from (Found(words, "argparse") for words in ARGPARSE)


def in_code(path: Path) -> Iterator[Found]:
    """Yield each template that the Python file at *path* makes a sentence of."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(TAKES_TEMPLATE) and node.args:
            template = node.args[0]
            text = template.value if isinstance(template, ast.Constant) else None
            yield Found(text if isinstance(text, str) else None, f"{_place(path)}:{node.lineno}")


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class _Catalogue(Catalog):
    """A catalogue with nothing in its header that changes by the day, the person or the version of Babel."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [*_HEADER.items(), ("Language", str(self.locale))]

    @mime_headers.setter
    def mime_headers(self, headers: object) -> None:
        """Keep the header as it is."""


def _path(of: str, suffix: str) -> Path:
    return language.FOLDER / of / "LC_MESSAGES" / f"{language.DOMAIN}.{suffix}"


def read(of: str) -> Catalog:
    """Return the catalogue of the language *of*, as it is written down."""
    catalogue = _Catalogue(of, header_comment="# What the wizard says: see README.md, For developers.", fuzzy=False)
    path = _path(of, "po")
    if path.exists():
        with path.open("rb") as file:
            written = read_po(file, of)
        for message in written:
            if message.id:
                catalogue.add(message.id, message.string, message.locations, message.flags)
        catalogue.obsolete = written.obsolete
    return catalogue


def _template() -> Catalog:
    template = Catalog()
    for each in found():
        if each.template:
            template.add(each.template, locations=[(each.place.partition(":")[0], 0)])
    return template


def updated(of: str) -> Catalog:
    """Return the catalogue of *of* in line with the source: new templates untranslated, similar ones fuzzy."""
    catalogue = read(of)
    catalogue.update(_template())
    catalogue.obsolete.clear()
    return catalogue


def _written(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=_WIDTH, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Return the bytes that gettext reads of *catalogue*."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def problems(of: str) -> Iterator[str]:
    """Yield all that keeps the catalogue of *of* from being what the source needs, a line each."""
    catalogue = read(of)
    there = {message.id for message in catalogue}
    yield from (f"not written down where it is used, in {each.place}" for each in found() if each.template is None)
    needed = {each.template for each in found()}
    yield from (f"missing: {template!r}" for template in sorted(filter(None, needed)) if template not in there)
    for message in catalogue:
        if message.id and message.id not in needed:
            yield f"no longer in the source: {message.id!r}"
        elif message.id:
            yield from _problems_of(message)
    yield from (f"obsolete: {template!r}" for template in catalogue.obsolete)
    path = _path(of, "mo")
    if not path.exists() or path.read_bytes() != compiled(catalogue):
        yield f"{_place(path)} is not what the catalogue compiles to"


def _problems_of(message: Message) -> Iterator[str]:
    if not isinstance(message.id, str) or not isinstance(message.string, str):
        yield f"plural, where each wording is a sentence of its own: {message.id!r}"
    elif not message.string:
        yield f"untranslated: {message.id!r}"
    elif message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    elif places(message.id) != places(message.string):
        yield f"other values or formats: {message.string!r} for {message.id!r}"
    elif message.id.count("\n\n") != message.string.count("\n\n"):
        yield f"other paragraphs: {message.string!r} for {message.id!r}"


def places(template: str) -> set[str]:
    """Return the places for values in *template*, formats included; None stands for what cannot be read."""
    if re.search(r"%[(rs]", template):
        return set(re.findall(r"%(?:\(\w+\))?[rs]", template))
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        return {f"unreadable: {error}"}
    braces = {brace for text, *_ in parsed for brace in "{}" if brace in text}
    return braces | {f"{name}:{spec}!{conversion}" for _, name, spec, conversion in parsed if name is not None}


def _update() -> None:
    for of in language.LANGUAGES[1:]:
        catalogue = updated(of)
        _path(of, "po").parent.mkdir(parents=True, exist_ok=True)
        _path(of, "po").write_bytes(_written(catalogue))
        _path(of, "mo").write_bytes(compiled(read(of)))


def main() -> None:
    """Bring the catalogues in line with the source, or check that they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue")
    parser.add_argument("--check", action="store_true", help="change nothing, and fail where anything is missing")
    if not parser.parse_args().check:
        _update()
    wrong = [f"{of}: {problem}" for of in language.LANGUAGES[1:] for problem in problems(of)]
    print("\n".join(wrong) or "The catalogues are what the source needs.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
