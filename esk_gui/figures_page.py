"""Figures 1a, 1b and 1c: box plots side by side, every patient a mark that names itself and opens its form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSaveFile, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.judge import Group
from esk_engine.report import FIGURES, Analysis, Figure, figure_series
from esk_engine.settings import PMethod
from esk_gui.app import Session
from esk_gui.figures.files import Sheet
from esk_gui.figures.view import LEAST_HEIGHT, LEAST_WIDTH, FigureView
from esk_gui.figures.words import FigureWords, figure_notes
from esk_gui.results.compute import ReportJob
from esk_gui.results.empty import EmptyState
from esk_gui.widgets.buttons import button
from esk_gui.widgets.copying import picture_mime
from esk_gui.widgets.frames import PAGE_PADDING, FootBar, HeaderBar, bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged

_GAP = 40
_LEAST_SIZE = 480, 200  # what gives way is decided here, not by what the parts would like to keep
_WORDS_FROM, _SLIM_BELOW, _FOOT_FROM_HEIGHT = 820, 780, 520


class FiguresPage(Page):
    """The box plots; one patient that is pointed at is ringed in all of them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "figures")
        self.setMinimumSize(*_LEAST_SIZE)
        self._figures: tuple[Figure, ...] = ()
        self._views: dict[str, FigureView] = {}
        self._p_method = PMethod.EXACT
        self._undetermined = 0
        self._columns = 0
        self._report = ReportJob(session, "figures", self)
        self._report.computed.connect(self._show)
        self._report.failed.connect(session.show_error)
        self._build()

    # Building

    def _build(self) -> None:
        self._empty = EmptyState(self.session, "figures")
        self._body = QStackedWidget()
        self._body.addWidget(self._build_scroll())
        self._body.addWidget(self._empty)
        self._foot = FootBar(PAGE_PADDING)
        self._foot_text = text_label("", "foot", "figures_notes", wrap=True)
        self._foot.row.addWidget(self._foot_text, 1)
        column = bare(QVBoxLayout(self))
        column.addWidget(self._build_header())
        column.addWidget(self._body, 1)
        column.addWidget(self._foot)

    def _build_header(self) -> HeaderBar:
        words, theme = self.wording, self.theme
        header = HeaderBar(PAGE_PADDING)
        self._title = text_label(words("figures.title"), "title")
        header.row.addWidget(self._title)
        header.row.addSpacing(8)
        self.chips = {}
        for key in FIGURES:
            chip = button(key, theme, self._on_chips, kind="chip", name=f"figures_chip_{key}", in_header=True)
            chip.setChecked(True)
            chip.setToolTip(words("figures.chip.tip"))
            chip.setAccessibleName(f"{key} {words(f'figures.title.{key}')}")
            self.chips[key] = chip
            header.row.addWidget(chip)
        header.row.addStretch(1)
        self._buttons = {}
        for name, icon_name, on_click in (
            ("copy", "copy", self.copy),
            ("save_png", "image", self.save_png),
            ("save_svg", "save", self.save_svg),
        ):
            text, tip = words(f"figures.{name}"), words(f"figures.{name}.tip")
            made = button(
                text, theme, on_click, icon_name=icon_name, name=f"figures_{name}", tooltip=tip, in_header=True
            )
            made.setAccessibleName(text.replace("&", ""))
            self._buttons[name] = made
            header.row.addWidget(made)
        return header

    def _build_scroll(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(PAGE_PADDING, 16, PAGE_PADDING, 16)
        self._margins = column
        self._message = MessageLabel(self.theme, "message_figures")
        self._none = text_label(self.wording("figures.no_figure"), "body_second")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(24)
        self._scrolled_notes = text_label("", "foot", wrap=True)
        column.addWidget(self._message)
        column.addWidget(self._none)
        column.addLayout(self._grid, 1)
        column.addWidget(self._scrolled_notes)
        area = QScrollArea()
        area.setObjectName("figures_scroll")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    # What changes

    @override
    def refresh(self) -> None:
        study = self.session.open_study
        if study.patients:
            self._report.start(study)
            return
        self._report.cancel()
        self._figures = ()
        self._empty.say("no_patients")
        self._set_filled(False)

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.patients or change.settings or change.criteria:
            self.refresh()

    def _set_filled(self, filled: bool) -> None:
        self._body.setCurrentIndex(0 if filled else 1)
        for widget in (*self._buttons.values(), *self.chips.values()):
            widget.setVisible(filled)
        self._arrange()

    def _show(self, analysis: Analysis) -> None:
        """Draw what was computed; figures that stand already take the newer numbers."""
        sizes = analysis.sizes
        self._p_method = analysis.cohort.settings.p_method
        self._undetermined = sizes[Group.UNDETERMINED]
        self._figures = figure_series(analysis)
        if not any(figure.points for figure in self._figures):
            classified = sizes[Group.RESPONDER] + sizes[Group.NON_RESPONDER]
            self._empty.say("no_values" if classified else "no_groups")
            self._set_filled(False)
            return
        for figure in self._figures:
            words = FigureWords(figure, self.wording, self._p_method)
            view = self._views.get(figure.key)
            if view is None:
                view = FigureView(figure, words, self.theme)
                view.patient_pointed.connect(self._point_at)
                view.patient_chosen.connect(self.session.show_patient)
                self._views[figure.key] = view
            else:
                view.show_figure(figure, words)
        self._columns = 0
        self._set_filled(True)

    def _on_chips(self) -> None:
        self._columns = 0
        self._arrange()

    def shown(self) -> tuple[str, ...]:
        """The keys of the figures whose chips are pressed."""
        return tuple(key for key, chip in self.chips.items() if chip.isChecked())

    def view(self, key: str) -> FigureView:
        """One figure's view; KeyError before there are values."""
        return self._views[key]

    def _point_at(self, patient_id: str) -> None:
        source = self.sender()
        for view in self._views.values():
            view.show_patient(patient_id, is_source=view is source)

    # Room

    def _arrange(self) -> None:
        """Equal figures, as many in a row as there is room for."""
        width = self.width()
        padding = PAGE_PADDING if width >= _SLIM_BELOW else 16
        self._margins.setContentsMargins(padding, 16, padding, 16)
        has_words = width >= _WORDS_FROM
        for name, made in self._buttons.items():
            made.setText(self.wording(f"figures.{name}") if has_words else "")
        filled = self._body.currentIndex() == 0
        has_foot = self.height() >= _FOOT_FROM_HEIGHT and width >= _SLIM_BELOW
        self._foot.setVisible(has_foot and filled)
        self._scrolled_notes.setVisible(not has_foot)
        shown = self.shown()
        self._none.setVisible(not shown)
        self._show_notes()
        fitting = max(1, (width - 2 * padding + _GAP) // (LEAST_WIDTH + _GAP))
        columns = max(1, min(len(shown), fitting))
        if columns != self._columns:
            self._columns = columns
            self._lay_out(shown, columns)

    def _lay_out(self, shown: tuple[str, ...], columns: int) -> None:
        for view in self._views.values():
            self._grid.removeWidget(view)
            view.hide()
        for column in range(max(self._grid.columnCount(), columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowMinimumHeight(row, 0)
        for at, key in enumerate(key for key in shown if key in self._views):
            self._grid.addWidget(self._views[key], at // columns, at % columns)
            self._grid.setRowMinimumHeight(at // columns, LEAST_HEIGHT)
            self._views[key].show()

    def _shown_figures(self) -> list[Figure]:
        return [figure for figure in self._figures if figure.key in self.shown()]

    def _show_notes(self) -> None:
        notes = figure_notes(self._shown_figures(), self.wording, self._undetermined)
        text = "\n".join((notes[0], " ".join(notes[1:]))) if notes else ""
        self._foot_text.setText(text)
        self._scrolled_notes.setText(text)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Files and the clipboard

    def sheet(self) -> Sheet:
        """The shown figures as they go into a file."""
        return Sheet(self._shown_figures(), self.wording, self._p_method, self._undetermined)

    def copy(self) -> None:
        """Put the shown figures on the clipboard as a picture, dots and strokes."""
        if self._shown_figures():
            sheet = self.sheet()
            QGuiApplication.clipboard().setMimeData(picture_mime(sheet.image(), sheet.svg()))
            self._message.clear()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def save_png(self) -> None:
        self._ask_where("png", "PNG (*.png)")

    def save_svg(self) -> None:
        self._ask_where("svg", "SVG (*.svg)")

    def _ask_where(self, ending: str, kinds: str) -> None:
        if not self._shown_figures():
            return
        name = self.wording("figures.file_name", figures=" ".join(self.shown()))
        folder = self.session.open_study.path.parent
        dialog = QFileDialog(self, self.wording("figures.save_title"), str(folder / f"{name}.{ending}"), kinds)
        dialog.setObjectName(f"dialog_save_{ending}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()

    def write(self, path: str) -> None:
        """Write the shown figures to a file, SVG or PNG by its ending, whole or not at all."""
        sheet, name = self.sheet(), Path(path).name
        data = sheet.svg() if path.lower().endswith(".svg") else sheet.png()
        file = QSaveFile(path)
        written = file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()
        if written:
            self._message.show_message(self.wording("figures.saved", name=name), "info")
        else:
            self._message.show_message(self.wording("figures.not_saved", name=name), "error")

    # Being built anew

    @override
    def state(self) -> dict[str, Any]:
        return {"figures": self.shown()}

    @override
    def restore(self, state: dict[str, Any]) -> None:
        for key, chip in self.chips.items():
            chip.setChecked(key in state.get("figures", tuple(FIGURES)))
        self._on_chips()
