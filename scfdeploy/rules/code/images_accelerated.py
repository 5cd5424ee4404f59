"""Too many accelerated images.

## What is wrong

More than {image.accelerated_per_region} functions of a project have `containerImageAccelerate: true`.

## Why

An account has {image.accelerated_per_region} in a region; the platform rejects further ones.

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
from scfdeploy.rules.rule import project_rule
from scfdeploy.rules.values import block_of, flag


@project_rule(
    "images-accelerated",
    Severity.WARNING,
    "Too many accelerated images",
    detail="{count} functions have accelerated images; an account has {most} in a region.",
    hint="Switch it off where the start matters least.",
    code="LimitExceeded.ContainerImageAccelerate",
    looks_at=("settings.image",),
)
def images_accelerated(project: Project) -> Iterator[Diagnostic]:
    """Find accelerated images beyond the number that an account has."""
    most = limit("image.accelerated_per_region")
    accelerated = [function for function in project.functions if _is_accelerated(function)]
    for function in accelerated[most:]:
        yield images_accelerated.finding_at(
            function, "image", "containerImageAccelerate", count=len(accelerated), most=most
        )


def _is_accelerated(function: FunctionSpec) -> bool:
    return flag(block_of(function, "image"), "containerImageAccelerate") is True
