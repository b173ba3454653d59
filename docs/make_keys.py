"""Print docs/manual/keys.md: all commands with their keys, and where the presets differ.

    python docs/make_keys.py > docs/manual/keys.md

Commands and keys come from the app's own tables, so the page is what the app does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from roto_gui.actions.shortcuts import DEFAULT, PRESETS, Keys, preset_keys
from roto_gui.actions.table import ACTIONS, MENUS, ActionSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HEAD = """\
# All keys

[Manual](../manual.md)

*Made by `python docs/make_keys.py > docs/manual/keys.md` from the app's own tables. On a Mac,
`Ctrl` is the Command key and `Alt` is Option.*

`?` or `F1` shows the keys in force over the window, your own included. How to change them:
[shortcuts.md](shortcuts.md).
"""

POINTER = """\
## Mouse and pen on the picture

These cannot be changed. Keys in this table work while the picture has the keyboard; a click on it
gives it the keyboard.

| do | for |
|---|---|
| left drag or click | the tool |
| right drag, `Alt` and left drag, or a pen's eraser end | the tool, for what is not the object |
| `Ctrl` and left drag | with smart select: a box around the object |
| `Shift` and left click | with brush or eraser: a straight line from the end of the last stroke |
| `Shift` and left drag | size of the brush (across) and its hardness (upwards) |
| `Shift` during a drag | with the rectangle: a square |
| left drag of the wipe's line | moves the wipe |
| wheel, or two fingers on a pad | zoom at the pointer |
| middle drag, or `Space` held and left drag | move the picture |
| `Enter`, or a double click | keep what is begun: a selection, a polygon |
| `Esc` | give up what is begun |
"""


def main() -> None:
    """Print the page."""
    sys.stdout.write("\n".join([HEAD, POINTER, *commands(), *differences()]))


def commands() -> Iterator[str]:
    """A table per menu: what a command is called, and its keys in the preset "roto"."""
    for menu in MENUS:
        rows = [[spec_name(s), keyed(s.keys)] for s in shown(ACTIONS) if s.menu == menu]
        yield section(f"The menu {menu}", ["command", "keys"], rows)


def differences() -> Iterator[str]:
    """One table: the commands that have other keys in some preset."""
    keys = {preset: preset_keys(preset) for preset in PRESETS}
    others = [preset for preset in PRESETS if preset != DEFAULT]
    rows = [
        [f"{spec.menu}: {spec_name(spec)}", *(keyed(keys[p][spec.id]) for p in PRESETS)]
        for spec in ACTIONS
        if any(keys[p][spec.id] != keys[DEFAULT][spec.id] for p in others)
    ]
    yield section("Where the presets differ", ["command", *PRESETS], rows)


def shown(specs: Iterable[ActionSpec]) -> Iterator[ActionSpec]:
    """All commands, but of the nine that select an object by number only the first."""
    for spec in specs:
        if not spec.id.startswith("object_") or spec.id == "object_1":
            yield spec


def spec_name(spec: ActionSpec) -> str:
    """What the menu calls it."""
    if spec.id == "object_1":
        return "Select object 1 (and so on to 9)"
    return spec.text.rstrip("…")


def keyed(keys: Keys) -> str:
    """Keys as code, with spaces between."""
    return " ".join(f"`{key}`" for key in keys)


def section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A heading and a table below it."""
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"## {title}\n\n{table}\n"


if __name__ == "__main__":
    main()
