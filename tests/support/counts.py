"""A plugin of pytest: brings together what tests of reliability counted, on whatever worker, and prints it at the end.

What a test counted travels on its report, so that it arrives from each worker, and from a test that fails, too. With
`--counts FILE` all of it is written down as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.measured import Rows, add, take

FOLDER = "tests/reliability/"
_CARRIED = "counted"
_TALLY = pytest.StashKey["Tally"]()


@dataclass
class FileTally:
    """One file of tests: how many there were, how many failed (each is one loss), how long all took."""

    tests: int = 0
    losses: int = 0
    skipped: int = 0
    seconds: float = 0.0
    measured: Rows = field(default_factory=dict)


@dataclass(eq=False)
class Tally:
    """A run, as its reports tell it. `began` and `ended` are of the tests of reliability alone."""

    files: dict[str, FileTally] = field(default_factory=dict)
    began: float = float("inf")
    ended: float = 0.0
    _lost: set[str] = field(default_factory=set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what one phase of one test says; with workers, this is called where their results come together, too."""
        name = report.nodeid.partition("::")[0]
        counted = [rows for key, rows in report.user_properties if key == _CARRIED]
        if not name.startswith(FOLDER) and not counted:
            return
        file = self.files.setdefault(name.removeprefix(FOLDER), FileTally())
        file.tests += report.when == "setup"
        file.skipped += report.skipped
        file.seconds += report.duration
        if report.failed and report.nodeid not in self._lost:
            self._lost.add(report.nodeid)
            file.losses += 1
        for rows in counted:
            add(file.measured, rows)
        self.began, self.ended = min(self.began, report.start), max(self.ended, report.stop)

    @property
    def seconds(self) -> float:
        """From the first test to the last."""
        return max(0.0, self.ended - self.began)

    def as_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        files = {
            name: {
                "tests": file.tests,
                "skipped": file.skipped,
                "losses": file.losses,
                "measured": {what: dict(sorted(numbers.items())) for what, numbers in sorted(file.measured.items())},
            }
            for name, file in sorted(self.files.items())
        }
        tests = sum(file.tests for file in self.files.values())
        return {"files": files, "run": {"tests": tests, "seconds": round(self.seconds)}}

    def lines(self) -> Iterator[str]:
        """A line for each file, and one for all."""
        for name, file in sorted(self.files.items()):
            tried = "; ".join(f"{what}: {_listed(numbers)}" for what, numbers in sorted(file.measured.items()))
            counts = f"{file.tests:>4} tests {_lost(file.losses):<10} {file.seconds:>6.1f} s"
            yield f"{name:<28}{counts}  {tried}".rstrip()
        tests = sum(file.tests for file in self.files.values())
        losses = sum(file.losses for file in self.files.values())
        yield f"{tests} tests of reliability, {_lost(losses)}, {self.seconds:.0f} s in all"


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(numbers.items()))


def _lost(number: int) -> str:
    return {0: "no loss", 1: "1 loss"}.get(number, f"{number} losses")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--counts", metavar="FILE", default=None, help="write what tests of reliability tried to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TALLY] = Tally()
    config.pluginmanager.register(config.stash[_TALLY])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if counted := take():
        report.user_properties.append((_CARRIED, counted))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tally = config.stash[_TALLY]
    if tally.files:
        terminalreporter.write_sep("=", "reliability")
        for line in tally.lines():
            terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--counts")
    if file and not hasattr(session.config, "workerinput"):
        Path(file).write_text(json.dumps(session.config.stash[_TALLY].as_json()), encoding="utf-8")
