"""The demo study: a synthetic cohort that gives the published tables back; every opening makes a fresh copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from esk_engine.exchange.layout import DATA_SHEETS
from esk_engine.records import Patient, make_patient
from esk_engine.resources import resource_path
from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from esk_engine.wording import Language


def _demo() -> dict[str, Any]:
    return json.loads(resource_path("demo", "demo.json").read_text(encoding="utf-8"))


def _patient(raw: dict[str, Any]) -> Patient:
    rows = ((sheet.kind, row) for sheet in DATA_SHEETS[1:] for row in raw[sheet.name])
    return make_patient(raw["values"], rows)


def demo_patients() -> tuple[Patient, ...]:
    """The demo's patients, none of them real, with fresh record ids."""
    return tuple(_patient(raw) for raw in _demo()["patients"])


def demo_settings(language: Language) -> Settings:
    """The demo's settings: marked as synthetic, P as the model study printed it."""
    demo = _demo()
    settings = Settings(study_name=demo["study_name"][language])
    for name, value in demo["settings"].items():
        settings = settings.with_value(name, value)
    return settings


def create_demo(path: Path, *, person: Person, language: Language) -> Study:
    """A fresh copy of the demo study in a file that is not there yet, open to write.

    Raises
    ------
    Fault
        ``file_exists`` and what else keeps a study from being created.
    """
    return Study.create(path, person=person, settings=demo_settings(language), patients=demo_patients())
