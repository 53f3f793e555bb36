"""Every printed cell of the model study's tables comes back from the demo study, one by one.

``published.json`` holds the cells as they were printed; the four that contradict others say what the synthetic
cohort gives instead. The figures are taken from the printed tables, those that no table prints from the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esk_engine.cli import main
from esk_engine.report import Analysis, Cell, CellKind, Row, Table, analyse, tables, to_json
from esk_engine.study import Person, Study
from esk_engine.wording import Wording, round_half_away

PUBLISHED = Path(__file__).parents[1] / "reference" / "published.json"
ENTRIES: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8"))["entries"]
COLUMN = {"total": 0, "non_responder": 1, "responder": 2}
P_COLUMN = 3
NL = Wording("nl")
NUMBER_AT = {"median": 0, "min": 1, "max": 2}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The analysis of the demo as it comes out of a study file."""
    path = tmp_path_factory.mktemp("demo") / "demo.esk"
    assert main(["demo", str(path)]) == 0
    with Study.open(path, person=Person("AB"), read_only=True) as study:
        return analyse(study.cohort)


def row_of(found: tuple[Table, ...], name: str, kind: CellKind) -> Row:
    """The row that prints a variable in one way."""
    rows = (row for table in found for row in table.rows if row.comparison and row.comparison.variable == name)
    return next(row for row in rows if row.cells[0].kind is kind)


def category_row(found: tuple[Table, ...], value: str) -> Row:
    rows = [
        row
        for table in found
        for row in table.rows
        if row.label == f"code.{value}" and row.cells[0].kind is not CellKind.EMPTY
    ]
    return rows[0]


def count_cell(found: tuple[Table, ...], entry: dict[str, Any]) -> Cell:
    name, _, value = entry["variable"].partition("=")
    if name == "adverse_event":
        table = next(table for table in found if table.number == "6")
        row = next(row for row in table.rows if row.label == value)
    else:
        row = category_row(found, value)
    return row.cells[COLUMN[entry["group"]]]


def mean_cell(found: tuple[Table, ...], entry: dict[str, Any]) -> Cell:
    """Concentrations are printed as geometric means, the ratio as an arithmetic one."""
    kind = CellKind.MEAN_CV if entry["variable"] == "ratio" else CellKind.MEAN_RANGE
    return row_of(found, entry["variable"], kind).cells[COLUMN[entry["group"]]]


def range_cell(found: tuple[Table, ...], entry: dict[str, Any]) -> Cell:
    kind = CellKind.MEAN_RANGE if entry["table"] == 5 else CellKind.MEDIAN_RANGE
    return row_of(found, entry["variable"], kind).cells[COLUMN[entry["group"]]]


def p_value(found: tuple[Table, ...], entry: dict[str, Any]) -> Cell:
    name = entry["variable"]
    if entry["test"] == "fisher_exact_two_sided":
        rows = (row for table in found for row in table.rows if row.count and row.count.variable == name)
        row = next(rows)
    else:
        kind = (
            CellKind.MEAN_RANGE
            if name in ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio")
            else CellKind.MEDIAN_RANGE
        )
        row = row_of(found, name, kind)
    return row.cells[P_COLUMN]


def printed_by_esk(analysis: Analysis, entry: dict[str, Any]) -> float | None:
    """The unrounded figure behind the cell that prints an entry."""
    found, statistic, group = tables(analysis), entry["statistic"], entry["group"]
    if entry["variable"] == "n":
        return analysis.sizes[group]
    if entry["variable"] == "treatment_continued":
        return to_json(analysis)["continuation"][group]["yes"]
    if statistic == "cv":
        cell = row_of(found, entry["variable"], CellKind.MEAN_CV).cells[COLUMN[group]]
        percent = cell.numbers[1]
        return None if percent is None else percent / 100
    pick: dict[str, Callable[[], float | None]] = {
        "count": lambda: count_cell(found, entry).numbers[0],
        "row_percent": lambda: count_cell(found, entry).numbers[1],
        "mean": lambda: mean_cell(found, entry).numbers[0],
        "p_value": lambda: p_value(found, entry).numbers[0],
    }
    if statistic in pick:
        return pick[statistic]()
    return range_cell(found, entry).numbers[NUMBER_AT[statistic]]


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_that_a_published_figure_comes_back(demo: Analysis, entry: dict[str, Any]) -> None:
    figure = printed_by_esk(demo, entry)
    assert figure is not None
    if entry["relation"] == "<":
        assert figure < entry["value"]
        assert NL.p_value(figure) == entry["printed"]
        return
    expected = entry.get("cohort_gives", entry["value"])
    assert float(round_half_away(figure, entry["decimals"])) == expected


def test_that_the_published_figures_are_all_there() -> None:
    assert len(ENTRIES) == 251
    assert sum("cohort_gives" in entry for entry in ENTRIES) == 4


def test_that_the_demo_prints_the_p_of_the_model_study_and_says_that_it_is_synthetic(demo: Analysis) -> None:
    keys = [note.key for table in tables(demo) for note in table.notes]
    assert keys.count("synthetic") == len(tables(demo))
    assert "p.asymptotic" in keys
