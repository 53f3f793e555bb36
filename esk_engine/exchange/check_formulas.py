"""Every derived value as an Excel formula over the data sheets, independent of how Esk computed it.

Only functions that Excel 2010 and LibreOffice share. A formula looks at the rows of its own patient alone, so that a
recalculation costs in proportion to the rows. SUMPRODUCT makes its arguments arrays in either program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from esk_engine.derive import CSS_AFTER_MINUTES, DECIMALS, END_WITHIN_MINUTES
from esk_engine.dictionary import Kind
from esk_engine.exchange.layout import DATA_SHEETS, letters_of

VITALS = {"heart_rate": "heart_rate_bpm", "systolic": "systolic_mmhg", "diastolic": "diastolic_mmhg"}
ANALYTES = ("esketamine", "norketamine")
_NONE = '""'  # a missing value
_NO_END = "1E+9"  # where the course is under way, every reading so far belongs to it
_LATEST = 10_000  # beyond any minute


@dataclass(frozen=True, slots=True)
class Rows:
    """Where one patient's rows stand on the data sheets, counted from 1; None where there are none."""

    patient: int
    readings: tuple[int, int] | None
    samples: tuple[int, int] | None


@cache
def _letters(kind: Kind) -> Mapping[str, str]:
    sheet = next(each for each in DATA_SHEETS if each.kind is kind)
    return {declared.name: letters_of(at) for at, declared in enumerate(sheet.columns, 1)}


