"""What each step is, what may be entered there, and which keys work: for F1, for a prompt, and for the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ncloud_integration.cloudinsight.answer import CLOCK_TOLERANCE
from ncloud_integration.integration.model import HEADER_BYTES_LIMIT, HEADERS_LIMIT, PAYLOAD_BYTES_LIMIT
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.template import VARIABLES
from ncloud_integration.wizard.steps import Step


class Key(NamedTuple):
    """Keys that do the same, by the names that keyboards bear, and what that is."""

    names: tuple[str, ...]
    does: Sentence


class Help(NamedTuple):
    """A step: what it asks for, in one sentence; its limits; keys that are its own; more about it, a paragraph each."""

    asks: Sentence
    limits: tuple[Sentence, ...]
    keys: tuple[Key, ...]
    about: tuple[Sentence, ...]


LIMITS = Sentence("Limits")
KEYS = Sentence("Keys")
MORE = Sentence("More about it")
DIALOG = Sentence("Keys of a dialog, such as this one")
"""What stands above each part of it, in their order."""

_NEXT = Key(("F8", "Ctrl+N"), Sentence("next; stops at what is wrong and puts the cursor there"))
_BACK = Key(("F7", "Ctrl+P"), Sentence("back; never refused, loses nothing"))
_ENTER = Key(("Enter",), Sentence("next, from a single-line field"))
_FIELDS = Key(("Tab", "Up", "Down"), Sentence("between fields"))
_PRESS = Key(("Enter",), Sentence("presses the button"))
_TEST = Key(("F9",), Sentence("data transfer test: sends the endpoint an everyday event, once you say so"))
_BUTTONS = Key(("Tab", "Left", "Right"), Sentence("between buttons"))

EVERYWHERE = (
    Key(("Shift+Tab",), Sentence("to the field before, and from the first one to the list of steps")),
    Key(("Left", "Right", "Enter"), Sentence("in the list of steps: jump to one that was visited")),
    Key(("Page Up", "Page Down"), Sentence("scroll")),
    Key(("F1", "Ctrl+G"), Sentence("help for the step; again, or Escape, closes it")),
    Key(("Ctrl+L",), Sentence("draws the screen anew, should the line have spoiled it")),
    Key(("Ctrl+Z",), Sentence("stops the wizard, and the shell's fg goes on; in the payload it is undo")),
    Key(("Ctrl+Q", "Ctrl+C"), Sentence("leave; asks once if something was typed")),
)
"""The keys of every step."""

DIALOG_KEYS = (
    Key(("Escape",), Sentence("closes it and answers nothing")),
    Key(("Tab", "Left", "Right"), Sentence("between buttons")),
    Key(("Enter",), Sentence("presses the button, or picks what a list is at")),
    Key(("Up", "Down", "Page Up", "Page Down"), Sentence("scroll, or go through a list")),
    Key(("Ctrl+Q", "Ctrl+C"), Sentence("leave; asks once if something was typed")),
)
"""The keys of every dialog, this help's too."""

_EARLIER = Help(
    asks=Sentence("What is to become of attempts that nobody learnt the end of."),
    limits=(Sentence("It is looked for with the keys of the account that it was sent with."),),
    keys=(_PRESS, _BUTTONS, Key(("F8", "Ctrl+N"), Sentence("goes on")), Key(("Up", "Down"), Sentence("scroll"))),
    about=(
        Sentence(
            "Each was sent, and then the connection broke or the wizard was ended. Look for it asks Cloud Insight for "
            "all integrations and compares every field; it only reads. What is found counts as created: its id is "
            "written to standard output when you leave."
        ),
        Sentence(
            "Forget it, once you have looked in the console yourself. Not now goes on, and it will be reported again."
        ),
    ),
)

