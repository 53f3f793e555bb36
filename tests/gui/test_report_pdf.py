"""The report on A4: every text there and whole, its fonts inside, its figures strokes, its tables' heads repeated."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from esk_engine.cli import main as run_command_line
from esk_engine.errors import Fault
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.exchange.document import (
    Block,
    Column,
    Document,
    Facts,
    Grid,
    GridCell,
    GridRow,
    Heading,
    Paragraph,
    TableBlock,
    grid_of,
)
from esk_engine.study import Person, Study, StudySnapshot
from esk_engine.wording import Wording
from esk_gui.launch import main
from esk_gui.report.drawings import drawings_of
from esk_gui.report.pages import PAGE, Pages
from esk_gui.report.pdf import write_pdf
from tests.engine.builders import patient, steady
from tests.engine.exchange.test_document import EVALUATED, demo, page, report, snapshot_of

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext, pdffonts and pdfimages (poppler) are not installed"
)
NL, EN = Wording("nl"), Wording("en")


def run(program: str, *arguments: str) -> str:
    done = subprocess.run([program, *arguments], capture_output=True, check=True, encoding="utf-8", timeout=120)
    return done.stdout


def sheets_of(path: Path) -> list[str]:
    """The text of each page."""
    return run("pdftotext", "-layout", str(path), "-").split("\f")[:-1]


def written(document: Document, path: Path, snapshot: StudySnapshot | None = None, who: str | None = None) -> Pages:
    wording = Wording(document.language)
    drawings = {} if snapshot is None else drawings_of(document, snapshot, wording, who)
    pages = Pages(document, drawings, wording)
    write_pdf(pages, path)
    return pages


def document_of(*blocks: Block) -> Document:
    return Document("Title", "Study", "", "Made", "Page {n} of {m}", "en", blocks)


@pytest.fixture(scope="module")
def demo_pdf(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "demo.pdf"
    written(report(demo()), path, demo())
    return path


def test_that_each_page_is_a4_and_says_which_it_is(demo_pdf: Path) -> None:
    sheets = sheets_of(demo_pdf)
    about = run("pdfinfo", str(demo_pdf))
    assert re.search(r"Page size: .*A4", about)
    assert re.search(r"Title: +Rapport Esketamine", about)
    for number, text in enumerate(sheets, 1):
        assert f"Pagina {number} van {len(sheets)}" in text
        assert "Gemaakt door AB, ziekenhuisapotheker op 01-06-2024 12:30" in text
        assert "Verzonnen gegevens" in text


def test_that_every_cell_of_every_table_is_text(demo_pdf: Path) -> None:
    said = set("\n".join(sheets_of(demo_pdf)).split())
    for block in report(demo()).blocks:
        if isinstance(block, TableBlock | Grid):
            grid = grid_of(block.table, NL) if isinstance(block, TableBlock) else block
            words = [word for row in grid.rows for cell in row.cells for word in f"{cell.text} {cell.pale}".split()]
            assert [word for word in words if word not in said and "/" not in word] == []  # a word may end at a slash


def test_that_fonts_are_inside_and_figures_are_strokes(demo_pdf: Path) -> None:
    fonts = run("pdffonts", str(demo_pdf)).splitlines()[2:]
    assert fonts
    for line in fonts:
        embedded, _, as_unicode = re.findall(r"\b(yes|no)\b", line)[:3]
        assert (embedded, as_unicode) == ("yes", "yes"), line
    assert run("pdfimages", "-list", str(demo_pdf)).splitlines()[2:] == []
    assert "1a Esketamine" in " ".join(" ".join(sheets_of(demo_pdf)).split())  # the figure's own words are text


def test_that_the_page_of_a_demo_patient_is_one_page(qapp: QApplication, tmp_path: Path) -> None:
    snapshot = demo()
    who = snapshot.patients[6]
    for language in ("nl", "en"):
        document = page(who, snapshot.settings, language=language)
        own = snapshot_of([who], snapshot.settings)
        assert written(document, tmp_path / f"{language}.pdf", own, who.id).count == 1
    assert "bovendruk" in sheets_of(tmp_path / "nl.pdf")[0]
    assert run("pdfimages", "-list", str(tmp_path / "nl.pdf")).splitlines()[2:] == []


# Flow


def table(rows: int, *, name: str = "Table", columns: Sequence[str] = ("What", "n")) -> Grid:
    heads = tuple(Column(text, align="number" if at else "text") for at, text in enumerate(columns))
    cells = [
        tuple(GridCell(f"row{number}" if at == 0 else str(number)) for at in range(len(heads)))
        for number in range(rows)
    ]
    return Grid(name, "caption", heads, tuple(GridRow(each) for each in cells), ("A note.",))


def test_that_a_long_table_goes_on_under_its_head_and_loses_no_row(qapp: QApplication, tmp_path: Path) -> None:
    written(document_of(table(150)), tmp_path / "long.pdf")
    sheets = sheets_of(tmp_path / "long.pdf")
    assert len(sheets) > 2
    assert all(re.search(r"What +n\b", text) for text in sheets)
    assert re.findall(r"row\d+", "\n".join(sheets)) == [f"row{number}" for number in range(150)]
    assert sheets[0].count("caption") == 1
    assert "caption" not in "".join(sheets[1:])


def test_that_a_table_that_fits_a_page_is_not_divided(qapp: QApplication, tmp_path: Path) -> None:
    written(document_of(table(30, name="First"), table(30, name="Second")), tmp_path / "two.pdf")
    first, second = sheets_of(tmp_path / "two.pdf")
    assert "First" in first
    assert "Second" not in first
    assert "row29" in second


def test_that_a_heading_stays_with_what_it_heads(qapp: QApplication, tmp_path: Path) -> None:
    for rows in range(34, 44):
        written(document_of(table(rows), Heading("Heading"), table(8, name="Other")), tmp_path / "h.pdf")
        (with_heading,) = [text for text in sheets_of(tmp_path / "h.pdf") if "Heading" in text]
        assert "Other" in with_heading


def test_that_a_long_paragraph_goes_on_on_the_next_page(qapp: QApplication, tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(3000)]
    written(document_of(Paragraph(" ".join(words))), tmp_path / "p.pdf")
    assert re.findall(r"word\d+", "\n".join(sheets_of(tmp_path / "p.pdf"))) == words


def test_that_a_cell_higher_than_a_page_is_divided_too(qapp: QApplication, tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(2500)]
    row = GridRow((GridCell(" ".join(words)), GridCell("beside")))
    written(document_of(Grid("", "", (Column("What"), Column("Else")), (row,))), tmp_path / "c.pdf")
    assert re.findall(r"word\d+", "\n".join(sheets_of(tmp_path / "c.pdf"))) == words


def test_that_a_word_wider_than_the_page_is_broken_and_not_cut(qapp: QApplication, tmp_path: Path) -> None:
    word = "abcdefghij" * 40
    written(document_of(Paragraph(word), Facts(((word, word),), 2)), tmp_path / "w.pdf")
    assert "".join(sheets_of(tmp_path / "w.pdf")).replace("\n", "").replace(" ", "").count("abcdefghij" * 3) >= 9


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=120)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6), st.integers(1, 9))
def test_that_nothing_is_drawn_over_the_edges(
    qapp: QApplication, cells: list[tuple[str, str, str]], columns: int
) -> None:
    """The margins of every page stay white, whatever the texts are."""
    rows = tuple(GridRow(tuple(GridCell(a, b) for _ in range(columns))) for a, b, _ in cells)
    heads = tuple(Column(cells[0][0], cells[0][2], "number" if at % 2 else "text") for at in range(columns))
    facts = Facts(tuple((a, c) for a, _, c in cells), min(columns, 5))
    blocks = (Heading(cells[0][0]), Paragraph(cells[0][1], opening=cells[0][2]), facts, Grid("", "", heads, rows))
    pages = Pages(replace(document_of(*blocks), head=cells[0][0], made=cells[0][1]), {}, EN)
    for number in range(pages.count):
        picture = QImage(round(PAGE.width()), round(PAGE.height()), QImage.Format.Format_RGB32)
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        pages.paint(painter, number)
        painter.end()
        for edge in (QRectF(0, 0, 40, PAGE.height()), QRectF(PAGE.width() - 40, 0, 40, PAGE.height())):
            assert _is_white(picture.copy(edge.toRect()))


def _is_white(picture: QImage) -> bool:
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)  # held: its bytes are gone with it
    return set(bytes(grey.constBits())) == {255}


# Files and the command line


def test_that_nothing_stays_behind_where_a_pdf_cannot_be_written(qapp: QApplication, tmp_path: Path) -> None:
    pages = Pages(document_of(Paragraph("text")), {}, EN)
    with pytest.raises(Fault) as raised:
        write_pdf(pages, tmp_path / "out.pdf", lambda: True)
    assert raised.value.code == "cancelled"
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(Fault):
        write_pdf(pages, tmp_path / "folder.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.pdf"]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "demo.esk"
    Study.create(path, person=Person("AB"), settings=demo_settings("nl"), patients=demo_patients()).close()
    return path


def test_that_the_command_line_writes_both_forms(qapp: QApplication, study: Path, tmp_path: Path) -> None:
    assert main(["report", str(study), str(tmp_path / "r.pdf"), "--lang", "en", "--who", "CD"]) == 0
    text = "\n".join(sheets_of(tmp_path / "r.pdf"))
    assert "Table 4" in text
    assert "Made by CD" in text
    assert main(["report", str(study), str(tmp_path / "r.html"), "--patient", "p07"]) == 0
    assert "<figure>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_that_without_the_windows_half_html_still_comes(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["report", str(study), str(tmp_path / "r.html"), "--lang", "en"]) == 0
    assert "Table 4" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert run_command_line(["report", str(study), str(tmp_path / "r.pdf"), "--lang", "en"]) == 1
    assert "report_needs_window" in capsys.readouterr().err
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "code"), [(["r.doc"], "report_ending"), (["r.pdf", "--patient", "P99"], "report_no_patient")]
)
def test_that_what_cannot_be_is_told(
    study: Path, tmp_path: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target, *rest = arguments
    assert main(["report", str(study), str(tmp_path / target), *rest]) == 1
    assert code in capsys.readouterr().err


def test_that_a_patient_without_readings_has_a_page(qapp: QApplication, tmp_path: Path) -> None:
    who = patient("P1")
    document = page(who)
    assert written(document, tmp_path / "p.pdf", snapshot_of([who]), who.id).count == 1


def test_that_the_deciding_reading_is_ringed_only_where_the_verdict_shows(qapp: QApplication, tmp_path: Path) -> None:
    course = [*steady(), (217, 160, 120, 70)]
    for values, shown in ((EVALUATED, True), ({}, False)):
        who = patient("P1", sorted(course), infusion_minutes=480, **values)
        written(page(who), tmp_path / "r.pdf", snapshot_of([who]), who.id)
        assert ("+100,0 %" in sheets_of(tmp_path / "r.pdf")[0]) is shown
