"""Too many accelerated images.

## What is wrong

More than {image.accelerated_per_region} functions of a project have `containerImageAccelerate: true`.

## Why

The limit is {image.accelerated_per_region} per account and region. The platform rejects further ones.

## Wrong

Six functions with `containerImageAccelerate: true`.

## Right

`containerImageAccelerate: true` on the five functions whose start-up time matters most.
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import block_of, flag


@project_rule(
    "images-accelerated",
    Severity.WARNING,
    "Too many accelerated images",
    detail="{count} functions have accelerated images; the limit is {most} per account and region.",
    hint="Remove it from the functions whose start-up time matters least.",
    code="LimitExceeded.ContainerImageAccelerate",
    looks_at=("settings.image",),
)
def images_accelerated(project: Project) -> Findings:
    most = limit("image.accelerated_per_region")
    accelerated = [function for function in project.functions if _is_accelerated(function)]
    for function in accelerated[most:]:
        yield images_accelerated.finding_at(
            function, "image", "containerImageAccelerate", count=len(accelerated), most=most
        )


def _is_accelerated(function: FunctionSpec) -> bool:
    return flag(block_of(function, "image"), "containerImageAccelerate") is True
