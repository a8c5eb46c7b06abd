"""The whole request as it will be sent, and the button that sends it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.integration import body as request_body
from ncloud_integration.integration.draft import integration, problems
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.step import SOURCES, Body, StepScreen
from ncloud_integration.tui.session import Session
from ncloud_integration.tui.steps import Step
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.tui.widgets.problems import Problems


class ConfirmScreen(StepScreen):
    """Shows site, account and request, secrets masked; Create is the only thing in the wizard that sends."""

    step = Step.CONFIRM
    heading = "Create this integration?"
    first = "create"
    keys = "F7 Back   Enter Create   F1 Help   ^Q Quit"
    help = (
        "This is the request as it will be sent: nothing has been sent yet. Create sends it once; it is signed at that "
        "moment with the keys named above, and never sent again by itself.\n\n"
        "Secrets in it, such as a webhook URL, are masked here and whole in the request; Show secrets reveals them.\n\n"
        "Up, Down, Page Up and Page Down scroll. F7 goes back; nothing is lost."
    )

    def __init__(self, session: Session, gateway: Gateway) -> None:
        super().__init__(session)
        self.gateway = gateway
        self.is_revealed = False

    def around_body(self) -> ComposeResult:
        """Yield the body, and the buttons below it where they are always seen."""
        with Body(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()
        with Horizontal(classes="actions"):
            yield Action("Create", id="create")
            yield Action("Show secrets", id="reveal")

    def body(self) -> Iterable[Widget]:
        """Yield the account, the warnings and the request."""
        yield Paragraph(id="account")
        yield Problems(id="problems")
        yield Paragraph(id="request", classes="gap")

    def on_screen_resume(self) -> None:
        """Show the request as it stands now, and arm Create once it has been seen."""
        self.is_revealed = False
        self._show_request()
        self.query_one("#create", Action).say("Create again" if self.session.unknown else "Create")
        self.set_focus(self.query_one("#create", Action))
        self.query_one("#create", Action).arm_once_seen()

    @on(Action.Pressed, "#create")
    def create(self) -> None:
        """Send the request; after any attempt of unknown outcome, only once it is said that there may be two."""
        if not self.session.unknown:
            self.ask("create")
            return
        dialog = Dialog(
            "Create it a second time?",
            f"An attempt before may have created {self.session.unknown[-1].draft.name}, although no clear answer came. "
            "Look for it in the console first: created again, there may be two, and each sends its own events.",
            yes="Create again",
            no="Do not create",
        )
        self.app.push_screen(dialog, self._create_again)

    @on(Action.Pressed, "#reveal")
    def reveal(self) -> None:
        """Show secrets, or hide them again."""
        self.is_revealed = not self.is_revealed
        self._show_request()

    def _create_again(self, is_wanted: bool | None) -> None:
        if is_wanted:
            self.ask("create")

    def _show_request(self) -> None:
        session = self.session
        whole = integration(session.draft)
        content = request_body.write(whole)
        shown = whole if self.is_revealed else masked(whole)
        label = session.keys.label if session.keys else ""
        self.query_one("#account", Paragraph).text = (
            f"Site     {session.site.name}\n"
            f"Account  access key {label}, {SOURCES[session.source]}\n"
            f"Payload  {size(whole.payload):,} bytes, in a body of {len(content):,}"
        )
        self.query_one(
            "#request", Paragraph
        ).text = f"POST {self.gateway.create_url}\n{request_body.write(shown).decode()}"
        self.query_one("#problems", Problems).show(
            problem for problem in problems(session.draft) if not problem.is_error
        )
        reveal = self.query_one("#reveal", Action)
        reveal.display = masked(whole) != whole
        reveal.say("Hide secrets" if self.is_revealed else "Show secrets")
