"""What Excel would call damaged and offer to repair, looked for in the parts of the files themselves (ECMA-376)."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl.utils.cell import range_boundaries

from esk_engine.exchange.demo import demo_settings
from esk_engine.exchange.template import write_template
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import BelowLloq
from esk_engine.study import Person, Study
from esk_engine.wording import Wording
from tests.engine.builders import patient, steady

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# The order that the schema gives to the parts of a worksheet; Excel repairs any other.
# fmt: off
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter",
    "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "tableParts",
)
# fmt: on
NAME = re.compile(r"[A-Za-z_\\][A-Za-z0-9_.\\]*")
LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[RrCc]|[Rr][0-9]*[Cc][0-9]*")


@pytest.fixture(scope="module", params=["export", "empty export", "template"])
def parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a workbook: of a study with awkward texts and a log, of one without patients, of the template."""
    folder = tmp_path_factory.mktemp("parts")
    path = folder / "book.xlsx"
    if request.param == "template":
        write_template(path, Wording("nl"))
    else:
        samples = [(480, "esketamine", 80.0), (480, "norketamine", BelowLloq(5.0))]
        remarks = '=1+1 & "<b>" \x01 _x000D_ é \U0001f600'
        people = [patient("P01", steady(), samples, [{"term": "=jeuk"}], remarks=remarks), patient("P2")]
        held = people if request.param == "export" else []
        with Study.create(folder / "s.esk", person=Person("AB"), settings=demo_settings("nl"), patients=held) as study:
            export_workbook(study.snapshot(), path, Wording("nl"))
    with zipfile.ZipFile(path) as archive:
        assert max(Counter(archive.namelist()).values()) == 1
        return {name: archive.read(name) for name in archive.namelist()}


def bounds(range_: str) -> tuple[int, int, int, int]:
    """First column, first row, last column, last row."""
    left, top, right, bottom = (int(each or 0) for each in range_boundaries(range_))
    return left, top, right, bottom


def sheets(parts: dict[str, bytes]) -> dict[str, Element]:
    """Every worksheet by the name of its part."""
    return {name: fromstring(data) for name, data in parts.items() if name.startswith("xl/worksheets/sheet")}


def targets(parts: dict[str, bytes], part: str) -> dict[str, str]:
    """What the relations of a part point to, by their ids."""
    folder, name = posixpath.split(part)
    held = parts.get(f"{folder}/_rels/{name}.rels")
    if held is None:
        return {}
    found = [(str(each.get("Id")), str(each.get("Target"))) for each in fromstring(held)]
    return {key: posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for key, target in found}


def test_that_every_part_is_declared_and_every_relation_leads_somewhere(parts: dict[str, bytes]) -> None:
    types = fromstring(parts["[Content_Types].xml"])
    declared = {str(each.get("PartName")).lstrip("/") for each in types if each.get("PartName")}
    assert declared <= set(parts)
    endings = {str(each.get("Extension")) for each in types if each.get("Extension")}
    plain = {name for name in parts if name.rpartition(".")[2] not in endings and name != "[Content_Types].xml"}
    assert plain <= declared
    for part in parts:
        for target in targets(parts, part).values():
            assert target in parts


def test_that_the_parts_of_a_sheet_stand_in_their_order(parts: dict[str, bytes]) -> None:
    for name, sheet in sheets(parts).items():
        tags = [ORDER.index(each.tag.removeprefix(MAIN)) for each in sheet]
        assert tags == sorted(tags), name


def test_that_rows_and_cells_come_once_and_in_order(parts: dict[str, bytes]) -> None:
    for name, sheet in sheets(parts).items():
        rows = [int(str(row.get("r"))) for row in sheet.iter(f"{MAIN}row")]
        assert rows == sorted(set(rows)), name
        for row in sheet.iter(f"{MAIN}row"):
            at = [bounds(str(cell.get("r"))) for cell in row]
            assert at == sorted(set(at))
            assert {found[1] for found in at} <= {int(str(row.get("r")))}


