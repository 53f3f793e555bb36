"""The report: the analysis, its tables and its figures as plain data, and one renderer for their text."""

from esk_engine.report.analysis import (
    COLUMNS,
    COMPARED,
    TOTAL,
    Analysis,
    Comparison,
    Count,
    GroupSummary,
    SideEffect,
    SideEffectComparison,
    analyse,
    compare,
    p_of,
)
from esk_engine.report.as_json import to_json
from esk_engine.report.cautions import Caution, CautionCode, caution_text
from esk_engine.report.count_effects import CountEffects, count_effects
from esk_engine.report.effect_table import effect_table, side_tables
from esk_engine.report.effects import Effects
from esk_engine.report.extras import ComparisonExtras, Extras, SideEffectExtras, extras
from esk_engine.report.figures import FIGURES, Figure, Point, figure_series
from esk_engine.report.methods import MethodsParagraph, methods_paragraphs, methods_text
from esk_engine.report.render import (
    cell_parts,
    cell_text,
    head_text,
    note_text,
    row_label,
    table_html,
    table_tsv,
    title,
)
from esk_engine.report.side_tables import P_HEADS, p_table, side_effect_table
from esk_engine.report.stratified import StratifiedBySex
from esk_engine.report.table import Cell, CellKind, Head, Note, Row, Table
from esk_engine.report.tables import SIGNIFICANT, decimals_of, method_note, p_cell, set_note, tables

__all__ = [
    "COLUMNS",
    "COMPARED",
    "FIGURES",
    "P_HEADS",
    "SIGNIFICANT",
    "TOTAL",
    "Analysis",
    "Caution",
    "CautionCode",
    "Cell",
    "CellKind",
    "Comparison",
    "ComparisonExtras",
    "Count",
    "CountEffects",
    "Effects",
    "Extras",
    "Figure",
    "GroupSummary",
    "Head",
    "MethodsParagraph",
    "Note",
    "Point",
    "Row",
    "SideEffect",
    "SideEffectComparison",
    "SideEffectExtras",
    "StratifiedBySex",
    "Table",
    "analyse",
    "caution_text",
    "cell_parts",
    "cell_text",
    "compare",
    "count_effects",
    "decimals_of",
    "effect_table",
    "extras",
    "figure_series",
    "head_text",
    "method_note",
    "methods_paragraphs",
    "methods_text",
    "note_text",
    "p_cell",
    "p_of",
    "p_table",
    "row_label",
    "set_note",
    "side_effect_table",
    "side_tables",
    "table_html",
    "table_tsv",
    "tables",
    "title",
    "to_json",
]
