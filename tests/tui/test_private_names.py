"""What the two modules that look under Textual's covers find there: a new Textual that moves it fails here first."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import textual._compositor
import textual._xterm_parser
import textual.document._wrapped_document
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import TextArea

import ncloud_integration.tui

SOURCE = Path(ncloud_integration.tui.__file__).parent
ALLOWED = {"terminal.py", "payload_editor.py"}


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (App, "_check_bindings", ["self", "key", "priority"]),
        (App, "_fatal_error", ["self"]),
        (App, "_handle_exception", ["self", "error"]),
        (App, "_shutdown", ["self"]),
        (MessagePump, "_close_messages_no_wait", ["self"]),
        (App, "_display", ["self", "screen", "renderable"]),
        (MessagePump, "_context", ["self"]),
        (Screen, "_on_timer_update", ["self"]),
        (Widget, "_check_refresh", ["self"]),
        (Widget, "_forward_event", ["self", "event"]),
        (LinuxDriver, "_get_terminal_size", ["self"]),
        (LinuxDriver, "_sigcont_application", ["self", "_"]),
        (TextArea, "_build_highlight_map", ["self"]),
        (TextArea, "_rewrap_and_refresh_virtual_size", ["self"]),
        (TextArea, "_set_document", ["self", "text", "language"]),
        (textual.document._wrapped_document.WrappedDocument, "get_sections", ["self", "line_index"]),
        (textual._compositor.LayoutUpdate, "__init__", ["self", "strips", "region"]),
        (textual._compositor.ChopsUpdate, "__init__", ["self", "chops", "spans", "chop_ends"]),
        (textual._xterm_parser.XTermParser, "feed", ["self", "data"]),
        (textual._xterm_parser.XTermParser, "tick", ["self"]),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", ""),
)
def test_a_private_method_is_where_it_was(owner: type, name: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_private_attributes_are_where_they_were() -> None:
    assert "self._exception" in inspect.getsource(App._handle_exception)
    assert "self._fatal_error()" in inspect.getsource(App._handle_exception)
    assert "self._highlight_query" in inspect.getsource(TextArea._build_highlight_map)
    assert "wrapped_document._offset_to_line_info[y_offset]" in inspect.getsource(TextArea._render_line)
    assert "= self._draw_cursor" in inspect.getsource(TextArea._render_line)
    assert "theme.apply_css(self)" in inspect.getsource(TextArea.render_lines)
    assert "theme = self._theme" in inspect.getsource(TextArea.render_lines)
    assert isinstance(inspect.getattr_static(TextArea, "_draw_cursor"), property)
    display = inspect.getsource(App._display)
    for name in ("self._batch_count", "self._running", "self._closed", "self._driver", "self.post_display_hook()"):
        assert name in display
    for name in ("_disable_tooltips", "_disable_notifications"):
        assert f"self.app.{name}" in inspect.getsource(Screen)
    assert "self._sync_available" in inspect.getsource(App._begin_update)
    assert "self._writer_thread" in inspect.getsource(LinuxDriver.write)
    assert "self._queue: Queue" in inspect.getsource(WriterThread)
    assert "self._compositor" in inspect.getsource(Screen._compositor_refresh)
    assert "if self._layout_required:" in inspect.getsource(Screen._on_timer_update)
    assert "if self._layout_required:" in inspect.getsource(Widget._check_refresh)
    assert "self._debug" in inspect.getsource(LinuxDriver.run_input_thread)
    assert "self.run_input_thread()" in inspect.getsource(LinuxDriver._run_input_thread)


@pytest.mark.parametrize("change", ["edit", "_undo_batch", "_redo_batch", "_set_document"])
def test_the_editor_hears_of_every_change_of_its_text(change: str) -> None:
    source = inspect.getsource(getattr(TextArea, change))
    assert "_build_highlight_map" in source


def test_no_other_module_touches_a_private_name() -> None:
    own = re.compile(r"def (_\w+)|self\.(_\w+)\b.* = |^\s*(_\w+)\b.*=|class (_\w+)", re.MULTILINE)
    for path in sorted(SOURCE.rglob("*.py")):
        source = path.read_text()
        names = {name for found in own.findall(source) for name in found if name}
        used = {name for name in re.findall(r"\.(_[a-z]\w*)", source) if not name.startswith("__")}
        assert path.name in ALLOWED or used <= names, f"{path.name} uses {used - names}"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_attribute_of_ours_hides_one_of_textual(path: Path) -> None:
    """`App._closing` was once ours: no key was handled any more, and nothing said why."""
    textual_sources = "".join(inspect.getsource(owner) for owner in (App, MessagePump, Widget, TextArea))
    ours = set(re.findall(r"self\.(_\w+)\b[^=\n(]* = ", path.read_text()))
    theirs = set(re.findall(r"self\.(_\w+)\b[^=\n(]* = ", textual_sources))
    assert path.name in ALLOWED or not ours & theirs
