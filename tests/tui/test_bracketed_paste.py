"""Pastes are told from keys however the terminal's bytes are cut up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.tui.bracketed_paste import END, KEY_SECONDS, PASTE_SECONDS, START, Pasted, PasteReader

PIECES = st.text(alphabet="a\x1b[20~1", max_size=8)
KEYS = PIECES.filter(lambda text: START not in text)
PASTES = PIECES.filter(lambda text: END not in f"{text}{END}"[:-1]).map(Pasted)


def read(text: str, cuts: list[int]) -> tuple[str, list[str]]:
    reader = PasteReader()
    parts: list[str | Pasted] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        parts += reader.feed(text[start:end])
    parts += reader.flush()
    keys = "".join(part for part in parts if isinstance(part, str))
    return keys, [part.text for part in parts if isinstance(part, Pasted)]


@given(st.lists(PASTES, max_size=3), st.data())
def test_any_cut_gives_the_same_keys_and_pastes(pastes: list[Pasted], data: st.DataObject) -> None:
    keys = ["k" + data.draw(PIECES) + "\x1b[19~" for _ in range(len(pastes) + 1)]
    keys = [text for text in keys if START not in text] or ["k"]
    keys += ["k"] * (len(pastes) + 1 - len(keys))
    text = keys[0] + "".join(f"{START}{paste.text}{END}{key}" for paste, key in zip(pastes, keys[1:], strict=True))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    assert read(text, cuts) == ("".join(keys), [paste.text for paste in pastes])


def test_a_lone_escape_is_a_key_once_nothing_follows_it() -> None:
    reader = PasteReader()
    assert list(reader.feed("\x1b")) == []
    assert not reader.is_waiting(KEY_SECONDS / 2)
    assert reader.is_waiting(KEY_SECONDS)
    assert list(reader.flush()) == ["\x1b"]
    assert not reader.is_waiting(60)


def test_a_paste_that_breaks_off_is_given_out_after_a_while() -> None:
    reader = PasteReader()
    assert list(reader.feed(f"{START}half")) == []
    assert not reader.is_waiting(PASTE_SECONDS / 2)
    assert reader.is_waiting(PASTE_SECONDS)
    assert list(reader.flush()) == [Pasted("half")]
    assert list(reader.feed("x")) == ["x"]
