"""Run the tests of reliability and write what they did into docs/reliability.json and docs/reliability.md.

Run it from the root of the repository: python scripts/measure_reliability.py. It writes nothing unless all pass. With
files of tests as arguments it measures only these anew, and keeps what is known of the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NUMBERS = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"


@dataclass(frozen=True)
class Promise:
    """What is promised, the file of tests that holds it, and how its counts read: `{row.name}` of what was measured.

    `{file.tests}` is the number of tests in the file.
    """

    text: str
    tests: str
    measured: str


PROMISES = (
    Promise(
        "Killed at any call (SIGKILL to a process of its own, before the call takes effect or after), `apply` and "
        "`destroy` finish in the next run: the cloud ends as after a run that was never cut, and no write took effect "
        "twice. With the files that the killed run left, and without them. `apply --plan` goes on where nothing was "
        "changed yet, and is refused where something was, for `apply` to finish; `alias shift` makes the steps that "
        "are left; `import --code` has put nothing in place before all is ready.",
        "test_crash_matrix.py",
        "{SIGKILL.points} points cut",
    ),
    Promise(
        "Cut while a version is being published: no alias leads to it before it is ready, and none if it fails.",
        "test_unready_versions.py",
        "{file.tests} test",
    ),
    Promise(
        "Ctrl-C and SIGTERM: what is under way ends, what was done and what not is said, exit 130, no half-written "
        "file; the next run does the rest.",
        "test_signals.py",
        "{SIGINT.points} points with SIGINT, {SIGTERM.points} with SIGTERM",
    ),
    Promise(
        "On a full disk, and killed in the middle of a write, each file of the user is the old one or the new one, "
        "whole, and no temporary file gets into git or a package: `init`, `ci init --force`, `validate --fix`, "
        "`import`, `plan --out`, `--report`. The same command then does its work.",
        "test_written_files.py",
        "{disk full.points} writes refused, {disk killed.points} killed",
    ),
    Promise(
        "One fault of any kind, at whatever call of the API or the storage, is overcome within the run.",
        "test_single_faults.py",
        "{single faults.calls} calls hit, of {single faults.kinds} kinds of fault",
    ),
    Promise(
        "A storm (of all calls 30 % throttled, 10 % internal errors, 5 % dropped) over a hundred functions ends well, "
        "with at most 2.6 times the calls of a calm run; so does one over an upload. `--timeout` and `--retries` are "
        "kept. An outage that lasts longer ends the run with what is done; the next one goes on.",
        "test_storms.py",
        "{storms.runs} runs; {storms.failed} of {storms.calls} calls failed",
    ),
    Promise(
        "Others who write at the same time: what they changed after the plan was made is not written over, what is no "
        "longer ours is not deleted, and the loser says what moved. One run at a time in a checkout.",
        "test_races.py",
        "{file.tests} races",
    ),
    Promise(
        "The same for triggers, aliases (a rollback between two steps of `alias shift` among them), asynchronous "
        "settings, reserved and provisioned concurrency, tags and layers: right before the first write of a change it "
        "is looked whether what the plan was made from still holds. What moved is said, before and after.",
        "test_races_of_parts.py",
        "{file.tests} races",
    ),
    Promise(
        "A part that fails leaves the rest to go on, its dependants skipped with the reason, exit 5; the next run does "
        "only what is left. A replacement that stopped half way is named as such, and is the first thing that the next "
        "run of that checkout makes.",
        "test_partial_failure.py",
        "{file.tests} cases",
    ),
    Promise(
        "Answers of the cloud that are damaged in any place give a result or an error, never a crash.",
        "test_odd_answers.py",
        "{damaged answers.tried} answers damaged",
    ),
    Promise(
        "Files, variables, clocks, saved plans and requests to the local server that are broken or made to hurt are "
        "read or refused in words; commands to the terminal are shown harmless; what may hold secrets is for its "
        "owner alone.",
        "test_hostile_input.py",
        "{hostile files.tried} files, {damaged plans.tried} plans, {hostile requests.tried} requests",
    ),
    Promise(
        "Requests that a web page can make (forms, pictures, links, scripts, frames, `Origin: null`) or that come "
        "under a host name that was made to lead here have no effect on the local server, on any of its paths, rightly "
        "signed as they may be.",
        "test_foreign_requests.py",
        "{foreign requests.tried} requests: {foreign requests.page} of pages, {foreign requests.host} under foreign "
        "host names, {foreign requests.proxy} for other hosts, {foreign requests.ambiguous} ambiguous",
    ),
    Promise(
        "Archives that lead out of their folder, hold links or devices, lie about their size or are damaged: `import "
        "--code` writes plain files below its folder, or refuses in words; nothing else changes.",
        "test_hostile_archives.py",
        "{hostile archives.tried} archives",
    ),
    Promise(
        "Inputs of chance, made of seeds, for each reader of what comes from outside (files, variables, "
        "clocks, comments, `--fix`, `migrate`, `ci init --from`, `.env`, files of keys, the command line, "
        "saved plans, notes of earlier runs, archives, answers of the cloud and of its storage, requests to "
        "the local server): read or refused in words, within bounds, with nothing that acts on a terminal and"
        " nothing written elsewhere. Every crash that was ever found stays among them.",
        "test_fuzz_targets.py",
        "{fuzzed inputs.tried} inputs; `make fuzz` follows coverage, for as long as one likes",
    ),
    Promise(
        "Secrets out of the file, `.env`, options, the environment, the keys and the cloud are in nothing that a "
        "command says, with `--debug` too, and in no file that it leaves but the `.env` of `import`. Held for every "
        "command there is and each of its formats.",
        "test_secrets.py",
        "{secrets.commands} runs of commands, each of the six places marked",
    ),
)

_HEAD = """\
# Reliability

