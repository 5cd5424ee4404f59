"""Diagnostics: the problems that each stage reports, with exact positions in files.

Only `cli` turns diagnostics into an exit code, and only `report` formats them.
"""

from scfdeploy.diagnostics.diagnostic import Diagnostic, Diagnostics, Severity
from scfdeploy.diagnostics.errors import OptionConflictError, ScfDeployError
from scfdeploy.diagnostics.finding import Declaration, Finding
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.span import Position, Span
from scfdeploy.diagnostics.suggestions import (
    Edit,
    changed_lines,
    did_you_mean,
    few_suggestions,
    has_suggestions_left,
    inserted,
    nearest,
    removed_line,
    removed_lines,
    reworded,
    written_at,
)

__all__ = [
    "Declaration",
    "Diagnostic",
    "Diagnostics",
    "Edit",
    "Finding",
    "OptionConflictError",
    "Position",
    "ScfDeployError",
    "Severity",
    "Span",
    "changed_lines",
    "did_you_mean",
    "few_suggestions",
    "has_suggestions_left",
    "inserted",
    "message",
    "nearest",
    "removed_line",
    "removed_lines",
    "reworded",
    "written_at",
]
