"""A process of its own that opens a study and exports it; prints the most megabytes that it ever held, 0 if untold.

``python -m benchmarks.probe_export STUDY.esk OUT.xlsx``
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.cohorts import PERSON
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.study import Study
from esk_engine.wording import Wording


def peak_megabytes() -> float:
    """The most resident memory that this process has held."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def main() -> None:
    study = Study.open(Path(sys.argv[1]), person=PERSON)
    snapshot = study.snapshot()
    study.close()
    export_workbook(snapshot, Path(sys.argv[2]), Wording("en"), with_log=False)
    print(peak_megabytes())


if __name__ == "__main__":
    main()
