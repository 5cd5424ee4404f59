"""What other tools want to know of each instance once it is applied."""

from __future__ import annotations

from scfdeploy.model import FunctionSpec, Observed, Project, Value


def outputs(project: Project, observed: Observed) -> dict[str, dict[str, Value]]:
    """By the name of the instance: name, namespace, region and runtime of its function, and its URL if it has one.

    Where an instance has several functions, the same for each, by the function's key.
    """
    found: dict[str, dict[str, Value]] = {}
    for instance in project.instances:
        of_instance = found.setdefault(instance.name, {})
        for function in instance.functions:
            mine = _of(function, observed)
            of_instance.update({function.key: mine} if function.key else mine)
    return found


def _of(function: FunctionSpec, observed: Observed) -> dict[str, Value]:
    found: dict[str, Value] = {
        "name": function.address.function,
        "namespace": function.address.namespace,
        "region": function.region,
    }
    if "runtime" in function.settings:
        found["runtime"] = function.settings["runtime"]
    urls = urls_of(function, observed)
    if urls:
        found["url"] = urls[0]
    return found


def urls_of(function: FunctionSpec, observed: Observed) -> tuple[str, ...]:
    """The URLs under which a function answers, those of all its triggers."""
    return tuple(
        str(url)
        for address, resource in sorted(observed.resources.items())
        if address.of == function.address and isinstance(urls := resource.facts.get("urls"), list | tuple)
        for url in urls
    )
