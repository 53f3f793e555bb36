"""The names that columns go by in lists of others: Dutch and English, beside the dictionary's own and the catalogue's.

Each is compared in its folded form (see ``headers``). A name that fits variables of several kinds is decided by the
other columns of its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from esk_engine.dictionary import ANALYTES, NARANJO_QUESTIONS, VARIABLES, Kind
from esk_engine.exchange.intake.headers import base_of, folded, heading_of
from esk_engine.exchange.synonyms import WORDS
from esk_engine.wording import LANGUAGES, Wording

Name = tuple[Kind, str]
_P, _R, _S, _A = Kind.PATIENT, Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT
_MINUTE = "minute, minuut, minuten, tijd, time, t, tijdstip, tijd min, time min, minutes, tijd in minuten, tijdstip min"

NAMES: dict[Name, str] = {
    (
        _P,
        "study_no",
    ): "study no, study number, studienummer, studienr, studie nr, nummer, nr, no, patient, patientnummer,"
    " patient nr, patient no, patient id, patientid, id, subject, subject id, subjid, usubjid, record id, pat nr,"
    " deelnemer, deelnemernummer, proefpersoon, participant, participant id, casusnummer",
    (_P, "inclusion_date"): "inclusiedatum, datum inclusie, inclusion date, date of inclusion, inclusie",
    (_P, "sex"): "sex, gender, geslacht, m v, v m, man vrouw, sekse",
    (_P, "age_years"): "age, leeftijd, leeftijd jaren, age years, leeftijd in jaren, lft",
    (_P, "height_cm"): "height, lengte, length, lichaamslengte, body height",
    (_P, "weight_kg"): "weight, gewicht, lichaamsgewicht, body weight",
    (_P, "indication"): "indicatie, indication, type pijn, pijntype",
    (
        _P,
        "indication_group",
    ): "indicatiegroep, groep indicatie, indication group, subgroep, diagnose, diagnosis, oorzaak",
    (_P, "dose_planned_mg"): "geplande dosis, planned dose, dosis gepland, dose planned, voorgeschreven dosis",
    (_P, "infusion_start"): "start infuus, start infusie, infusion start, start of infusion, starttijd, infuus start,"
    " begin infuus, datum infuus, datum infusie, infusion date",
    (_P, "nrs_before"): "nrs voor, nrs before, nrs start, nrs vooraf, nrs baseline, baseline nrs, pijnscore voor,"
    " pain before, pijn voor, nrs 0, nrs pre, nrs voor behandeling, nrs begin",
    (
        _P,
        "nrs_end",
    ): "nrs na, nrs einde, nrs end, nrs after, nrs eind, pijnscore einde, pijnscore na, pain end, pijn na,"
    " nrs post, nrs na behandeling, nrs afloop",
    (_P, "infusion_minutes"): "infuusduur, infusieduur, duur infuus, duur infusie, infusion duration, infusion minutes,"
    " duration of infusion, looptijd, inlooptijd",
    (_P, "stop_reason"): "reden stop, stopreden, reden stoppen, stop reason, reason for stopping, reden van stoppen",
    (_P, "dose_mg"): "dosis, dose, totale dosis, total dose, dagdosis, toegediende dosis, dose given, esketamine dosis,"
    " dosis esketamine, cumulatieve dosis",
    (_P, "heart_rate_lowest_bpm"): "laagste hartfrequentie, laagste hartslag, laagste pols, lowest heart rate, hr min,"
    " hf min, min hr, min hf, hf laagst, hr lowest",
    (
        _P,
        "heart_rate_highest_bpm",
    ): "hoogste hartfrequentie, hoogste hartslag, hoogste pols, highest heart rate, hr max,"
    " hf max, max hr, max hf, hf hoogst, hr highest",
    (_P, "side_effects_asked_before"): "bijwerkingen gevraagd voor, side effects asked before",
    (_P, "side_effects_asked_during"): "bijwerkingen gevraagd tijdens, side effects asked during",
    (_P, "side_effects_asked_end"): "bijwerkingen gevraagd einde, side effects asked end",
    (_P, "side_effects_asked_after"): "bijwerkingen gevraagd na, side effects asked after",
    (_P, "evaluation_date"): "evaluatiedatum, datum evaluatie, evaluation date, date of evaluation, follow up datum",
    (_P, "relief_weeks"): "weken verlichting, weken pijnverlichting, weeks of relief, weeks of pain relief,"
    " pijnverlichting weken, duur verlichting, duur pijnverlichting, duration of relief, effectduur, duur effect,"
    " effect weken, relief",
    (_P, "relief_ongoing"): "verlichting houdt aan, nog verlichting, relief ongoing, effect houdt aan, ongoing",
    (_P, "treatment_continued"): "behandeling voortgezet, voortgezet, treatment continued, continued, voortzetting,"
    " behandeling continueren, vervolg",
    (_P, "remarks"): "opmerking, opmerkingen, remark, remarks, notes, comment, comments, toelichting, bijzonderheden",
    (_R, "minute"): f"{_MINUTE}, vs minute",
    (_R, "heart_rate_bpm"): "hr, hf, heart rate, heartrate, hartfrequentie, hartslag, pols, pulse, pulse rate, bpm",
    (
        _R,
        "systolic_mmhg",
    ): "sys, sbp, syst, systolisch, systolic, bovendruk, rr sys, rr systolisch, bloeddruk systolisch,"
    " systolische bloeddruk, systolic blood pressure, bp sys, nibp sys, systole",
    (_R, "diastolic_mmhg"): "dia, dbp, diast, diastolisch, diastolic, onderdruk, rr dia, rr diastolisch,"
    " bloeddruk diastolisch, diastolische bloeddruk, diastolic blood pressure, bp dia, nibp dia, diastole",
    (_R, "artefact"): "artefact, artefacten, artifact",
    (_R, "artefact_reason"): "reden artefact, artefact reden, artefact reason, reason artefact",
    (_S, "minute"): f"{_MINUTE}, sample minute, afnametijd, afnamemoment, tijd afname, sampling time, sample time",
    (_S, "analyte"): "analyt, analyte, stof, compound, bepaling, parameter, test, component",
    (_S, "concentration_ug_l"): "concentratie, concentration, conc, uitslag, result, waarde, value, spiegel,"
    " plasmaconcentratie, plasma concentration, level",
    (_A, "term"): "bijwerking, side effect, adverse event, klacht, term, ae, ae term, symptoom",
    (_A, "phase"): "fase, phase, wanneer, when, periode, moment",
}
for _number, _question in enumerate(NARANJO_QUESTIONS, 1):
    NAMES[(_A, _question)] = (
        f"naranjo {_number}, naranjo vraag {_number}, naranjo q{_number}, vraag {_number}, q{_number}"
    )


@cache
def known_names() -> Mapping[str, tuple[Name, ...]]:
    """Every known name in its folded form, and the variables that it may mean."""
    found: dict[str, dict[Name, None]] = {}
    wordings = tuple(Wording(language) for language in LANGUAGES)
    for declared in VARIABLES:
        key = (declared.kind, declared.name)
        spelt = [declared.name, *NAMES.get(key, "").split(", ")]
        spelt += [wording.label(declared.name) for wording in wordings]
        spelt += [wording.short_label(declared.name) for wording in wordings]
        for text in filter(None, map(folded, spelt)):
            found.setdefault(text, {})[key] = None
    return {text: tuple(keys) for text, keys in found.items()}


@cache
def analyte_names() -> Mapping[str, str]:
    """The names of the analytes, folded: a column of that name holds its concentration."""
    found: dict[str, str] = {}
    for analyte in ANALYTES:
        spelt = [analyte, *WORDS.get(analyte, ()), *(Wording(language).code(analyte) for language in LANGUAGES)]
        for text in map(folded, spelt):
            for form in (text, f"{text} concentratie", f"{text} concentration", f"concentratie {text}", f"{text} css"):
                found[form] = analyte
    return found


def is_known(text: str) -> bool:
    """Whether a heading names something that Esk knows, by itself or with a minute at its end."""
    return any(name in known_names() or name in analyte_names() for name in (heading_of(text).name, base_of(text)))
