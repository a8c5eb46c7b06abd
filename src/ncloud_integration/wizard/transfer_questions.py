"""What a data transfer test asks and tells: each a question, so that screens and a prompt can show it."""

from __future__ import annotations

from collections.abc import Iterator

from ncloud_integration.cloudinsight.route import Proxy
from ncloud_integration.integration import endpoint
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.endpoint import Endpoint
from ncloud_integration.integration.sentence import Passage, Sentence, Values, Verbatim
from ncloud_integration.transfer import Answered, Message, Unanswered
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.steps import Step


def correct_first(step: Step, problem: Problem) -> Question:
    """Say that nothing can be sent before *problem* is corrected on its *step*; `go` is to go there."""
    values: Values = {"step": step.title, "problem": problem.sentence}
    return Question.of(
        Sentence("Not yet: something is wrong"),
        Sentence("Nothing was sent. Correct the {step} step first: {problem}", values),
        go=Sentence("Go there"),
        stay=Sentence("Stay"),
    )


def send(target: Endpoint, message: Message, proxy: Proxy | None, *, is_practice: bool) -> Question:
    """Ask whether *message* goes to *target* now, through *proxy* where there is one; `send` is yes."""
    where = Passage.of(*_where(target, proxy, is_practice=is_practice))
    what = Passage.of(*_what(message), None if is_practice else _RISKS)
    return Question.of(
        Sentence("Send a test event?"),
        Passage.paragraphs(where, what),
        send=Sentence("Send"),
        cancel=Sentence("Cancel"),
    )


def waiting(host: str | Sentence, seconds: float) -> Question:
    """Say that the answer of *host* is waited for, *seconds* at most; any answer stops that."""
    values: Values = {"host": host, "seconds": f"{seconds:g}"}
    return Question.of(
        Sentence("Waiting for an answer…"),
        Sentence("{host} has {seconds} s to answer. Escape stops the test at once.", values),
        stop=Sentence("Stop"),
    )


def stopped(host: str | Sentence, *, is_sent: bool) -> Question:
    """Say what the operator's stopping means for an event that was to go to *host*."""
    text = Sentence("The test was stopped before anything was sent to {host}.", {"host": host})
    if is_sent:
        text = Sentence(
            "The test was stopped. The event had been sent to {host} by then: it may have arrived.", {"host": host}
        )
    return _told(Sentence("Stopped"), text)


def holds_keys() -> Question:
    """Say that nothing is sent that has a NAVER key in it."""
    text = Sentence(
        "One of your NAVER keys stands in the URL, a header or the payload. It is not sent, for whoever has it can use "
        "it: take it out first."
    )
    return _told(Sentence("Nothing was sent"), text)


def unanswered(result: Unanswered, caveat: Sentence) -> Question:
    """Tell why no answer came, and the *caveat* that holds for all tests of this kind."""
    if not result.is_sent:
        return _told(Sentence("Nothing was sent"), result.reason, caveat)
    return _told(Sentence("No answer came"), result.reason, Sentence("It may have arrived all the same."), caveat)


def answered(result: Answered, host: str | Sentence, caveat: Sentence) -> Question:
    """Tell what *host* has answered, and the *caveat* that holds for all tests of this kind."""
    lines = Verbatim(result.excerpt.text) if result.excerpt.text else None
    notes = Passage.of(*result.excerpt.notes) if result.excerpt.notes else None
    return _told(_verdict(result.status), _status(result, host), *_aside(result), lines, notes, caveat)


FROM_HERE = Sentence(
    "The test came from this machine: a firewall may treat NAVER's network otherwise. How NAVER escapes the values of "
    "an event is not documented, either."
)
"""What no test from here can tell."""


def practised(host: str) -> Sentence:
    """Return what a test in practice mode does not tell of *host*."""
    return Sentence("Practice: {host} was not called, and nothing has left this machine.", {"host": host})


PRACTICE_RECEIVER = Sentence("the practice receiver")
"""Who answers in practice mode."""


def _told(title: Sentence, *paragraphs: Sentence | Passage | Verbatim | None) -> Question:
    return Question.of(title, Passage.paragraphs(*paragraphs), done=Sentence("Close"))


def _where(target: Endpoint, proxy: Proxy | None, *, is_practice: bool) -> Iterator[Sentence]:
    host = target.base_url.partition("//")[2]
    if is_practice:
        yield Sentence("Practice: a receiver inside this program gets one POST in place of {host}.", {"host": host})
        return
    yield Sentence("One POST goes to {host}, from this machine and not from NAVER's network.", {"host": host})
    yield from endpoint.name_doubts(target)
    if target.scheme == "http":
        yield Sentence("It is not encrypted on its way (http).")
    if target.reach != "public":
        values: Values = {"host": target.called_host, "reach": endpoint.REACH_WORDS[target.reach]}
        yield Sentence("{host} is {reach}: an answer here does not mean that Cloud Insight gets one.", values)
    if proxy:
        values = {"proxy": proxy.host, "variable": proxy.variable}
        yield Sentence("It goes through the proxy {proxy} ({variable}).", values)


def _what(message: Message) -> Iterator[Sentence]:
    size = len(message.content)
    if message.headers:
        values: Values = {"size": size, "names": ", ".join(header.name for header in message.headers)}
        yield Sentence(
            "It carries the payload filled with an everyday event ({size:,} bytes) and these headers of the "
            "integration: {names}.",
            values,
        )
    else:
        yield Sentence(
            "It carries the payload filled with an everyday event ({size:,} bytes), and no header of the integration.",
            {"size": size},
        )
    if message.withheld:
        names = ", ".join(message.withheld)
        yield Sentence("Left out, since the connection or NAVER sets them: {names}.", {"names": names})


_RISKS = Sentence("None of your keys goes with it. To whoever reads it there, it may look like a real alarm.")


def _verdict(status: int) -> Sentence:
    if 200 <= status < 300:
        return Sentence("✓ The event was accepted")
    if 300 <= status < 400:
        return Sentence("! The answer is a redirect")
    return Sentence("✗ The event was refused") if status < 500 else Sentence("✗ The receiver failed")


def _status(result: Answered, host: str | Sentence) -> Sentence:
    values: Values = {"status": result.status, "host": host, "seconds": f"{result.seconds:.2f}"}
    if not result.reason:
        return Sentence("HTTP {status} from {host} after {seconds} s.", values)
    values = {**values, "reason": result.reason}
    return Sentence("HTTP {status} ({reason}) from {host} after {seconds} s.", values)


def _aside(result: Answered) -> Iterator[Sentence]:
    """Yield what is to be said before the answer's own text."""
    if result.location:
        yield Sentence(
            "It leads to {location}, which was not followed, and nobody says whether Cloud Insight would: use the "
            "address that answers by itself.",
            {"location": result.location},
        )
    if result.interruption:
        yield result.interruption
