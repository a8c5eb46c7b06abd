"""What the wizard asks about keys, accounts and the stores that keep them."""

from __future__ import annotations

from ncloud_integration.credentials.accounts import IN_WORDS, Account, Shelf
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.sentence import Passage, Sentence, Text
from ncloud_integration.wizard.key_state import KeyState
from ncloud_integration.wizard.question import ListQuestion, PasswordQuestion, Question, Trial


def waiting(shelf: Shelf) -> Question:
    """Say that the *shelf* is being waited for; any answer gives it up, where it can be given up."""
    title = Sentence("Waiting for the {shelf}…", {"shelf": IN_WORDS[shelf]})
    if shelf == "vault":
        return Question.of(
            title,
            Sentence("Another wizard may be changing it; that is over in seconds."),
            wait=Sentence("Wait"),
        )
    return Question.of(
        title,
        Sentence(
            "It may be asking a person for its password, in a window on this host's desktop. Give up, and you can type "
            "the keys or keep them elsewhere."
        ),
        give_up=Sentence("Give up"),
    )


def unlock(shelf: Shelf, trial: Trial) -> PasswordQuestion:
    """Ask for what opens the *shelf*."""
    if shelf == "vault":
        return PasswordQuestion(
            Sentence("Unlock the vault"),
            Sentence("Forgotten? Cancel, and start the vault over under Accounts."),
            [Sentence("Passphrase")],
            Sentence("Unlock"),
            trial,
        )
    return PasswordQuestion(
        Sentence("Unlock the keyring"),
        Sentence("Often that is your login password on this host. It goes to the keyring service and nowhere else."),
        [Sentence("Its password")],
        Sentence("Unlock"),
        trial,
    )


def set_up(shelf: Shelf, trial: Trial) -> PasswordQuestion:
    """Ask for what is to open the *shelf* from now on, twice."""
    if shelf == "vault":
        return PasswordQuestion(
            Sentence("Choose a passphrase for the vault"),
            Sentence("Forgotten, the keys are lost. At least 8 characters; it is asked once each time you start."),
            [Sentence("Passphrase"), Sentence("The same again")],
            Sentence("Make it"),
            trial,
        )
    return PasswordQuestion(
        Sentence("Choose a password for the keyring"),
        Sentence("This host's keyring has nothing to keep keys in yet. Your login password here is a good choice."),
        [Sentence("Password"), Sentence("The same again")],
        Sentence("Make it"),
        trial,
    )


def change_passphrase(trial: Trial) -> PasswordQuestion:
    """Ask for the vault's passphrase, and twice for the new one."""
    return PasswordQuestion(
        Sentence("Change the vault's passphrase"),
        Sentence("At least 8 characters. The keys stay; a copy of the file from before still opens with the old one."),
        [Sentence("Passphrase now"), Sentence("New passphrase"), Sentence("The new one again")],
        Sentence("Change it"),
        trial,
    )


def elsewhere(shelf: Shelf, reason: Sentence, *, are_typed: bool) -> Question:
    """Ask where to keep keys that the *shelf* cannot keep: `vault`, `keyring`, `session`, or nothing for later."""
    answers = {"vault": Sentence("Vault")} if shelf == "keyring" else {"keyring": Sentence("Keyring")}
    if are_typed:
        answers["session"] = Sentence("This session")
    return Question.of(
        Sentence("Where are the keys to be kept instead?"),
        reason,
        **answers,
        stay=Sentence("Back"),
    )


def where(account: str) -> Question:
    """Ask where the keys are to rest that were found elsewhere: `keyring`, `vault`, or nothing."""
    return Question.of(
        Sentence("Keep these keys as an account?"),
        Sentence(
            "They lie in ~/.ncloud/configure as plain text, and stay there: that file is never changed. As account "
            "{account} they are kept encrypted as well.",
            {"account": account},
        ),
        keyring=Sentence("Keyring"),
        vault=Sentence("Vault"),
        stay=Sentence("No"),
    )


def replace(account: Account, before: Account | None) -> Question:
    """Ask whether keys that are kept under the name of *account* are to be replaced; `replace` is yes.

    *before* is the account of that name, None where the store has keys under it that no account stands for.
    """
    there = Sentence("The {shelf} has keys under that name already.", {"shelf": IN_WORDS[account.shelf]})
    if before:
        there = Sentence(
            "There is such an account already, of the {site} site, in the {shelf}.",
            {"site": before.site.name, "shelf": IN_WORDS[before.shelf]},
        )
    return Question.of(
        Sentence("Replace the keys of {name}?", {"name": account.name}),
        Passage.of(
            there,
            Sentence(
                "Its keys would be gone, and those for the {site} site in their place. Give another name to keep both.",
                {"site": account.site.name},
            ),
        ),
        stay=Sentence("No"),
        replace=Sentence("Replace"),
    )


