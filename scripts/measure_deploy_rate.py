"""Count how many real files deploy to the local server: as they are, and after `validate --fix` and `migrate --write`.

    python scripts/measure_deploy_rate.py [--json FILE] [NAME]...

The files are those of the folder that SCFDEPLOY_CORPUS names; with names, only files whose name contains one of them.
Values of variables and the code of functions are dummies. Each file that is left is listed with the rules that forbid
its deployment.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the tests are not installed

from tests.support.corpus import ABSENT, real_files  # noqa: E402
from tests.support.deploy_rate import WAYS, Outcome, function_files, measure  # noqa: E402
from tests.support.local_server import local_server  # noqa: E402


def main() -> int:
    """Print the counts. 0 if there are files, 1 if not."""
    parser = argparse.ArgumentParser(description="Count how many real files deploy.")
    parser.add_argument("names", nargs="*", help="parts of file names")
    parser.add_argument("--json", type=Path, help="write the outcome of each file")
    arguments = parser.parse_args()
    every = real_files()
    files = function_files(every)
    chosen = [file for file in files if not arguments.names or any(name in file.name for name in arguments.names)]
    if not chosen:
        print(ABSENT, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, local_server() as cloud:
        outcomes = [measure(file, Path(folder, str(number)), cloud) for number, file in enumerate(chosen)]
    unread = sum(not file.parses for file in every)
    print(f"{len(every)} files: {unread} do not parse, {len(every) - unread - len(files)} have no function.")
    print_table(outcomes)
    if arguments.json is not None:
        rows = [{"file": outcome.file.name, **outcome.reasons} for outcome in outcomes]
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def print_table(outcomes: list[Outcome]) -> None:
    """Print how many files deploy in each way and in any, and why the others do not."""
    counts = Counter(way for outcome in outcomes for way, reasons in outcome.reasons.items() if not reasons)
    counts["in one of these ways"] = sum(outcome.deploys for outcome in outcomes)
    for way in (*WAYS, "in one of these ways"):
        print(f"{way:<24}{counts[way]:>5} of {len(outcomes)}  {counts[way] / len(outcomes):7.1%}")
    left = [outcome for outcome in outcomes if not outcome.deploys]
    if left:
        print("\nLeft:")
    for outcome in left:
        print(f"{outcome.file.name}: {' '.join(outcome.reasons['after both'])}")


if __name__ == "__main__":
    sys.exit(main())
