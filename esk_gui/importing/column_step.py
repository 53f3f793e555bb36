"""The second step: what each column becomes, in what unit; a recipe that was kept, and one to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import ANALYTES, Kind
from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.importing.column_model import ColumnModel
from esk_gui.importing.step import Step, fill_tables, share_width
from esk_gui.importing.targets import LEFT_OUT, code_of, target_choices, target_of
from esk_gui.importing.work import ImportWork
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import bare, scrolling
from esk_gui.widgets.labels import ElidedLabel, MessageLabel, text_label
from esk_gui.widgets.tables import quiet_table

if TYPE_CHECKING:
    from esk_engine.exchange.intake import ColumnRule

_LAST_MINUTE = 1440

_SHARES = (22, 27, 36)


class ColumnStep(Step):
    """A table of the columns; below it what the chosen one becomes."""

    recipe_wanted = Signal(str)

    def __init__(self, session: Session, work: ImportWork) -> None:
        super().__init__(session, work, "columns")
        self._model = ColumnModel(self.wording, self.theme)
        self._shown: object = None
        content = QWidget()
        column = bare(QVBoxLayout(content), 12)
        self._several = self._tables_row()
        column.addWidget(self._several)
        column.addLayout(self._recipe_row())
        self._recipe_message = MessageLabel(self.theme, "message_import_recipe")
        column.addWidget(self._recipe_message)
        self.table = quiet_table("import_columns", self._model)
        self.table.setMinimumHeight(140)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        column.addWidget(self.table, 1)
        self._heading = ElidedLabel("", "heading")
        self._heading.setObjectName("import_heading")
        column.addWidget(self._heading)
        column.addLayout(self._target_fields())
        bare(QVBoxLayout(self)).addWidget(scrolling(content, "import_columns_area"))

    def _tables_row(self) -> QWidget:
        words, holder = self.wording, QWidget()
        row = bare(QHBoxLayout(holder), 8)
        self.tables = ChoiceBox("import_columns_table")
        self.tables.setMaximumWidth(260)
        self.tables.setAccessibleName(words("importing.table"))
        self.tables.chosen.connect(self._on_table)
        row.addWidget(self.tables)
        row.addWidget(
            button(
                words("importing.leave_table"), self.theme, self._leave_table, kind="quiet", name="import_leave_table"
            )
        )
        row.addStretch(1)
        return holder

    def _recipe_row(self) -> QHBoxLayout:
        words, row = self.wording, bare(QHBoxLayout(), 8)
        self.recipe = ChoiceBox("import_recipe")
        self.recipe.setMaximumWidth(260)
        self.recipe.setAccessibleName(words("importing.recipe"))
        self.recipe.chosen.connect(self.recipe_wanted)
        row.addWidget(self.recipe)
        row.addStretch(1)
        self.recipe_name = EntryLine("import_recipe_name", self.theme)
        self.recipe_name.setPlaceholderText(words("importing.recipe.name"))
        self.recipe_name.setAccessibleName(words("importing.recipe.name"))
        self.recipe_name.setMaximumWidth(220)
        self.recipe_name.setMinimumWidth(150)
        row.addWidget(self.recipe_name)
        row.addWidget(button(words("importing.recipe.save"), self.theme, self._save, name="import_recipe_save"))
        return row

    def _target_fields(self) -> QGridLayout:
        words = self.wording
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self.target = ChoiceBox("import_target")
        for code, text in target_choices(words):
            self.target.addItem(text, code)
            if code is None:
                model = cast(QStandardItemModel, self.target.model())
                model.item(self.target.count() - 1).setEnabled(False)
        self.target.chosen.connect(self._on_target)
        self.minute = EntryLine("import_minute", self.theme, unit=words.unit_text("min"))
        self.minute.committed.connect(self._on_minute)
        analytes = tuple((code, words.code(code)) for code in ANALYTES)
        self.analyte = ChoiceBox("import_analyte", (("", words("importing.analyte.column")), *analytes))
        self.analyte.chosen.connect(self._on_target)
        self.unit = ChoiceBox("import_unit")
        self.unit.chosen.connect(self._on_unit)
        self._labels: dict[QWidget, QWidget] = {}
        fields: tuple[tuple[str, QWidget, int], ...] = (
            ("becomes", self.target, 4),
            ("minute", self.minute, 1),
            ("analyte", self.analyte, 2),
            ("unit", self.unit, 1),
        )
        for at, (name, field, stretch) in enumerate(fields):
            label = text_label(words(f"importing.column.{name}"), "label")
            label.setBuddy(field)
            field.setAccessibleName(words(f"importing.column.{name}"))
            field.setMinimumWidth(96)
            grid.addWidget(label, 0, at, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(field, 1, at)
            grid.setColumnStretch(at, stretch)
            self._labels[field] = label
        return grid

    # Showing

    def show_work(self) -> None:
        source, mapping = self.work.source, self.work.mapping
        if source is None or mapping is None:
            return
        fill_tables(self.tables, [table.name for table in source.tables])
        name = self.tables.code()
        self._several.setVisible(len(source.tables) > 1)
        if not name:
            return
        table, rules = source.table(name), mapping.of_table(name)
        if self._shown is table:
            self._model.show_rules(rules)
        else:
            self._shown = table
            self._model.show_table(table, rules)
            self.table.selectRow(0)
        self._show_rule()

    def show_recipes(self, names: tuple[str, ...], chosen: str = "") -> None:
        """The recipes that fit the file; none is carried out before it is chosen."""
        self.recipe.clear()
        self.recipe.addItem(self.wording("importing.recipe.none"), "")
        for name in names:
            self.recipe.addItem(name, name)
        self.recipe.show_code(chosen)
        self.recipe.setVisible(bool(names))
        if names and not chosen:
            self.tell_recipe(self.wording("importing.recipe.fits", name=names[0]), "info")
        else:
            self._recipe_message.clear()

    def tell_recipe(self, text: str, level: str = "info") -> None:
        self._recipe_message.show_message(text, "info" if level == "info" else "error")

    def begin(self) -> None:
        self.table.setFocus()

    def show_column(self, table: str, column: int) -> None:
        """Choose one column."""
        self.tables.show_code(table)
        self.show_work()
        self.table.selectRow(column)

    def _rule(self) -> ColumnRule | None:
        return self._model.rule(self.table.currentIndex().row())

    def _show_rule(self) -> None:
        rule = self._rule()
        self.target.setEnabled(rule is not None)
        target = rule.target if rule is not None else None
        self._heading.setText(rule.header if rule is not None else "")
        self.target.show_code(code_of(target))
        is_row = target is not None and target.kind in (Kind.READING, Kind.SAMPLE)
        has_minute = is_row and target is not None and target.variable not in ("minute", "analyte")
        has_analyte = target is not None and target.variable == "concentration_ug_l"
        self._show_field(self.minute, has_minute)
        self._show_field(self.analyte, has_analyte)
        minute = target.minute if target is not None else None
        self.minute.show_text("" if minute is None else str(minute))
        self.minute.set_state("")
        self.analyte.show_code(target.analyte if target is not None else "")
        self._show_units(rule)

    def _show_units(self, rule: ColumnRule | None) -> None:
        from esk_engine.exchange.intake import units_for

        target = rule.target if rule is not None else None
        units = units_for(target.kind, target.variable) if target is not None else ()
        self.unit.clear()
        for unit in units:
            self.unit.addItem(self.wording.unit_text(unit), unit)
        if rule is not None and rule.unit and rule.unit not in units and units:
            self.unit.addItem(rule.unit, rule.unit)
        self.unit.show_code((rule.unit if rule is not None else "") or (units[0] if units else ""))
        self._show_field(self.unit, bool(units))

    def _show_field(self, field: QWidget, shown: bool) -> None:
        self._labels[field].setVisible(shown)
        field.setVisible(shown)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share_width(self.table, event.size().width(), _SHARES)

    # What a person changes

    def _on_row(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._show_rule()

    def _on_table(self, name: str) -> None:
        self.show_work()

    def _leave_table(self) -> None:
        """Leave out every column of the table that shows."""
        mapping = self.work.mapping
        if mapping is None:
            return
        for rule in mapping.of_table(self.tables.code()):
            if rule.target is not None:
                mapping = mapping.with_target(rule.table, rule.column, None)
        self.work.mapping = mapping
        self.changed.emit()
        self.show_work()

    def _on_target(self, code: str) -> None:
        rule = self._rule()
        if rule is None or self.work.mapping is None:
            return
        chosen = str(self.target.currentData() or LEFT_OUT)
        old = rule.target
        same_kind = old is not None and chosen.startswith(f"{old.kind.value}/")
        minute = old.minute if old is not None and same_kind else None
        target = target_of(chosen, minute, self.analyte.code() if self.analyte.isVisibleTo(self) else "")
        self._put(target, rule)

    def _on_minute(self, text: str) -> None:
        rule = self._rule()
        if rule is None or rule.target is None:
            return
        bare_text = text.strip()
        if bare_text and (not bare_text.isdecimal() or int(bare_text) > _LAST_MINUTE):
            self.minute.set_state("error")
            return
        minute = int(bare_text) if bare_text else None
        self._put(target_of(code_of(rule.target), minute, rule.target.analyte), rule)

    def _put(self, target: object, rule: ColumnRule) -> None:
        from esk_engine.exchange.intake import Target

        if self.work.mapping is not None and (target is None or isinstance(target, Target)):
            self.work.mapping = self.work.mapping.with_target(rule.table, rule.column, target)
            self.changed.emit()
            self.show_work()

    def _on_unit(self, unit: str) -> None:
        rule = self._rule()
        if rule is not None and self.work.mapping is not None:
            self.work.mapping = self.work.mapping.with_unit(rule.table, rule.column, unit)
            self.changed.emit()
            self.show_work()

    def _save(self) -> None:
        from esk_engine.exchange.intake import save_recipe

        name = self.recipe_name.text().strip()
        if self.work.mapping is None:
            return
        if not name:
            self.recipe_name.set_state("error")
            self.recipe_name.setFocus()
            return
        self.recipe_name.set_state("")
        try:
            save_recipe(self.work.folder, name, self.work.mapping)
        except Fault as fault:
            self.tell_recipe(self.wording.fault(fault), "error")
            return
        self.recipe_name.show_text("")
        self.tell_recipe(self.wording("importing.recipe.saved", name=name))
