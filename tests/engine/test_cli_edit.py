"""``edit``: a JSON line in, one act, a JSON line out once it is on disk."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esk_engine.cli import main
from esk_engine.cli.edit_lines import LineEditor
from esk_engine.dictionary import VARIABLES, Kind
from esk_engine.errors import Fault
from esk_engine.records import BelowLloq, Patient
from esk_engine.settings import PMethod
from esk_engine.study import Person, Study
from esk_engine.wording import Wording
from tests.engine.builders import patient, steady

ROOT = Path(__file__).resolve().parents[2]
FORMS = ("patient", "new", "delete", "reading", "sample", "analyte", "adverse_event", "phase")
FORMS += ("criteria", "settings", "undo", "redo")
RELIEF = {"name": "relief", "conditions": [{"variable": "relief_weeks", "operator": ">=", "threshold": 2}]}
NAMES = (*FORMS, *(declared.name for declared in VARIABLES), "name", "conditions", "variable", "naranjo_cutoff")


class Editor:
    """Edits one study file by lines, as a script would."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._monkeypatch, self._capsys = path, monkeypatch, capsys
        self.code, self.err = 0, ""

    def __call__(self, *lines: object) -> list[dict[str, Any]]:
        """What came out, a line for a line."""
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        source = io.TextIOWrapper(io.BytesIO(b"\n".join(texts) + b"\n"), encoding="utf-8")
        self._monkeypatch.setattr(sys, "stdin", source)
        self.code = main(["edit", str(self.path), "--who", "ND", "--lang", "en"])
        captured = self._capsys.readouterr()
        self.err = captured.err
        return [json.loads(line) for line in captured.out.splitlines()]

    def one(self, line: object) -> dict[str, Any]:
        (answer,) = self(line)
        return answer

    def study(self) -> Study:
        return Study.open(self.path, person=Person("AB"), read_only=True)

    def patient(self, study_no: str = "P01") -> Patient:
        with self.study() as study:
            found = study.patient_by_study_no(study_no)
            assert found is not None
            return found


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Editor:
    course = steady(until=60)
    events = [{"term": "headache", "phase": "during", "naranjo_1": "yes"}]
    one = patient("P01", course, [(480, "esketamine", 60.0)], events, nrs_before=8.0, age_years=57)
    Study.create(tmp_path / "study.esk", person=Person("AB"), patients=[one]).close()
    return Editor(tmp_path / "study.esk", monkeypatch, capsys)


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """(variable, code) of everything that was refused."""
    return [(each["variable"], each["code"]) for each in answer["refused"]]


def test_that_values_are_entered_as_they_are_typed_and_logged_with_who(edit: Editor) -> None:
    answer = edit.one({"patient": "p01", "set": {"nrs_end": "4,5", "sex": "vrouw", "weight_kg": 71.5}, "reason": "lab"})
    values = edit.patient().record.values
    assert (values["nrs_end"], values["sex"], values["weight_kg"]) == (4.5, "female", 71.5)
    assert edit.code == 0
    with edit.study() as study:
        lines = list(study.snapshot().log())[-3:]
    assert answer == {"saved": lines[-1].seq}
    assert {(line.person, line.reason, line.act) for line in lines} == {("ND", "lab", lines[0].act)}
    assert {line.variable for line in lines} == {"nrs_end", "sex", "weight_kg"}


def test_that_null_takes_a_value_away(edit: Editor) -> None:
    edit.one({"patient": "P01", "set": {"age_years": None}})
    assert edit.patient().get("age_years") is None


def test_that_a_new_patient_comes_whole_or_not_at_all(edit: Editor) -> None:
    first, second, third = edit(
        {"patient": "P31", "new": True},
        {"patient": "P32", "new": True, "set": {"age_years": 45, "sex": "man"}},
        {"patient": "P33", "new": True, "set": {"age_years": 7, "sex": "?"}},
    )
    assert "saved" in first
    assert "saved" in second
    assert codes(third) == [("age_years", "outside_hard"), ("sex", "unknown_code")]
    assert dict(edit.patient("P32").record.values) == {"study_no": "P32", "age_years": 45, "sex": "male"}
    with edit.study() as study:
        assert [each.study_no for each in study.patients] == ["P01", "P31", "P32"]
    assert codes(edit.one({"patient": "P31", "new": True})) == [("study_no", "duplicate_study_no")]


