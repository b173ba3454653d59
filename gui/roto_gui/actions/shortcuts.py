"""Which keys do what: presets for users of other applications, own keys on top, conflicts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from roto_gui.actions.table import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QKeyEvent

Keys = tuple[str, ...]
"""Shortcuts of one command as Qt's portable text, the one that is shown first."""

DEFAULT = "roto"

PRESETS: dict[str, dict[str, Keys]] = {
    DEFAULT: {},
    # F is fit there, Alt or Ctrl with the arrows goes to keyframes. A, M, R, G, B, W, L, I, O,
    # the arrows, Home and End are the same.
    "Nuke": {
        "fit": ("F", "H"),
        "propagate_forward": ("Shift+T",),
        "propagate_backward": ("Ctrl+Shift+T",),
        "previous_keyframe": ("Ctrl+Left", "Alt+Left", "PgUp"),
        "next_keyframe": ("Ctrl+Right", "Alt+Right", "PgDown"),
    },
    # J and K go to keyframes, B and N set in and out, Alt and a number shows a channel.
    "After Effects": {
        "previous_frame": ("PgUp", "Left", ","),
        "next_frame": ("PgDown", "Right", "."),
        "back_10": ("Shift+PgUp", "Shift+Left"),
        "forward_10": ("Shift+PgDown", "Shift+Right"),
        "previous_keyframe": ("J",),
        "next_keyframe": ("K",),
        "next_suspect": ("Ctrl+J",),
        "previous_suspect": ("Ctrl+Shift+J",),
        "make_keyframe": ("C",),
        "set_in": ("B",),
        "set_out": ("N",),
        "add_object": ("Shift+N",),
        "channel_r": ("Alt+1",),
        "channel_g": ("Alt+2",),
        "channel_b": ("Alt+3",),
        "channel_a": ("Alt+4",),
        "toggle_overlay": ("Alt+6",),
        # On many keyboards Shift+/ is "?".
        "fit": ("Shift+/", "H"),
        "keys": ("F1",),
    },
    # Z and X step through frames, F is fit, Alt+K sets a key. A, R, G, B and Space are the same.
    "Silhouette": {
        "previous_frame": ("Z", "Left", ","),
        "next_frame": ("X", "Right", "."),
        "tool_eraser": ("Shift+E",),
        "fit": ("F", "H"),
        "propagate_forward": ("Shift+T",),
        "propagate_backward": ("Ctrl+Shift+T",),
        "make_keyframe": ("Alt+K", "K", "C"),
    },
}
"""Where an application's users expect other keys; a command not named has those of the table."""


RESERVED = ("Esc", "Return", "Enter", "Tab")
"""Keys that finish, cancel and move between fields, and therefore cannot be bound alone."""


def preset_keys(preset: str) -> dict[str, Keys]:
    """Keys of every command in a preset; an unknown preset is "roto"."""
    other = PRESETS.get(preset, {})
    return {spec.id: other.get(spec.id, spec.keys) for spec in ACTIONS}


def effective_keys(preset: str, bindings: Mapping[str, Sequence[str]]) -> dict[str, Keys]:
    """Keys of every command: the preset's, and over them what the artist chose.

    A key the artist chose is taken from whatever has it in the preset. Commands that are not
    there any more are passed over.
    """
    keys = preset_keys(preset)
    own = {name: tuple(map(normal, texts)) for name, texts in bindings.items() if name in keys}
    taken = {key for texts in own.values() for key in texts}
    for name, texts in keys.items():
        keys[name] = own.get(name, tuple(key for key in texts if normal(key) not in taken))
    return keys


def conflicts(keys: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Keys that more than one command has, and which."""
    users: dict[str, list[str]] = defaultdict(list)
    for name, texts in keys.items():
        for key in texts:
            users[normal(key)].append(name)
    return {key: names for key, names in users.items() if len(names) > 1}


class Choices:
    """A preset and the artist's own keys while they are being edited.

    Args:
        preset: Of :data:`PRESETS`; an unknown one is "roto".
        bindings: Own keys by command.

    Attributes:
        preset: As now.
        bindings: As now, to be kept.
    """

    def __init__(self, preset: str, bindings: Mapping[str, Sequence[str]]) -> None:
        self.preset = preset if preset in PRESETS else DEFAULT
        self.bindings: dict[str, Keys] = {name: tuple(keys) for name, keys in bindings.items()}

    @property
    def keys(self) -> dict[str, Keys]:
        """Keys of every command, as they would be."""
        return effective_keys(self.preset, self.bindings)

    def holder(self, key: str, but: str = "") -> str | None:
        """Which command has a key, ``but`` aside; None where it is free."""
        wanted = normal(key)
        for name, texts in self.keys.items():
            if name != but and wanted in map(normal, texts):
                return name
        return None

    def bind(self, name: str, key: str, *, add: bool = False) -> None:
        """Give a command a key, instead of or beside what it has; whoever had it loses it."""
        before = self.keys[name] if add else ()
        self._assign(name, (*(k for k in before if normal(k) != normal(key)), normal(key)))

    def clear(self, name: str) -> None:
        """Leave a command without keys."""
        self.bindings[name] = ()

    def reset(self, name: str) -> None:
        """Give a command back the keys of the preset, also where another has taken them."""
        self._assign(name, preset_keys(self.preset)[name])
        del self.bindings[name]

    def reset_all(self) -> None:
        """Forget all own keys."""
        self.bindings.clear()

    def _assign(self, name: str, keys: Keys) -> None:
        self.bindings[name] = keys
        taken = set(map(normal, keys))
        for other, texts in self.bindings.items():
            if other != name:
                self.bindings[other] = tuple(key for key in texts if normal(key) not in taken)


def normal(key: str) -> str:
    """The one way to write a key: ``ctrl+shift+z`` is ``Ctrl+Shift+Z``; empty if it is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(keys: Sequence[str]) -> str:
    """Keys as people of this platform know them, with spaces between."""
    form = QKeySequence.SequenceFormat.NativeText
    return "   ".join(QKeySequence(key).toString(form) for key in keys)


def pressed_key(event: QKeyEvent) -> str:
    """The key of an event as portable text; empty while only Shift or its like is down.

    Shift is left out where it is what makes the sign, as in ``?`` or ``}``: that is how Qt
    matches them.
    """
    key = Qt.Key(event.key())
    if key in _MODIFIERS:
        return ""
    combination = event.keyCombination()
    modifiers = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if text.isprintable() and text.strip() and not text.isalpha() and not text.isdigit():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    sequence = QKeySequence(int(modifiers.value) | int(key.value))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


_MODIFIERS = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_ScrollLock,
    Qt.Key.Key_unknown,
    Qt.Key(0),
}
