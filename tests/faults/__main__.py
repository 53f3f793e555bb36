"""``python -m tests.faults [KIND] [--long] [--seed S]``: let faults loose and print what came of it."""

from __future__ import annotations

import argparse
import os
import sys

from tests.faults.figures import Figures, table
from tests.faults.kinds import KINDS


def main() -> int:
    """Run one kind of fault, or all; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Let faults loose; print the figures.")
    parser.add_argument("kind", nargs="?", default="all", choices=[*KINDS, "all", "mutate"])
    parser.add_argument("--long", action="store_true", help="the long run; without it the short one of the test suite")
    parser.add_argument("--seed", type=int, default=1, help="of all that is left to chance (default 1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes beside each other")
    options = parser.parse_args()
    if options.kind == "mutate":
        from tests.faults.mutate import run

        sys.stdout.write(run(options.seed, 0 if options.long else 60) + "\n")
        return 0
    found: list[Figures] = []
    for kind in KINDS if options.kind == "all" else (options.kind,):
        for part in KINDS[kind]:
            one = part.run(part.long if options.long else part.short, options.seed, options.workers)
            found.append(one)
            sys.stdout.write(table([one]) + "\n\n")
            sys.stdout.flush()
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
