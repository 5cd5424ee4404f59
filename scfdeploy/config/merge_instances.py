"""Several instances to one project: they must agree on whose they are and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FunctionSpec, Instance, LayerSpec, Project, ProjectKey

INSTANCES_DISAGREE = Finding(
    "instances-disagree",
    Severity.ERROR,
    "Instances of different {what}s",
    detail='This instance has the {what} "{theirs}", that of {file} has "{ours}"; instances of one project need '
    "the same.",
    hint="Write the same `{what}:` in each file, or run for each folder separately.",
    title="Instances of different apps or stages.",
    what="Files that are deployed together have different values for `app` or `stage`.",
    why="Together they are one project, and its app and stage are the ownership tags of its functions.",
    wrong=yaml("# api/serverless.yml\napp: shop\n---\n# web/serverless.yml\napp: store"),
    right=yaml("# in each file\napp: shop"),
)
INSTANCE_DUPLICATE = Finding(
    "instance-duplicate",
    Severity.ERROR,
    "Two instances with one name",
    detail='"{name}" is also the name of the instance in {file}.',
    hint="Give them different names.",
    title="Two instances with one name.",
    what="Two files that are deployed together have the same `name`.",
    why="The name tells one instance's functions from another's.",
    wrong=yaml("# api/serverless.yml\nname: shop\n---\n# web/serverless.yml\nname: shop"),
    right=yaml("# api/serverless.yml\nname: shop-api\n---\n# web/serverless.yml\nname: shop-web"),
)
SEVERAL_REGIONS = Finding(
    "several-regions",
    Severity.ERROR,
    "Instances in several regions",
    detail="This {kind} is deployed to {region}, that of {file} to {other_region}; this version deploys to one region "
    "at a time.",
    hint="Run for each folder separately, or pass --region.",
    title="Instances in several regions.",
    what="Functions that are deployed together have different regions.",
    why="One run deploys to one region.",
    wrong=yaml(
        "# api/serverless.yml\ninputs:\n  region: ap-shanghai\n---\n# web/serverless.yml\ninputs:\n  region: ap-beijing"
    ),
    right="One region in all files, a run for each folder separately, or `--region`.",
)


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
    found = INSTANCES_DISAGREE.at(
        other.span,
        detail=INSTANCES_DISAGREE.detail + " Without `app`, each uses its own name." if what == "app" else None,
        hint="Write the same `stage:` in each file, or pass --stage." if what == "stage" else None,
        what=what,
        theirs=theirs,
        ours=mine,
        file=first.file,
    )
    diagnostics.add(replace(found, related=(("the other instance", first.span),)))
    return False


def _check_names(instances: Sequence[Instance], diagnostics: Diagnostics) -> None:
    seen: dict[str, Instance] = {}
    for instance in instances:
        first = seen.setdefault(instance.name, instance)
        if first is not instance:
            found = INSTANCE_DUPLICATE.at(instance.span, name=instance.name, file=first.file)
            diagnostics.add(replace(found, related=(("the other instance", first.span),)))


def _specs(instances: Sequence[Instance]) -> Iterator[FunctionSpec | LayerSpec]:
    for instance in instances:
        yield from instance.functions
        yield from instance.layers


def _one_region(instances: Sequence[Instance], diagnostics: Diagnostics) -> bool:
    specs = list(_specs(instances))
    for spec in specs[1:]:
        if spec.region != specs[0].region:
            found = SEVERAL_REGIONS.at(
                spec.span_of("region"),
                kind=spec.address.kind,
                region=spec.region,
                file=specs[0].span.file,
                other_region=specs[0].region,
            )
            other = (f"the other {specs[0].address.kind}", specs[0].span_of("region"))
            diagnostics.add(replace(found, related=(other,)))
            return False
    return True
