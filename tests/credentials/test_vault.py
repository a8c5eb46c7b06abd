"""A vault opens with its passphrase alone, and a change of any byte of it is told from a passphrase that is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.credentials import store, vault
from ncloud_integration.credentials.store import DamagedError, PasswordError, StoreError
from ncloud_integration.credentials.vault import Entries, Kdf, Key, Sealed

PATH = Path("/somewhere/vault.json")
N = 2**14
KEYS = Keys.of("ACCESSKEY0123456789A", "SecretKey0123456789abcdefABCDEF0123456789")
OTHER_KEYS = Keys.of("OTHERACCESSKEY012345", "OtherSecretKey0123456789abcdefABCDEF01234")
PASSPHRASE = Secret("correct horse battery staple")
ENTRIES = {"운영 계정": Secret(store.written(KEYS)), "gov": Secret(store.written(OTHER_KEYS))}

KNOWN_ANSWERS = [
    ("vault-known-answer.json", "correct horse battery staple"),
    ("vault-known-answer-hangul.json", "열려라 참깨 2026"),
]


@pytest.fixture(scope="module")
def key() -> Key:
    return vault.derived(PASSPHRASE, vault.new_kdf(N))


@pytest.fixture(scope="module")
def content(key: Key) -> bytes:
    return vault.written(ENTRIES, key)


@pytest.fixture
def no_key_is_derived(monkeypatch: pytest.MonkeyPatch) -> None:
    def derive(*arguments: object) -> None:
        pytest.fail("a key was derived")

    monkeypatch.setattr(vault, "Scrypt", derive)
    monkeypatch.setattr(vault, "Fernet", derive)


def known_answer(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()


def opened(content: bytes, passphrase: Secret) -> Entries:
    sealed = vault.read(content, PATH)
    return vault.opened(sealed, vault.derived(passphrase, sealed.kdf), PATH)


def canonical(fields: dict[str, Any]) -> bytes:
    return (json.dumps(fields, indent=2, sort_keys=True) + "\n").encode()


def signed(fields: dict[str, Any]) -> bytes:
    """Return *fields* as somebody writes them who knows the format, and recomputes the digest."""
    rest = {name: value for name, value in fields.items() if name != "sha256"}
    return canonical({**rest, "sha256": hashlib.sha256(canonical(rest)).hexdigest()})


def is_damage(content: bytes) -> bool:
    try:
        vault.read(content, PATH)
    except DamagedError as error:
        return str(PATH) in str(error)
    return False


class TestKnownAnswers:
    @pytest.mark.parametrize(("name", "passphrase"), KNOWN_ANSWERS)
    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_one_opens_however_its_passphrase_is_composed(self, form: Any, name: str, passphrase: str) -> None:
        assert opened(known_answer(name), Secret(unicodedata.normalize(form, passphrase))) == ENTRIES

    @pytest.mark.parametrize(("name", "passphrase"), KNOWN_ANSWERS)
    def test_one_opens_by_what_its_format_says_alone(self, name: str, passphrase: str) -> None:
        fields = json.loads(known_answer(name))
        salt = base64.b64decode(fields["kdf"]["salt"])
        key = hashlib.scrypt(passphrase.encode(), salt=salt, n=131072, r=8, p=1, maxmem=2**28, dklen=32)
        plain = json.loads(Fernet(base64.urlsafe_b64encode(key)).decrypt(fields["token"]))
        assert plain == {account: text.reveal() for account, text in ENTRIES.items()}
        assert known_answer(name) == signed(fields)

    def test_what_a_person_sees_is_as_the_format_says(self) -> None:
        fields = json.loads(vault.written({}, Key(vault.new_kdf(), Secret(Fernet.generate_key().decode()))))
        assert len(base64.b64decode(fields["kdf"].pop("salt"))) == 16
        assert fields["format"] == "ncloud-integration vault"
        assert fields["version"] == 1
        assert fields["kdf"] == {"name": "scrypt", "n": 131072, "r": 8, "p": 1}
        assert sorted(fields) == ["format", "kdf", "sha256", "token", "version"]

    def test_no_two_salts_and_no_two_tokens_are_the_same(self, key: Key) -> None:
        assert len({vault.new_kdf().salt for _ in range(100)}) == 100
        assert vault.written(ENTRIES, key) != vault.written(ENTRIES, key)


@pytest.mark.usefixtures("no_key_is_derived")
class TestDamage:
    def test_undamaged_it_is_read(self, content: bytes, key: Key) -> None:
        assert vault.read(content, PATH) == Sealed(key.kdf, json.loads(content)["token"])

    def test_a_byte_that_is_changed(self, content: bytes) -> None:
        for position, byte in enumerate(content):
            for other in {*(byte ^ 1 << bit for bit in range(8)), *b'\x00\n "0A\\'} - {byte}:
                assert is_damage(content[:position] + bytes([other]) + content[position + 1 :]), position

    def test_a_byte_that_is_gone(self, content: bytes) -> None:
        assert all(is_damage(content[:position] + content[position + 1 :]) for position in range(len(content)))

    def test_a_byte_that_came_in(self, content: bytes) -> None:
        for position in range(len(content) + 1):
            for byte in b'\x00\n\r\t "0A,}\xff':
                assert is_damage(content[:position] + bytes([byte]) + content[position:]), (position, byte)

    def test_a_file_that_is_cut_off_or_zeroed_from_anywhere(self, content: bytes) -> None:
        for position in range(len(content)):
            assert is_damage(content[:position])
            assert is_damage(content[:position].ljust(len(content), b"\0"))

    def test_neighbours_that_changed_places(self, content: bytes) -> None:
        for position in range(len(content) - 1):
            swapped = content[position : position + 2][::-1]
            if swapped != content[position : position + 2]:
                assert is_damage(content[:position] + swapped + content[position + 2 :])

    def test_another_way_to_write_the_same(self, content: bytes) -> None:
        fields = json.loads(content)
        assert is_damage(json.dumps(fields, sort_keys=True).encode())
        assert is_damage(json.dumps(dict(reversed(fields.items())), indent=2).encode() + b"\n")
        assert is_damage(content.replace(b"\n", b"\r\n"))
        assert is_damage(b"\xef\xbb\xbf" + content)
        assert is_damage(content + content)
        assert is_damage(content.decode().encode("utf-16"))

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"null",
            b"[]",
            b'"text"',
            b"{}",
            b"{}\n",
            b"1",
            b"\xff",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"9" * 9999,
        ],
        ids=["nothing", "null", "list", "text", "no fields", "line", "number", "no text", "nested", "deep", "digits"],
    )
    def test_what_is_no_vault_at_all(self, content: bytes) -> None:
        assert is_damage(content)


@pytest.mark.usefixtures("no_key_is_derived")
class TestAFittingDigest:
    @pytest.mark.parametrize("n", [0, 1, -1, 2**13, 2**14 + 1, 2**20 + 1, 2**21, 2**62, 16384.0, True, None, "16384"])
    def test_parameters_out_of_bounds(self, n: object, content: bytes) -> None:
        fields = json.loads(content)
        assert is_damage(signed({**fields, "kdf": {**fields["kdf"], "n": n}}))

    @pytest.mark.parametrize("power", range(14, 21))
    def test_parameters_within_bounds(self, power: int, content: bytes) -> None:
        fields = json.loads(content)
        read = vault.read(signed({**fields, "kdf": {**fields["kdf"], "n": 2**power}}), PATH)
        assert read.kdf.n == 2**power

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("r", 16),
            ("r", 8.0),
            ("p", 2),
            ("p", True),
            ("name", "argon2id"),
            ("salt", ""),
            ("salt", "AAAA"),
            ("salt", base64.b64encode(bytes(17)).decode()),
            ("salt", "AAAAAAAAAAAAAAAAAAAAAB=="),
            ("salt", "AAAAAAAAAAAAAAAAAAAAAA==\n"),
            ("salt", None),
            ("more", 1),
        ],
    )
    def test_a_key_that_is_derived_in_another_way(self, name: str, value: object, content: bytes) -> None:
        fields = json.loads(content)
        assert is_damage(signed({**fields, "kdf": {**fields["kdf"], name: value}}))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("format", "another"),
            ("version", 0),
            ("version", -1),
            ("version", True),
            ("version", "1"),
            ("version", 1.0),
            ("version", None),
            ("token", 1),
            ("token", None),
            ("token", "é"),
            ("token", "\ud800"),
            ("kdf", None),
            ("kdf", [16384]),
            ("more", 1),
        ],
    )
    def test_fields_that_no_version_wrote(self, name: str, value: object, content: bytes) -> None:
        assert is_damage(signed({**json.loads(content), name: value}))

    @pytest.mark.parametrize("name", ["format", "version", "kdf", "token"])
    def test_a_field_that_is_missing(self, name: str, content: bytes) -> None:
        assert is_damage(signed({field: value for field, value in json.loads(content).items() if field != name}))

    @pytest.mark.parametrize("fields", [{"version": 2}, {"version": 3, "kdf": "argon2id", "tokens": ["…"]}])
    def test_a_newer_version_is_said_to_be_one(self, fields: dict[str, Any], content: bytes) -> None:
        newer = signed({**json.loads(content), **fields})
        with pytest.raises(StoreError) as raised:
            vault.read(newer, PATH)
        assert type(raised.value) is StoreError
        assert "newer version" in str(raised.value)
        assert str(PATH) in str(raised.value)
        assert is_damage(newer[:-1])
        assert is_damage(content.replace(b'"version": 1', b'"version": 2'))


class TestPassphrases:
    @pytest.mark.parametrize("passphrase", ["", "correct horse battery stapl", "Correct horse battery staple", " "])
    def test_a_wrong_one_opens_nothing(self, passphrase: str, content: bytes) -> None:
        with pytest.raises(PasswordError, match="does not open the vault") as raised:
            opened(content, Secret(passphrase))
        assert PASSPHRASE.reveal() not in str(raised.value)

    def test_a_file_that_was_forged_with_its_digest_looks_like_a_wrong_one(self, content: bytes, key: Key) -> None:
        fields = json.loads(content)
        token = base64.urlsafe_b64decode(fields["token"])
        for position in range(len(token)):
            forged = token[:position] + bytes([token[position] ^ 1]) + token[position + 1 :]
            sealed = vault.read(signed({**fields, "token": base64.urlsafe_b64encode(forged).decode()}), PATH)
            with pytest.raises(PasswordError):
                vault.opened(sealed, key, PATH)

    @pytest.mark.parametrize("token", ["", "a", "AAAA", "=", "\x00", "gAAAAA", "{}", " " * 100])
    def test_a_token_that_is_none_opens_nothing(self, token: str, content: bytes, key: Key) -> None:
        sealed = vault.read(signed({**json.loads(content), "token": token}), PATH)
        with pytest.raises(PasswordError):
            vault.opened(sealed, key, PATH)

    @pytest.mark.parametrize("change", [{"n": 2**15}, {"salt": base64.b64encode(bytes(16)).decode()}])
    def test_another_way_to_derive_the_key_opens_nothing(self, change: dict[str, Any], content: bytes) -> None:
        fields = json.loads(content)
        with pytest.raises(PasswordError):
            opened(signed({**fields, "kdf": {**fields["kdf"], **change}}), PASSPHRASE)

    @pytest.mark.parametrize("plain", [b"", b"\xff", b"[]", b"null", b'{"a": 1}', b'{"a": null}', b"[" * 100_000])
    def test_what_was_never_kept_is_damage_even_under_its_key(self, plain: bytes, key: Key) -> None:
        token = Fernet(key.secret.reveal()).encrypt(plain).decode()
        with pytest.raises(DamagedError):
            vault.opened(Sealed(key.kdf, token), key, PATH)

    def test_hangul_is_the_same_from_every_keyboard(self) -> None:
        kdf = vault.new_kdf(N)
        composed, decomposed = (Secret(unicodedata.normalize(form, "비밀번호 열쇠")) for form in ("NFC", "NFD"))
        assert composed != decomposed
        assert vault.derived(composed, kdf) == vault.derived(decomposed, kdf)
        assert vault.derived(composed, kdf) != vault.derived(Secret("비밀번호 열새"), kdf)

    def test_half_a_character_is_a_passphrase_like_any_other(self) -> None:
        assert vault.derived(Secret("\udcff" * 8), vault.new_kdf(N))

    @pytest.mark.parametrize(
        ("text", "is_refused"),
        [
            ("", True),
            ("1234567", True),
            ("12345678", False),
            ("여덟글자입니다", True),
            (unicodedata.normalize("NFD", "여덟글자입니다"), True),
            ("여덟 글자입니다", False),
        ],
    )
    def test_one_that_is_chosen_has_at_least_eight_characters(self, text: str, is_refused: bool) -> None:
        problem = vault.passphrase_problem(text)
        assert (problem is not None) is is_refused
        assert problem is None or "at least 8 characters" in str(problem)

    @pytest.mark.parametrize(
        ("error", "says"),
        [(MemoryError(), "128 MiB of memory"), (UnsupportedAlgorithm("no"), "no scrypt")],
    )
    def test_a_host_that_cannot_derive_a_key_is_said_so(
        self, error: Exception, says: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def scrypt(*arguments: object) -> None:
            raise error

        monkeypatch.setattr(vault, "Scrypt", scrypt)
        with pytest.raises(StoreError, match=says):
            vault.derived(PASSPHRASE, Kdf(vault.N, bytes(16)))


class TestWhatIsKept:
    @given(
        st.dictionaries(
            st.text(st.characters(exclude_categories=())),
            st.builds(Secret, st.text(st.characters(exclude_categories=()))),
        )
    )
    def test_it_comes_back_as_it_was(self, entries: Entries) -> None:
        content = vault.written(entries, ANY_KEY)
        assert content.isascii()
        assert vault.opened(vault.read(content, PATH), ANY_KEY, PATH) == entries

    def test_nothing_secret_is_in_the_file_or_in_what_python_shows(self, content: bytes, key: Key) -> None:
        assert opened(content, PASSPHRASE) == ENTRIES
        shown = repr([key, vault.read(content, PATH), ENTRIES]).encode()
        for text in (
            PASSPHRASE,
            key.secret,
            *KEYS,
            *OTHER_KEYS,
            Secret("운영 계정"),
        ):
            for form in forms(text.reveal()):
                assert form not in content
                assert form not in shown or text == Secret("운영 계정")


ANY_KEY = Key(Kdf(N, bytes(16)), Secret(Fernet.generate_key().decode()))


def forms(text: str) -> Iterator[bytes]:
    """Return *text* as it could stand in a file: plain, escaped, in Base64 at each of three offsets, hexadecimal."""
    yield text.encode()
    yield json.dumps(text).strip('"').encode()
    yield text.encode().hex().encode()
    encoders: list[Callable[[bytes], bytes]] = [base64.b64encode, base64.urlsafe_b64encode]
    for encode in encoders:
        for offset in range(3):
            whole = encode(bytes(offset) + text.encode())
            yield whole[4:-4]
