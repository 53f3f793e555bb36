"""``report``: the study, or one patient, as PDF or HTML."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from esk_engine.cli.console import Console
from esk_engine.errors import Fault
from esk_engine.exchange.atomic import check_target
from esk_engine.exchange.document import Document
from esk_engine.exchange.html_report import write_html
from esk_engine.exchange.patient_page import patient_page
from esk_engine.exchange.study_report import Maker, Signatures, study_report
from esk_engine.study import Person, StudySnapshot
from esk_engine.wording import Wording

_HTML = (".html", ".htm")
Reading = tuple[StudySnapshot, Signatures]


@dataclass(frozen=True)
class Draft:
    """A report that is still to be drawn: the document and what its figures show."""

    document: Document
    snapshot: StudySnapshot
    patient_id: str | None


class Press(Protocol):
    """What only the window's half can do: draw figures and pages."""

    def figures(self, draft: Draft, wording: Wording) -> Mapping[str, bytes]:
        """SVG of every figure of a document, by its key."""
        ...

    def write_pdf(self, draft: Draft, path: Path, wording: Wording) -> None:
        """Write the document as PDF; raises Fault as every export does."""
        ...


def run_report(options: argparse.Namespace, console: Console, read: Reading, maker: Person, press: Press | None) -> int:
    """Write the report; without the window's half HTML comes without figures.

    Raises
    ------
    Fault
        ``report_ending``, ``report_no_patient``, ``report_needs_window``, and what every export raises.
    """
    target: Path = options.target
    ending, wording = target.suffix.casefold(), console.wording
    if ending not in (".pdf", *_HTML):
        raise Fault("report_ending", path=str(target))
    check_target(target, target.suffix)
    draft = _draft(options.patient, read, Maker(maker, datetime.now()), wording)
    try:
        if ending == ".pdf":
            if press is None:
                raise Fault("report_needs_window")
            press.write_pdf(draft, target, wording)
        else:
            write_html(draft.document, target, _drawn(press, draft, wording), wording)
    except ImportError:
        raise Fault("report_needs_window") from None
    console.say(wording("cli.reported", path=str(target)))
    return 0


def _drawn(press: Press | None, draft: Draft, wording: Wording) -> Mapping[str, bytes]:
    """The figures; none where this computer lacks what draws them."""
    if press is None:
        return {}
    try:
        return press.figures(draft, wording)
    except ImportError:
        return {}


def _draft(study_no: str | None, read: Reading, maker: Maker, wording: Wording) -> Draft:
    snapshot, signatures = read
    if study_no is None:
        return Draft(study_report(snapshot, signatures, maker, wording), snapshot, None)
    asked = study_no.strip().upper()
    patient = next((patient for patient in snapshot.patients if patient.study_no.upper() == asked), None)
    if patient is None:
        raise Fault("report_no_patient", study_no=study_no)
    document = patient_page(snapshot, patient.id, signatures.get(patient.id, ()), maker, wording)
    return Draft(document, snapshot, patient.id)
