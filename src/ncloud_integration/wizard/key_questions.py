"""What the wizard asks about keys, accounts and the stores that keep them."""

from __future__ import annotations

from ncloud_integration.credentials.accounts import Account, Shelf
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.sentence import Sentence, printable
from ncloud_integration.wizard.key_state import KeyState
from ncloud_integration.wizard.question import ListQuestion, PasswordQuestion, Question, Trial


def waiting(shelf: Shelf) -> Question:
    """Say that the *shelf* is being waited for; any answer gives it up, where it can be given up."""
    title = f"Waiting for the {shelf}…"
    if shelf == "vault":
        return Question.of(title, "Another wizard may be changing it; that is over in seconds.", wait="Wait")
    return Question.of(
        title,
        "It may be asking a person for its password, in a window on this host's desktop. Give up, and you can type the "
        "keys or keep them elsewhere.",
        give_up="Give up",
    )


def unlock(shelf: Shelf, trial: Trial) -> PasswordQuestion:
    """Ask for what opens the *shelf*."""
    if shelf == "vault":
        title, label = "Unlock the vault", "Passphrase"
        text = "Forgotten? Cancel, and start the vault over under Accounts."
    else:
        title, label = "Unlock the keyring", "Its password"
        text = "Often that is your login password on this host. It goes to the keyring service and nowhere else."
    return PasswordQuestion(title, text, [label], "Unlock", trial)


def set_up(shelf: Shelf, trial: Trial) -> PasswordQuestion:
    """Ask for what is to open the *shelf* from now on, twice."""
    if shelf == "vault":
        title = "Choose a passphrase for the vault"
        text = "Forgotten, the keys are lost. At least 8 characters; it is asked once each time you start."
        labels = ["Passphrase", "The same again"]
    else:
        title = "Choose a password for the keyring"
        text = "This host's keyring has nothing to keep keys in yet. Your login password here is a good choice."
        labels = ["Password", "The same again"]
    return PasswordQuestion(title, text, labels, "Make it", trial)


def change_passphrase(trial: Trial) -> PasswordQuestion:
    """Ask for the vault's passphrase, and twice for the new one."""
    labels = ["Passphrase now", "New passphrase", "The new one again"]
    return PasswordQuestion(
        "Change the vault's passphrase",
        "At least 8 characters. The keys stay; a copy of the file from before still opens with the old one.",
        labels,
        "Change it",
        trial,
    )


def elsewhere(shelf: Shelf, reason: Sentence, *, are_typed: bool) -> Question:
    """Ask where to keep keys that the *shelf* cannot keep: `vault`, `keyring`, `session`, or nothing for later."""
    answers = {"vault": "Vault"} if shelf == "keyring" else {"keyring": "Keyring"}
    if are_typed:
        answers["session"] = "This session"
    return Question.of("Where are the keys to be kept instead?", str(reason), **answers, stay="Back")


def where(account: str) -> Question:
    """Ask where the keys are to rest that were found elsewhere: `keyring`, `vault`, or nothing."""
    return Question.of(
        "Keep these keys as an account?",
        f"They lie in ~/.ncloud/configure as plain text, and stay there: that file is never changed. As account "
        f"{account} they are kept encrypted as well.",
        keyring="Keyring",
        vault="Vault",
        stay="No",
    )


def replace(account: Account, before: Account | None) -> Question:
    """Ask whether keys that are kept under the name of *account* are to be replaced; `replace` is yes.

    *before* is the account of that name, None where the store has keys under it that no account stands for.
    """
    there = f"The {account.shelf} has keys under that name already."
    if before:
        there = f"There is such an account already, of the {before.site.name} site, in the {before.shelf}."
    return Question.of(
        f"Replace the keys of {account.name}?",
        f"{there} Its keys would be gone, and those for the {account.site.name} site in their place. Give another name "
        "to keep both.",
        stay="No",
        replace="Replace",
    )


VAULT, EVERYTHING = "vault", "everything"


def sources(state: KeyState, *, has_vault: bool) -> ListQuestion:
    """List the sources of *state* by their index, then the vault and the way to forget everything."""
    entries = {str(index): _line(source, state) for index, source in enumerate(state.sources)}
    if has_vault:
        entries[VAULT] = "The vault: change its passphrase, or start it over…"
    if has_vault or state.accounts.accounts:
        entries[EVERYTHING] = "Forget all keys…"
    text = "Enter chooses. The first of each site is used by itself."
    if not entries:
        text = "There is none yet: type a pair on Credentials, and choose where it is kept."
    return ListQuestion("Accounts and other sources of keys", text, entries, "Back")


def _line(source: Source, state: KeyState) -> str:
    keys = state.keys_of(source)
    parts = [str(source.what), source.site.name if source.site else "", keys.label if keys else ""]
    if source == state.source and not state.is_typing:
        parts.append("in use")
    return printable(" · ".join(filter(None, parts)))


def account(of: Account) -> Question:
    """Ask what to do with an account: `use`, `replace`, `forget`, or nothing."""
    return Question.of(
        f"Account {of.name}",
        f"Its keys are kept in the {of.shelf}, for the {of.site.name} site. They are shown nowhere.",
        use="Use",
        replace="Replace",
        forget="Forget",
        stay="Back",
    )


def forget(of: Account) -> Question:
    """Ask whether to remove the keys of an account; `forget` is yes."""
    return Question.of(
        f"Forget {of.name}?",
        f"Its keys are removed from the {of.shelf}, for good. The integrations that they created stay.",
        stay="No",
        forget="Forget",
    )


def forget_name(of: Account, reason: Sentence) -> Question:
    """Ask whether an account is to be listed no more, although its keys may still be there; `forget` is yes."""
    return Question.of(
        f"{of.name} cannot be forgotten",
        f"{reason} Its keys may still be there. Forget the name alone, and it is listed no more.",
        stay="Back",
        forget="Forget the name",
    )


def forget_everything(count: int) -> Question:
    """Ask whether to remove all *count* accounts; `forget` is yes."""
    return Question.of(
        "Forget all keys?",
        f"The keys of all accounts ({count}) are removed from where they are kept, the vault is deleted, and where to "
        "keep keys is asked anew. Keys in the environment and in ~/.ncloud/configure stay.",
        stay="No",
        forget="Forget all keys",
    )


def plain_text(source: Source) -> Question:
    """Ask what to do with keys that lie somewhere as plain text: `use`, `keep`, or nothing."""
    return Question.of(
        str(source.what),
        "Its keys lie there as plain text. Use signs with them; Keep makes an account of them, encrypted.",
        use="Use",
        keep="Keep",
        stay="Back",
    )


def vault(count: int) -> Question:
    """Ask what to do with the vault, which holds *count* accounts: `change`, `over`, or nothing."""
    return Question.of(
        "The vault",
        f"It holds the keys of {count} account{'s' * (count != 1)}, encrypted with your passphrase. Change sets a new "
        "passphrase; Start over deletes the vault, where the old one is forgotten.",
        change="Change",
        over="Start over",
        stay="Back",
    )


def start_over(count: int) -> Question:
    """Ask whether to delete the vault with its *count* accounts; `over` is yes."""
    return Question.of(
        "Start the vault over?",
        f"The vault is deleted, and with it the keys of {count} account{'s' * (count != 1)}. Get them from the console "
        "again, and choose a new passphrase.",
        stay="No",
        over="Delete it",
    )