def test_that_readings_are_changed_added_and_taken_away(edit: Editor) -> None:
    edit(
        {"patient": "P01", "reading": 30, "set": {"systolic_mmhg": 141}},
        {"patient": "P01", "reading": 45, "set": {"heart_rate_bpm": "90"}},
        {"patient": "P01", "reading": 60, "delete": True},
    )
    assert edit.code == 0
    rows = {row.get("minute"): row for row in edit.patient().readings}
    assert sorted(rows, key=str) == [0, 30, 45]
    assert (rows[30].get("systolic_mmhg"), rows[30].get("heart_rate_bpm")) == (141, 80)
    assert dict(rows[45].values) == {"minute": 45, "heart_rate_bpm": 90}
    edit.one({"patient": "P01", "reading": 45, "set": {"heart_rate_bpm": None}})
    assert [row.get("minute") for row in edit.patient().readings] == [0, 30]


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_that_a_row_of_nothing_but_its_minute_neither_stays_nor_comes(edit: Editor, blank: str | None) -> None:
    gone = {"heart_rate_bpm": blank, "systolic_mmhg": blank, "diastolic_mmhg": blank}
    edit({"patient": "P01", "reading": 30, "set": gone}, {"patient": "P01", "reading": 31, "set": gone})
    assert edit.code == 0
    assert [row.get("minute") for row in edit.patient().readings] == [0, 60]


def test_that_samples_are_told_by_minute_and_analyte(edit: Editor) -> None:
    edit(
        {"patient": "P01", "sample": 480, "analyte": "esketamine", "set": {"concentration_ug_l": "<5"}},
        {"patient": "P01", "sample": 480, "analyte": "Norketamine", "set": {"concentration_ug_l": "61,5"}},
    )
    found = {row.get("analyte"): row.get("concentration_ug_l") for row in edit.patient().samples}
    assert found == {"esketamine": BelowLloq(5), "norketamine": 61.5}


def test_that_side_effects_are_told_by_term_and_phase(edit: Editor) -> None:
    edit(
        {"patient": "P01", "adverse_event": "hoofdpijn", "phase": "tijdens", "set": {"naranjo_2": "ja"}},
        {"patient": "P01", "adverse_event": "Headache", "phase": "after", "set": {"naranjo_1": "no"}},
        {"patient": "P01", "adverse_event": "itch", "set": {"naranjo_1": "unknown"}},
        {"patient": "P01", "adverse_event": "ITCH ", "set": {"naranjo_2": "yes"}},
    )
    rows = [dict(row.values) for row in edit.patient().adverse_events]
    assert rows == [
        {"term": "headache", "phase": "during", "naranjo_1": "yes", "naranjo_2": "yes"},
        {"term": "headache", "phase": "after", "naranjo_1": "no"},
        {"term": "itch", "naranjo_1": "unknown", "naranjo_2": "yes"},
    ]


def test_that_a_patient_can_be_deleted_and_brought_back(edit: Editor) -> None:
    before = edit.patient()
    edit({"patient": "P01", "delete": True}, {"undo": True})
    assert edit.patient() == before
    edit({"patient": "P01", "delete": True}, {"undo": True}, {"redo": True})
    with edit.study() as study:
        assert study.patients == ()


def test_that_a_criteria_set_is_saved_and_used_as_one_act(edit: Editor) -> None:
    conditions = [{"variable": "nrs_end", "operator": "<=", "threshold": 3}]
    mine = {"name": "Mine", "criteria": [{"name": "pain", "conditions": conditions}]}
    edit.one({"criteria": mine})
    with edit.study() as study:
        assert study.criteria_set.name == "Mine"
        lines = list(study.snapshot().log())
    assert [(line.kind, line.variable) for line in lines if line.act == lines[-1].act] == [
        ("criteria", "version"),
        ("criteria", "in_use"),
    ]
    edit({"criteria": "Table 2"}, {"undo": True})
    with edit.study() as study:
        assert study.criteria_set.name == "Mine"
        assert len(study.criteria_sets) == 2


