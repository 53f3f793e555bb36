"""When a tab of the form is complete: nothing that the tables and the criteria need is missing from it."""

from __future__ import annotations

from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_gui.patients.vital_rows import VITAL_VARIABLES, grid_rows

TABS = ("inclusion", "infusion", "side_effects", "evaluation")
EVALUATED_BY = ("relief_weeks", "treatment_continued")
_INCLUSION = ("study_no", "sex", "age_years", "height_cm", "weight_kg", "indication")
_INFUSION = ("dose_mg", "infusion_minutes", "nrs_before", "nrs_end")


def _has(patient: Patient, names: tuple[str, ...]) -> bool:
    return all(patient.get(name) is not None for name in names)


def is_evaluated(patient: Patient) -> bool:
    """Both values of the evaluation that the verdict waits for are there."""
    return _has(patient, EVALUATED_BY)


def readings_present(patient: Patient, settings: Settings) -> tuple[int, int]:
    """How many of the scheduled rows hold a reading, and how many there are."""
    scheduled = [row for row in grid_rows(patient, settings) if row.is_scheduled]
    present = sum(any(row.get(name) is not None for name in VITAL_VARIABLES) for row in scheduled)
    return present, len(scheduled)


def _inclusion(patient: Patient) -> bool:
    needs_group = patient.get("indication") == "peripheral"
    return _has(patient, _INCLUSION) and not (needs_group and patient.get("indication_group") is None)


def _infusion(patient: Patient, settings: Settings) -> bool:
    if not _has(patient, _INFUSION):
        return False
    present, scheduled = readings_present(patient, settings)
    sampled = {row.get("analyte") for row in patient.samples if row.get("concentration_ug_l") is not None}
    return scheduled - present <= settings.max_missing_readings and {"esketamine", "norketamine"} <= sampled


def is_complete(patient: Patient, tab: str, settings: Settings) -> bool:
    """Whether a tab is complete; side effects have a count instead, so that tab never is."""
    if tab == "inclusion":
        return _inclusion(patient)
    if tab == "infusion":
        return _infusion(patient, settings)
    return tab == "evaluation" and is_evaluated(patient)


def is_incomplete(patient: Patient, settings: Settings) -> bool:
    """Whether anything is still to be entered."""
    return not (is_evaluated(patient) and _inclusion(patient) and _infusion(patient, settings))
