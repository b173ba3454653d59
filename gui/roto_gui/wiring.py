"""Who hears of what: the signals between the parts of a window, in one place.

Widgets say what the artist wants; the document, the stage and the tools say what became of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from roto_gui.actions.shortcuts import effective_keys
from roto_gui.commands import locks, masks, moving
from roto_gui.guide import Guide
from roto_gui.settings.places import Place

if TYPE_CHECKING:
    from roto_gui.main_window import MainWindow
    from roto_gui.settings.config import Preferences
    from roto_gui.state import Colour, Progress

_HUNDRED = 100.0  # logical pixels of a drag from a soft to a hard brush


class Wiring(QObject):
    """Connects a window's parts and keeps its actions' states true.

    Args:
        window: Which.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.work, self.document = window.work, window.document
        self.stage, self.painter = window.work.stage, window.work.painter
        self.guide = Guide(window)
        self._wire_document()
        self._wire_stage()
        self._wire_moving()
        self._wire_painting()
        self._wire_objects()
        self._wire_window()
        self._wire_places()
        self._followed: Preferences | None = None
        self._follow_config(window.config.preferences)
        window.actions_.set_checked("loop", self.work.loop)
        self._show_view()
        self._show_tool(self.painter.tool.name)
        self.guide.show_state()

    # Each of these is one area

    def _wire_document(self) -> None:
        document, window = self.document, self.window
        document.opened.connect(self._opened)
        document.closed.connect(self._closed)
        document.changed.connect(self._show_snapshot)
        document.progress.connect(self._show_progress)
        document.receipt_changed.connect(self._show_receipt)
        document.noticed.connect(window.notices.show_notice)
        document.ended.connect(self._tell_ended)
        self.work.failed.connect(window.notices.show_error)
        self.work.noticed.connect(window.notices.show_notice)
        self.work.asked.connect(window.notices.show_choice)
        window.status.pause_wanted.connect(
            lambda halt: document.pause() if halt else document.resume()
        )
        window.status.cancel_wanted.connect(document.cancel)
        window.receipts.accepted.connect(document.accept)
        window.receipts.reverted.connect(document.revert)

    def _wire_stage(self) -> None:
        window, stage = self.window, self.stage
        stage.frame_changed.connect(window.timeline.set_frame)
        stage.frame_changed.connect(window.transport.set_frame)
        stage.frame_changed.connect(window.objects_panel.set_frame)
        stage.frame_changed.connect(window.receipts.set_frame)
        stage.frame_changed.connect(lambda _: self.guide.show_hint())
        stage.frame_changed.connect(lambda _: window.notices.go_on())
        stage.active_changed.connect(window.timeline.set_active)
        stage.active_changed.connect(window.objects_panel.set_active)
        stage.active_changed.connect(lambda _: self.guide.show_state())
        stage.cached_changed.connect(lambda: window.timeline.set_cached(stage.cached))
        stage.view_changed.connect(lambda _: self._show_view())
        stage.solo_changed.connect(self._show_solo)
        window.view_options.view_changed.connect(stage.set_view)
        window.canvas.zoomed.connect(window.transport.set_scale)
        window.transport.set_scale(window.canvas.scale)
        window.canvas.wiped.connect(lambda share: stage.change_view(wipe=share))

    def _wire_moving(self) -> None:
        window, work = self.window, self.work
        for part in (window.timeline, window.transport, window.receipts, window.status):
            part.frame_chosen.connect(work.visit)
        for ranged in (window.timeline, window.transport):
            ranged.range_changed.connect(work.set_range)
            work.range_changed.connect(ranged.set_range)
        window.transport.step.connect(lambda by: moving.step(work, by))
        window.transport.keyframe_step.connect(lambda by: moving.keyframe(work, by))
        window.transport.play_toggled.connect(lambda way: moving.play(work, way))
        window.canvas.tapped.connect(lambda: moving.play(work, 0))
        work.player.rate_measured.connect(window.transport.set_rate)
        work.playing_changed.connect(window.transport.set_playing)

    def _wire_painting(self) -> None:
        window, painter = self.window, self.painter
        options = window.tool_options
        options.tool_chosen.connect(painter.choose)
        options.brush_changed.connect(self.work.set_brush)
        options.scribble_changed.connect(self.work.set_scribble)
        options.pressure_changed.connect(lambda what: self.window.config.update(pen_pressure=what))
        options.operation_wanted.connect(
            lambda name, amount: masks.operate(self.work, name, amount)
        )
        painter.tool_changed.connect(self._show_tool)
        painter.painted.connect(lambda _: self.guide.show_state())
        painter.painted.connect(lambda _: window.notices.go_on())
        painter.locked.connect(lambda frame: locks.refuse_active(self.work, frame))
        painter.region_drawn.connect(lambda frame, drawn: locks.take(self.work, frame, drawn))
        painter.busy_changed.connect(lambda _: self.guide.show_state())
        self.work.brush_changed.connect(options.set_brush)
        self.work.scribble_changed.connect(options.set_scribble)
        window.canvas.brush_dragged.connect(self._drag_brush)
        window.timeline.keyframe_removed.connect(self.document.remove_keyframe)

    def _wire_objects(self) -> None:
        panel, document = self.window.objects_panel, self.document
        panel.object_chosen.connect(self.work.activate)
        self.window.timeline.object_chosen.connect(self.work.activate)
        self.window.timeline.object_menu_wanted.connect(lambda i, at: panel.menu(i).popup(at))
        panel.added.connect(lambda: self.window.actions_.run("add_object"))
        panel.renamed.connect(document.rename_object)
        panel.recoloured.connect(document.recolour_object)
        panel.visibility_changed.connect(document.show_object)
        panel.solo_changed.connect(self.stage.set_solo)
        panel.lifetime_changed.connect(document.set_lifetime)
        panel.removed.connect(document.remove_object)
        panel.absent_here.connect(lambda i: document.set_absent(self.work.frame, i))
        panel.lock_wanted.connect(lambda i, frame: document.lock(frame, frame, [i]))
        panel.unlock_wanted.connect(lambda i, frame: document.unlock(frame, frame, i))

    def _wire_window(self) -> None:
        window, config = self.window, self.window.config
        config.changed.connect(self._follow_config)
        config.failed.connect(window.notices.show_error)
        window.welcome.opened.connect(window.files.open)
        window.welcome.sample_wanted.connect(window.files.open_sample)
        window.welcome.browse_wanted.connect(window.files.browse)
        window.welcome.browse_folder_wanted.connect(window.files.browse_folder)
        window.canvas.dropped.connect(window.files.drop)
        window.recent_menu.chosen.connect(window.files.open)
        window.recent_menu.cleared.connect(lambda: config.update(recent=()))
        window.palette_.recent_changed.connect(
            lambda recent: config.update(recent_commands=tuple(recent))
        )
        if config.warning:
            window.notices.show_notice(config.warning)

    def _wire_places(self) -> None:
        self.stage.frame_changed.connect(lambda _: self._note_place())
        self.stage.active_changed.connect(lambda _: self._note_place())
        self.document.closed.connect(self.window.places.write)

    def _note_place(self) -> None:
        """Remember where the artist is, for the next time this project is opened."""
        snapshot = self.document.snapshot
        if snapshot is not None and self.stage.is_open:
            self.window.places.note(snapshot.path, Place(self.stage.frame, self.stage.active))

    # What is shown

    def _opened(self) -> None:
        snapshot, window = self.document.snapshot, self.window
        if snapshot is None or self.document.plates is None:
            return
        window.notices.forget(self.document.opening)  # something else could not be opened
        place = window.places.find(snapshot.path) or Place(snapshot.frames[0])
        self.stage.open(self.document.plates)
        window.show_welcome(False)
        window.setWindowTitle(f"{_clip_name(snapshot.clip.path)} \N{EM DASH} roto")
        self.stage.go_to(place.frame)
        if snapshot.objects:
            known = snapshot.object(place.object)
            self.stage.activate((known or snapshot.objects[0]).id)
        window.canvas.setFocus()
        self._show_snapshot()
        if snapshot.read_only:
            window.notices.show_notice(
                self.tr("This project is being worked on elsewhere: you can look, not change.")
            )
        elif snapshot.keyframes:
            window.notices.show_notice(self.tr("Going on where this clip was left."))
        if window.config.preferences.autoplay:
            moving.play(self.work, 1)

    def _closed(self) -> None:
        window = self.window
        window.setWindowTitle("roto")
        window.receipts.set_receipt(None, ())
        self._show_snapshot()
        window.show_welcome(True)

    def _show_snapshot(self) -> None:
        window, snapshot = self.window, self.document.snapshot
        window.timeline.set_snapshot(snapshot)
        window.transport.set_snapshot(snapshot)
        window.objects_panel.set_snapshot(snapshot)
        window.status.set_snapshot(snapshot)
        self.guide.show_state()

    def _show_progress(self, progress: Progress | None) -> None:
        self.guide.progress = progress
        self.window.timeline.set_progress(progress)
        self.window.status.set_progress(progress)
        self.guide.show_state()

    def _tell_ended(self, what: str, how: str) -> None:
        """Of an export nothing else tells that it is done."""
        if (what, how) == ("export", "done"):
            text = self.tr("The mattes are written: {where}")
            self.window.notices.show_notice(text.format(where=self.window.files.exported))

    def _show_receipt(self) -> None:
        snapshot, receipt = self.document.snapshot, self.document.receipt
        frames = snapshot.frames if snapshot is not None else ()
        colours = {o.id: o.colour for o in snapshot.objects} if snapshot is not None else {}
        self.window.receipts.set_receipt(receipt, frames, colours)
        changes = receipt.changes if receipt is not None else ()
        self.window.timeline.mark_changed(
            {change.frame: 1 - change.iou for change in changes if not change.first}
        )
        self.guide.show_state()

    def _show_view(self) -> None:
        view, actions = self.stage.view, self.window.actions_
        self.window.view_options.set_view(view)
        actions.set_checked(f"view_{view.mode}", True)
        actions.set_checked(f"channel_{view.channel}", True)
        actions.set_checked("wipe", view.wipe is not None)
        actions.set_checked("onion", view.onion)

    def _show_solo(self, object_id: int | None) -> None:
        self.window.objects_panel.set_solo(object_id)
        self.window.actions_.set_checked("solo_object", object_id is not None)

    def _show_tool(self, name: str) -> None:
        self.window.tool_options.set_tool(name)
        self.window.actions_.set_checked(f"tool_{name}", True)
        self.guide.show_state()

    # Settings

    def _follow_config(self, preferences: Preferences) -> None:
        window = self.window
        window.actions_.set_keys(effective_keys(preferences.preset, preferences.bindings))
        window.welcome.set_way_to_keys(window.actions_.way("keys"))
        window.objects_panel.way_to_undo = window.actions_.way("undo")
        window.welcome.set_recent(preferences.recent)
        window.recent_menu.set_recent(preferences.recent)
        window.palette_.set_recent(preferences.recent_commands)
        # What an artist has changed since by key or drag stays, until the preference changes.
        before, self._followed = self._followed, preferences
        if before is None or _view_of(before) != _view_of(preferences):
            opacity, background = _view_of(preferences)
            self.stage.change_view(opacity=opacity, background=background)
        if before is None or _brush_of(before) != _brush_of(preferences):
            self.work.set_brush(*_brush_of(preferences))
        if before is None or before.scribble_size != preferences.scribble_size:
            self.work.set_scribble(preferences.scribble_size / 2)
        self.work.set_pressure(preferences.pen_pressure)
        window.tool_options.set_pressure(preferences.pen_pressure)
        window.canvas.set_background(preferences.canvas_background)
        self.guide.show_state()

    def _drag_brush(self, across: float, upwards: float) -> None:
        across /= self.window.canvas.scale
        self.work.drag_brush(across / 2, upwards / _HUNDRED)


def _view_of(preferences: Preferences) -> tuple[float, Colour]:
    return preferences.overlay_opacity, preferences.cutout_colour


def _brush_of(preferences: Preferences) -> tuple[float, float]:
    return preferences.brush_size / 2, preferences.brush_hardness


def _clip_name(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "clip"
