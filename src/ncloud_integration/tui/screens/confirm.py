"""The whole request as it will be sent, and the button that sends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.integration import body as request_body
from ncloud_integration.integration.draft import integration
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.step import BACK, HELP, QUIT, Body, StepScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph, in_columns
from ncloud_integration.tui.widgets.problems import Problems
from ncloud_integration.wizard import confirmation
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step


class ConfirmScreen(StepScreen):
    """Shows site, account and request, secrets masked; Create is the only thing in the wizard that sends."""

    step = Step.CONFIRM
    heading = Sentence("Create this integration?")
    first = "create"
    tools = (Sentence("F5 As a command"), Sentence("F9 Test the endpoint"))
    keys = (BACK, Sentence("Enter Create"), HELP, QUIT)
    BINDINGS = [
        Binding("f5", "as_command", show=False),
        Binding("f9", "test_transfer", show=False),
    ]

    def __init__(self, session: Session, gateway: Gateway) -> None:
        super().__init__(session)
        self.gateway = gateway
        self.is_revealed = False
        self._route_complaint = route.complaint(gateway)

    def around_body(self) -> ComposeResult:
        """Yield the body, and the buttons below it where they are always seen."""
        with Body(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()
        with Horizontal(classes="actions"):
            yield Action(Sentence("Create"), id="create")
            yield Action(Sentence("Show secrets"), id="reveal")
            yield Action(Sentence("Correct the time"), id="clock", asks="correct_clock")

    def body(self) -> Iterable[Widget]:
        """Yield the account, the warnings and the request."""
        yield Paragraph(id="account")
        yield Problems(id="problems")
        yield Paragraph(id="request", classes="gap")

    def on_screen_resume(self) -> None:
        """Show the request as it stands now, and arm Create once it has been seen."""
        self.is_revealed = False
        self._show_request()
        is_again = self.session.doubles or self.session.twin
        self.query_one("#create", Action).label = str(Sentence("Create again") if is_again else Sentence("Create"))
        self.set_focus(self.query_one("#create", Action))
        self.query_one("#create", Action).arm_once_seen()

    def show_session(self) -> None:
        """Show what is doubtful, with what is known by now of what exists."""
        self.show_frame()
        self.query_one("#problems", Problems).show(*confirmation.doubts(self.session, self._route_complaint))
        self.query_one("#clock", Action).display = self.session.clock_ahead is not None

    @on(Action.Pressed, "#create")
    def create(self) -> None:
        """Send the request; where it was, or may have been, created before, only once that is said."""
        question = confirmation.question_before(self.session)
        if question:
            self.app.push_screen(Dialog(question), self._create_again)
        else:
            self.ask("create")

    @on(Action.Pressed, "#reveal")
    def reveal(self) -> None:
        """Show secrets, or hide them again."""
        self.is_revealed = not self.is_revealed
        self._show_request()

    def action_as_command(self) -> None:
        """Show the request as a command."""
        self.ask("as_command")

    def action_test_transfer(self) -> None:
        """Offer to send the endpoint what it would receive of an event."""
        self.ask("test_transfer")

    def _create_again(self, answer: str | None) -> None:
        if answer == "again":
            self.ask("create")
        elif answer == "look":
            self.ask("go('EARLIER')")

    def _show_request(self) -> None:
        session = self.session
        whole = integration(session.draft)
        content = request_body.write(whole)
        shown = whole if self.is_revealed else masked(whole)
        label = session.keys.label if session.keys else ""
        self.query_one("#account", Paragraph).text = in_columns(
            [
                (Sentence("Site"), session.site.name),
                (
                    Sentence("Account"),
                    Sentence("access key {label}, {origin}", {"label": label, "origin": session.key_state.origin}),
                ),
                *self._way(),
                (
                    Sentence("Payload"),
                    Sentence(
                        "{size:,} bytes, in a body of {whole:,}",
                        {"size": size(whole.payload), "whole": len(content)},
                    ),
                ),
            ]
        )
        self.query_one(
            "#request", Paragraph
        ).text = f"POST {self.gateway.url('create')}\n{request_body.write(shown).decode()}"
        reveal = self.query_one("#reveal", Action)
        reveal.display = masked(whole) != whole
        reveal.label = str(Sentence("Hide secrets") if self.is_revealed else Sentence("Show secrets"))

    def _way(self) -> Iterator[tuple[Sentence, Sentence]]:
        """Yield each thing about the way to the gateway that is not as usual, under its label."""
        if not self._route_complaint and (proxy := route.proxy(self.gateway)):
            values = {"host": proxy.host, "variable": proxy.variable}
            yield Sentence("Proxy"), Sentence("{host} ({variable})", values)
        if self.session.clock_offset:
            minutes = {"minutes": round(self.session.clock_offset / 60)}
            yield Sentence("Clock"), Sentence("this machine's, corrected by {minutes:+,} minutes", minutes)
