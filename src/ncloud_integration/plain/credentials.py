"""The first step: which keys sign, of which site, and where typed ones are kept."""

from __future__ import annotations

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.credentials.accounts import RESTS
from ncloud_integration.integration.sentence import Sentence, Text
from ncloud_integration.integration.text import single_line
from ncloud_integration.plain.prompts import CommandError, Prompts
from ncloud_integration.wizard import key_questions
from ncloud_integration.wizard.account_management import AccountManagement
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.question import Ask
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step

_TYPE, _AS_TYPED = "type", "typed"
_GOOD, _BAD = "✓ ", "✗ "


class CredentialsStep:
    """Asks by *prompts* and *ask* for keys that sign; *behind* has them at hand and keeps them."""

    def __init__(self, prompts: Prompts, session: Session, behind: Behind, ask: Ask) -> None:
        self._prompts = prompts
        self._session = session
        self._state = session.key_state
        self._behind = behind
        self._ask = ask

    async def run(self) -> None:
        """Return once there are keys, kept where they are to be kept."""
        self._behind.keys.look()
        while True:
            self._say_found()
            await self._choose()
            is_ready = await self._behind.keys.ready()
            self._prompts.say_notice()
            problems = [] if self._state.is_typing and is_ready else self._session.problems_of(Step.CREDENTIALS)
            if self._prompts.tell(problems) and is_ready:
                return

    def _say_found(self) -> None:
        """Say what cannot be used although it is there."""
        for complaint in [*self._state.complaints, *self._state.unopened.values()]:
            self._prompts.say(Sentence("Warning: {sentence}", {"sentence": complaint}))
        self._prompts.say(Sentence(":accounts lists, imports and forgets keys; :check asks the site about these."))

    async def _choose(self) -> None:
        """Ask which keys are used, and what has to be known of them."""
        picked = await self._picked()
        if picked == _TYPE:
            await self._type_pair()
        elif picked != _AS_TYPED:
            self._behind.keys.use(self._state.sources[int(picked)])
        source = None if self._state.is_typing else self._state.source
        if source is None or source.site is None:
            await self._choose_site()
        if self._state.is_typing and not self._session.start.is_practice:
            await self._choose_rest()

    async def _picked(self) -> str:
        """Return the index of the source that is picked, or what else is; commands of this step are done before."""
        while True:
            sources = self._state.sources
            options: dict[str, Text] = {}
            if self._state.is_typing and not self._state.pair_problems():
                options[_AS_TYPED] = Sentence("The keys as you typed them.")
            for index, each in enumerate(sources):
                options[str(index)] = key_questions.source_line(each, self._state, ", ")
            options[_TYPE] = Sentence("Type an access key and its secret key.")
            source = self._state.source
            default = str(sources.index(source)) if source else _TYPE
            try:
                return await self._prompts.choice(
                    options, next(iter(options)) if _AS_TYPED in options else default, ["accounts", "check", "clock"]
                )
            except CommandError as command:
                if command.name == "accounts" and not self._session.start.is_practice:
                    await AccountManagement(self._session, self._behind.keys, self._ask).run()
                    self._prompts.say_notice()
                elif command.name in ("check", "accounts"):
                    await self._check()
                elif command.name == "clock":
                    self._session.correct_clock()
                else:
                    raise

    async def _check(self) -> None:
        """Ask the API about the keys in use, and say what it says."""
        checking = self._behind.api.check_keys() if await self._behind.keys.open() else None
        if checking is None:
            self._prompts.tell(self._session.problems_of(Step.CREDENTIALS))
            return
        self._prompts.say(Sentence("Asking. Enter waits no longer."))
        if not await self._prompts.until(checking):
            self._say_check(str(self._session.key_check or ""))
        if self._session.clock_ahead is not None:
            self._prompts.say(Sentence(":clock corrects the time of the signature alone."))

    def _say_check(self, said: str) -> None:
        """Say what the API says of the keys, the mark that a screen has before it in words."""
        if said.startswith(_BAD):
            self._prompts.say(Sentence("Error: {sentence}", {"sentence": said.removeprefix(_BAD)}))
        else:
            self._prompts.say(said.removeprefix(_GOOD))

    async def _type_pair(self) -> None:
        """Ask for both keys until both could sign; the secret key is not echoed."""
        is_right = False
        while not is_right:
            access_key, notes = single_line(await self._prompts.answer(Sentence("Access key:")))
            self._state.typed = access_key, ""
            is_right = self._tell_of("access_key", notes)
        is_right = False
        while not is_right:
            secret_key, notes = single_line(await self._prompts.secret(Sentence("Secret key, not shown:")))
            self._state.typed = access_key, secret_key
            is_right = self._tell_of("secret_key", notes)
        self._session.key_check = None

    def _tell_of(self, field: str, notes: list[Sentence]) -> bool:
        problems = [problem for problem in key_rules.problems(*self._state.typed) if problem.field == field]
        return self._prompts.tell(problems, notes)

    async def _choose_site(self) -> None:
        self._prompts.say(Sentence("The site that they belong to:"))
        names = {name: name for name in SITES}
        self._session.choose_site(SITES[await self._prompts.choice(names, self._session.site.name)])

    async def _choose_rest(self) -> None:
        """Ask where the typed pair is kept, and as what."""
        self._prompts.say(Sentence("Where are they to be kept?"))
        keyring = self._state.keyring or Sentence("this host's keyring service, if it has one")
        options: dict[str, Text] = {
            "session": Sentence("This session: in memory, gone when the program ends."),
            "keyring": Sentence("Keyring: {keyring}.", {"keyring": keyring}),
            "vault": Sentence("Vault: a file here, encrypted with your passphrase."),
        }
        picked = await self._prompts.choice(options, self._state.rest)
        self._state.rest = next(rest for rest in RESTS if rest == picked)
        while self._state.rest != "session":
            prompt = Sentence("Name of the account (Enter for {name}):", {"name": self._state.kept_as})
            name, notes = single_line(await self._prompts.answer(prompt))
            self._state.account_name = name or self._state.account_name
            problems = [problem for problem in self._state.pair_problems() if problem.field == "account_name"]
            if self._prompts.tell(problems, notes):
                return
