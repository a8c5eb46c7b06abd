"""The installed command in Korean: chosen by the locale or by a flag, from --help to the last words."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

import pytest
from rich.cells import cell_len

from tests.terminal.pseudo_terminal import COMMAND, ENTER, F8, QUIT, terminal

ENGLISH, KOREAN = "Which keys should sign the request?", "어떤 키로 요청에 서명할까요?"


@pytest.mark.parametrize(
    ("flags", "variables", "heading"),
    [
        ((), {"LANG": "ko_KR.UTF-8"}, KOREAN),
        (("--lang", "ko"), {"LANG": "en_US.UTF-8"}, KOREAN),
        (("--lang", "en"), {"LANG": "ko_KR.UTF-8"}, ENGLISH),
        ((), {"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ((), {"LANG": "ko_KR.EUC-KR"}, ENGLISH),
    ],
)
def test_the_first_screen_is_in_the_language_that_is_chosen(
    flags: tuple[str, ...], variables: Mapping[str, str], heading: str
) -> None:
    with terminal("--practice", *flags, env=variables) as wizard:
        wizard.until(heading)
        wizard.send(QUIT)
        assert wizard.ended() == 1


def test_a_terminal_that_cannot_show_it_is_told_so_where_it_was_asked_for() -> None:
    with terminal("--practice", "--lang", "ko", env={"LANG": "C"}) as wizard:
        wizard.until("--lang ko needs a terminal in UTF-8")
        wizard.send(F8)
        wizard.until("What should the integration be called?")
        assert "--lang" not in wizard.screen()


def test_the_whole_way_and_the_last_words_are_korean() -> None:
    with terminal("--practice", env={"LANG": "ko_KR.UTF-8"}) as wizard:
        wizard.until(KOREAN)
        wizard.send(F8 * 5)
        wizard.until("이 Integration을 생성할까요?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
        assert wizard.parting_words() == "연습 게이트웨이에 Integration 1001 (practice-integration) 생성됨.\n"


def said(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "COLUMNS": "80", "LANG": "C.UTF-8", **variables}
    return subprocess.run([COMMAND, *arguments], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [("--lang", "ko", "--help"), ("--help", "--lang=ko")])
def test_help_is_korean_and_fits_into_80_cells(arguments: tuple[str, ...]) -> None:
    done = said(*arguments)
    assert done.returncode == 0
    assert done.stdout.startswith("사용법: ncloud-integration")
    assert not {"show", "options:", "usage:"} & set(done.stdout.split())
    head, _, tail = done.stdout.partition("\n\n키는")
    assert max(map(cell_len, head.splitlines())) <= 80
    assert tail


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--timeout", "0"), "--timeout은 1~600초여야 합니다."),
        (("--timeout", "x"), "인수 --timeout: 잘못된 float 값: 'x'"),
        (("--site", "moon"), "인수 --site: 잘못된 선택: 'moon'"),
        (("--site",), "인수 --site: 값이 하나 필요합니다"),
        (("--moon",), "알 수 없는 인수: --moon"),
    ],
)
def test_a_wrong_call_is_told_in_korean(arguments: tuple[str, ...], words: str) -> None:
    done = said(*arguments, "--practice", LANG="ko_KR.UTF-8")
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.endswith("ncloud-integration --help 를 참조하십시오.\n")
