"""Is the file whole, asked for now: what was found, each with its place, and the hash that the log ends with."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from esk_engine.dictionary import Kind, has_variable
from esk_engine.errors import Fault
from esk_engine.wording import Wording
from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Job, Progress
from esk_gui.log_text import in_groups
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, Hairline, bare
from esk_gui.widgets.labels import icon_label, set_property, text_label

if TYPE_CHECKING:
    from esk_engine.study import Study
    from esk_engine.study_file.check import CheckReport, Finding

_TOPIC: Final = "check"
_RUNNING: Final = "running"
_MOST_ROWS: Final = 6
_ICON: Final = 18
_WHOLE: Final = 1000
_MOST_SHOWN: Final = 500  # of a file that is damaged all over, the first ones tell enough
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class CheckStrip(QFrame):
    """A strip below the header: being checked, whole, or what is not as it should be; away until it is asked for.

    ``line_asked`` carries the number of a log line that a finding names, ``patient_asked`` a study number.
    """

    line_asked = Signal(int)
    patient_asked = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("log_check_strip")
        self._session, self._words = session, session.wording
        self._job: Job | None = None
        self._report: CheckReport | None = None
        self._at: datetime | None = None
        self._findings: list[Finding] = []
        column = bare(QVBoxLayout(self))
        column.addLayout(self._head())
        self._bar = QProgressBar()
        self._bar.setObjectName("log_check_progress")
        self._bar.setRange(0, _WHOLE)
        self._bar.setTextVisible(False)
        column.addWidget(self._bar)
        self._list = QListWidget()
        self._list.setObjectName("log_findings")
        self._list.setWordWrap(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.itemActivated.connect(self._go)
        self._list.itemClicked.connect(self._go)
        below = QVBoxLayout()
        below.setContentsMargins(PAGE_PADDING + _ICON + 6, 0, PAGE_PADDING, 0)
        below.addWidget(self._list)
        column.addLayout(below)
        column.addWidget(Hairline())
        self.hide()

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def run(self) -> None:
        """Check the file beside the window, as it is on the disk now."""
        if self._job is not None:
            return
        work = partial(_check, self._session.open_study)
        self._job = self._session.jobs.run(work, self._on_done, self._on_failed, topic=_TOPIC)
        self._job.progressed.connect(self._show_progress)
        self._show_text(self._words("log.checking"), "", "accent", "log")
        self._show_buttons()

    def stop(self) -> None:
        """Wait no longer for what the check finds."""
        if self._job is not None:
            self._job.cancel()
        self._job = None
        self.close_strip()

    def close_strip(self) -> None:
        """Put the strip away."""
        self._report = None
        self.hide()

    def state(self) -> Any:
        """What was found, for a strip in another language; a check under way is begun anew there."""
        return _RUNNING if self.is_running else None if self._report is None else (self._report, self._at)

    def restore(self, state: Any) -> None:
        """Show what an earlier strip had found."""
        if state == _RUNNING:
            self.run()
        elif state is not None:
            self.show_report(*state)

    def show_report(self, report: CheckReport, at: datetime) -> None:
        """Show what a check found."""
        self._report, self._at = report, at
        words, self._findings = self._words, list(report.findings)
        time = f"{at:%H:%M}"
        if report.is_whole:
            title = words("log.whole", time=time, lines=report.lines, patients=report.patients)
            self._show_text(title, words("log.head", hash=in_groups(report.head)), "accent", "check")
        else:
            title = words.plural("log.findings", len(self._findings), time=time)
            self._show_text(title, words("log.findings.text"), "warning", "warning")
        self._list.clear()
        for finding in self._findings[:_MOST_SHOWN]:
            item = QListWidgetItem(finding_text(finding, words))
            if self._leads_somewhere(finding):
                item.setToolTip(words("log.finding.go"))
            self._list.addItem(item)
        self._fit_list()
        self._show_buttons()

    # Making

    def _head(self) -> QHBoxLayout:
        words, theme = self._words, self._session.theme
        row = QHBoxLayout()
        row.setContentsMargins(PAGE_PADDING, 8, PAGE_PADDING, 8)
        row.setSpacing(8)
        self._icons = {
            name: icon_label(name, theme, token, _ICON)
            for name, token in (("check", "good"), ("warning", "warning"), ("log", "ink_2"))
        }
        for made in self._icons.values():
            row.addWidget(made)
        texts = bare(QVBoxLayout(), 2)
        self._title = text_label("", "strong", "log_check_result", wrap=True)
        self._detail = text_label("", "second", "log_check_detail", wrap=True)
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        row.addLayout(texts, 1)
        choices: tuple[tuple[str, Callable[[], object], str], ...] = (
            ("log_check_stop", self.stop, words("shell.cancel")),
            ("log_check_copy", self._copy, words("log.copy_hash")),
            ("log_check_copy_list", self._copy_list, words("log.copy_findings")),
            ("log_check_close", self.close_strip, words("shell.close")),
        )
        self._buttons: dict[str, QWidget] = {}
        for name, act, text in choices:
            made = button(text, theme, act, name=name, in_header=True)
            self._buttons[name] = made
            row.addWidget(made)
        return row

    # Showing

    def _show_text(self, title: str, detail: str, tint: str, icon_name: str) -> None:
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        for name, made in self._icons.items():
            made.setVisible(name == icon_name)
        set_property(self, "tint", tint)
        self._list.hide()
        self._bar.setValue(0)
        self._bar.setVisible(self.is_running)
        self.show()

    def _show_progress(self, share: float) -> None:
        self._bar.setValue(round(share * _WHOLE))

    def _show_buttons(self) -> None:
        is_whole = self._report is not None and self._report.is_whole
        self._buttons["log_check_stop"].setVisible(self.is_running)
        self._buttons["log_check_copy"].setVisible(not self.is_running and is_whole)
        self._buttons["log_check_copy_list"].setVisible(not self.is_running and not is_whole)
        self._buttons["log_check_close"].setVisible(not self.is_running)

    def _fit_list(self) -> None:
        rows = min(self._list.count(), _MOST_ROWS)
        self._list.setVisible(rows > 0)
        self._list.setFixedHeight(sum(self._list.sizeHintForRow(row) for row in range(rows)) + 8)

    # What comes of it

    def _on_done(self, report: CheckReport) -> None:
        self._job = None
        self.show_report(report, datetime.now())

    def _on_failed(self, error: BaseException) -> None:
        self._job = None
        self.close_strip()
        self._session.show_error(error)

    def _copy(self) -> None:
        if self._report is not None:
            QApplication.clipboard().setText(self._report.head)
            self._session.tell(self._words("log.hash_copied"))

    def _copy_list(self) -> None:
        texts = [finding_text(finding, self._words) for finding in self._findings]
        QApplication.clipboard().setText("\n".join(texts))
        self._session.tell(self._words("log.findings_copied", n=len(texts)))

    @staticmethod
    def _leads_somewhere(finding: Finding) -> bool:
        return bool(finding.params.get("seq") or finding.params.get("study_no"))

    def _go(self, item: QListWidgetItem) -> None:
        params = self._findings[self._list.row(item)].params
        seq, study_no = params.get("seq"), params.get("study_no")
        if isinstance(seq, int):
            self.line_asked.emit(seq)
        elif study_no:
            self.patient_asked.emit(str(study_no))


def _check(study: Study, progress: Progress, cancelled: Cancelled) -> CheckReport:
    """The check as a job: it tells how far it is, and ends where nobody waits for it any more."""

    def tell(share: float) -> None:
        if cancelled():
            raise Fault("cancelled")
        progress(share)

    return study.check(tell)


def finding_text(finding: Finding, words: Wording) -> str:
    """What was found, in the words of the form: labels for names, numbers as this language writes them."""
    return words(finding.key, **{name: _shown(name, value, words) for name, value in finding.params.items()})


def _shown(name: str, value: object, words: Wording) -> object:
    text = str(value)
    if name in ("variable", "setting"):
        known = name == "setting" or any(has_variable(kind, text) for kind in Kind)
        return words.label(text) if known else text
    if name == "kind":
        key = f"log.row_{text}"
        return words(key) if words.has(key) else text
    if name == "moment":
        key = f"log.moment_{text}"
        return words(key) if words.has(key) else text
    if name in ("logged", "found"):
        if text in ("None", ""):
            return None
        bare_text = text.strip('"')
        return words.number(float(bare_text)) if _NUMBER.fullmatch(bare_text) else bare_text
    return value
