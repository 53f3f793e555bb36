"""A theme is one stylesheet file: its tokens as colours for painters, its rules for the widgets, loaded here only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from esk_engine.resources import resource_path

ThemeName = Literal["light", "dark"]
ThemeChoice = Literal["light", "dark", "system"]

THEME_CHOICES: Final[tuple[ThemeChoice, ...]] = ("light", "dark", "system")
BODY_PX: Final = 13
_TOKEN = re.compile(r"^@(\w+):\s*(#[0-9A-Fa-f]{6});\s*$", re.MULTILINE)
_IMPORT = re.compile(r'^@import "([\w.]+)";\s*$', re.MULTILINE)
_USE = re.compile(r"@(\w+)")
_ROLES: Final = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.Base: "input",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Button: "page",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.PlaceholderText: "ink_3",
    QPalette.ColorRole.ToolTipBase: "page",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
}


@dataclass(frozen=True)
class Theme:
    """One theme: its name, its colours by token (LOOK's table) and its stylesheet, tokens filled in."""

    name: ThemeName
    tokens: dict[str, str]
    stylesheet: str

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def color(self, token: str) -> QColor:
        """The colour of one token; KeyError where there is none."""
        return QColor(self.tokens[token])


def load_theme(name: ThemeName, accent: QColor | None = None) -> Theme:
    """Read ``resources/themes/<name>.qss``.

    Parameters
    ----------
    accent
        The system's accent, taken where it is legible on the theme's page (4.5:1), else left for the theme's own.
    """
    folder = resource_path("themes")
    source = (folder / f"{name}.qss").read_text(encoding="utf-8")
    tokens = dict(_TOKEN.findall(source))
    if accent is not None and contrast(accent, QColor(tokens["page"])) >= 4.5:
        tokens |= _accent_tokens(accent, tokens)
    rules = "".join((folder / file).read_text(encoding="utf-8") for file in _IMPORT.findall(source))
    here = (folder / name).as_posix()
    filled = _USE.sub(lambda use: here if use[1] == "here" else tokens[use[1]], rules)
    return Theme(name, tokens, filled)


def apply_theme(app: QApplication, choice: ThemeChoice) -> Theme:
    """Load the theme that was chosen, or the system's, and dress the application in it."""
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[choice]
    app.styleHints().setColorScheme(scheme)
    name: ThemeName = "dark" if choice == "dark" else "light"
    if choice == "system" and app.styleHints().colorScheme() is Qt.ColorScheme.Dark:
        name = "dark"
    theme = load_theme(name, _system_accent(app))
    palette = QPalette(theme.color("window"))
    for role, token in _ROLES.items():
        palette.setColor(role, theme.color(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("disabled"))
    app.setPalette(palette)
    app.setStyleSheet("")  # one sheet straight after another takes Qt four times as long
    app.setStyleSheet(theme.stylesheet)
    return theme


def apply_font(app: QApplication) -> None:
    """The system's font at 13 px, its figures all of one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(BODY_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)


def contrast(one: QColor, other: QColor) -> float:
    """Contrast of two colours, 1..21 (WCAG 2.2)."""

    def luminance(color: QColor) -> float:
        parts = (color.redF(), color.greenF(), color.blueF())
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _system_accent(app: QApplication) -> QColor | None:
    """The accent that a person chose in Windows or macOS; elsewhere Qt only has its style's own."""
    if app.platformName() not in ("windows", "cocoa"):
        return None
    app.setPalette(QPalette())
    return app.palette().color(QPalette.ColorRole.Accent)


def _accent_tokens(accent: QColor, tokens: dict[str, str]) -> dict[str, str]:
    page = QColor(tokens["page"])

    def mixed(share: float) -> str:
        return QColor.fromRgbF(
            page.redF() + share * (accent.redF() - page.redF()),
            page.greenF() + share * (accent.greenF() - page.greenF()),
            page.blueF() + share * (accent.blueF() - page.blueF()),
        ).name()

    white = QColor("#FFFFFF")
    on_accent = white if contrast(white, accent) >= 4.5 else QColor("#0B1A22")
    return {
        "accent": accent.name(),
        "accent_tint": mixed(0.1),
        "accent_hover": mixed(0.9),
        "accent_pressed": accent.darker(115).name(),
        "on_accent": on_accent.name(),
    }
