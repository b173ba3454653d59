"""Every command of the app, once: its menu, its keys and what it says of itself come from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

Needs = Literal["nothing", "clip", "object", "result", "receipt"]
"""What must be there for a command: an open clip, an active object, results, a receipt."""

MENUS = ("File", "Edit", "Object", "Mask", "Propagate", "View", "Playback", "Help")
"""Titles of the menus, from left to right."""


@dataclass(frozen=True)
class ActionSpec:
    """One command, without Qt.

    Attributes:
        id: What the code calls it.
        text: What menus and the palette call it, in English.
        menu: One of :data:`MENUS`.
        keys: Its shortcuts in the preset "roto", as Qt's portable text; the first is shown.
        hint: One sentence or less for tooltips and the status line.
        needs: What must be there.
        checkable: Whether it is a state that is on or off.
        group: Commands of one group exclude each other; None: in no group.
        repeats: Whether holding the key down does it again and again.
        section: Commands of one menu and section stand together between two lines.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...]
    hint: str
    needs: Needs
    checkable: bool = False
    group: str | None = None
    repeats: bool = False
    section: int = 0


# A line is: id | text | keys in the preset "roto" | what it needs, and flags | hint. Flags are
# "repeats" (while the key is held), "state" (on or off) and "state:group" (one of a group).
_TABLE = """
@File
open | Open clip or project… | Ctrl+O | nothing | A movie, an image sequence or a .roto project.
open_folder | Open folder… | Ctrl+Shift+O | nothing | The frames of one image sequence.
open_sample | Open sample | | nothing | A short clip to try things on.
recent | Open recent | | nothing | What was open lately.
save | Save project | Ctrl+S | clip | Every edit is on disk already; this says where.
save_as | Save project as… | Ctrl+Shift+S | clip | A copy of the project under another name.
-
import_mask | Import mask… | Ctrl+I | clip | As a keyframe of the active object, in this frame.
export | Export mattes… | E Ctrl+E | clip | Files for compositing: format, names, range.
-
close | Close | Ctrl+W | clip | Nothing is lost: the project is on disk.
quit | Quit | Ctrl+Q | nothing | Nothing is lost: the project is on disk.
@Edit
undo | Undo | Ctrl+Z | clip repeats | Takes back the last edit, also a propagation.
redo | Redo | Ctrl+Shift+Z Ctrl+Y | clip repeats | Brings back what was undone.
-
preferences | Preferences… | Ctrl+, | nothing | Memory, model, brush, colours.
shortcuts | Shortcuts… | Ctrl+Alt+S | nothing | Change keys, or take those of another application.
@Object
add_object | Add object | N | clip | A new object with a colour of its own.
remove_object | Remove object | Ctrl+Del | object | With all its work; undo brings it back.
rename_object | Rename object… | Ctrl+R | object | The name goes into the file names of an export.
recolour_object | Change colour… | | object | In the overlay and the timeline.
-
hide_object | Show or hide | Shift+H | object | In the viewer only; its mattes stay.
solo_object | Solo | Shift+S | object state | Shows the active object alone.
-
lock_frame | Lock this frame | Shift+K | object | Its mattes stay, whatever is propagated.
lock_range | Lock the range | Ctrl+Shift+K | object | From the in to the out point.
tool_lock_region | Lock region | Alt+R | clip state:tool | Draw around what is to stay; Alt unlocks.
unlock | Unlock | Ctrl+Alt+K | clip | Here, or in the range; the rest of longer locks stays.
-
absent_here | Not in this frame | Shift+A | object | Says that the object cannot be seen here.
lifetime_first | Lifetime starts here | Alt+[ | object | There is no matte before this frame.
lifetime_last | Lifetime ends here | Alt+] | object | There is no matte after this frame.
lifetime_clear | Clear lifetime | | object | The object may be in every frame again.
@Mask
tool_brush | Brush | P Shift+B | clip state:tool | Paint the object; right button or Alt takes away.
tool_eraser | Eraser | X Shift+E | clip state:tool | Paint what is not the object.
tool_polygon | Polygon | Shift+P | clip state:tool | Click the corners; Enter closes it.
tool_lasso | Lasso | Q | clip state:tool | Draw around the object.
tool_rectangle | Rectangle | Shift+R | clip state:tool | Drag from corner to corner.
tool_fill | Fill | Shift+G | clip state:tool | Fills the area under the pointer.
tool_smart | Smart select | S | clip state:tool | Scribble inside and outside; the edge is found.
-
brush_larger | Larger brush | ] | clip repeats | Or drag to the right with Shift held.
brush_smaller | Smaller brush | [ | clip repeats | Or drag to the left with Shift held.
brush_harder | Harder brush | } | clip repeats | A sharper edge.
brush_softer | Softer brush | { | clip repeats | A softer edge.
-
mask_grow | Grow | Ctrl+] | object repeats | One pixel outwards.
mask_shrink | Shrink | Ctrl+[ | object repeats | One pixel inwards.
mask_fill_holes | Fill holes | Ctrl+H | object | Everything enclosed becomes the object.
mask_remove_specks | Remove specks | Ctrl+Shift+H | object | Small loose pieces go.
mask_keep_largest | Keep largest piece | Ctrl+L | object | All other pieces go.
mask_invert | Invert | Ctrl+Shift+I | object | Object and background change places.
mask_smooth | Smooth | Shift+F7 | object | Rounds off jags and bumps.
mask_feather | Feather | Shift+F6 | object | Softens the edge.
-
copy_previous | Copy from previous frame | Ctrl+Shift+Left | object | As a keyframe in this frame.
copy_next | Copy from next frame | Ctrl+Shift+Right | object | As a keyframe in this frame.
mask_clear | Clear mask | Backspace | clip | Starts this frame's mask anew.
-
make_keyframe | Make keyframe of the result | K C | result | This is right: keep it, build on it.
remove_keyframe | Remove keyframe | Del | object | The frame is propagated to again.
@Propagate
propagate_both | Both ways | T Ctrl+T | clip | All that is missing or open, in the range.
propagate_forward | Forward | F Shift+T | clip | From this frame on, or in the range.
propagate_backward | Backward | Shift+F Ctrl+Shift+T | clip | Back from this frame, or in the range.
propagate_one_forward | One frame forward | Ctrl+F | clip | And go there.
propagate_one_backward | One frame backward | Ctrl+Shift+F | clip | And go there.
-
refresh_stale | Refresh stale frames | U | result | What an edit has made out of date, and no more.
-
stop | Stop | Shift+Esc | clip | What is finished stays.
pause | Pause or go on | Shift+Space Pause | clip | Lets the machine rest; nothing is lost.
-
accept | Accept the change | Ctrl+Return | receipt | Puts the receipt away.
revert | Revert the change | Ctrl+Backspace | receipt | All frames are as before the propagation.
revert_range | Revert in the range | Ctrl+Shift+Backspace | receipt | As before, from in to out.
-
next_suspect | Next frame to check | J | result repeats | Where one more keyframe helps most.
previous_suspect | Previous frame to check | Shift+J | result repeats | The one before.
self_test | Test on the keyframes | | result | Each keyframe is predicted from the others.
@View
view_overlay | Overlay | F2 | clip state:mode | The plate, objects in their colours.
view_plate | Plate | F3 | clip state:mode | The plate alone.
view_outline | Outline | F4 | clip state:mode | The plate with the edges of the mattes.
view_matte | Matte | F5 | clip state:mode | The matte of the active object alone.
view_black | Over black | F6 | clip state:mode | The cut-out over black.
view_white | Over white | F7 | clip state:mode | The cut-out over white.
view_grey | Over grey | F8 | clip state:mode | The cut-out over grey.
view_checker | Over a checkerboard | F9 | clip state:mode | The cut-out over a checkerboard.
view_colour | Over a colour | F10 | clip state:mode | A colour of the preferences.
view_difference | Difference | D | clip state:mode | What the last edit of this frame changed.
-
toggle_overlay | Matte overlay on or off | M | clip | Between the overlay and the plate.
-
channel_rgb | All channels | | clip state:channel | The picture in colour.
channel_r | Red channel | R | clip state:channel | Once more for all channels.
channel_g | Green channel | G | clip state:channel | Once more for all channels.
channel_b | Blue channel | B | clip state:channel | Once more for all channels.
channel_a | Alpha | A | clip state:channel | Once more for all channels.
-
wipe | Wipe | W | clip state | The plate on the left, the view on the right.
onion | Onion skin | Shift+O | clip state | Outlines of the neighbouring frames.
-
exposure_up | Exposure up | Ctrl+Up | clip repeats | For dark plates.
exposure_down | Exposure down | Ctrl+Down | clip repeats | For bright plates.
gamma_up | Gamma up | Ctrl+Shift+Up | clip repeats | Lifts the shadows.
gamma_down | Gamma down | Ctrl+Shift+Down | clip repeats | Deepens the shadows.
exposure_reset | Reset exposure and gamma | Ctrl+0 | clip | The plate as it is.
-
fit | Fit to the window | H | clip | The whole picture.
actual_size | 100 % | Ctrl+1 | clip | One pixel of the plate is one of the screen.
zoom_in | Zoom in | + Ctrl++ Ctrl+= | clip repeats | Or the wheel, at the pointer.
zoom_out | Zoom out | - Ctrl+- | clip repeats | Or the wheel, at the pointer.
-
full_screen | Full screen | F11 | nothing state | Once more for the window.
panels | Panels | | clip | Which ones are shown.
reset_layout | Reset the layout | | nothing | All panels where they were at first.
@Playback
play | Play or stop | Space | clip | In real time where the machine can.
play_forward | Play forward | L | clip | From this frame to the out point.
play_backward | Play backward | Shift+L | clip | From this frame to the in point.
loop | Loop | Ctrl+Shift+L | clip state | Starts again at the end.
-
previous_frame | Previous frame | Left , | clip repeats | One frame back.
next_frame | Next frame | Right . | clip repeats | One frame on.
back_10 | Ten frames back | Shift+Left | clip repeats | Or to the first.
forward_10 | Ten frames on | Shift+Right | clip repeats | Or to the last.
first_frame | First frame | Home | clip | Of the clip, or the in point.
last_frame | Last frame | End | clip | Of the clip, or the out point.
previous_keyframe | Previous keyframe | PgUp | clip repeats | Of the active object.
next_keyframe | Next keyframe | PgDown | clip repeats | Of the active object.
go_to_frame | Go to frame… | Ctrl+G | clip | By its number, as on disk.
-
set_in | In point here | I | clip | The range starts at this frame.
set_out | Out point here | O | clip | The range ends at this frame.
clear_range | Clear in and out points | Shift+I | clip | The range is the whole clip again.
@Help
keys | Keys | ? F1 | nothing | All keys at a glance.
palette | Command palette… | Ctrl+K Ctrl+Shift+P | nothing | Find any command by a few letters.
-
manual | Manual | Shift+F1 | nothing | A page per task.
about | About roto | | nothing | Version, model and licence.
"""