def test_that_a_line_of_the_log_stays_one_line(edit: Editor, capsys: pytest.CaptureFixture[str]) -> None:
    edit({"patient": "P01", "set": {"remarks": "a\nb\tc"}, "reason": "two\nlines"})
    assert main(["log", str(edit.path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len({line.split("\t")[0] for line in lines})
    assert lines[-1].endswith("two lines")


def test_that_a_refusal_is_told_as_json_tells_it(edit: Editor) -> None:
    (sex,) = edit.one({"patient": "P01", "set": {"sex": True}})["refused"]
    assert (sex["value"], sex["codes"]) == ("true", ["male", "female", "other"])


def test_that_the_name_of_a_setting_may_be_taken_away(edit: Editor) -> None:
    edit({"settings": {"study_name": "Pilot"}}, {"settings": {"study_name": None}})
    with edit.study() as study:
        assert study.settings.study_name == ""


def test_that_settings_are_changed_together(edit: Editor) -> None:
    edit.one({"settings": {"naranjo_cutoff": "6", "p_method": "asymptotic", "verdict_during_entry": True}})
    with edit.study() as study:
        assert study.settings.naranjo_cutoff == 6
        assert study.settings.p_method is PMethod.ASYMPTOTIC
        assert study.settings.verdict_during_entry


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ({"patient": "P01", "set": {"nrs_end": "4,55", "age_years": 17}}, ["too_many_decimals", "outside_hard"]),
        ({"patient": "P01", "set": {"nrs_end": "1.234"}}, ["ambiguous_number"]),
        ({"patient": "P01", "set": {"nrs_end": True}}, ["not_a_number"]),
        ({"patient": "P01", "set": {"nrs_end": [4]}}, ["not_a_number"]),
        ({"patient": "P01", "set": {"colour": "red", "age_years": 17}}, ["unknown_variable", "outside_hard"]),
        ({"patient": "P01", "set": {"inclusion_date": "01-01-2999"}}, ["in_future"]),
        ({"patient": "P01", "set": {"minute": 5}}, ["unknown_variable"]),
        ({"patient": "P01", "set": {}}, ["line_shape"]),
        ({"patient": "P01"}, ["line_shape"]),
        ({"patient": ["P01"], "set": {"nrs_end": 4}}, ["line_shape"]),
        ({"patient": "P99", "set": {"nrs_end": 4}}, ["no_such_patient"]),
        ({"patient": "P 1", "set": {"nrs_end": 4}}, ["bad_study_no"]),
        ({"patient": "P01", "new": "yes"}, ["line_shape"]),
        ({"patient": "P01", "reading": 1500, "set": {"systolic_mmhg": 140}}, ["outside_hard"]),
        ({"patient": "P01", "reading": 1.5, "set": {"systolic_mmhg": 140}}, ["not_whole"]),
        ({"patient": "P01", "reading": None, "set": {"systolic_mmhg": 140}}, ["line_shape"]),
        ({"patient": "P01", "reading": 30, "set": {"diastolic_mmhg": 130}}, ["diastolic_not_below_systolic"]),
        ({"patient": "P01", "reading": 31, "delete": True}, ["no_such_row"]),
        ({"patient": "P01", "reading": 31}, ["line_shape"]),
        ({"patient": "P01", "sample": 480, "set": {"concentration_ug_l": 5}}, ["line_shape"]),
        ({"patient": "P01", "sample": 480, "analyte": "wine", "set": {"concentration_ug_l": 5}}, ["unknown_code"]),
        (
            {"patient": "P01", "sample": 481, "analyte": "esketamine", "set": {"concentration_ug_l": 0}},
            ["zero_enter_lloq"],
        ),
        ({"patient": "P01", "adverse_event": " ", "set": {"naranjo_1": "yes"}}, ["value_missing"]),
        ({"criteria": {"name": "Table 2", "criteria": []}}, ["criteria_empty"]),
        ({"criteria": "No such set"}, ["criteria_unknown"]),
        ({"settings": {"naranjo_cutoff": 60, "colour": "red"}}, ["outside_hard", "setting_unknown"]),
        ({"undo": True}, ["nothing_to_undo"]),
        ({"redo": False}, ["line_shape"]),
        ({"patient": "P01", "set": {"nrs_end": 4}, "colour": 1}, ["line_unknown"]),
        ({"fly": True}, ["line_unknown"]),
        ([1, 2], ["line_not_json"]),
        (b"{nrs_end: 4}", ["line_not_json"]),
        (b'{"patient": "P01", "set": {"nrs_end": NaN}}', ["line_not_json"]),
        (b'{"patient": "P01", "patient": "P02", "set": {"nrs_end": 4}}', ["line_name_twice"]),
        (b"\xff\xfe", ["line_not_json"]),
        (b'{"patient": "P01", "set": {"remarks": "' + b"x" * 1_000_001 + b'"}}', ["line_too_long"]),
        ({"patient": "P01", "set": {"age_years": 57.5}}, ["not_whole"]),
        ({"patient": "P01", "set": {"remarks": {"a": 1}, "study_no": True}}, ["wrong_type", "wrong_type"]),
        ({"patient": "P01", "set": {"remarks": "half \ud800"}}, ["not_text"]),
        ({"patient": "P01", "reading": 31, "set": {"minute": 30}}, ["duplicate_minute"]),
        ({"criteria": {"name": 5, "criteria": [RELIEF]}}, ["criteria_shape"]),
        ({"criteria": {"name": "Ours", "locked": "no", "criteria": [RELIEF]}}, ["criteria_shape"]),
        ({"criteria": {"name": "Ours \ud800", "criteria": [RELIEF]}}, ["criteria_shape"]),
        ({"criteria": {"name": "Ours", "criteria": [{**RELIEF, "name": "a\u0000b"}]}}, ["criteria_shape"]),
        ({"criteria": {"name": "Ours", "criteria": [{**RELIEF, "name": "x" * 201}]}}, ["criteria_name_long"]),
        (b"[" * 100_000, ["line_not_json"]),
        (b'{"patient": "P01", "set": {"nrs_end": 1e400, "age_years": ' + b"9" * 400 + b"}}", None),
    ],
)
def test_that_a_wrong_line_is_refused_and_changes_nothing(
    edit: Editor, line: object, refused: list[str] | None
) -> None:
    before = edit.path.read_bytes()
    answer = edit.one(line)
    assert edit.code == 1
    found = [code for _, code in codes(answer)]
    assert found == refused if refused is not None else len(found) == 2
    assert {code for _, code in codes(answer)} == {
        told.split(": ")[2] for told in edit.err.splitlines() if ": warning: " not in told
    }
    assert edit.path.read_bytes() == before


def test_that_a_refused_line_does_not_keep_the_next_from_being_done(edit: Editor) -> None:
    answers = edit(b"nonsense", b"", {"patient": "P01", "set": {"nrs_end": 4}})
    assert [next(iter(answer)) for answer in answers] == ["refused", "saved"]
    assert edit.code == 1
    assert edit.patient().get("nrs_end") == 4.0


def test_that_a_soft_limit_warns_and_is_saved(edit: Editor) -> None:
    answer = edit.one({"patient": "P01", "set": {"age_years": 105}})
    assert list(answer) == ["saved"]
    assert edit.code == 0
    assert "age_years: outside_soft: warning: " in edit.err


def test_that_a_line_that_changes_nothing_is_no_act(edit: Editor) -> None:
    with edit.study() as study:
        last = study.version
    assert edit.one({"patient": "P01", "set": {"age_years": 57}}) == {"saved": last}


def test_that_each_answer_comes_before_the_next_line_is_asked_for(tmp_path: Path) -> None:
    Study.create(tmp_path / "s.esk", person=Person("AB"), patients=[patient("P01")]).close()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "edit", "s.esk", "--who", "ND"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"patient": "P01", "set": {"nrs_end": "4,5"}}\n')
        process.stdin.flush()
        seq = json.loads(process.stdout.readline())["saved"]
        with Study.open(tmp_path / "s.esk", person=Person("CD"), read_only=True) as study:
            assert study.version == seq
            assert study.patients[0].get("nrs_end") == 4.5
        process.stdin.close()
        assert process.wait(30) == 0


