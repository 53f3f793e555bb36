"""The head of the results page: which tables show, which P is printed, copy; shorter where room is scarce."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QPushButton

from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.more import MoreButton
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import PAGE_PADDING, HeaderBar
from esk_gui.widgets.labels import text_label

TABLES = ("3", "4", "5", "6", "continuation")
METHODS = "methods"
EXTRAS = ("p", "7", METHODS)
_CHIP_PADDING, _SLIM_PADDING, _BESIDE_TITLE = 26, 8, 12
_BOLDER = 5  # what a pressed chip's text is wider
_COPY_WIDTH = 46  # its icon and padding, without its word


@dataclass(frozen=True, slots=True)
class _Fit:
    """What the head still says in full."""

    extras: bool = False
    continuation: bool = False
    words: bool = False
    chips: bool = False
    title: bool = False


_FITS = (  # in the order in which words give way
    _Fit(extras=True, continuation=True, words=True, chips=True, title=True),
    _Fit(continuation=True, words=True, chips=True, title=True),
    _Fit(words=True, chips=True, title=True),
    _Fit(chips=True, title=True),
    _Fit(title=True),
    _Fit(),
)


class ResultsHeader(HeaderBar):
    """``tables_chosen`` when a chip was pressed, ``method_chosen`` with a P method's code, ``copy_wanted``.

    ``extra_shown`` with the name of a part that is shown on request, once it is.
    """

    tables_chosen = Signal()
    extra_shown = Signal(str)
    method_chosen = Signal(str)
    copy_wanted = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__(PAGE_PADDING)
        self._wording = wording
        self._is_filled = True
        self._taken: tuple[_Fit, bool] | None = None
        self._title = text_label(wording("results.title"), "title")
        self._title.setContentsMargins(0, 0, _BESIDE_TITLE, 0)
        self.row.addWidget(self._title)
        self.chips = {part: self._chip(part, theme) for part in (*TABLES, *EXTRAS)}
        self.more = MoreButton(EXTRAS, wording, theme)
        self.more.toggled_part.connect(self._on_more)
        self.row.addWidget(self.more)
        self.row.addStretch(1)
        self._label = QLabel(wording("results.p_method"))
        self._label.setProperty("text_role", "body_second")
        codes = tuple((str(method), wording(f"results.p_method.{method}")) for method in PMethod)
        self.methods = ChoiceBox("p_method", codes)
        self.methods.setProperty("fit", "header")
        self.methods.setToolTip(wording("results.p_method.tip"))
        self.methods.setAccessibleName(wording("results.p_method").replace("&", ""))
        self._label.setBuddy(self.methods)
        self.methods.chosen.connect(self.method_chosen)
        self._copy = button(
            wording("results.copy"),
            theme,
            self.copy_wanted.emit,
            icon_name="copy",
            name="results_copy",
            tooltip=wording("results.copy.tip"),
            in_header=True,
        )
        for widget in (self._label, self.methods, self._copy):
            self.row.addWidget(widget)

    def _chip(self, part: str, theme: Theme) -> QPushButton:
        made = button("", theme, self._on_chip, kind="chip", name=f"results_chip_{part}", in_header=True)
        is_extra = part in EXTRAS
        long = self._wording(f"results.chip.{part}.long") if is_extra else self._wording(f"results.chip.{part}")
        made.setToolTip(long if is_extra else self._wording("results.chip.tip"))
        made.setAccessibleName(long)
        made.setText(self._wording(f"results.chip.{part}"))
        made.setChecked(not is_extra)
        self.row.addWidget(made)
        return made

    def _on_chip(self) -> None:
        self.more.show_parts(self.shown())
        self.tables_chosen.emit()
        pressed = self.sender()
        for part in EXTRAS:
            if pressed is self.chips[part] and self.chips[part].isChecked():
                self.extra_shown.emit(part)

    def _on_more(self, part: str, shown: bool) -> None:
        self.chips[part].setChecked(shown)
        self.tables_chosen.emit()
        if shown:
            self.extra_shown.emit(part)

    def shown(self) -> tuple[str, ...]:
        """The parts whose chips are pressed: the numbers of tables, and ``METHODS``."""
        return tuple(part for part, chip in self.chips.items() if chip.isChecked())

    def show_chips(self, parts: tuple[str, ...]) -> None:
        for part, chip in self.chips.items():
            chip.setChecked(part in parts)
        self.more.show_parts(parts)

    def set_filled(self, filled: bool) -> None:
        """Without tables there is nothing to show, hide or copy; the P of the study can be chosen all the same."""
        self._is_filled = filled

    def set_room(self, width: int) -> None:
        """Give up chips for a menu, then words, then the chips' "Table", then the title, as far as they do not fit."""
        fit = next((fit for fit in _FITS if self._needed(fit) <= width), _FITS[-1])
        if (fit, self._is_filled) != self._taken:
            self._taken = fit, self._is_filled
            self._take(fit)

    def _take(self, fit: _Fit) -> None:
        self._title.setVisible(fit.title)
        self._label.setVisible(fit.words)
        self._copy.setText(self._wording("results.copy") if fit.words else "")
        self._copy.setVisible(self._is_filled)
        for part, chip in self.chips.items():
            chip.setText(self._text(part, fit))
            chip.setMinimumWidth(self._chip_width(chip.text()))
            chip.setVisible(self._is_filled and (fit.extras or part in TABLES))
        self.more.setVisible(self._is_filled and not fit.extras)
        padding = _padding(fit)
        self.row.setContentsMargins(padding, 0, padding, 0)

    def _text(self, part: str, fit: _Fit) -> str:
        is_whole = fit.continuation if part == "continuation" else fit.chips or part in EXTRAS
        return self._wording(f"results.chip.{part}{'' if is_whole else '.short'}")

    def _chip_width(self, text: str) -> int:
        """Pressing a chip makes its text bold, and must not cut it."""
        bold = QFont(self.more.font())
        bold.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(bold).horizontalAdvance(text) + _CHIP_PADDING

    def _needed(self, fit: _Fit) -> int:
        """The width below which something would be cut off."""
        found = [self.methods.sizeHint().width()]
        if fit.title:
            found.append(self._title.sizeHint().width())
        if fit.words:
            found.append(self._label.sizeHint().width())
        if self._is_filled:
            shown = [part for part in self.chips if fit.extras or part in TABLES]
            found += [self._chip_width(self._text(part, fit)) for part in shown]
            found += [] if fit.extras else [self.more.sizeHint().width() + _BOLDER]
            words = self._wording("results.copy").replace("&", "") if fit.words else ""
            found.append(_COPY_WIDTH + self._copy.fontMetrics().horizontalAdvance(words))
        return sum(found) + self.row.spacing() * (len(found) - 1) + 2 * _padding(fit)


def _padding(fit: _Fit) -> int:
    return PAGE_PADDING if fit.title else _SLIM_PADDING