def _parsed(table: str) -> Iterator[ActionSpec]:
    menu, section = "", 0
    for line in table.strip().splitlines():
        if line.startswith("@"):
            menu, section = line[1:], 0
        elif line == "-":
            section += 1
        else:
            yield _spec(menu, section, [part.strip() for part in line.split(" |")])


def _spec(menu: str, section: int, row: list[str]) -> ActionSpec:
    name, text, keys, what, hint = row
    needs, _, flags = what.partition(" ")
    state, _, group = flags.partition(":")
    return ActionSpec(
        id=name,
        text=text,
        menu=menu,
        keys=tuple(keys.split()),
        hint=hint,
        needs=cast("Needs", needs),
        checkable=state == "state",
        group=group or None,
        repeats=state == "repeats",
        section=section,
    )


def _numbered(menu: str, section: int) -> Iterator[ActionSpec]:
    for n in range(1, 10):
        hint = "Makes it the active one, which tools and keys work on."
        row = [f"object_{n}", f"Select object {n}", str(n), "clip", hint]
        yield _spec(menu, section, row)


def texts() -> tuple[str, ...]:
    """Every text of the table, each once: what ``python -m roto_gui.translations`` collects."""
    of_specs = (text for spec in ACTIONS for text in (spec.text, spec.hint))
    return tuple(dict.fromkeys([*MENUS, *of_specs]))


ACTIONS: tuple[ActionSpec, ...] = (*_parsed(_TABLE), *_numbered("Object", 9))
"""All commands, in the order of the menus."""

SUBMENUS = ("recent", "panels")
"""Commands that do nothing themselves: they open a menu."""

_LOOKS = ("solo_object", "next_suspect", "previous_suspect", "stop", "pause")

EDITS: frozenset[str] = frozenset(
    spec.id
    for spec in ACTIONS
    if spec.menu in ("Object", "Mask", "Propagate") and not spec.id.startswith("object_")
) - {*_LOOKS} | {"undo", "redo", "import_mask"}
"""Commands that change the project, which is not possible where one may only look."""

CONTEXT = "Actions"
"""Under which translations of the table's texts are found."""
