"""The fourth step: cell by cell what was read and what it becomes, and a list of all that is wrong or doubtful."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from esk_engine.errors import Issue
from esk_gui.app import Session
from esk_gui.dialogs.issue_model import Column, IssueModel
from esk_gui.importing.preview_model import PreviewModel
from esk_gui.importing.step import Step, fill_tables
from esk_gui.importing.targets import target_text
from esk_gui.importing.work import ImportWork
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.tables import quiet_table

_SIDE_BY_SIDE_FROM = 900
_ISSUES_WIDTH = 440
_MOST_ISSUES = 5_000


class PreviewStep(Step):
    """The cells of a table, and the issues of the whole file; choosing an issue goes to its cell."""

    def __init__(self, session: Session, work: ImportWork) -> None:
        super().__init__(session, work, "preview")
        words = self.wording
        self._shown: object = None
        self._by_place: dict[str, dict[tuple[int, int], list[Issue]]] = {}
        self.model = PreviewModel(words, self.theme)
        self.issues = IssueModel(words, self.theme)
        column = bare(QVBoxLayout(self), 8)
        column.addLayout(self._header())
        tables = bare(QHBoxLayout(), 16)
        self.table = quiet_table("import_preview", self.model, row_height=26)
        self.table.verticalHeader().show()
        self.table.setSelectionBehavior(self.table.SelectionBehavior.SelectItems)
        self.table.horizontalHeader().setDefaultSectionSize(150)
        self.table.setMinimumHeight(90)
        self.table.selectionModel().currentChanged.connect(self._on_cell)
        self.issue_table = quiet_table("import_issues", self.issues)
        self.issue_table.horizontalHeader().setStretchLastSection(True)
        self.issue_table.setColumnWidth(Column.CELL, 110)
        self.issue_table.clicked.connect(self._jump)
        self.issue_table.activated.connect(self._jump)
        tables.addWidget(self.table, 1)
        tables.addWidget(self.issue_table, 1)
        column.addLayout(tables, 1)
        self.detail = text_label("", "body_second", "import_cell_text", wrap=True)
        column.addWidget(self.detail)
        self._cell_message = MessageLabel(self.theme, "message_import_cell")
        column.addWidget(self._cell_message)

    def _header(self) -> QHBoxLayout:
        words, row = self.wording, bare(QHBoxLayout(), 8)
        self.tables = ChoiceBox("import_preview_table")
        self.tables.setMaximumWidth(200)
        self.tables.setAccessibleName(words("importing.table"))
        self.tables.chosen.connect(self._on_table)
        row.addWidget(self.tables)
        self.only = button(words("importing.only"), self.theme, self._on_only, kind="chip", name="import_only")
        row.addWidget(self.only)
        row.addStretch(1)
        self.summary = text_label("", "second", "import_preview_summary")
        row.addWidget(self.summary)
        self.list_chip = button("", self.theme, self._on_list, kind="chip", name="import_show_issues")
        row.addWidget(self.list_chip)
        return row

    # Showing

    def show_work(self) -> None:
        intake = self.work.intake
        if intake is None or self._shown is intake:
            return
        self._shown = intake
        self._by_place = {table.name: {} for table in intake.source.tables}
        for issue in intake.issues:
            place = issue.place
            if place.sheet in self._by_place and place.row is not None and place.column is not None:
                first = intake.source.table(place.sheet).first_row
                self._by_place[place.sheet].setdefault((place.row - first, place.column - 1), []).append(issue)
        errors = len(intake.errors)
        warnings = len(intake.issues) - errors
        self.summary.setText(
            f"{self.wording.plural('importing.errors', errors)}, {self.wording.plural('importing.warnings', warnings)}"
        )
        self.list_chip.setText(self.wording("importing.issues", n=errors + warnings))
        self.issues.show_issues(sorted(intake.issues, key=lambda issue: not issue.is_error)[:_MOST_ISSUES])
        names = [table.name for table in intake.source.tables if self._is_read(table.name)]
        fill_tables(self.tables, names)
        self._show_table()
        self._fit()

    def _is_read(self, name: str) -> bool:
        mapping = self.work.mapping
        return mapping is not None and any(rule.target is not None for rule in mapping.of_table(name))

    def begin(self) -> None:
        self.table.setFocus()

    def _show_table(self) -> None:
        intake, name = self.work.intake, self.tables.code()
        if intake is None or not name:
            self.model.show_table(None)
            return
        issues, table = self._by_place[name], intake.source.table(name)
        rows: Sequence[int] = range(len(table.rows))
        if self.only.isChecked():
            told = {row for row, _ in issues if 0 <= row < len(table.rows)} | set(intake.changed.get(name, ()))
            rows = sorted(told)
        self.model.show_table(intake.preview(name), rows, issues)
        self.detail.setText(self.wording("importing.choose_cell" if rows else "importing.nothing_to_say"))
        self._cell_message.clear()

    def _on_cell(self, current: QModelIndex, previous: QModelIndex) -> None:
        intake = self.work.intake
        cell = self.model.cell(current) if current.isValid() else None
        if cell is None or intake is None:
            return
        words, (row, column) = self.wording, self.model.place_of(current)
        preview = intake.preview(self.tables.code())
        rule = preview.rule(column)
        issues = self.model.issues_at(current)
        becomes = self.model.becomes(current) or words("importing.empty")
        self.detail.setText(
            words(
                "importing.cell",
                row=preview.table.first_row + row,
                text=cell.text or words("importing.empty"),
                becomes=becomes,
                target=target_text(rule.target if rule is not None else None, words),
            )
        )
        level = "error" if any(issue.is_error for issue in issues) else "warning"
        self._cell_message.show_message(
            "\n".join(dict.fromkeys(words.issue(issue) for issue in issues)),
            "error" if level == "error" else "warning",
        )

    # What a person does

    def _on_table(self, name: str) -> None:
        self._show_table()

    def _on_only(self) -> None:
        self._show_table()

    def _on_list(self) -> None:
        self._fit()

    def _jump(self, index: QModelIndex) -> None:
        issue = self.issues.issue(index.row())
        intake = self.work.intake
        if intake is None or issue.place.row is None or issue.place.column is None:
            return
        self.go_to(issue.place.sheet, issue.place.row, issue.place.column)

    def go_to(self, table: str, row: int, column: int) -> None:
        """Show one cell of the file, row and column counted from 1 as the file counts them."""
        intake = self.work.intake
        if intake is None or self.tables.findData(table) < 0:
            return
        if self.tables.code() != table:
            self.tables.show_code(table)
            self._show_table()
        at = self.model.row_of(row - intake.source.table(table).first_row)
        if at < 0:
            if row < intake.source.table(table).first_row:
                self.moved.emit("columns")
            return
        self.list_chip.setChecked(False)
        self._fit()
        place = self.model.index(at, column - 1)
        self.table.setCurrentIndex(place)
        self.table.scrollTo(place, self.table.ScrollHint.PositionAtCenter)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        """Side by side where there is room; else the one or the other."""
        has_issues = self.issues.rowCount() > 0
        is_wide = self.width() >= _SIDE_BY_SIDE_FROM
        self.list_chip.setVisible(has_issues and not is_wide)
        self.summary.setVisible(is_wide)
        shows_list = has_issues and (is_wide or self.list_chip.isChecked())
        self.issue_table.setVisible(shows_list)
        self.issue_table.setMaximumWidth(_ISSUES_WIDTH if is_wide else 16_777_215)
        self.table.setVisible(is_wide or not shows_list)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
