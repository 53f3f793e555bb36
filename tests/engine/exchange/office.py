"""LibreOffice without a window: opens a workbook, recalculates every formula, writes it anew."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

_SECONDS = 400
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
_FORMULA = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="str")?>(<f>[^<]*</f>)<v(?: ?/>|>[^<]*</v>)')
WRONG = 123456  # what no formula gives


def office() -> str:
    """The program; the test is skipped where there is none."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("LibreOffice (soffice) is not installed: formulas are not recalculated by another program")
    return found


def converted(files: list[Path], folder: Path, ending: str) -> list[Path]:
    """Each file opened, recalculated whatever values it holds, and written as ``xlsx`` or ``pdf``."""
    program, profile = office(), folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    out = folder / f"as {ending}"
    kind = "xlsx:Calc MS Excel 2007 XML" if ending == "xlsx" else ending
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", kind]
    done = subprocess.run(
        [*command, "--outdir", str(out), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    made = [out / f"{file.stem}.{ending}" for file in files]
    assert all(path.is_file() for path in made), done.stdout + done.stderr
    return made


def with_wrong_values(path: Path, target: Path) -> int:
    """The same workbook with a wrong value stored for every formula: only a recalculation mends them. How many."""
    count = 0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data, found = _FORMULA.subn(rb"\1>\2<v>%d</v>" % WRONG, data)
                count += found
            copy.writestr(name, data)
    return count
