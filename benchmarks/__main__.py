"""Prints every figure: ``python -m benchmarks [TOPIC ...]``, by default of all topics (``--help`` names them)."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys

from benchmarks.rows import Row, printed
from esk_engine import __version__

TOPICS = ("window", "live", "tables", "ranks", "scale", "export", "import", "files", "keys")


def _rows(topic: str) -> list[Row]:
    print(f"measuring: {topic}", file=sys.stderr)
    module = "imports" if topic == "import" else topic  # a word that no module can have
    found: list[Row] = importlib.import_module(f"benchmarks.{module}").rows()
    return found


def main() -> int:
    """Measure the topics asked for and print them; exit 1 where a figure was not reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", choices=[*TOPICS, []], default=TOPICS)
    rows = [row for topic in parser.parse_args().topics for row in _rows(topic)]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(f"Esk {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    print(printed(rows))
    return 1 if any(row.reached is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
