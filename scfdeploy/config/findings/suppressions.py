"""Pages about comments that silence findings."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

_RIGHT = yaml("memorySize: 4096   # scfdeploy: ignore memory-above-usual -- raised for this account")

SUPPRESSIONS = (
    described(
        "suppression-bare",
        Severity.WARNING,
        "A comment that is to silence findings and names no rule.",
        what="`# scfdeploy: ignore` stands without a name.",
        why="It would hide what nobody has seen yet, so it does nothing.",
        wrong=yaml("memorySize: 4096   # scfdeploy: ignore"),
        right=_RIGHT,
    ),
    described(
        "suppression-unknown",
        Severity.WARNING,
        "A comment that names no known rule.",
        what="A name in `# scfdeploy: ignore` is the name of no finding.",
        why="It silences nothing; a reason comes after two dashes.",
        wrong=yaml("memorySize: 4096   # scfdeploy: ignore memory-above-usaul"),
        right=_RIGHT,
    ),
    described(
        "suppression-unused",
        Severity.INFO,
        "A comment that silences nothing.",
        what="The rule that the comment names finds nothing in its line. Errors of reading cannot be silenced: what "
        "could not be read would be missing from the cloud.",
        why="What it was for is mended, or it stands in the wrong line; left there it may hide a mistake one day.",
        wrong=yaml("memorySize: 128   # scfdeploy: ignore memory-above-usual"),
        right=yaml("memorySize: 128"),
    ),
)
