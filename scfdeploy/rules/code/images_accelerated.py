"""Too many accelerated images.

## What is wrong

More than {image.accelerated_per_region} functions of a project have `containerImageAccelerate: true`.

## Why

An account has {image.accelerated_per_region} in a region; the platform refuses further ones.

## Wrong

Six functions with `containerImageAccelerate: true`.

## Right

Five of them with it, where a slow start matters most.
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.rules.rule import ProjectRule, RuleInfo
from scfdeploy.rules.values import block_of, flag

INFO = RuleInfo(
    "images-accelerated",
    "LimitExceeded.ContainerImageAccelerate",
    Severity.WARNING,
    "0.1.0",
    "Too many accelerated images",
)


def check(project: Project) -> Iterator[Diagnostic]:
    """Find accelerated images beyond the number that an account has."""
    most = limit("image.accelerated_per_region")
    accelerated = [function for function in project.functions if _is_accelerated(function)]
    for function in accelerated[most:]:
        yield INFO.found(
            function,
            "image",
            "containerImageAccelerate",
            detail=f"{len(accelerated)} functions have accelerated images; an account has {most} in a region.",
            hint="Switch it off where the start matters least.",
        )


def _is_accelerated(function: FunctionSpec) -> bool:
    return flag(block_of(function, "image"), "containerImageAccelerate") is True


RULE = ProjectRule(INFO, check)