_CREDENTIALS = Help(
    asks=Sentence("The access key and the secret key that sign the request, and the site that they belong to."),
    limits=(
        Sentence("No key holds a space or a control character."),
        Sentence("A sub account needs a Cloud Insight change permission."),
        Sentence("This machine's clock is off by {minutes} minutes at most.", {"minutes": CLOCK_TOLERANCE // 60}),
    ),
    keys=(
        _NEXT,
        _ENTER,
        Key(("F7", "Ctrl+P"), Sentence("to earlier attempts, where some are not settled")),
        Key(("Tab", "Up", "Down"), Sentence("between fields; in the list of places, choose where new keys are kept")),
        Key(("Left", "Right", "Space"), Sentence("choose the site; between buttons")),
    ),
    about=(
        Sentence("Both keys are in the console under My Page, Manage account, Manage authentication key."),
        Sentence(
            "What is found first is used, and the others are named: --account, --profile (or NCLOUD_PROFILE), the "
            "environment (NCLOUD_ACCESS_KEY with NCLOUD_SECRET_KEY, or NCLOUD_ACCESS_KEY_ID with "
            "NCLOUD_SECRET_ACCESS_KEY), the account used last, and the first section of ~/.ncloud/configure. A pair "
            "that you type outranks all of them."
        ),
        Sentence(
            "A typed pair is kept where you choose. This session: in memory, gone when the program ends. Keyring: this "
            "host's own keyring service. Vault: a file of this program's, encrypted with a passphrase of yours, for "
            "hosts that have no keyring. Neither ever shows a key again."
        ),
        Sentence("Accounts lists all keys: pick, replace, import or forget them there."),
        Sentence("Check these keys asks the site for one row of its list: it reads, and creates nothing."),
        Sentence("Each site (public, gov, fin) has an API and accounts of its own."),
    ),
)

_NAME = Help(
    asks=Sentence("The integration name."),
    keys=(
        _NEXT,
        _BACK,
        _ENTER,
        _FIELDS,
        Key(
            ("F5",),
            Sentence("on Name, import: a request body, an answer of the API or a curl command fills in the form"),
        ),
    ),
    about=(Sentence("It is listed under this name in the console, which calls it a channel, and in event rules."),),
    limits=(
        Sentence("Required."),
        Sentence("No control characters."),
        Sentence("The documents give no length; its bytes are shown in case there is one."),
    ),
)

_URL = Help(
    asks=Sentence("The endpoint address: the URL to send events to."),
    limits=(
        Sentence("Required."),
        Sentence("An absolute https or http URL with a host."),
        Sentence("No spaces, control characters, backslashes or user names."),
    ),
    keys=(_NEXT, _BACK, _ENTER, _FIELDS),
    about=(
        Sentence("Cloud Insight sends a POST to it when an event rule fires."),
        Sentence(
            "The line below it names the host that will really be called. Nothing is called or looked up from here. An "
            "address of a private network is a warning: NAVER's network calls it, and not this machine."
        ),
        Sentence(
            "A webhook URL of Slack, Teams, Discord and others is a secret: whoever knows it can post. It is masked on "
            "the Confirm screen."
        ),
    ),
)

_HEADERS = Help(
    asks=Sentence("The call headers that are sent with each call to the endpoint."),
    limits=(
        Sentence("Up to {count} can be entered, or none.", {"count": HEADERS_LIMIT}),
        Sentence("0-{bytes} bytes each, including key and value.", {"bytes": HEADER_BYTES_LIMIT}),
        Sentence('In a name English letters, numbers, "-" and "_" are allowed.'),
        Sentence("A name can be sent once, in capitals or not."),
        Sentence("In a value any printable ASCII is sent."),
    ),
    keys=(
        _NEXT,
        _BACK,
        _ENTER,
        Key(("Tab",), Sentence("to the next field, and to the buttons")),
        Key(("Up", "Down"), Sentence("between rows")),
        Key(("Left", "Right"), Sentence("between buttons")),
    ),
    about=(
        Sentence(
            "The documents allow the same characters for a value as for a name, yet their own example has more "
            "(application/json; charset=utf-8): such a value is a warning."
        ),
        Sentence(
            "A row left blank is no header. Lines like Name: value pasted into a name fill one row each. Enter on x "
            "removes a row."
        ),
    ),
)

_PAYLOAD = Help(
    asks=Sentence("The call payload: what the endpoint is sent, in JSON format including variables."),
    limits=(
        Sentence("0-{bytes:,} bytes of UTF-8.", {"bytes": PAYLOAD_BYTES_LIMIT}),
        Sentence("JSON once its variables are filled in, or empty."),
    ),
    keys=(
        Key(("F2",), Sentence("all variables with what they mean, to put one in or mend a broken one")),
        Key(("F3",), Sentence("preview: what would arrive of an everyday event and of a hostile one")),
        Key(("F4",), Sentence("the payload in $VISUAL or $EDITOR, taken back if that ends well")),
        Key(("F5",), Sentence("gallery: payloads that well-known services take")),
        Key(("F6",), Sentence("layout: a line for each member; again, all in one")),
        _TEST,
        Key(("Right",), Sentence("completes a variable")),
        Key(("Enter",), Sentence("a new line")),
        Key(("Tab",), Sentence("leaves the editor")),
        Key(("Ctrl+Z", "Ctrl+Y"), Sentence("undo and redo")),
        _NEXT,
        _BACK,
    ),
    about=(
        Sentence(
            "Cloud Insight puts the event's values in place of these variables: {variables}.",
            {"variables": " ".join(f"#{{{name}}}" for name in VARIABLES)},
        ),
        Sentence(
            "Type #{{ and the first letters of one, and Right completes it. The payload may grow over the limit while "
            "you edit; Next stops until it fits."
        ),
    ),
)

_CONFIRM = Help(
    asks=Sentence("Whether this request is to be sent: nothing has been sent yet."),
    limits=(
        Sentence("It is sent once, and never again by itself."),
        Sentence("Create can be pressed half a second after it is seen."),
    ),
    keys=(
        _PRESS,
        _BUTTONS,
        Key(("F5",), Sentence("the same as a command for a shell, to save or to copy")),
        _TEST,
        _BACK,
        Key(("Up", "Down"), Sentence("scroll")),
    ),
    about=(
        Sentence(
            "Create sends it, signed at that moment with the keys named above. Before that it is written to the "
            "journal, and meanwhile what exists is listed: should the answer be lost, that tells what is new."
        ),
        Sentence(
            "The data transfer test calls the endpoint from this machine and without any key. From NAVER's network, it "
            "may be answered otherwise."
        ),
        Sentence(
            "Secrets in it, such as a webhook URL, are masked here and whole in the request; Show secrets reveals them."
        ),
    ),
)

_RESULT = Help(
    asks=Sentence("What to do now that the request was sent, or was not."),
    limits=(
        Sentence("Nothing is ever sent a second time by itself, neither to create nor to delete."),
        Sentence("An integration does nothing until an event rule uses it."),
    ),
    keys=(
        _PRESS,
        _BUTTONS,
        Key(("F7", "Ctrl+P"), Sentence("back, unless it was created and is there")),
        Key(("Up", "Down"), Sentence("scroll")),
    ),
    about=(
        Sentence("Created: the id is shown here, and written to standard output when you leave."),
        Sentence(
            "Delete it deletes what was just created, once you have said so, and looks whether it is gone. Then its id "
            "is not written to standard output, and the form is there to be corrected. Where no clear answer came, the "
            "id is written, as it may exist; Look again only reads."
        ),
        Sentence("Refused, or not sent: nothing was created; the reason says what to correct."),
        Sentence(
            "Unknown: the request left and no clear answer came back. Cloud Insight is then asked several times for "
            "all integrations: one with the same fields that was not there before is the one that was created. Look "
            "again does so once more; it only reads."
        ),
    ),
)

HELP: Mapping[Step, Help] = {
    Step.EARLIER: _EARLIER,
    Step.CREDENTIALS: _CREDENTIALS,
    Step.NAME: _NAME,
    Step.URL: _URL,
    Step.HEADERS: _HEADERS,
    Step.PAYLOAD: _PAYLOAD,
    Step.CONFIRM: _CONFIRM,
    Step.RESULT: _RESULT,
}
"""What is said of each step."""