VAULT, EVERYTHING = "vault", "everything"


def sources(state: KeyState, *, has_vault: bool) -> ListQuestion:
    """List the sources of *state* by their index, then the vault and the way to forget everything."""
    entries: dict[str, Text] = {str(index): source_line(source, state) for index, source in enumerate(state.sources)}
    if has_vault:
        entries[VAULT] = Sentence("The vault: change its passphrase, or start it over…")
    if has_vault or state.accounts.accounts:
        entries[EVERYTHING] = Sentence("Forget all keys…")
    text = Sentence("Enter chooses. The first of each site is used by itself.")
    if not entries:
        text = Sentence("There is none yet: type a pair on Credentials, and choose where it is kept.")
    return ListQuestion(Sentence("Accounts and other sources of keys"), text, entries, Sentence("Back"))


def source_line(source: Source, state: KeyState, gap: str = " · ") -> Passage:
    """Return where the keys of *source* are, their site, their label, and whether they are used, *gap* between them."""
    keys = state.keys_of(source)
    is_in_use = source == state.source and not state.is_typing
    return Passage(
        (
            source.what,
            Sentence("{site}", {"site": source.site.name}) if source.site else None,
            Sentence("{label}", {"label": keys.label}) if keys else None,
            Sentence("in use") if is_in_use else None,
        ),
        gap,
    )


def account(of: Account) -> Question:
    """Ask what to do with an account: `use`, `replace`, `forget`, or nothing."""
    return Question.of(
        Sentence("Account {name}", {"name": of.name}),
        Sentence(
            "Its keys are kept in the {shelf}, for the {site} site. They are shown nowhere.",
            {"shelf": IN_WORDS[of.shelf], "site": of.site.name},
        ),
        use=Sentence("Use"),
        replace=Sentence("Replace"),
        forget=Sentence("Forget"),
        stay=Sentence("Back"),
    )


def forget(of: Account) -> Question:
    """Ask whether to remove the keys of an account; `forget` is yes."""
    return Question.of(
        Sentence("Forget {name}?", {"name": of.name}),
        Sentence(
            "Its keys are removed from the {shelf}, for good. The integrations that they created stay.",
            {"shelf": IN_WORDS[of.shelf]},
        ),
        stay=Sentence("No"),
        forget=Sentence("Forget"),
    )


def forget_name(of: Account, reason: Sentence) -> Question:
    """Ask whether an account is to be listed no more, although its keys may still be there; `forget` is yes."""
    return Question.of(
        Sentence("{name} cannot be forgotten", {"name": of.name}),
        Passage.of(
            reason,
            Sentence("Its keys may still be there. Forget the name alone, and it is listed no more."),
        ),
        stay=Sentence("Back"),
        forget=Sentence("Forget the name"),
    )


def forget_everything(count: int) -> Question:
    """Ask whether to remove all *count* accounts; `forget` is yes."""
    return Question.of(
        Sentence("Forget all keys?"),
        Sentence(
            "The keys of all accounts ({count}) are removed from where they are kept, the vault is deleted, and where "
            "to keep keys is asked anew. Keys in the environment and in ~/.ncloud/configure stay.",
            {"count": count},
        ),
        stay=Sentence("No"),
        forget=Sentence("Forget all keys"),
    )


def plain_text(source: Source) -> Question:
    """Ask what to do with keys that lie somewhere as plain text: `use`, `keep`, or nothing."""
    return Question.of(
        source.what,
        Sentence("Its keys lie there as plain text. Use signs with them; Keep makes an account of them, encrypted."),
        use=Sentence("Use"),
        keep=Sentence("Keep"),
        stay=Sentence("Back"),
    )


def vault(count: int) -> Question:
    """Ask what to do with the vault, which holds *count* accounts: `change`, `over`, or nothing."""
    held = Sentence("It holds the keys of {count} accounts, encrypted with your passphrase.", {"count": count})
    if count == 1:
        held = Sentence("It holds the keys of 1 account, encrypted with your passphrase.")
    return Question.of(
        Sentence("The vault"),
        Passage.of(
            held,
            Sentence("Change sets a new passphrase; Start over deletes the vault, where the old one is forgotten."),
        ),
        change=Sentence("Change"),
        over=Sentence("Start over"),
        stay=Sentence("Back"),
    )


def start_over(count: int) -> Question:
    """Ask whether to delete the vault with its *count* accounts; `over` is yes."""
    gone = Sentence("The vault is deleted, and with it the keys of {count} accounts.", {"count": count})
    if count == 1:
        gone = Sentence("The vault is deleted, and with it the keys of 1 account.")
    return Question.of(
        Sentence("Start the vault over?"),
        Passage.of(gone, Sentence("Get them from the console again, and choose a new passphrase.")),
        stay=Sentence("No"),
        over=Sentence("Delete it"),
    )
