"""Several instances to one project: they must agree on whose they are and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import Diagnostic, Diagnostics, Severity
from scfdeploy.model import FunctionSpec, Instance, LayerSpec, Project, ProjectKey


def merge_instances(instances: Sequence[Instance], root: str, diagnostics: Diagnostics) -> Project | None:
    """The project, or None when the instances cannot be one."""
    if not instances:
        return None
    first = instances[0]
    agreed = [
        _agrees(first, other, what=what, mine=mine, theirs=theirs, diagnostics=diagnostics)
        for other in instances[1:]
        for what, mine, theirs in (("app", first.app, other.app), ("stage", first.stage, other.stage))
    ]
    _check_names(instances, diagnostics)
    if not all(agreed) or not _one_region(instances, diagnostics):
        return None
    region = next((spec.region for spec in _specs(instances)), "")
    return Project(ProjectKey(first.app, first.stage, region), root, tuple(instances))


def _agrees(first: Instance, other: Instance, *, what: str, mine: str, theirs: str, diagnostics: Diagnostics) -> bool:
    if mine == theirs:
        return True
    diagnostics.add(
        Diagnostic(
            "instances-disagree",
            Severity.ERROR,
            f"Instances of different {what}s" if what == "stage" else "Instances of different apps",
            f'This instance has the {what} "{theirs}", that of {first.file} "{mine}"; together they are one project '
            "and need the same." + (" Without `app`, each has its own name for one." if what == "app" else ""),
            other.span,
            hint=f"Write the same `{what}:` in each file"
            + (", or pass --stage." if what == "stage" else ", or run for each folder by itself."),
            related=(("the other instance", first.span),),
        )
    )
    return False


def _check_names(instances: Sequence[Instance], diagnostics: Diagnostics) -> None:
    seen: dict[str, Instance] = {}
    for instance in instances:
        first = seen.setdefault(instance.name, instance)
        if first is not instance:
            diagnostics.add(
                Diagnostic(
                    "instance-duplicate",
                    Severity.ERROR,
                    "Two instances with one name",
                    f'"{instance.name}" is the name of the instance of {first.file} too.',
                    instance.span,
                    hint="Give them different names.",
                    related=(("the other instance", first.span),),
                )
            )


def _specs(instances: Sequence[Instance]) -> Iterator[FunctionSpec | LayerSpec]:
    for instance in instances:
        yield from instance.functions
        yield from instance.layers


def _one_region(instances: Sequence[Instance], diagnostics: Diagnostics) -> bool:
    specs = list(_specs(instances))
    for spec in specs[1:]:
        if spec.region != specs[0].region:
            diagnostics.add(
                Diagnostic(
                    "several-regions",
                    Severity.ERROR,
                    "Instances in several regions",
                    f"This {spec.address.kind} goes to {spec.region}, that of {specs[0].span.file} to "
                    f"{specs[0].region}; this version deploys to one region at a time.",
                    spec.span_of("region"),
                    hint="Run for each folder by itself, or pass --region.",
                    related=((f"the other {specs[0].address.kind}", specs[0].span_of("region")),),
                )
            )
            return False
    return True