def test_that_a_study_that_is_open_elsewhere_is_not_edited(edit: Editor) -> None:
    with Study.open(edit.path, person=Person("CD")):
        assert edit({"patient": "P01", "set": {"nrs_end": 4}}) == []
    assert edit.code == 1
    assert "file_locked" in edit.err
    assert edit.patient().rows(Kind.PATIENT)[0].get("nrs_end") is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "P01", "4,5", "ja", "<5", "\ud800", "a\u0000b", "=1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)


@given(line=st.dictionaries(st.sampled_from([*FORMS, "set", "reason"]), JSON, min_size=1, max_size=4))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_that_no_line_ends_in_anything_but_an_act_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, line: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.esk"
    if not path.exists():
        Study.create(path, person=Person("AB"), patients=[patient("P01", steady(until=60))]).close()
    with Study.open(path, person=Person("ND")) as study:
        try:
            LineEditor(study, date.today).carry_out(line)
        except Fault as fault:  # any other exception fails the test, and so does a message without a text
            for wording in (Wording("nl"), Wording("en")):
                _ = [wording.issue(issue) for issue in fault.issues] or wording.fault(fault)


def test_that_a_moment_is_signed_and_unlocked_by_lines(edit: Editor) -> None:
    signed = edit.one({"patient": "P01", "sign": "inclusion"})
    assert "saved" in signed
    (locked,) = edit.one({"patient": "P01", "set": {"age_years": "44"}})["refused"]
    assert locked["code"] == "signed_locked"
    (reasonless,) = edit.one({"patient": "P01", "unlock": "inclusion"})["refused"]
    assert reasonless["code"] == "reason_needed"
    assert "saved" in edit.one({"patient": "P01", "unlock": "inclusion", "reason": "misread"})
    (unexplained,) = edit.one({"patient": "P01", "set": {"age_years": "44"}})["refused"]
    assert unexplained["code"] == "reason_needed"
    assert "saved" in edit.one({"patient": "P01", "set": {"age_years": "44"}, "reason": "misread"})
    assert edit.patient().get("age_years") == 44


