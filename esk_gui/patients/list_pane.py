"""The list of patients with its search, its filter and the place where a new study number is typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QLineEdit, QMenu, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Fault, Issue, Refused
from esk_engine.study.meanwhile import not_now
from esk_engine.validation import parse
from esk_gui.icons import icon
from esk_gui.patients.inline_line import InlineLine
from esk_gui.patients.list_delegate import ROW_HEIGHT, PatientRowDelegate
from esk_gui.patients.list_model import FILTERS, ListRole, PatientListModel
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import HeaderBar, bare
from esk_gui.widgets.labels import MessageLabel

if TYPE_CHECKING:
    from esk_gui.app import Session

_LAST_NUMBER = re.compile(r"^(.*?)(\d+)$")


def next_study_no(study_nos: tuple[str, ...]) -> str:
    """The number after the last one, as wide as that: P31 after P30; "" where there is none to follow."""
    match = _LAST_NUMBER.match(study_nos[-1]) if study_nos else None
    if match is None:
        return ""
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}}"


class _PatientsView(QTableView):
    """A table of one column: a QListView lays all its rows out again at each change.

    Delete asks for the patient to be deleted; Enter goes to the form. Says so where nobody is listed.
    """

    delete_requested = Signal()
    form_requested = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        study = self._session.study
        if self.model().rowCount() or study is None or not len(study.cohort):
            return
        painter = QPainter(self.viewport())
        painter.setPen(self._session.theme.color("ink_3"))
        room = self.viewport().rect().adjusted(16, 16, -16, 0)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self._session.wording("patients.nobody_found"))
        painter.end()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.form_requested.emit()
        else:
            super().keyPressEvent(event)


class PatientListPane(QWidget):
    """Tells which patient was chosen, and whom to add or delete."""

    patient_chosen = Signal(str)
    patient_added = Signal(str)
    delete_requested = Signal()
    form_requested = Signal()

    def __init__(self, session: Session, model: PatientListModel) -> None:
        super().__init__()
        self._session, self.model = session, model
        words = session.wording
        self.search = QLineEdit()
        self.search.setObjectName("patients_search")
        self.search.setPlaceholderText(words("patients.search"))
        self.search.setAccessibleName(words("patients.search.help"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(_search_icon(session), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._on_search)
        self.filter = ChoiceBox("patients_filter", tuple((name, words(f"patients.filter.{name}")) for name in FILTERS))
        self.filter.setAccessibleName(words("patients.filter"))
        self.filter.setFixedWidth(88)
        self.search.setMinimumWidth(60)
        self.filter.view().setMinimumWidth(160)
        self.filter.chosen.connect(self._on_filter)
        head = HeaderBar(12)
        head.row.addWidget(self.search, 1)
        head.row.addWidget(self.filter)
        self.view = self._make_view()
        column = bare(QVBoxLayout(self))
        column.addWidget(head)
        column.addSpacing(4)
        column.addWidget(self.view, 1)
        column.addWidget(self._make_foot())

    def _make_view(self) -> _PatientsView:
        view = _PatientsView(self._session)
        view.setObjectName("patients_list")
        view.setAccessibleName(self._session.wording("patients.list"))
        view.setModel(self.model)
        self.delegate = PatientRowDelegate(self._session, view)
        view.setItemDelegate(self.delegate)
        view.setMouseTracking(True)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.delete_requested.connect(self.delete_requested)
        view.form_requested.connect(self.form_requested)
        view.selectionModel().currentChanged.connect(self._on_current)
        return view

    def _make_foot(self) -> QWidget:
        words = self._session.wording
        adder = button(words("patients.add"), self._session.theme, icon_name="add", name="patients_add")
        self._number = InlineLine(adder, "new_study_no", words.label("study_no"))
        self._number.opened.connect(self._suggest)
        self._number.closed.connect(self._clear_message)
        self._number.taken.connect(self._take_number)
        self._number.setFixedHeight(32)
        self._message = MessageLabel(self._session.theme, "message_new_study_no")
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        column.addWidget(self._number)
        column.addWidget(self._message)
        return foot

    # Choosing

    def select(self, patient_id: str | None) -> None:
        """Show which patient is open, without telling anybody."""
        row = self.model.row_of(patient_id)
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        if row is None:
            selection.clear()
        else:
            index = self.model.index(row)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _on_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        patient_id = current.data(ListRole.PATIENT_ID) if current.isValid() else None
        if patient_id:
            self.patient_chosen.emit(patient_id)

    def _on_search(self, text: str) -> None:
        self.model.set_search(text)

    def _on_filter(self, name: str) -> None:
        self.model.set_filter(name)

    def set_narrow(self, narrow: bool) -> None:
        """Without sex and age; what the search is for is then told by its icon alone."""
        self.delegate.shows_person = not narrow
        self.search.setPlaceholderText("" if narrow else self._session.wording("patients.search"))

    def reset_filter(self) -> None:
        """Let every patient be seen, e.g. before one is opened from another page."""
        self.search.clear()
        self.filter.show_code("all")
        self.model.set_filter("all")

    def _show_menu(self, place: QPoint) -> None:
        if not self.view.indexAt(place).isValid() or self._session.open_study.read_only:
            return
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction(self._session.wording("patients.delete"))
        action.triggered.connect(self.delete_requested)
        menu.popup(self.view.viewport().mapToGlobal(place))

    # Adding

    def set_lock(self, text: str) -> None:
        """Whether nobody can be added, and why."""
        self._number.setDisabled(bool(text))
        self._number.setToolTip(text)

    def start_adding(self) -> None:
        """Turn the button into a line with the number that would come next."""
        self._number.open_line(next_study_no(self._session.open_study.cohort.study_nos))

    def _suggest(self) -> None:
        self.start_adding()

    def _clear_message(self) -> None:
        self._message.clear()

    def _take_number(self, text: str) -> None:
        issues, patient_id = add_patient(self._session, text)
        if issues:
            self._message.show_message("\n".join(self._session.wording.issue(issue) for issue in issues))
            self._number.line.selectAll()
        elif patient_id:
            self._number.close_line()
            self.patient_added.emit(patient_id)


def add_patient(session: Session, text: str) -> tuple[tuple[Issue, ...], str]:
    """Add a patient under a study number as it was typed; its id, or what is wrong with the number."""
    parsed = parse(variable(Kind.PATIENT, "study_no"), text, today=session.today())
    if parsed.issues:
        return parsed.issues, ""
    try:
        return (), session.open_study.add_patient({"study_no": parsed.value}).patient_id
    except Refused as refused:
        return refused.issues, ""
    except Fault as fault:
        return (not_now(fault),), ""


def _search_icon(session: Session) -> QIcon:
    return icon("search", session.theme, "ink_3")
