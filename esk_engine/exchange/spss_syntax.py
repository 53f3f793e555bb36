"""The SPSS syntax that repeats the tables' tests on the exported data file; GNU PSPP runs it too."""

from __future__ import annotations

from esk_engine.report import COMPARED
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

RANKED = ("esketamine_css_ug_l", "norketamine_css_ug_l")


def syntax(snapshot: StudySnapshot, file: str, wording: Wording) -> str:
    """What to run in the folder of the data file; the P of tables 3 to 5, and Fisher's of the categories."""
    title = _line(snapshot.settings.study_name or snapshot.name)
    criteria = _line(wording.criterion(snapshot.criteria_set.name))
    compared = [f"{name}_rank" if name in RANKED else name for name in COMPARED]
    quoted = file.replace("'", "''")
    return "\n".join(
        (
            f"* {title}.",
            f"* {_line(wording('export.csv.made_by'))}; {_line(wording('export.csv.criteria'))}: {criteria}.",
            f"* {_line(wording('export.log_line'))} {snapshot.version}, {snapshot.head}.",
            "* Asymp. Sig. (2-tailed) is Esk's `asymptotic`; Exact Sig. [2*(1-tailed Sig.)] its `exact_spss`.",
            f"GET FILE='{quoted}'.",
            "",
            "NPAR TESTS",
            *(f"  /M-W= {name} BY group(0 1)" for name in compared),
            "  /MISSING ANALYSIS.",
            "",
            "TEMPORARY.",
            "SELECT IF (group < 9).",
            "CROSSTABS",
            "  /TABLES= sex indication treatment_continued BY group",
            "  /STATISTICS=CHISQ",
            "  /CELLS=COUNT ROW.",
            "",
            "EXAMINE VARIABLES=esketamine_css_ug_l norketamine_css_ug_l ratio BY group",
            "  /PLOT=BOXPLOT",
            "  /STATISTICS=DESCRIPTIVES",
            "  /PERCENTILES(25,50,75)=HAVERAGE.",
            "",
        )
    )


def _line(text: str) -> str:
    """A text that stays within its comment, which a full stop at the end of a line would close."""
    return " ".join(text.split()).rstrip(".").replace("*", "")