def test_that_the_whole_study_is_locked_and_unlocked_by_lines(edit: Editor) -> None:
    assert "saved" in edit.one({"lock": True})
    (refused,) = edit.one({"patient": "P01", "set": {"remarks": "late"}})["refused"]
    assert refused["code"] == "study_locked"
    (reasonless,) = edit.one({"unlock": True})["refused"]
    assert reasonless["code"] == "reason_needed"
    assert "saved" in edit.one({"unlock": True, "reason": "a query"})
    assert "saved" in edit.one({"patient": "P01", "set": {"remarks": "late"}})


@pytest.mark.parametrize(
    "line",
    [
        {"patient": "P01", "sign": "dinner"},
        {"patient": "P01", "sign": True},
        {"sign": "inclusion"},
        {"lock": "yes"},
        {"lock": True, "pin": 1234},
    ],
)
def test_that_a_protecting_line_of_another_shape_is_named(edit: Editor, line: object) -> None:
    (refused,) = edit.one(line)["refused"]
    assert refused["code"] in ("line_shape", "line_unknown")
    assert not edit.study().is_locked


def test_that_where_the_study_asks_for_pins_nobody_edits_under_a_name_without_its_pin(
    edit: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Study.open(edit.path, person=Person("ND")) as study:
        study.set_setting("pin_required", "yes")
        study.set_pin("ND", "2468")
    line = {"patient": "P01", "set": {"remarks": "by ND"}}
    assert (edit(line), edit.code) == ([], 1)
    assert "pin_wrong" in edit.err
    monkeypatch.setenv("ESK_PIN", "2468")
    assert "saved" in edit.one(line)
    assert edit.patient().get("remarks") == "by ND"