def test_that_formulas_and_texts_are_no_longer_than_excel_holds(parts: dict[str, bytes]) -> None:
    for sheet in sheets(parts).values():
        assert all(0 < len(each.text or "") <= 8192 for each in sheet.iter(f"{MAIN}f"))
        assert all(not (each.text or "").startswith("=") for each in sheet.iter(f"{MAIN}f"))
        assert all(len(each.text or "") <= 32_767 for each in sheet.iter(f"{MAIN}t"))
        for rule in sheet.iter(f"{MAIN}dataValidation"):
            assert all(len(each.text or "") <= 255 for each in rule)
            assert max(len(rule.get(key) or "") for key in ("error", "prompt")) <= 255
            assert max(len(rule.get(key) or "") for key in ("errorTitle", "promptTitle")) <= 32
        for line in sheet.iter(f"{MAIN}headerFooter"):
            assert all(len(each.text or "") <= 255 for each in line)


def test_that_no_two_joined_ranges_or_tables_overlap(parts: dict[str, bytes]) -> None:
    for name, sheet in sheets(parts).items():
        ranges = [str(each.get("ref")) for each in sheet.iter(f"{MAIN}mergeCell")]
        owned = [target for target in targets(parts, name).values() if "/tables/" in target]
        ranges += [str(fromstring(parts[table]).get("ref")) for table in owned]
        seen: set[tuple[int, int]] = set()
        for range_ in ranges:
            left, top, right, bottom = bounds(range_)
            cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            assert not cells & seen
            seen |= cells


def test_that_a_table_is_headed_as_it_says(parts: dict[str, bytes]) -> None:
    names: list[str] = []
    for name, sheet in sheets(parts).items():
        texts = {str(cell.get("r")): "".join(cell.itertext()) for cell in sheet.iter(f"{MAIN}c")}
        for target in targets(parts, name).values():
            if "/tables/" not in target:
                continue
            table = fromstring(parts[target])
            names.append(str(table.get("displayName")).casefold())
            left, top, right, bottom = bounds(str(table.get("ref")))
            heads = [str(column.get("name")) for column in table.iter(f"{MAIN}tableColumn")]
            row = [key for key in texts if bounds(key)[1] == top]
            assert bottom > top
            assert len(heads) == right - left + 1 == len({head.casefold() for head in heads})
            assert [texts[key] for key in row] == heads
    assert len(names) == len(set(names))


def test_that_names_are_ones_that_excel_takes(parts: dict[str, bytes]) -> None:
    book = fromstring(parts["xl/workbook.xml"])
    titles = [str(sheet.get("name")) for sheet in book.iter(f"{MAIN}sheet")]
    assert len({title.casefold() for title in titles}) == len(titles)
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)
    tables = {str(fromstring(data).get("displayName")) for name, data in parts.items() if "/tables/" in name}
    own = [each for each in book.iter(f"{MAIN}definedName") if each.get("localSheetId") is None]
    names = [str(each.get("name")) for each in own]
    assert len({name.casefold() for name in [*names, *tables]}) == len(names) + len(tables)
    for name in (*names, *tables):
        assert NAME.fullmatch(name)
        assert not LIKE_A_CELL.fullmatch(name)
    for each in book.iter(f"{MAIN}definedName"):
        title = str(each.text).rpartition("!")[0].strip("'").replace("''", "'")
        assert title.rpartition(",")[2].rpartition("!")[2].strip("'") in titles or title in titles


def test_that_styles_that_cells_and_rules_call_for_are_there(parts: dict[str, bytes]) -> None:
    styles = fromstring(parts["xl/styles.xml"])
    (formats,) = styles.iter(f"{MAIN}cellXfs")
    colours = [each for dxfs in styles.iter(f"{MAIN}dxfs") for each in dxfs]
    for sheet in sheets(parts).values():
        assert all(int(cell.get("s") or 0) < len(formats) for cell in sheet.iter(f"{MAIN}c"))
        rules = list(sheet.iter(f"{MAIN}cfRule"))
        assert all(int(str(rule.get("dxfId"))) < len(colours) for rule in rules)
        priorities = [rule.get("priority") for rule in rules]
        assert len(priorities) == len(set(priorities))


def test_that_every_text_is_one_that_xml_holds(parts: dict[str, bytes]) -> None:
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            assert fromstring(data) is not None
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", data.decode("utf-8")), name


def test_that_the_file_is_small_beside_what_it_holds(parts: dict[str, bytes], tmp_path: Path) -> None:
    # A part that unpacks to a hundred times its size is refused as a bomb by Esk's own import.
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        for part in archive.infolist():
            assert part.file_size <= max(1024 * 1024, 100 * part.compress_size)
