"""Run the reliability tests at full length and write their counts to docs/explanation/: reliability.json and .md.

Run it from the repository root: python scripts/measure_reliability.py. It writes nothing unless all tests pass. With
test files as arguments it measures only those and keeps the other counts.
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
NUMBERS = ROOT / "docs" / "explanation" / "reliability.json"
PAGE = ROOT / "docs" / "explanation" / "reliability.md"
# As many seeds as one measurement takes; `make soak` takes more.
_FAULT_LOADS = "4"


@dataclass(frozen=True)
class Promise:
    """A promise and the test file that verifies it."""

    text: str
    tests: str
    """The file below tests/reliability."""
    measured: str
    """How the counts read: `{row.name}` is a measured number, `{file.tests}` the number of tests in the file."""


PROMISES = (
    Promise(
        "After SIGKILL at any call, before or after the call takes effect, the next `apply` or `destroy` completes: "
        "the cloud ends as after an uninterrupted run, and no write took effect twice. This holds with and without the "
        "killed run's local state. `apply --plan` continues if nothing had changed and is rejected if something had, "
        "so that `apply` completes the job; `alias shift` does the remaining steps; `import --code` installs no file "
        "before all are ready. With `--refresh changed` the same holds, except for what only `--prune` deletes.",
        "test_crash_matrix.py",
        "{SIGKILL.points} crash points",
    ),
    Promise(
        "After a crash while a version is publishing, no alias routes to it before it is ready, and never if it fails.",
        "test_unready_versions.py",
        "{file.tests} test",
    ),
    Promise(
        "On SIGINT and SIGTERM pending changes complete, the report lists what was done and what was not, the exit "
        "code is 130, and no file is partly written; the next run does the rest.",
        "test_signals.py",
        "{SIGINT.points} points with SIGINT, {SIGTERM.points} with SIGTERM",
    ),
    Promise(
        "On a full disk, or killed during a write, every file of the user is the complete old or the complete new one, "
        "and no temporary file gets into git or a package: `init`, `ci init --force`, `validate --fix`, `import`, "
        "`plan --out`, `--report`. The same command then succeeds when repeated.",
        "test_written_files.py",
        "{disk full.points} writes with a full disk, {disk killed.points} killed",
    ),
    Promise(
        "A single fault of any kind, at any API or COS call, is overcome within the run, in both modes of `--refresh`.",
        "test_single_faults.py",
        "{single faults.calls} calls hit, {single faults.kinds} kinds of fault",
    ),
    Promise(
        "Under a fault load (30 % of calls throttled, 10 % internal errors, 5 % dropped) a run over a hundred "
        "functions succeeds with at most 2.6 times the calls of a run without faults; so does an upload. `--timeout` "
        "and `--retries` are respected. A longer outage ends the run with the completed changes reported; the next run "
        "continues. With `--refresh changed` a run under this load misses no change, as a full one after it shows.",
        "test_fault_load.py",
        "{fault load.runs} runs; {fault load.failed} of {fault load.calls} calls failed",
    ),
    Promise(
        "Concurrent writers: a change made after the plan is not overwritten, a resource that is no longer owned is "
        "not deleted, and the failing run names the conflict, in both modes of `--refresh`. A checkout has one run at "
        "a time.",
        "test_races.py",
        "{file.tests} races",
    ),
    Promise(
        "The same for triggers, aliases (including a rollback between two steps of `alias shift`), asynchronous "
        "settings, reserved and provisioned concurrency, tags and layers: right before the first write of a change the "
        "resource is read again and compared with the plan. A conflict is reported with old and new values.",
        "test_races_of_parts.py",
        "{file.tests} races",
    ),
    Promise(
        "A failed change does not stop independent ones; its dependents are skipped with the reason, and the exit code "
        "is 5; the next run does only the rest. An interrupted replace is reported as such and is completed first by "
        "the next run of that checkout.",
        "test_partial_failure.py",
        "{file.tests} cases",
    ),
    Promise(
        "A cloud response damaged at any point gives a result or an error, never a crash.",
        "test_odd_answers.py",
        "{damaged answers.tried} damaged responses",
    ),
    Promise(
        "Broken or malicious files, variables, cron expressions, saved plans and requests to the emulator are read or "
        "rejected with a message; terminal commands in them are escaped; files that can hold secrets are readable by "
        "their owner only.",
        "test_hostile_input.py",
        "{hostile files.tried} files, {damaged plans.tried} plans, {hostile requests.tried} requests",
    ),
    Promise(
        "An asynchronous event that the local server accepted ends exactly once, and its dead letter is delivered "
        "once, when the server is killed at any transaction of its database and started again.",
        "test_killed_server.py",
        "{SIGKILL of the server.points} points",
    ),
    Promise(
        "Requests that a web page can send (forms, images, links, scripts, frames, `Origin: null`) and requests under "
        "a foreign host name (DNS rebinding) have no effect on the emulator, on any path, even with a valid signature.",
        "test_foreign_requests.py",
        "{foreign requests.tried} requests: {foreign requests.page} of pages, {foreign requests.host} under foreign "
        "host names, {foreign requests.proxy} for other hosts, {foreign requests.ambiguous} ambiguous",
    ),
    Promise(
        "For archives that point outside their folder, contain links or devices, state a false size or are damaged, "
        "`import --code` writes plain files inside its folder or rejects the archive; nothing else changes.",
        "test_hostile_archives.py",
        "{hostile archives.tried} archives",
    ),
    Promise(
        "Random inputs made from seeds, for every reader of outside data (files, variables, cron expressions, "
        "comments, `--fix`, `migrate`, `ci init --from`, `.env`, credential files, the command line, saved plans, "
        "caches and journals, archives, API and COS responses, requests to the emulator), are read or rejected with a "
        "message, within bounds, without terminal commands in the output and without writes elsewhere. Every crash "
        "ever found stays among the seeds.",
        "test_fuzz_targets.py",
        "{fuzzed inputs.tried} inputs; `make fuzz` runs longer, guided by coverage",
    ),
    Promise(
        "Secrets from the file, `.env`, options, the environment, credentials and the cloud appear in no output, not "
        "even with `--debug`, and in no file except the `.env` of `import`. Verified for every command and format.",
        "test_secrets.py",
        "{secrets.commands} runs, secrets in all six places",
    ),
)

_HEAD = """\
# Reliability

