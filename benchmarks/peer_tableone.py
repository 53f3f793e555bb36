"""Runs in tableone's environment: for each line on stdin one table with P-values, its seconds on stdout."""

import json
import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    """Answer until stdin closes."""
    warnings.simplefilter("ignore")
    import pandas as pd
    from tableone import TableOne  # pyright: ignore[reportMissingImports]

    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    frame, numeric = pd.DataFrame(given["columns"]), given["numeric"]
    columns = [name for name in frame.columns if name != "group"]
    categorical = [name for name in columns if name not in numeric]
    for _ in sys.stdin:
        start = time.perf_counter()
        made = TableOne(frame, columns=columns, categorical=categorical, groupby="group", nonnormal=numeric, pval=True)
        made.tabulate(tablefmt="github")
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
