"""Which language is spoken, whether the terminal can show it, and that all of it is there."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ncloud_integration import language
from ncloud_integration.integration.sentence import Passage, Sentence
from tests import catalogue


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.utf8"}, "ko"),
        ({"LANG": "ko.UTF-8@x"}, "ko"),
        ({"LANG": "KO_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "kok_IN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ko_KR.UTF-8", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LC_CTYPE": "ko_KR.UTF-8"}, "en"),
        ({"LANG": "ko_KR.EUC-KR"}, "en"),
        ({"LANG": "ko_KR"}, "en"),
        ({"LANG": "ko_KR.EUC-KR", "LC_CTYPE": "C.UTF-8"}, "ko"),
    ],
)
def test_the_locale_chooses_the_language(variables: dict[str, str], spoken: str) -> None:
    assert language.chosen(None, variables) == spoken


@pytest.mark.parametrize(
    ("asked", "variables", "spoken"),
    [
        ("en", {"LANG": "ko_KR.UTF-8"}, "en"),
        ("ko", {"LANG": "en_US.UTF-8"}, "ko"),
        ("ko", {"LANG": "C.UTF-8"}, "ko"),
        ("ko", {"LANG": "C"}, "en"),
        ("ko", {}, "en"),
    ],
)
def test_what_is_asked_for_outranks_the_locale_where_the_terminal_can_show_it(
    asked: str, variables: dict[str, str], spoken: str
) -> None:
    assert language.chosen(asked, variables) == spoken


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], None),
        (["--lang", "ko"], "ko"),
        (["--lang=ko", "--help"], "ko"),
        (["--name", "x", "--lang", "en"], "en"),
        (["--lang"], None),
        (["--lang", "de"], None),
        (["--language", "ko"], None),
        (["--lang="], None),
    ],
)
def test_the_flag_is_read_ahead(arguments: list[str], asked: str | None) -> None:
    assert language.asked_for(arguments) == asked


@pytest.mark.parametrize(
    ("variables", "is_utf8"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "en_US.utf8@euro"}, True),
        ({"LANG": "en_US.ISO-8859-1"}, False),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_ALL": "C", "LC_CTYPE": "C.UTF-8", "LANG": "C.UTF-8"}, False),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, True),
        ({"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, True),
        ({"LC_CTYPE": "C", "LANG": "en_US.UTF-8"}, False),
    ],
)
def test_the_name_of_the_locale_tells_whether_the_terminal_shows_utf8(variables: dict[str, str], is_utf8: bool) -> None:
    assert language.is_utf8(variables) is is_utf8


@pytest.mark.parametrize(
    ("variables", "is_utf8"),
    [
        pytest.param({"LANG": "C"}, "False", id="C"),
        pytest.param({}, "False", id="none"),
        pytest.param({"LC_ALL": "C"}, "False", id="LC_ALL"),
        pytest.param({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "True", id="LC_CTYPE as the operator set it"),
        pytest.param({"LANG": "xx_YY.UTF-8"}, "True", id="not installed here"),
    ],
)
def test_what_python_itself_does_about_the_c_locale_is_not_taken_for_the_operators_word(
    variables: dict[str, str], is_utf8: str
) -> None:
    code = "import os; from ncloud_integration.language import is_utf8; print(is_utf8(os.environ))"
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == is_utf8


def test_english_needs_no_gettext() -> None:
    code = (
        "import sys; from ncloud_integration import language; from ncloud_integration.integration.sentence import *;"
        "language.speak('en'); str(Sentence('Close')); print('gettext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_sentences_are_looked_up_when_they_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"{count} left in {file}.": "{file}: {count}", "a vault": "VAULT"}
    monkeypatch.setattr(language._Speech, "look_up", lambda template: words.get(template, template))
    sentence = Sentence("{count} left in {file}.", {"count": 3, "file": Sentence("a vault")})
    assert str(Passage.of(sentence, None, sentence)) == "VAULT: 3 VAULT: 3"


def test_what_asks_gettext_itself_gets_the_language_that_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language._Speech, "language", "ko")
    domain = gettext.textdomain()
    with language.gettext_domain():
        assert gettext.textdomain() == language.DOMAIN
        assert os.environ["LANGUAGE"] == "ko"
    assert gettext.textdomain() == domain
    assert "LANGUAGE" not in os.environ


@pytest.mark.parametrize("of", language.LANGUAGES[1:])
def test_the_catalogues_are_what_the_source_needs(of: str) -> None:
    assert list(catalogue.problems(of)) == []


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("{name} is {count:,}", "{name}"),
        ("{name} is {count:,}", "{count} {name}"),
        ("{name}", "{name} {more}"),
        ("{name}", "{name"),
        ("#{{{name}}}", "#{name}"),
        ("invalid %(type)s value: %(value)r", "%(value)r"),
    ],
)
def test_a_translation_that_would_lose_a_value_is_told(english: str, other: str) -> None:
    assert catalogue.places(english) != catalogue.places(other)


def test_a_template_that_cannot_be_found_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    path = tmp_path / "made_up.py"
    path.write_text("Sentence('here')\nSentence(f'{x}')\nSentence(template)\nUsageError.of('a' if b else 'c')\n")
    assert [each.template for each in catalogue.in_code(path)] == ["here", None, None, None]
