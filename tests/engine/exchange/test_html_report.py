"""The report as one HTML file: well-formed, self-contained, with every cell of every table."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.exchange.document import Column, Document, Grid, GridCell, GridRow, Paragraph, TableBlock, grid_of
from esk_engine.exchange.html_report import html_report, write_html
from esk_engine.wording import Wording
from tests.engine.builders import patient, steady
from tests.engine.exchange.test_document import EVALUATED, demo, page, report

SVG = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    b'<defs><linearGradient id="a"/></defs><rect fill="url(#a)" width="9" height="9"/></svg>'
)


def root_of(text: str) -> Any:
    """The document as XML: HTML that is well-formed XML too."""
    return ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))


def text_of(element: Any) -> str:
    return "".join(element.itertext())


class _Checker(HTMLParser):
    """Collects what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "iframe", "object", "embed", "img", "base", "form"):
            self.found.append(tag)
        for name, value in attrs:
            outside = name in ("src", "href", "xlink:href", "srcset", "action") and not (value or "").startswith("#")
            if outside or name.startswith("on"):
                self.found.append(f"{tag} {name}={value}")
            if "url(" in (value or "") and "url(#" not in (value or ""):
                self.found.append(f"{tag} {name}={value}")


def test_that_the_file_is_well_formed_and_in_its_language() -> None:
    root = root_of(html_report(report(demo()), {"figure_1": SVG}, Wording("nl")))
    assert root.attrib["lang"] == "nl"
    assert text_of(root.find("head/title")).startswith("Rapport")


def test_that_every_cell_of_every_table_is_there_in_its_place() -> None:
    document, wording = report(demo()), Wording("nl")
    root = root_of(html_report(document, {}, wording))
    found = root.findall(".//table")
    grids = [grid_of(b.table, wording) if isinstance(b, TableBlock) else b for b in document.blocks]
    wanted = [grid for grid in grids if isinstance(grid, Grid)]
    assert len(found) == len(wanted)
    for table, grid in zip(found, wanted, strict=True):
        rows = table.findall("tbody/tr")
        assert len(rows) == len(grid.rows)
        for shown, row in zip(rows, grid.rows, strict=True):
            said = [" ".join(text_of(cell).split()) for cell in shown.findall("td")]
            assert said == [" ".join(f"{cell.text} {cell.pale}".split()) for cell in row.cells] or _is_marked(said, row)


def _is_marked(said: list[str], row: GridRow) -> bool:
    """The mark of the undetermined is a question mark, that of the others has no text."""
    return said[0].removeprefix("?") == row.cells[0].text


def test_that_the_models_numbers_are_in_the_file() -> None:
    text = text_of(root_of(html_report(report(demo(), "en"), {}, Wording("en"))))
    for printed in ("0.367", "0.031", "0.135", "71 [28–120]", "63 [37–97]"):  # table 5 of the model study
        assert printed in text


def test_that_nothing_is_fetched_and_nothing_runs() -> None:
    checker = _Checker()
    text = html_report(report(demo()), {"figure_1": SVG}, Wording("nl"))
    checker.feed(text)
    assert checker.found == []
    assert "@import" not in text
    assert re.findall(r"https?://\S+", text.replace("http://www.w3.org/2000/svg", "")) == []


def test_that_figures_are_inside_with_ids_of_their_own() -> None:
    root = root_of(html_report(report(demo()), {"figure_1": SVG}, Wording("nl")))
    (figure,) = root.findall(".//figure")
    ids = [element.attrib["id"] for element in figure.iter() if "id" in element.attrib]
    assert len(ids) == 1
    assert ids[0] != "a"
    assert f"url(#{ids[0]})" in [element.attrib.get("fill") for element in figure.iter()]
    assert "Figuur 1" in text_of(figure)


def test_that_a_figure_that_nobody_could_draw_is_left_out_with_its_caption() -> None:
    assert root_of(html_report(report(demo()), {}, Wording("nl"))).findall(".//figure") == []


def test_that_a_patients_page_is_well_formed() -> None:
    who = patient("P7", steady(), [(480, "esketamine", 60)], infusion_minutes=480, remarks="a < b & c", **EVALUATED)
    root = root_of(html_report(page(who), {"course": SVG}, Wording("nl")))
    assert "a < b & c" in text_of(root)


anything = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)


@settings(max_examples=60)
@given(anything, anything, anything)
def test_that_no_text_breaks_out_of_its_place(one: str, two: str, three: str) -> None:
    cells = (GridCell(two, three), GridCell(three))
    grid = Grid(one, two, (Column(one), Column(two, three, "number")), (GridRow(cells),), (three,))
    document = Document(one, two, three, one, "{n} {m}", "nl", (Paragraph(two, opening=one), grid))
    root = root_of(html_report(document, {}, Wording("nl")))
    assert len(root.findall(".//td")) == 2
    assert text_of(root.find("head/title")) == one


def test_that_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_html(report(demo()), tmp_path / "out.html", {}, Wording("nl"))
    assert root_of((tmp_path / "out.html").read_text(encoding="utf-8")) is not None
    with pytest.raises(Fault) as raised:
        write_html(report(demo()), tmp_path / "absent" / "out.html", {}, Wording("nl"))
    assert raised.value.code == "folder_missing"
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]