What scfdeploy promises when something fails, the tests that verify each promise, and what they measured when this page
was generated. One broken promise is a loss, and one loss fails the build. Generated by
`python scripts/measure_reliability.py`, which takes every call with every fault and every crash point. `make test`
takes a fair sample of them; `make soak` takes all, and many more fault loads. Each prints its counts at the end.

| Promise | Tests | Measured | Losses |
| --- | --- | --- | --- |
"""
_FOOT = """
{tests} tests in `tests/reliability`; losses: {losses}. The last complete run had {run[tests]} tests
and took {run[seconds]} s on {run[cores]} cores.

**Method.** Each command runs in a process of its own, forked from one that has loaded the program, against the
emulator. The tool uses the emulator's clock, so nothing waits in real time. The emulator sends signals at a chosen
call, so that every point is covered. [local-server.md](../reference/local-server.md) lists its faults.

**What repeats.** Random choices come from seeds. Which calls a fault load hits depends on their content, not on thread
timing, so the same seed gives the same result for every write. The order of calls and the number of polls differ
between runs, because threads run in parallel as they do for users.

**What these tests do not show.** That the cloud behaves like the emulator. And one race remains: another writer can
change a resource between our last read and our write, because no API call takes a condition. The window lasts until
the write is accepted, and up to a second longer for triggers or aliases of one function, which share a read. Where tags
appear late, a new function can be rejected as not owned until they appear: run the command again.
"""


def render(numbers: dict[str, Any]) -> str:
    """Render the page. A number that was not measured stays as `{row.name}`."""
    files = numbers["files"].values()
    sums = {name: sum(file[name] for file in files) for name in ("tests", "losses")}
    foot = _FOOT.format(**_with_words(sums), run=numbers["run"])
    return _HEAD + "".join(_row(one, numbers["files"].get(one.tests, {"measured": {}})) for one in PROMISES) + foot


def _row(promise: Promise, file: dict[str, Any]) -> str:
    row = f"| {promise.text} | `{promise.tests}` | {promise.measured} | {{file.losses}} |\n"
    for name, counts in (file["measured"] | {"file": file}).items():
        for what, count in _with_words(counts).items():
            row = row.replace(f"{{{name}.{what}}}", str(count))
    return row


def _with_words(counts: dict[str, Any]) -> dict[str, Any]:
    return counts | ({"losses": "none"} if counts.get("losses") == 0 else {})


def main(files: list[str]) -> int:
    """Measure all test files, or these, and write numbers and page."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        tests = files or ["tests/reliability"]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", *tests, f"--counts={counts}"]
        environment = {"SCFDEPLOY_SOAK_SEEDS": _FAULT_LOADS, **os.environ}
        if code := subprocess.call(command, env=environment):
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
    print(f"{PAGE.relative_to(ROOT)} and {NUMBERS.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