class Formulas:
    """The formulas of one patient.

    Parameters
    ----------
    rows
        Where the patient's data stand.
    cell
        The address of another formula of the same patient, by its name.
    monitor
        What is said where the monitor's extreme decided.
    """

    def __init__(self, rows: Rows, cell: Callable[[str], str], monitor: str) -> None:
        self._rows, self._cell, self._monitor = rows, cell, monitor

    def all(self) -> Iterator[tuple[str, str]]:
        """(name, formula without its ``=``) in the order of the sheet."""
        yield "study_no", self._own("study_no")
        yield "readings", self._count("vital_signs", Kind.READING, self._rows.readings)
        yield "samples", self._count("samples", Kind.SAMPLE, self._rows.samples)
        yield from self._single()
        for vital, variable in VITALS.items():
            yield from self._vital(vital, variable)
        for analyte in ANALYTES:
            yield from self._steady_state(analyte)
        esketamine, norketamine = (self._cell(f"{analyte}_css_ug_l") for analyte in ANALYTES)
        known = f"AND(ISNUMBER({esketamine}),ISNUMBER({norketamine}))"
        yield "ratio", f"IF({known},{_rounded(f'{esketamine}/{norketamine}')},{_NONE})"

    def _own(self, name: str) -> str:
        return f"patients!${_letters(Kind.PATIENT)[name]}${self._rows.patient}"

    @staticmethod
    def _range(sheet: str, kind: Kind, name: str, rows: tuple[int, int]) -> str:
        letters = _letters(kind)[name]
        return f"{sheet}!${letters}${rows[0]}:${letters}${rows[1]}"

    def _count(self, sheet: str, kind: Kind, rows: tuple[int, int] | None) -> str:
        """How many of the rows that the formulas look at bear this patient's number: all, unless someone sorted."""
        if rows is None:
            return "0"
        return f"SUMPRODUCT(--({self._range(sheet, kind, 'study_no', rows)}={self._cell('study_no')}))"

    def _single(self) -> Iterator[tuple[str, str]]:
        height, weight = self._own("height_cm"), self._own("weight_kg")
        body = _rounded(f"{weight}/({height}/100)^2")
        yield "bmi_kg_m2", f"IF(AND(ISNUMBER({height}),ISNUMBER({weight})),{body},{_NONE})"
        before, end = self._own("nrs_before"), self._own("nrs_end")
        reduction = f"IF({before}=0,{_NONE},{_rounded(f'100*({before}-{end})/{before}')})"
        yield "nrs_reduction_percent", f"IF(AND(ISNUMBER({before}),ISNUMBER({end})),{reduction},{_NONE})"

    def _vital(self, vital: str, variable: str) -> Iterator[tuple[str, str]]:
        """Before, end, change and variation; what stands in between is there to be followed."""
        names = [f"{vital}_{what}" for what in ("before", "end_minute", "end", "change_percent", "window")]
        before, end_minute, end = (self._cell(name) for name in names[:3])
        infusion, rows = self._own("infusion_minutes"), self._rows.readings
        if rows is None:
            yield from ((name, _NONE) for name in names[:-1])
        else:
            minute, x, valid = self._readings(variable, rows)
            at_start = f"{valid}*({minute}=0)"
            yield names[0], f"IF(SUMPRODUCT({at_start})=0,{_NONE},SUMPRODUCT({at_start}*{x}))"
            # The nearest wins, of two as near the earlier: the smallest of distance x 10,000 + minute.
            away = f"ABS({minute}-{infusion})"
            nearest = f"SUMPRODUCT(MAX({valid}*({away}<={END_WITHIN_MINUTES})*(1000000-{away}*{_LATEST}-{minute})))"
            found = f"IF({nearest}=0,{_NONE},MOD(1000000-{nearest},{_LATEST}))"
            yield names[1], f"IF(ISNUMBER({infusion}),{found},{_NONE})"
            yield names[2], f"IF(ISNUMBER({end_minute}),SUMPRODUCT({valid}*({minute}={end_minute})*{x}),{_NONE})"
            change = _rounded(f"100*({end}-{before})/{before}")
            yield names[3], f"IF(AND(ISNUMBER({before}),ISNUMBER({end})),{change},{_NONE})"
        yield names[4], f"IF(ISNUMBER({infusion}),MAX({infusion},{end_minute}),{_NO_END})"
        yield from self._variation(vital, variable)
        if vital == "systolic":
            yield from self._highest(vital, variable)

    def _readings(self, variable: str, rows: tuple[int, int]) -> tuple[str, str, str]:
        """The minutes, the values, and which of them count: measured, and not marked as an artefact."""
        minute, x, artefact = (
            self._range("vital_signs", Kind.READING, name, rows) for name in ("minute", variable, "artefact")
        )
        return minute, x, f'ISNUMBER({minute})*ISNUMBER({x})*ISERROR(SEARCH("{variable}",{artefact}))'

    def _variation(self, vital: str, variable: str) -> Iterator[tuple[str, str]]:
        deviation, value, at = (f"{vital}_{what}" for what in ("deviation", "variation_percent", "variation_minute"))
        rows = self._rows.readings
        if rows is None:
            yield from ((name, _NONE) for name in (deviation, value, at))
            return
        before, window, furthest = self._cell(f"{vital}_before"), self._cell(f"{vital}_window"), self._cell(deviation)
        minute, x, valid = self._readings(variable, rows)
        inside = f"{valid}*({minute}<={window})"
        yield deviation, f"IF(ISNUMBER({before}),SUMPRODUCT(MAX({inside}*ABS({x}-{before}))),{_NONE})"
        here = f"{inside}*(ABS({x}-{before})={furthest})*({_LATEST}-{minute})"
        earliest = f"{_LATEST}-SUMPRODUCT(MAX({here}))"
        if vital == "heart_rate":
            lowest, highest = self._own("heart_rate_lowest_bpm"), self._own("heart_rate_highest_bpm")
            extremes = (f"IF(ISNUMBER({each}),ABS({each}-{before}),0)" for each in (lowest, highest))
            monitor = ",".join(extremes)
            furthest, readings = f"MAX({furthest},{monitor})", furthest
            earliest = f'IF(MAX({monitor})>{readings},"{self._monitor}",{earliest})'
        yield value, f"IF(ISNUMBER({before}),{_rounded(f'100*{furthest}/{before}')},{_NONE})"
        yield at, f"IF(ISNUMBER({before}),{earliest},{_NONE})"

    def _highest(self, vital: str, variable: str) -> Iterator[tuple[str, str]]:
        value, at, rows = "systolic_max_mmhg", "systolic_max_minute", self._rows.readings
        if rows is None:
            yield from ((name, _NONE) for name in (value, at))
            return
        minute, x, valid = self._readings(variable, rows)
        inside = f"{valid}*({minute}<={self._cell(f'{vital}_window')})"
        yield value, f"IF(SUMPRODUCT({inside})=0,{_NONE},SUMPRODUCT(MAX({inside}*{x})))"
        here = f"{inside}*({x}={self._cell(value)})*({_LATEST}-{minute})"
        yield at, f"IF(ISNUMBER({self._cell(value)}),{_LATEST}-SUMPRODUCT(MAX({here})),{_NONE})"

    def _steady_state(self, analyte: str) -> Iterator[tuple[str, str]]:
        """The last measured sample in the window; below its LLOQ it is the text of its cell."""
        at, value, rows = f"{analyte}_minute", f"{analyte}_css_ug_l", self._rows.samples
        if rows is None:
            yield from ((name, _NONE) for name in (at, value))
            return
        minute, which, found = (
            self._range("samples", Kind.SAMPLE, name, rows) for name in ("minute", "analyte", "concentration_ug_l")
        )
        infusion = self._own("infusion_minutes")
        own = f'ISNUMBER({minute})*({which}="{analyte}")*({found}<>"")'
        in_time = f"{own}*({minute}>=setting_css_from_minute)*({minute}<={infusion}+{CSS_AFTER_MINUTES})"
        latest = f"SUMPRODUCT(MAX({in_time}*({minute}+1)))"
        yield at, f"IF(ISNUMBER({infusion}),IF({latest}=0,{_NONE},{latest}-1),{_NONE})"
        last = self._cell(at)
        row = f"SUMPRODUCT({own}*({minute}={last})*(ROW({minute})-{rows[0] - 1}))"
        sample = f"INDEX({found},{row})"
        number = f"IF(ISNUMBER({sample}),{_rounded(sample)},{sample})"
        yield value, f"IF(ISNUMBER({last}),{number},{_NONE})"


def _rounded(expression: str) -> str:
    return f"ROUND({expression},{DECIMALS})"
