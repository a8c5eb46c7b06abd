"""What the wizard asks about keys, accounts and the stores that keep them."""

from __future__ import annotations

from ncloud_integration.credentials.accounts import Account, Shelf
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.password import PasswordDialog, Trial


def waiting(shelf: Shelf) -> Dialog:
    """Say that the *shelf* is being waited for; any answer gives it up, where it can be given up."""
    title = f"Waiting for the {shelf}…"
    if shelf == "vault":
        return Dialog(title, "Another wizard may be changing it; that is over in seconds.", wait="Wait")
    return Dialog(
        title,
        "It may be asking a person for its password, in a window on this host's desktop. Give up, and you can type the "
        "keys or keep them elsewhere.",
        give_up="Give up",
    )


def unlock(shelf: Shelf, trial: Trial) -> PasswordDialog:
    """Ask for what opens the *shelf*."""
    if shelf == "vault":
        title, label = "Unlock the vault", "Passphrase"
        text = "Forgotten? Cancel, and start the vault over under Accounts."
    else:
        title, label = "Unlock the keyring", "Its password"
        text = "Often that is your login password on this host. It goes to the keyring service and nowhere else."
    return PasswordDialog(title, text, [label], "Unlock", trial)


def set_up(shelf: Shelf, trial: Trial) -> PasswordDialog:
    """Ask for what is to open the *shelf* from now on, twice."""
    if shelf == "vault":
        title = "Choose a passphrase for the vault"
        text = "Forgotten, the keys are lost. At least 8 characters; it is asked once each time you start."
        labels = ["Passphrase", "The same again"]
    else:
        title = "Choose a password for the keyring"
        text = "This host's keyring has nothing to keep keys in yet. Your login password here is a good choice."
        labels = ["Password", "The same again"]
    return PasswordDialog(title, text, labels, "Make it", trial)


def change_passphrase(trial: Trial) -> PasswordDialog:
    """Ask for the vault's passphrase, and twice for the new one."""
    labels = ["Passphrase now", "New passphrase", "The new one again"]
    return PasswordDialog(
        "Change the vault's passphrase",
        "At least 8 characters. The keys stay; a copy of the file from before still opens with the old one.",
        labels,
        "Change it",
        trial,
    )


def elsewhere(shelf: Shelf, reason: Sentence, *, are_typed: bool) -> Dialog:
    """Ask where to keep keys that the *shelf* cannot keep: `vault`, `keyring`, `session`, or nothing for later."""
    answers = {"vault": "Vault"} if shelf == "keyring" else {"keyring": "Keyring"}
    if are_typed:
        answers["session"] = "This session"
    return Dialog("Where are the keys to be kept instead?", str(reason), **answers, stay="Back")


def where(account: str) -> Dialog:
    """Ask where the keys are to rest that were found elsewhere: `keyring`, `vault`, or nothing."""
    return Dialog(
        "Keep these keys as an account?",
        f"They lie in ~/.ncloud/configure as plain text, and stay there: that file is never changed. As account "
        f"{account} they are kept encrypted as well.",
        keyring="Keyring",
        vault="Vault",
        stay="No",
    )


def replace(account: Account, before: Account | None) -> Dialog:
    """Ask whether keys that are kept under the name of *account* are to be replaced; `replace` is yes.

    *before* is the account of that name, None where the store has keys under it that no account stands for.
    """
    there = f"The {account.shelf} has keys under that name already."
    if before:
        there = f"There is such an account already, of the {before.site.name} site, in the {before.shelf}."
    return Dialog(
        f"Replace the keys of {account.name}?",
        f"{there} Its keys would be gone, and those for the {account.site.name} site in their place. Give another name "
        "to keep both.",
        stay="No",
        replace="Replace",
    )


def account(of: Account) -> Dialog:
    """Ask what to do with an account: `use`, `replace`, `forget`, or nothing."""
    return Dialog(
        f"Account {of.name}",
        f"Its keys are kept in the {of.shelf}, for the {of.site.name} site. They are shown nowhere.",
        use="Use",
        replace="Replace",
        forget="Forget",
        stay="Back",
    )


def forget(of: Account) -> Dialog:
    """Ask whether to remove the keys of an account; `forget` is yes."""
    return Dialog(
        f"Forget {of.name}?",
        f"Its keys are removed from the {of.shelf}, for good. The integrations that they created stay.",
        stay="No",
        forget="Forget",
    )


def forget_name(of: Account, reason: Sentence) -> Dialog:
    """Ask whether an account is to be listed no more, although its keys may still be there; `forget` is yes."""
    return Dialog(
        f"{of.name} cannot be forgotten",
        f"{reason} Its keys may still be there. Forget the name alone, and it is listed no more.",
        stay="Back",
        forget="Forget the name",
    )


def forget_everything(count: int) -> Dialog:
    """Ask whether to remove all *count* accounts; `forget` is yes."""
    return Dialog(
        "Forget all keys?",
        f"The keys of all accounts ({count}) are removed from where they are kept, the vault is deleted, and where to "
        "keep keys is asked anew. Keys in the environment and in ~/.ncloud/configure stay.",
        stay="No",
        forget="Forget all keys",
    )


def plain_text(source: Source) -> Dialog:
    """Ask what to do with keys that lie somewhere as plain text: `use`, `keep`, or nothing."""
    return Dialog(
        str(source.what),
        "Its keys lie there as plain text. Use signs with them; Keep makes an account of them, encrypted.",
        use="Use",
        keep="Keep",
        stay="Back",
    )


def vault(count: int) -> Dialog:
    """Ask what to do with the vault, which holds *count* accounts: `change`, `over`, or nothing."""
    return Dialog(
        "The vault",
        f"It holds the keys of {count} account{'s' * (count != 1)}, encrypted with your passphrase. Change sets a new "
        "passphrase; Start over deletes the vault, where the old one is forgotten.",
        change="Change",
        over="Start over",
        stay="Back",
    )


def start_over(count: int) -> Dialog:
    """Ask whether to delete the vault with its *count* accounts; `over` is yes."""
    return Dialog(
        "Start the vault over?",
        f"The vault is deleted, and with it the keys of {count} account{'s' * (count != 1)}. Get them from the console "
        "again, and choose a new passphrase.",
        stay="No",
        over="Delete it",
    )
