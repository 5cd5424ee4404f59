"""Merge instances into one project, which requires the same app, stage and region, and unique names."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.diagnostics import Diagnostics, Finding, Severity, message
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
    detail="This {kind} is deployed to {region}, that of {file} to {other_region}. One plan is for one region.",
    hint="Write one region in all files, and use no output of another region.",
    title="Instances in several regions.",
    what="Functions that are deployed together have different regions. validate, plan, apply, destroy and status cover "
    "all regions, one after the other, as text and as JSON; commands about one function find its region. Reports, "
    "saved plans and other commands need one region, as does a project in which an instance uses an output of another "
    "region.",
    why="One plan is for one region.",
    wrong=yaml(
        "# api/serverless.yml\ninputs:\n  region: ap-shanghai\n---\n# web/serverless.yml\ninputs:\n  region: ap-beijing"
    ),
    right="One region in all files, or a run for each folder separately. `--region` puts all into one region.",
)


def merge_instances(instances: Sequence[Instance], root: str, diagnostics: Diagnostics) -> Project | None:
    """The project, or None when the instances cannot be one."""
    if not instances:
        return None
    first = instances[0]
    disagree = False
    for other in instances[1:]:
        for what, ours, theirs in (("app", first.app, other.app), ("stage", first.stage, other.stage)):
            if ours != theirs and what not in first.unresolved | other.unresolved:
                disagree = True
                _report_disagreement(first, other, what, ours, theirs, diagnostics)
    by_name: dict[str, Instance] = {}
    for instance in (instance for instance in instances if "name" not in instance.unresolved):
        same = by_name.setdefault(instance.name, instance)
        if same is not instance:
            related = ((message("the other instance"), same.span),)
            diagnostics.report(INSTANCE_DUPLICATE, instance.span, related=related, name=instance.name, file=same.file)
    if disagree or not _have_one_region(instances, diagnostics):
        return None
    specs = [spec for instance in instances for spec in _specs(instance)]
    return Project(ProjectKey(first.app, first.stage, specs[0].region if specs else ""), root, tuple(instances))


def _report_disagreement(
    first: Instance, other: Instance, what: str, ours: str, theirs: str, diagnostics: Diagnostics
) -> None:
    diagnostics.report(
        INSTANCES_DISAGREE,
        other.span,
        detail='This instance has the app "{theirs}", that of {file} has "{ours}"; instances of one project need the '
        "same. Without `app`, each uses its own name."
        if what == "app"
        else None,
        hint="Write the same `stage:` in each file, or pass --stage." if what == "stage" else None,
        related=((message("the other instance"), first.span),),
        what=what,
        theirs=theirs,
        ours=ours,
        file=first.file,
    )


def regions_of(instances: Sequence[Instance]) -> tuple[str, ...]:
    """The regions of instances that are deployed in several, if each part can be deployed on its own.

    Empty for one region, if an instance has several or uses an output of another region, and for several projects.
    """
    own = {instance.name: {spec.region for spec in _resolved(instance)} for instance in instances}
    regions = tuple(dict.fromkeys(region for found in own.values() for region in sorted(found)))
    is_apart = all(len(found) <= 1 for found in own.values()) and all(
        own[instance.name] == own[name] for instance in instances for name in instance.needs if name in own
    )
    is_one_project = len({(instance.app, instance.stage) for instance in instances}) == 1
    return regions if len(regions) > 1 and is_apart and is_one_project else ()


def instances_in(region: str, instances: Sequence[Instance]) -> list[Instance]:
    """The instances of one of the regions that `regions_of` returns."""
    return [instance for instance in instances if all(spec.region == region for spec in _resolved(instance))]


def _specs(instance: Instance) -> tuple[FunctionSpec | LayerSpec, ...]:
    return (*instance.functions, *instance.layers)


def _resolved(instance: Instance) -> list[FunctionSpec | LayerSpec]:
    """The functions and layers whose region is known."""
    return [spec for spec in _specs(instance) if "region" not in spec.unresolved]


def _have_one_region(instances: Sequence[Instance], diagnostics: Diagnostics) -> bool:
    resolved = [spec for instance in instances for spec in _resolved(instance)]
    for spec in resolved[1:]:
        first = resolved[0]
        if spec.region != first.region:
            label = message("the other {kind}", kind=message(first.address.kind.label))
            diagnostics.report(
                SEVERAL_REGIONS,
                spec.span_of("region"),
                related=((label, first.span_of("region")),),
                kind=message(spec.address.kind.label),
                region=spec.region,
                file=first.span.file,
                other_region=first.region,
                hint="Run this command for one folder at a time, such as {folder}; --region puts all into one region."
                if regions_of(instances)
                else None,
                folder=spec.span.file.rpartition("/")[0] or ".",
            )
            return False
    return True
