"""What other tools want to know of each instance once it is applied."""

from __future__ import annotations

from scfdeploy.model import FunctionSpec, Observed, Project, Value


def outputs(project: Project, observed: Observed) -> dict[str, dict[str, Value]]:
    """By the name of the instance: name, namespace, region, runtime and id of its function, and its URLs."""
    return {
        instance.name: {key: value for function in instance.functions for key, value in _of(function, observed).items()}
        for instance in project.instances
    }


def _of(function: FunctionSpec, observed: Observed) -> dict[str, Value]:
    resource = observed.resources.get(function.address)
    if resource is None:
        return {}
    found: dict[str, Value] = {
        "name": function.address.function,
        "namespace": function.address.namespace,
        "region": function.region,
        "runtime": resource.settings.get("runtime"),
        "functionId": resource.facts.get("functionId"),
    }
    urls = urls_of(function, observed)
    if urls:
        found["url"] = urls[0]
    return {key: value for key, value in found.items() if value is not None}


def urls_of(function: FunctionSpec, observed: Observed) -> tuple[str, ...]:
    """The URLs under which a function answers, those of all its triggers."""
    return tuple(
        str(url)
        for address, resource in sorted(observed.resources.items())
        if address.of == function.address and isinstance(urls := resource.facts.get("urls"), list | tuple)
        for url in urls
    )
