"""The panels of tool and view options, and their sliders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gui_objects import told
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from roto_gui.canvas.views import View
from roto_gui.panels.fields import NumberSlider, Scale
from roto_gui.panels.tool_options import TOOLS, ToolOptions
from roto_gui.panels.view_options import ViewOptions


class TestNumberSlider:
    @pytest.fixture
    def slider(self, qtbot):
        made = NumberSlider(Scale(1, 1000, 20, 1, logarithmic=True), "size")
        qtbot.addWidget(made)
        made.show()
        return made

    def test_logarithmic(self, slider):
        heard = told(slider.value_changed)
        slider.slider.setValue(500)
        assert heard == [(31.6,)]
        assert slider.field.value() == 31.6
        slider.field.setValue(1000)
        assert slider.slider.value() == 1000
        assert heard == [(31.6,), (1000.0,)]

    def test_what_is_set_is_not_told(self, slider):
        heard = told(slider.value_changed)
        slider.set_value(77.7)
        assert (slider.value, heard) == (77.7, [])
        slider.set_value(5000)
        assert slider.value == 1000

    def test_a_double_click_resets(self, slider):
        slider.set_value(500)
        heard = told(slider.value_changed)
        QTest.mouseDClick(slider.slider, Qt.MouseButton.LeftButton)
        assert slider.value == 20
        assert heard[-1] == (20.0,)


class TestToolOptions:
    @pytest.fixture
    def options(self, qtbot):
        made = ToolOptions()
        qtbot.addWidget(made)
        made.show()
        return made

    def test_tools_exclude_each_other(self, options):
        chosen = told(options.tool_chosen)
        for name in TOOLS:
            options.tools[name].click()
            assert [n for n in TOOLS if options.tools[n].isChecked()] == [name]
        assert chosen == [(name,) for name in TOOLS]
        options.set_tool("eraser")
        assert len(chosen) == len(TOOLS)
        assert options.radius.isEnabled()
        options.set_tool("polygon")
        assert not options.radius.isEnabled()

    def test_the_brush(self, options):
        brushes, pressures = told(options.brush_changed), told(options.pressure_changed)
        options.set_brush(12.5, 0.4)
        assert brushes == []
        options.radius.field.setValue(40)
        options.hardness.field.setValue(75)
        assert brushes == [(40.0, 0.4), (40.0, 0.75)]
        QTest.keyClick(options.pressure, Qt.Key.Key_Down)
        assert pressures == [("opacity",)]
        options.set_pressure("off")
        assert options.pressure.currentText() == "nothing"
        assert pressures == [("opacity",)]

    def test_the_radius_is_that_of_the_tool_in_hand(self, options):
        brushes, scribbles = told(options.brush_changed), told(options.scribble_changed)
        options.set_brush(12.5, 0.5)
        options.set_scribble(4)
        options.set_tool("smart")
        assert options.radius.isEnabled()
        assert not options.hardness.isEnabled()
        assert options.radius.value == 4
        options.radius.field.setValue(9)
        options.radius.reset()
        options.set_tool("brush")
        assert options.radius.value == 12.5
        options.radius.field.setValue(40)
        options.set_tool("smart")
        assert options.radius.value == 6
        assert scribbles == [(9.0,), (6.0,)]
        assert brushes == [(40.0, 0.5)]

    def test_operations(self, options):
        wanted = told(options.operation_wanted)
        options.amounts["grow"].setValue(3)
        for name in ("grow", "shrink", "fill_holes", "remove_specks", "smooth", "feather"):
            options.operations[name].click()
        options.operations["keep_largest"].click()
        options.operations["invert"].click()
        assert wanted == [
            ("grow", 3.0), ("shrink", 3.0), ("fill_holes", 0.0), ("remove_specks", 64.0),
            ("smooth", 4.0), ("feather", 2.0), ("keep_largest", 0.0), ("invert", 0.0),
        ]  # fmt: skip
        options.set_operations_enabled(False)
        options.operations["grow"].click()
        assert len(wanted) == 8


class TestViewOptions:
    @pytest.fixture
    def options(self, qtbot):
        made = ViewOptions()
        qtbot.addWidget(made)
        made.show()
        return made

    def test_every_change_is_a_view(self, options):
        heard = told(options.view_changed)
        options.mode.setCurrentIndex(options.mode.findData("matte"))
        options.channel.setCurrentIndex(options.channel.findData("g"))
        options.exposure.field.setValue(2.5)
        options.gamma.field.setValue(2.2)
        options.onion.click()
        options.wipe.click()
        options.wipe_at.field.setValue(25)
        expected = View("matte", "g", 2.5, 2.2, onion=True, wipe=0.25)
        assert heard[-1] == (expected,)
        assert options.view == expected
        assert len(heard) == 7

    def test_what_is_set_is_shown_and_not_told(self, options):
        heard = told(options.view_changed)
        view = View("colour", "a", -3.0, 0.5, 0.8, (9, 8, 7), onion=True, wipe=0.4)
        options.set_view(view)
        assert heard == []
        assert options.view == view
        assert options.mode.currentData() == "colour"
        assert options.exposure.value == -3
        assert options.background.text() == "#090807"
        options.exposure.field.setValue(0)
        assert heard == [(replace(view, exposure=0.0),)]

    def test_reset_leaves_the_mode(self, options):
        options.set_view(View("black", "r", 3.0, 2.0, wipe=0.5))
        heard = told(options.view_changed)
        options.reset.click()
        assert heard == [(View("black"),)]
        assert options.exposure.value == 0
        assert not options.wipe.isChecked()

    def test_a_double_click_brings_the_exposure_back(self, options):
        options.set_view(View(exposure=3.0))
        QTest.mouseDClick(options.exposure.slider, Qt.MouseButton.LeftButton)
        assert options.view == View()

    def test_the_background(self, options):
        options.set_view(View("colour"))
        heard = told(options.view_changed)
        options.background.click()
        options.colour_dialog.setCurrentColor(QColor(10, 20, 30))
        assert heard[-1][0].background == (10, 20, 30)
        options.colour_dialog.close()
        assert options.colour_dialog is None
        options.set_view(View())
        assert not options.background.isEnabled()
