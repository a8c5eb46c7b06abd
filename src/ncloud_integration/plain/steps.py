"""The steps that fill in the form: what each asks, and what is said of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ncloud_integration.integration import endpoint, header_lines
from ncloud_integration.integration.checks import is_blank
from ncloud_integration.integration.model import HEADERS_LIMIT, PAYLOAD_BYTES_LIMIT, Header
from ncloud_integration.integration.sentence import Sentence, Text, Values
from ncloud_integration.integration.text import LOAD_LIMIT, document, single_line, size
from ncloud_integration.plain.prompts import CommandError, Prompts
from ncloud_integration.wizard import text_file
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.recovery.edited_file import Saved
    from ncloud_integration.wizard.payload_edits import PayloadEdits

_END = "."
"""The line that ends a payload which is typed."""

_WAYS: dict[str, Text] = {
    "keep": Sentence("Go on with it."),
    "file": Sentence("Read it from a file."),
    "editor": Sentence("Open it in your editor."),
    "lines": Sentence("Type it anew, line by line."),
    "more": Sentence("Type more lines below it."),
}


class FormSteps:
    """Asks by *prompts* for what the form of *session* holds; *edits* has the payload edited outside.

    Each step returns once there is no error in it, and raises `CommandError` where the operator wants something else.
    """

    def __init__(self, prompts: Prompts, session: Session, edits: PayloadEdits) -> None:
        self._prompts = prompts
        self._session = session
        self._edits = edits

    async def name(self) -> None:
        """Ask for the name, and say its bytes: the documents give no limit."""
        await self._field("name", Sentence("Integration name:"), Sentence("Integration name (Enter keeps it):"))
        self._prompts.say(Sentence("{size:,} bytes.", {"size": size(self._session.draft.name)}))

    async def url(self) -> None:
        """Ask for the URL, and say which host will be called."""
        await self._field("url", Sentence("Endpoint URL:"), Sentence("Endpoint URL (Enter keeps it):"))
        target = endpoint.parse(self._session.draft.url)
        values: Values = {"host": target.called_host, "scheme": target.scheme, "size": size(self._session.draft.url)}
        self._prompts.say(Sentence("It calls {host} by {scheme}; {size:,} bytes.", values))

    async def _field(self, field: str, prompt: Sentence, prompt_to_keep: Sentence) -> None:
        """Ask for a single-line *field* until it has no error; Enter alone keeps what stands there."""
        notes = self._session.notes.pop(field, [])
        is_right = False
        while not is_right:
            self._prompts.tell([], notes)
            value: str = getattr(self._session.draft, field)
            if value:
                self._prompts.say(Sentence("It is now:"), value)
            text, notes = single_line(await self._prompts.answer(prompt_to_keep if value else prompt))
            if text:
                self._session.edit(**{field: text})
            is_right = self._prompts.tell(self._session.problems_of(Step[field.upper()]), notes)
            notes = []

    async def headers(self) -> None:
        """Ask for headers, one a line, until an empty line."""
        self._prompts.tell(self._session.problems_of(Step.HEADERS), self._session.notes.pop("headers", []))
        self._say_headers()
        self._prompts.say(
            Sentence(
                "Type Name: value for each header to add or to change. An empty line ends; :remove and a name removes."
            )
        )
        while line := await self._header_line():
            found, notes = header_lines.read_all(line)
            self._prompts.tell([], notes)
            for header in found:
                self._set_header(header)

    async def _header_line(self) -> str:
        """Return the next line with something in it; an empty one once there is no error."""
        while True:
            try:
                line = (await self._prompts.answer(Sentence("Header:"), ["remove"])).strip()
            except CommandError as command:
                if command.name != "remove":
                    raise
                self._remove_header(command.rest.strip())
                continue
            errors = [problem for problem in self._session.problems_of(Step.HEADERS) if problem.is_error]
            if line or self._prompts.tell(errors):
                return line

    def _say_headers(self) -> None:
        rows = self._rows
        self._prompts.say(Sentence("Headers: {count} of {limit}.", {"count": len(rows), "limit": HEADERS_LIMIT}))
        for row in rows:
            self._prompts.say(Sentence("{name}: {value}", {"name": row.name, "value": row.value}))

    @property
    def _rows(self) -> list[Header]:
        return [row for row in self._session.draft.headers if not is_blank(row)]

    def _set_header(self, header: Header) -> None:
        """Put *header* in place of the one of its name, or below the others, and say what is wrong with it."""
        rows = self._rows
        same = [index for index, row in enumerate(rows) if row.name.lower() == header.name.lower()]
        if not same and len(rows) >= HEADERS_LIMIT:
            self._prompts.error(Sentence("There can be no more than {limit} headers.", {"limit": HEADERS_LIMIT}))
            return
        index = same[0] if same else len(rows)
        rows[index : index + 1] = [header]
        self._session.edit(headers=tuple(rows))
        problems = self._session.problems_of(Step.HEADERS)
        self._prompts.tell(problem for problem in problems if problem.at[0] == index)

    def _remove_header(self, name: str) -> None:
        rows = self._rows
        left = [row for row in rows if row.name.lower() != name.lower()]
        if len(left) == len(rows):
            self._prompts.error(Sentence("There is no header {name}.", {"name": name}))
        self._session.edit(headers=tuple(left))
        self._say_headers()

    async def payload(self) -> None:
        """Offer ways to fill the payload, until it is right and gone on with."""
        await self._edits.offer(self._put_saved)
        while True:
            self._prompts.say_notice()
            text = self._session.draft.payload
            values = {"size": size(text), "limit": PAYLOAD_BYTES_LIMIT}
            self._prompts.say(Sentence("Payload: {size:,} of {limit:,} bytes. :show says it.", values))
            problems = self._session.problems_of(Step.PAYLOAD)
            is_right = self._prompts.tell(problems, self._session.notes.pop("payload", []))
            way = await self._prompts.choice(_WAYS, "keep" if is_right else "")
            if way == "keep" and is_right:
                return
            await self._fill(way)

    async def _fill(self, way: str) -> None:
        """Have the payload filled in that *way*."""
        if way == "file":
            await self._read_file()
        elif way == "editor":
            self._prompts.say(Sentence("Your editor is opened."))
            await self._prompts.said()
            await self._edits.edit(self._put_saved)
        elif way in ("lines", "more"):
            text = self._session.draft.payload
            await self._type_lines(text.split("\n") if way == "more" and text else [])

    async def _read_file(self) -> None:
        path = (await self._prompts.answer(Sentence("File:"))).strip()
        if path:
            try:
                self._put(text_file.read(path))
            except text_file.UnreadableError as error:
                self._prompts.error(error.sentence)

    async def _type_lines(self, lines: list[str]) -> None:
        """Take lines until one with nothing but a full stop; where that is cut off, what was typed is the payload."""
        self._prompts.say(Sentence("Type or paste it. A line of a single full stop ends it."))
        left = LOAD_LIMIT - sum(map(len, lines))
        try:
            while (line := await self._prompts.content()) != _END:
                left -= len(line)
                if left >= 0:
                    lines.append(line)
        finally:
            self._put("\n".join(lines))
        if left < 0:
            self._prompts.error(Sentence("Only the first {count:,} characters were kept.", {"count": LOAD_LIMIT}))

    def _put_saved(self, saved: Saved) -> Sentence:
        self._session.edit(payload=saved.text)
        self._session.notes["payload"] = list(saved.notes)
        return Sentence("Taken from your editor.")

    def _put(self, text: str) -> None:
        payload, self._session.notes["payload"] = document(text)
        self._session.edit(payload=payload)