What is promised for the time when things break, the tests that hold it, and what they did when this page was made.
A promise that was not kept once is a loss; one loss fails the test, and with it the build. Generated by
`python scripts/measure_reliability.py`; every run of these tests prints these counts at its end, and `make soak` does
the same with many more storms and every call for every fault.

| Promise | Tests | Measured | Losses |
| --- | --- | --- | --- |
"""
_FOOT = """
{tests} tests in `tests/reliability`; losses: {losses}. The last run of all there were at the time had {run[tests]},
and took {run[seconds]} s on {run[cores]} cores.

How it is done: each command is a process of its own, forked from one that has loaded the program, on the local
server, whose clock is the tool's: nobody waits for real. Signals are sent by the server at a chosen call, so that every
point is met. What the server can be told to do is in [local-server.md](local-server.md).

What repeats: chance comes from seeds, and which calls a storm hits depends on what they ask, not on which thread is
first, so that a storm with the same seed ends the same way and each write in it fares as it did before. What does not:
threads run side by side as they do for users, so that the order of calls, which one is the tenth, and how often the
tool looks at what is under way are not the same in two runs.

What is not held by these tests: that the cloud itself behaves as the local server does, and a look that is right and
a change by somebody else in the moment between it and the write. No call of the cloud takes a condition, so that the
moment lasts until the write is accepted, a second longer for triggers or aliases of one function, which share a look.
Where tags show late, a function that was just created may be refused as not ours until they show: then run again.
"""


def render(numbers: dict[str, Any]) -> str:
    """The page. What was not measured stays as `{row.name}`."""
    files = numbers["files"].values()
    sums = {name: sum(file[name] for file in files) for name in ("tests", "losses")}
    foot = _FOOT.format(**_worded(sums), run=numbers["run"])
    return _HEAD + "".join(_row(one, numbers["files"].get(one.tests, {"measured": {}})) for one in PROMISES) + foot


def _row(promise: Promise, file: dict[str, Any]) -> str:
    row = f"| {promise.text} | `{promise.tests}` | {promise.measured} | {{file.losses}} |\n"
    for name, counts in (file["measured"] | {"file": file}).items():
        for what, count in _worded(counts).items():
            row = row.replace(f"{{{name}.{what}}}", str(count))
    return row


def _worded(counts: dict[str, Any]) -> dict[str, Any]:
    return counts | ({"losses": "none"} if counts.get("losses") == 0 else {})


def main(files: list[str]) -> int:
    """Measure all, or these files anew, and write numbers and page."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        tests = files or ["tests/reliability"]
        if code := subprocess.call([sys.executable, "-m", "pytest", "-q", "-n", "auto", *tests, f"--counts={counts}"]):
            return code
        numbers = json.loads(counts.read_text(encoding="utf-8"))
        numbers["run"]["cores"] = os.cpu_count()
    if files:
        kept = json.loads(NUMBERS.read_text(encoding="utf-8"))
        numbers = kept | {"files": dict(sorted((kept["files"] | numbers["files"]).items()))}
    there = {promise.tests for promise in PROMISES}
    numbers["files"] = {name: file for name, file in numbers["files"].items() if name in there}
    NUMBERS.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(render(numbers), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} and {NUMBERS.relative_to(ROOT)} are written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
