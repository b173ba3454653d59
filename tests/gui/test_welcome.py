"""The first page: drops, buttons, what was open lately."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from roto import __version__
from roto_gui.welcome import WelcomePage


@pytest.fixture
def page(qtbot):
    made = WelcomePage()
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def drag(page, data):
    event = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(page, event)
    return event.isAccepted()


def drop(page, data):
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(page, event)


def mime(*urls):
    data = QMimeData()
    data.setUrls(list(urls))
    return data


def test_it_says_what_to_do(page):
    texts = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "Drop a clip, an image sequence folder or a .roto project" in texts
    assert __version__ in texts


def test_a_dropped_file_is_opened(qtbot, page, tmp_path):
    clip = tmp_path / "ä clip.mov"
    data = mime(QUrl.fromLocalFile(str(clip)), QUrl.fromLocalFile(str(tmp_path)))
    assert drag(page, data)
    with qtbot.waitSignal(page.opened) as opened:
        drop(page, data)
    assert opened.args == [str(clip)]


def test_text_and_web_addresses_are_not_taken(qtbot, page):
    text = QMimeData()
    text.setText("hello")
    assert not drag(page, text)
    web = mime(QUrl("https://example.com/a.mov"))
    assert not drag(page, web)
    with qtbot.assertNotEmitted(page.opened):
        drop(page, web)


def test_the_target_shines_while_something_is_over_it(page, tmp_path):
    before = page.target.grab().toImage()
    data = mime(QUrl.fromLocalFile(str(tmp_path)))
    drag(page, data)
    assert page.target.grab().toImage() != before
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert page.target.grab().toImage() == before


def test_buttons_ask_for_a_file_a_folder_and_the_sample(qtbot, page):
    with qtbot.waitSignal(page.browse_folder_wanted):
        qtbot.mouseClick(page.folder_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.browse_wanted):
        qtbot.mouseClick(page.open_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.sample_wanted):
        qtbot.mouseClick(page.sample_button, Qt.MouseButton.LeftButton)


def test_it_says_how_all_keys_are_found(page):
    page.set_way_to_keys("Help > Keys")
    assert any("Help > Keys" in label.text() for label in page.findChildren(QLabel))


def test_without_history_there_is_no_list(page):
    assert not page.recent.isVisible()


def test_recent_work_opens_with_a_click_unless_it_is_gone(qtbot, page, tmp_path):
    clip = tmp_path / "a.mov"
    clip.touch()
    page.set_recent([str(clip), str(tmp_path / "gone.roto")])
    assert page.recent.isVisible()
    where = [page.recent.visualItemRect(page.recent.item(row)).center() for row in (0, 1)]
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.mouseClick(page.recent.viewport(), Qt.MouseButton.LeftButton, pos=where[0])
    assert opened.args == [str(clip)]
    with qtbot.assertNotEmitted(page.opened):
        qtbot.mouseClick(page.recent.viewport(), Qt.MouseButton.LeftButton, pos=where[1])
    assert "(missing)" in page.recent.item(1).text()


def test_enter_opens_what_is_selected_once(qtbot, page, tmp_path):
    clip = tmp_path / "a.mov"
    clip.touch()
    page.set_recent([str(clip)])
    page.recent.setCurrentRow(0)
    page.recent.setFocus()
    seen = []
    page.opened.connect(seen.append)
    qtbot.keyClick(page.recent, Qt.Key.Key_Return)
    assert seen == [str(clip)]


def test_a_double_click_opens_once(qtbot, page, tmp_path):
    clip = tmp_path / "a.mov"
    clip.touch()
    page.set_recent([str(clip)])
    seen = []
    page.opened.connect(seen.append)
    where = page.recent.visualItemRect(page.recent.item(0)).center()
    view = page.recent.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert seen == [str(clip)]
