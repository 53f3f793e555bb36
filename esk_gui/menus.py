"""Every action of the window, declared once, and the row of 36 px that holds the menus and three of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QMenuBar, QToolButton, QWidget
from typing_extensions import override

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare, ground
from esk_gui.widgets.labels import text_label

MENU_HEIGHT: Final = 36
_SYNTHETIC_FROM: Final = 780
SHORTCUT_FORMAT: Final = QKeySequence.SequenceFormat.NativeText
WHILE_LOCKED: Final = ("quit",)
FLAT_FORMS: Final = ("spss", "csv", "csv_international", "redcap")
RAIL_PAGES: Final = ("patients", "criteria", "results", "figures", "log")


@dataclass(frozen=True)
class ActionSpec:
    """One action: its objectName is ``action_<name>``, its text ``action.<name>``."""

    name: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    needs_study: bool = False
    needs_writing: bool = False
    group: str = ""


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("new_study", ("Ctrl+N",), "new_study"),
    ActionSpec("open_study", ("Ctrl+O",), "open_study"),
    ActionSpec("open_demo", ("Ctrl+D",), "demo"),
    ActionSpec("import", ("Ctrl+I",), "import"),
    ActionSpec("export_excel", ("Ctrl+E",), "export", needs_study=True),
    *(ActionSpec(f"export_{name}", (), needs_study=True) for name in FLAT_FORMS),
    ActionSpec("template"),
    ActionSpec("report", (), needs_study=True),
    ActionSpec("print", ("Ctrl+P",), "print", needs_study=True),
    ActionSpec("backups", (), needs_study=True, group="page"),
    ActionSpec("lock_study", (), needs_study=True, needs_writing=True),
    ActionSpec("unlock_study", (), needs_study=True, needs_writing=True),
    ActionSpec("close_study", ("Ctrl+W",), needs_study=True),
    ActionSpec("quit", ("Ctrl+Q",)),
    ActionSpec("undo", ("Ctrl+Z",), "undo", needs_study=True, needs_writing=True),
    ActionSpec("redo", ("Ctrl+Y", "Ctrl+Shift+Z"), "redo", needs_study=True, needs_writing=True),
    ActionSpec("person", ("Ctrl+Shift+P",), "person"),
    ActionSpec("lock_now", ("Ctrl+L",), "lock", needs_study=True),
    *(
        ActionSpec(f"page_{name}", (f"Ctrl+{number}",), name, needs_study=True, group="page")
        for number, name in enumerate(RAIL_PAGES, 1)
    ),
    ActionSpec("settings", ("Ctrl+,",), "settings", needs_study=True, group="page"),
    ActionSpec("language_nl", group="language"),
    ActionSpec("language_en", group="language"),
    ActionSpec("theme_light", group="theme"),
    ActionSpec("theme_dark", group="theme"),
    ActionSpec("theme_system", group="theme"),
    ActionSpec("keyboard", ("F1",), "keyboard"),
    ActionSpec("fault_log", (), "folder"),
    ActionSpec("about", (), "info"),
)
# A menu is its text key and what stands in it: an action's name, "-" for a line, or a menu of its own.
MENUS: Final = (
    (
        "menu.file",
        (
            *("new_study", "open_study", "open_demo", "-", "import", "template"),
            ("menu.export", ("export_excel", *(f"export_{name}" for name in FLAT_FORMS))),
            *("-", "report", "print", "-"),
            *("backups", "lock_study", "unlock_study", "-", "close_study", "quit"),
        ),
    ),
    ("menu.edit", ("undo", "redo", "-", "person", "lock_now")),
    (
        "menu.view",
        (
            *(f"page_{name}" for name in RAIL_PAGES),
            "settings",
            "-",
            ("menu.language", ("language_nl", "language_en")),
            ("menu.theme", ("theme_light", "theme_dark", "theme_system")),
        ),
    ),
    ("menu.help", ("keyboard", "-", "fault_log", "about")),
)


class Actions:
    """The window's QActions by name; they live as long as the window, only their words and icons change."""

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> None:
        self._by_name: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = QAction(window)
            action.setObjectName(f"action_{spec.name}")
            action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
            action.setMenuRole(QAction.MenuRole.NoRole)
            action.triggered.connect(handlers[spec.name])
            if spec.group:
                action.setCheckable(True)
                group = self._groups.setdefault(spec.group, QActionGroup(window))
                group.addAction(action)
            window.addAction(action)
            self._by_name[spec.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def with_keys(self) -> list[QAction]:
        """The actions that a key calls, in the order of the menus."""
        return [action for action in self._by_name.values() if not action.shortcut().isEmpty()]

    def dress(self, wording: Wording, theme: Theme) -> None:
        """Give every action its words and its icon."""
        for spec in ACTIONS:
            action = self._by_name[spec.name]
            action.setText(wording(f"action.{spec.name}"))
            action.setToolTip(_tooltip(action))
            if spec.icon:
                action.setIcon(icon(spec.icon, theme))
                action.setIconVisibleInMenu(False)

    def enable(self, *, has_study: bool, may_write: bool) -> None:
        """Switch off what needs a study, or one that may be written, where there is none."""
        for spec in ACTIONS:
            self._by_name[spec.name].setEnabled(
                (has_study or not spec.needs_study) and (may_write or not spec.needs_writing)
            )

    def lock(self) -> None:
        """Switch off all but what can be done while Esk is locked."""
        for name, action in self._by_name.items():
            action.setEnabled(name in WHILE_LOCKED)

    def show_study_lock(self, is_locked: bool) -> None:
        """Offer to lock the study, or to unlock it."""
        self._by_name["lock_study"].setVisible(not is_locked)
        self._by_name["unlock_study"].setVisible(is_locked)

    def check(self, name: str) -> None:
        """Show which one of its group holds."""
        self._by_name[name].setChecked(True)


class MenuRow(QWidget):
    """The menus at the left; who is at work, undo, redo and export at the right while a study is open."""

    def __init__(self, actions: Actions, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("menu_row")
        ground(self, "window")
        self.setFixedHeight(MENU_HEIGHT + 1)
        row = bare(QHBoxLayout(self))
        row.setContentsMargins(4, 0, 12, 1)
        bar = QMenuBar()
        bar.setNativeMenuBar(False)
        for key, entries in MENUS:
            _fill(bar.addMenu(wording(key)), entries, actions, wording)
        row.addWidget(bar, 1, Qt.AlignmentFlag.AlignVCenter)
        self._is_synthetic = False
        self.synthetic = text_label(wording("shell.synthetic"), "third", "synthetic_mark")
        row.addWidget(self.synthetic)
        row.addSpacing(8)
        self.person = _tool(actions["person"], theme, "person", with_text=True)
        self._tools = (
            self.person,
            _tool(actions["undo"], theme, "undo"),
            _tool(actions["redo"], theme, "redo"),
            _tool(actions["export_excel"], theme, "export", with_text=True),
        )
        for tool in self._tools:
            row.addWidget(tool)

    def show_study(self, has_study: bool, *, is_synthetic: bool) -> None:
        """The buttons of an open study; that its data are invented is told on every page."""
        self._is_synthetic = is_synthetic
        self._fit(self.width())
        for tool in self._tools:
            tool.setVisible(has_study)

    def _fit(self, width: int) -> None:
        """In a narrow window only the title says that the data are invented: the menus keep their room."""
        self.synthetic.setVisible(self._is_synthetic and width >= _SYNTHETIC_FROM)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())


def _fill(menu: QMenu, entries: tuple[object, ...], actions: Actions, wording: Wording) -> None:
    for entry in entries:
        if entry == "-":
            menu.addSeparator()
        elif isinstance(entry, str):
            menu.addAction(actions[entry])
        elif isinstance(entry, tuple):
            key, inner = entry
            _fill(menu.addMenu(wording(key)), inner, actions, wording)


def _tool(action: QAction, theme: Theme, icon_name: str, *, with_text: bool = False) -> QToolButton:
    tool = QToolButton()
    tool.setProperty("kind", "quiet")
    tool.setProperty("fit", "header")
    tool.setDefaultAction(action)
    tool.setIcon(icon(icon_name, theme))
    tool.setIconSize(QSize(16, 16))
    tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    style = Qt.ToolButtonStyle
    tool.setToolButtonStyle(style.ToolButtonTextBesideIcon if with_text else style.ToolButtonIconOnly)
    return tool


def _tooltip(action: QAction) -> str:
    keys = action.shortcut().toString(SHORTCUT_FORMAT)
    text = action.text().replace("&", "").rstrip("…")
    return f"{text} ({keys})" if keys else text
