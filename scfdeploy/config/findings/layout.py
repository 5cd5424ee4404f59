"""Pages about lines that stand in the wrong column."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

LAYOUT = (
    described(
        "not-indented",
        Severity.ERROR,
        "Keys that are not indented under the key they belong to.",
        what="A key is empty, and what belongs below it stands beside it; or a key between the two is missing.",
        why="Where they stand nobody reads them.",
        wrong=yaml("environment:\n  LANG: en"),
        right=yaml("environment:\n  variables:\n    LANG: en"),
    ),
    described(
        "inputs-not-indented",
        Severity.ERROR,
        "Settings stand outside inputs.",
        what="Settings of the function stand at the top level, and `inputs` is missing or empty.",
        why="At the top level nobody reads them.",
        wrong=yaml("component: scf\nname: hello\ninputs:\nsrc: ./src"),
        right=yaml("component: scf\nname: hello\ninputs:\n  src: ./src"),
    ),
)
