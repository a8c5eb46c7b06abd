"""NAVER's own file gives its complete sections, and tells what is wrong with it without a word of any key."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.credentials import configure
from ncloud_integration.credentials.configure import LIMIT, Configure, Profile
from ncloud_integration.integration.sentence import Sentence, unprintable

ACCESS, SECRET = "ACCESSKEYACCESSKEYAC", "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR"
ACCESS_LINE, SECRET_LINE = f"ncloud_access_key_id = {ACCESS}\n", f"ncloud_secret_access_key = {SECRET}\n"
PAIR = ACCESS_LINE + SECRET_LINE
ANY_KEY = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "configure"


def held(file: Path, content: str | bytes) -> Configure:
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    file.chmod(0o600)
    return configure.read(file)


def pairs(found: Configure) -> dict[str, tuple[str, str]]:
    return {each.name: (each.keys.access_key.reveal(), each.keys.secret_key.reveal()) for each in found.profiles}


def sentences(found: Configure) -> list[Sentence]:
    return [*found.complaints.values(), *([found.complaint] if found.complaint else [])]


def profile(name: str = "DEFAULT", keys: tuple[str, str] = (ACCESS, SECRET), site: Site | None = None) -> Profile:
    return Profile(name, Keys.of(*keys), site)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PAIR, id="no section at all"),
        pytest.param(f"[DEFAULT]\n{PAIR}", id="a section"),
        pytest.param(f"\n# mine\n; too\n\n[DEFAULT]\n{PAIR}", id="comments and blank lines above the section"),
        pytest.param(f"[DEFAULT]\n{ACCESS_LINE}# [other]\n  ; ncloud_access_key_id = x\n{SECRET_LINE}", id="comments"),
        pytest.param(f"[DEFAULT] # mine [1]\n{PAIR}", id="a comment beside the section"),
        pytest.param(PAIR.upper(), id="names in capitals"),
        pytest.param(PAIR.replace(" = ", ":"), id="colons"),
        pytest.param(PAIR.replace(" = ", "="), id="no spaces"),
        pytest.param(PAIR.replace(" = ", "\t=  ").replace("\n", " \t\n"), id="many spaces"),
        pytest.param(PAIR.replace("\n", "\r\n"), id="lines end as on Windows"),
        pytest.param(PAIR.replace("\n", "\r"), id="lines end as on an old Mac"),
        pytest.param(PAIR.rstrip("\n"), id="no end of the last line"),
        pytest.param("\ufeff" + PAIR, id="a byte order mark"),
        pytest.param(f"\ufeff[DEFAULT]\r\n{PAIR}", id="a byte order mark before the section"),
        pytest.param(f"[DEFAULT]\n    {ACCESS_LINE}    {SECRET_LINE}", id="indented"),
        pytest.param(f"  [DEFAULT]\n  {ACCESS_LINE}\n      {SECRET_LINE}", id="indented below a blank line"),
        pytest.param(f"{PAIR}other = a b\n한글 = 값\n", id="other names"),
    ],
)
def test_a_pair_is_read_however_it_is_written(content: str, file: Path) -> None:
    assert held(file, content) == Configure((profile(),))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("\n \n# a comment\n", id="nothing but comments"),
        pytest.param("[DEFAULT]\n[prod]\n", id="empty sections"),
        pytest.param("[DEFAULT]\nncloud_api_url = https://ncloud.apigw.ntruss.com\n", id="a URL alone"),
        pytest.param("ncloud_access_key_id =\nncloud_secret_access_key = \t\n", id="both blank"),
        pytest.param(f"ncloud_access_key = {ACCESS}\nncloud_secret_key = {SECRET}\n", id="names of the environment"),
    ],
)
def test_a_section_with_neither_key_is_no_profile(content: str, file: Path) -> None:
    assert held(file, content) == Configure()


@pytest.mark.parametrize("missing", ["configure", ".ncloud/configure", "file/configure", "nowhere"])
def test_a_missing_file_holds_nothing(missing: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert configure.read(tmp_path / missing) == Configure()


def test_profiles_stand_in_the_order_of_the_file(file: Path) -> None:
    content = "".join(
        f"[{name}]\nncloud_access_key_id={name}A\nncloud_secret_access_key={name}S\n"
        for name in ("z", "DEFAULT", "a b")
    )
    found = held(file, content)
    assert found.profiles == tuple(profile(name, (f"{name}A", f"{name}S")) for name in ("z", "DEFAULT")), content
    assert list(found.complaints) == ["a b"]


def test_above_the_first_section_is_a_profile_of_its_own(file: Path) -> None:
    content = f"{PAIR}[prod]\nncloud_access_key_id = A\nncloud_secret_access_key = S\n"
    assert held(file, content).profiles == (profile(), profile("prod", ("A", "S")))


@pytest.mark.parametrize("default", ["[DEFAULT]\n", "", "[default]\n"])
def test_nothing_is_borrowed_from_another_section(default: str, file: Path) -> None:
    url = "ncloud_api_url = https://ncloud.apigw.gov-ntruss.com\n"
    found = held(file, f"{default}{PAIR}{url}[empty]\n[half]\n{ACCESS_LINE}[whole]\n{PAIR}")
    assert [(each.name, each.site) for each in found.profiles] == [(default[1:-2] or "DEFAULT", GOV), ("whole", None)]
    assert list(found.complaints) == ["half"]


@pytest.mark.parametrize("other", ["", "ncloud_secret_access_key =\n", "ncloud_secret_access_key = \n# x\n"])
def test_half_a_pair_is_told_with_what_is_there_and_what_is_missing(other: str, file: Path) -> None:
    found = held(file, f"[prod]\n{ACCESS_LINE}{other}[test]\n{SECRET_LINE}")
    assert not found.profiles
    assert "Section prod" in str(found.complaints["prod"])
    assert "has ncloud_access_key_id and no ncloud_secret_access_key" in str(found.complaints["prod"])
    assert "Section test" in str(found.complaints["test"])
    assert "has ncloud_secret_access_key and no ncloud_access_key_id" in str(found.complaints["test"])
    assert all(str(file) in str(sentence) for sentence in found.complaints.values())


@pytest.mark.parametrize(
    ("access", "secret", "name"),
    [
        pytest.param("ACC ESS", SECRET, "ncloud_access_key_id", id="a space in the access key"),
        pytest.param("ACCESS\x1b", SECRET, "ncloud_access_key_id", id="a control character in the access key"),
        pytest.param("접근키", SECRET, "ncloud_access_key_id", id="an access key no header can carry"),
        pytest.param(ACCESS, "SEC\tRET", "ncloud_secret_access_key", id="a tab in the secret key"),
        pytest.param(ACCESS, "SEC\x00RET", "ncloud_secret_access_key", id="a NUL in the secret key"),
        pytest.param(ACCESS, "SEC\u2028RET", "ncloud_secret_access_key", id="a line separator in the secret key"),
        pytest.param(ACCESS, "SEC\u200bRET", "ncloud_secret_access_key", id="a space without width"),
        pytest.param(ACCESS, f"{SECRET} # mine", "ncloud_secret_access_key", id="a comment behind the secret key"),
        pytest.param(ACCESS, f"{SECRET} ;mine", "ncloud_secret_access_key", id="the other comment behind it"),
        pytest.param(f"{ACCESS} #", SECRET, "ncloud_access_key_id", id="a comment behind the access key"),
    ],
)
def test_a_key_that_cannot_be_one_is_told_by_its_name(access: str, secret: str, name: str, file: Path) -> None:
    content = f"[prod]\nncloud_access_key_id = {access}\nncloud_secret_access_key = {secret}\n[whole]\n{PAIR}"
    found = held(file, content)
    assert found.profiles == (profile("whole"),)
    told = str(found.complaints["prod"])
    assert told.startswith(f"{name} in section prod of {file} holds a space")
    assert access not in told
    assert secret not in told


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"ncloud_access_key_id = {ACCESS}\n    {ACCESS}\n{SECRET_LINE}", id="an access key in two lines"),
        pytest.param(f"{PAIR}\t{SECRET}==\n", id="a secret key in two lines"),
        pytest.param(f"{ACCESS_LINE}ncloud_secret_access_key =\r\n\t{SECRET}\r\n", id="a key on the next line"),
        pytest.param(f"{ACCESS_LINE}    {SECRET_LINE}", id="a key below a key"),
        pytest.param(f"ncloud_api_url =\n {ACCESS_LINE} {SECRET_LINE}", id="both keys below another name"),
        pytest.param(f"ncloud_access_key_id =\n  {SECRET_LINE.replace(' ', '')}{SECRET_LINE}", id="a key for another"),
        pytest.param(f"{PAIR}  [test]\n{PAIR.replace('ncloud', 'x')}", id="a section"),
    ],
)
def test_an_indented_line_that_the_value_above_swallows_is_told(content: str, file: Path) -> None:
    found = held(file, f"[prod]\n{content}\n[whole]\n{PAIR}")
    assert found.profiles == (profile("whole"),)
    assert list(found.complaints) == ["prod"]
    told = str(found.complaints["prod"])
    assert told.startswith(f"Section prod of {file} has an indented line")
    assert ACCESS not in told
    assert SECRET not in told


@pytest.mark.parametrize("rest", ["#rest", ";rest", "%rest", "%(rest)s", "=rest", ":rest", "]", "\\", '"', "'"])
def test_no_character_of_a_key_is_left_out(rest: str, file: Path) -> None:
    for key in (ACCESS + rest, rest + ACCESS, rest):
        content = f"[prod]\nncloud_access_key_id = {key}\nncloud_secret_access_key={key}\n"
        assert pairs(held(file, content)) == {"prod": (key, key)}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(f"{ACCESS}\n", 1, id="a key alone"),
        pytest.param(f"{PAIR}{SECRET}\n", 3, id="a key alone, below a pair"),
        pytest.param(f"[prod]\n{PAIR}\n# x\n{SECRET}\n{SECRET}\n", 6, id="in a section; the first of two"),
        pytest.param(f"[prod]\nncloud_access_key_id {ACCESS}\n{SECRET_LINE}", 2, id="no delimiter"),
        pytest.param(f"[prod]\r\n{ACCESS_LINE}ncloud_secret_access_key =\r\n{SECRET}", 4, id="a key on the next line"),
        pytest.param(f"\ufeff# x\n[{SECRET}\n", 2, id="a section without its end"),
        pytest.param(f"[]\n{PAIR}", 1, id="a section without a name"),
        pytest.param(f"[prod]\n= {SECRET}\n", 2, id="an option without a name"),
        pytest.param(f'{{"ncloud_access_key_id"\n"{ACCESS}"}}', 1, id="another format"),
        pytest.param(f"[a]\nx = \x0b\x0c\x1c\x85\u2028y\n{SECRET}", 3, id="lines counted as an editor does"),
        pytest.param(f"[prod]\n{SECRET}\x1b[2J\n", 2, id="what a terminal would obey"),
    ],
)
def test_what_is_no_ini_is_told_by_its_line_and_not_shown(content: str, line: int, file: Path) -> None:
    found = held(file, content)
    told = str(found.complaint)
    assert found == Configure(complaint=found.complaint)
    assert told.startswith(f"{file}, line {line}, is neither a [section] nor")
    assert ACCESS not in told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        pytest.param(f"[a]\n{PAIR}[b]\n[a]\n", 5, "begins section a again", id="a section"),
        pytest.param(f"{PAIR}\n[DEFAULT]\n", 4, "begins section DEFAULT, to which all above", id="above the first"),
        pytest.param(f"[DEFAULT]\n{PAIR}[DEFAULT]\n", 4, "begins section DEFAULT again", id="DEFAULT itself"),
        pytest.param(f"{PAIR}[a]\n[b]\n[a]\n", 5, "begins section a again", id="another one below a pair"),
        pytest.param(f"[a]\n{PAIR}{SECRET_LINE}", 4, "sets again what section a has", id="a key"),
        pytest.param(f"{PAIR}{ACCESS_LINE.upper()}", 3, "sets again what section DEFAULT has", id="in capitals"),
        pytest.param(f"[a]\n{SECRET} = 1\n{SECRET} = 2\n", 3, "sets again what section a has", id="a key as a name"),
        pytest.param("[\x1b[2J]\n[\x1b[2J]\n", 2, r"begins section \x1b[2J again", id="a hostile name"),
        pytest.param("[{x}]\n[{x}]\n", 2, "begins section {x} again", id="a name like a template"),
    ],
)
def test_what_stands_there_twice_is_told_by_its_line(content: str, line: int, says: str, file: Path) -> None:
    found = held(file, content)
    assert found == Configure(complaint=found.complaint)
    assert str(found.complaint).startswith(f"{file}, line {line}, {says}")
    assert SECRET.lower() not in str(found.complaint).lower()
    assert not unprintable.search(str(found.complaint))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(PAIR.encode() + b"\xff", "it is not UTF-8 text", id="a byte that is not UTF-8"),
        pytest.param(PAIR.encode("utf-16"), "it is not UTF-8 text", id="UTF-16"),
        pytest.param(PAIR.encode() + b"\xed\xb0\x80", "it is not UTF-8 text", id="half of a surrogate pair"),
        pytest.param(PAIR.encode().ljust(LIMIT + 1), "it is larger than 65,536 bytes", id="too large"),
    ],
)
def test_a_file_of_something_else_is_told_with_the_reason(content: bytes, reason: str, file: Path) -> None:
    found = held(file, content)
    assert found == Configure(complaint=found.complaint)
    assert str(found.complaint).startswith(f"{file} cannot be read ({reason}): ")


def test_a_file_as_large_as_can_be_is_read(file: Path) -> None:
    assert pairs(held(file, PAIR.ljust(LIMIT))) == {"DEFAULT": (ACCESS, SECRET)}


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(os.mkdir, "it is not a file", id="a folder"),
        pytest.param(os.mkfifo, "it is not a file", id="a pipe"),
        pytest.param(lambda path: path.symlink_to(path), os.strerror(errno.ELOOP), id="a link to itself"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "it is not a file", id="a device"),
        pytest.param(listen, os.strerror(errno.ENXIO), id="a socket"),
    ],
)
def test_what_is_no_file_is_told_and_holds_nothing_up(
    make: Callable[[Path], None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "configure")
    found = configure.read(tmp_path / "configure")
    assert found == Configure(complaint=found.complaint)
    assert str(found.complaint).startswith(f"{tmp_path / 'configure'} cannot be read ({reason}): ")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PermissionError(errno.EACCES, "Permission denied"), "Permission denied"), (TimeoutError(), "TimeoutError")],
)
def test_every_failure_of_the_file_system_is_told(
    error: OSError, reason: str, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    def fail(path: Path, limit: int) -> bytes:
        raise error

    monkeypatch.setattr(private_files, "read", fail)
    found = configure.read(file)
    assert found == Configure(complaint=found.complaint)
    assert str(found.complaint).startswith(f"{file} cannot be read ({reason}): ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "configure").touch(0o200)
    assert os.strerror(errno.EACCES) in str(configure.read(tmp_path / "configure").complaint)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://ncloud.apigw.ntruss.com", PUBLIC),
        ("https://ncloud.apigw.gov-ntruss.com", GOV),
        ("https://fin-ncloud.apigw.fin-ntruss.com", FIN),
        ("https://NCLOUD.APIGW.GOV-NTRUSS.COM:443/vserver/v2?x=1#y", GOV),
        ("http://ntruss.com", PUBLIC),
        ("https://ncloud.apigw.ntruss.com.", PUBLIC),
        ("ncloud.apigw.fin-ntruss.com/server", FIN),
        ("https://evilntruss.com", None),
        ("https://evil-ntruss.com", None),
        ("https://xgov-ntruss.com", None),
        ("https://ntruss.com.evil.example", None),
        ("https://gov-ntruss.com@evil.example", None),
        ("https://evil.example/gov-ntruss.com", None),
        ("https://evil.example?.gov-ntruss.com", None),
        ("https://com", None),
        ("https://[::1", None),
        ("https://ntruss.com\u2100", None),
        ("https://", None),
        ("no url", None),
        ("", None),
    ],
)
def test_a_site_is_told_by_whole_labels_of_its_host(url: str, site: Site | None, file: Path) -> None:
    assert held(file, f"{PAIR}ncloud_api_url = {url}\n") == Configure((profile(site=site),))


@pytest.mark.parametrize(
    ("mode", "is_open"),
    [(0o600, False), (0o400, False), (0o700, False), (0o640, True), (0o604, True), (0o620, True), (0o601, True)],
)
@pytest.mark.parametrize("content", [PAIR.encode(), SECRET.encode(), b"\xff", b""])
def test_a_file_that_is_open_to_others_is_doubted(mode: int, is_open: bool, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "configure"
    path.write_bytes(content)
    path.chmod(mode)
    assert configure.read(path).is_open_to_others == is_open


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
@pytest.mark.parametrize("content", [PAIR.encode(), b"[prod\r\n", b"\xff", b"", b"x" * (LIMIT + 1)])
def test_a_file_is_left_as_it_is(content: bytes, mode: int, tmp_path: Path) -> None:
    path = tmp_path / "configure"
    path.write_bytes(content)
    path.chmod(mode)
    os.utime(path, ns=(1_000_000_007, 1_000_000_009))
    before = path.stat()
    configure.read(path)
    after = path.stat()
    assert path.read_bytes() == content
    assert stat.S_IMODE(after.st_mode) == mode
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (1_000_000_009, before.st_ctime_ns, before.st_ino)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("filling", [" ", "\t", "[", "]", "=", "x = ", "[ "])
def test_no_line_takes_long_to_read(filling: str, file: Path) -> None:
    before = time.process_time()
    held(file, f"[a]\n[b{filling * ((LIMIT - 20) // len(filling))}c\n")
    assert time.process_time() - before < 2


@given(st.text() | st.lists(st.sampled_from([*"[]=:#; \n\r\t%\ufeff", "ncloud_access_key_id", "a"])).map("".join))
def test_every_text_is_read_or_told(file: Path, content: str) -> None:
    found = held(file, content)
    names = [*(each.name for each in found.profiles), *found.complaints]
    assert len(set(names)) == len(names)
    assert not (names and found.complaint)
    assert not any(unprintable.search(str(sentence)) for sentence in sentences(found))


@given(st.binary())
def test_every_content_is_read_or_told(file: Path, content: bytes) -> None:
    assert isinstance(held(file, content), Configure)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "",
                    " ",
                    "    ",
                    "  ncloud_access_key_id = ",
                    "[prod] ",
                    "[",
                    "ncloud_access_key_id = ",
                    "NCLOUD_SECRET_ACCESS_KEY:",
                    "= ",
                    "x =",
                    "a b ",
                    "]",
                ]
            ),
            st.sampled_from([ACCESS, SECRET, "", "\x1b", f"{ACCESS} {SECRET}"]),
            st.sampled_from(["", "]", " = x", ": y", " # x", "\\", "\n[prod]", "\n[DEFAULT]", "\n\n[c]"]),
        )
        .map("".join)
        .filter(lambda line: not re.match(r"\[[A-Z ]+\]", line)),  # a section's name is shown
        max_size=8,
    )
)
def test_no_key_is_ever_in_a_sentence_or_its_repr(file: Path, lines: list[str]) -> None:
    for end in range(len(lines) + 1):
        found = held(file, "\n".join(lines[:end]))
        written = " ".join([repr(found), *map(str, sentences(found))]).upper()
        assert ACCESS not in written
        assert SECRET not in written


@given(
    st.dictionaries(st.text("abc-_.", min_size=1), st.tuples(ANY_KEY, ANY_KEY), min_size=1),
    st.sampled_from(["=", ":", " = ", "\t: "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_pair_reads_back_as_it_was_written(
    file: Path, written: Mapping[str, tuple[str, str]], delimiter: str, end: str
) -> None:
    lines = [
        line
        for name, (access, secret) in written.items()
        for line in (
            f"[{name}]",
            f"ncloud_access_key_id{delimiter}{access}",
            f"ncloud_secret_access_key{delimiter}{secret}",
        )
    ]
    found = held(file, end.join(lines))
    assert list(pairs(found).items()) == list(written.items())
    assert not sentences(found)
    for headless in ("\n".join(lines[1:3]), "\n".join(lines[2:0:-1])):
        assert pairs(held(file, headless)) == {"DEFAULT": next(iter(written.values()))}


def test_it_is_looked_for_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configure.default() == tmp_path / ".ncloud" / "configure"


def test_a_user_without_a_home_is_looked_for_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)
    assert configure.default() == Path("/.ncloud/configure")
