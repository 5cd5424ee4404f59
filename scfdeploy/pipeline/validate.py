"""`validate`: what is wrong with the files, offline."""

from __future__ import annotations

from scfdeploy.pipeline.checked import load_and_check
from scfdeploy.pipeline.request import Request
from scfdeploy.report.results import Validated


def validate(request: Request) -> Validated:
    """Read and check a project."""
    checked = load_and_check(request)
    functions = len(checked.project.functions) if checked.project else 0
    return Validated(checked.findings, not checked.failed, len(checked.findings.sources), functions)
