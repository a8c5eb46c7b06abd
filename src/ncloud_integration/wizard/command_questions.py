"""What is asked about the request as a command: each a question, so that screens and a prompt can show it."""

from __future__ import annotations

from ncloud_integration.integration.sentence import Passage, Sentence, Verbatim
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.wizard.question import Question


def show(command: str, *, has_secrets: bool, is_practice: bool) -> Question:
    """Show *command*, and ask what to do with it: `save`, `copy` to the clipboard, or nothing."""
    about = [
        Sentence("What Create sends, for any shell with curl and python3."),
        Sentence("It reads NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY when it runs, and holds no key."),
        Sentence("Each run creates one more integration."),
    ]
    if is_practice:
        access_key, secret_key = (key.reveal() for key in PRACTICE_KEYS)
        about.append(
            Sentence(
                "While this wizard runs, these are the keys to try it with: {access_key} and {secret_key}.",
                {"access_key": access_key, "secret_key": secret_key},
            )
        )
    if has_secrets:
        about.append(Sentence("Secrets are masked here; what is saved or sent is whole."))
    about.append(Sentence("Save writes a new file in the current folder."))
    return Question.of(
        Sentence("The same as a command"),
        Passage.paragraphs(Passage(tuple(about)), Verbatim(command)),
        save=Sentence("Save"),
        copy=Sentence("Copy"),
        back=Sentence("Back"),
    )


def send_secrets() -> Question:
    """Ask whether secrets may go to the terminal's clipboard; `send` is yes."""
    return Question.of(
        Sentence("Send secrets to the clipboard?"),
        Sentence(
            "The command holds secrets, such as a webhook URL, and any program of that desktop may read its "
            "clipboard. Save writes them to a file that you alone can read."
        ),
        keep=Sentence("No"),
        send=Sentence("Send whole"),
    )


def holds_keys() -> Question:
    """Say that there is no command that has a NAVER key in it."""
    return Question.of(
        Sentence("No command"),
        Sentence(
            "One of your NAVER keys stands in the name, the URL, a header or the payload, and so it would stand in "
            "the command: take it out first."
        ),
        back=Sentence("Back"),
    )
