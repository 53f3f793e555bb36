"""Runs in a process of its own: ``probe_import.py strict|listed FILE`` reads a file as an import would, to the end.

Prints what came of it, the seconds of the processor (so that a busy machine is not the file's fault) and the most
megabytes that the process held, with ``|`` between them.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path


def peak_megabytes() -> float:
    """The most memory that this program has had since it began; 0 where the system does not say."""
    status = Path("/proc/self/status")  # the figure of getrusage is also that of whoever started it
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def read_file(way: str, path: Path) -> str:
    """What came of a file: the fault's code, else how many patients were read and what was said most weightily."""
    from esk_engine.errors import Fault

    try:
        if way == "strict":
            from esk_engine.exchange.workbook_in import read_workbook

            strict = read_workbook(path, date.today())
            patients, issues = len(strict.patients), strict.issues
        else:
            from esk_engine.exchange import intake as lists

            source = lists.open_source(path)
            listed = lists.read(source, lists.propose(source), date.today())
            patients, issues = len(listed.patients), listed.issues
    except Fault as fault:
        return f"refused ({fault.code})"
    errors = [issue.code for issue in issues if issue.is_error]
    said = f", {len(errors):,} errors ({errors[-1]})" if errors else f", {len(issues):,} warnings" if issues else ""
    return f"{patients:,} patients read{said}"


def main() -> None:
    """Read the file and print."""
    begun = time.process_time()
    told = read_file(sys.argv[1], Path(sys.argv[2]))
    print(told, f"{time.process_time() - begun:.3f}", f"{peak_megabytes():.0f}", sep="|")


if __name__ == "__main__":
    main()
