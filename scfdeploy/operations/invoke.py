"""`invoke`: call one function and show what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import resolve_function
from scfdeploy.results import Findings, Invoked


@dataclass(frozen=True, slots=True)
class Call:
    """What to call, by a name as `located` takes it, and with what."""

    name: str
    event: str
    qualifier: str = "$DEFAULT"
    asynchronous: bool = False


def invoke(request: Request, cloud: CloudOptions, call: Call) -> Invoked:
    """Call a function in the project's region, or in `--region`. Raises ScfDeployError when it cannot be called."""
    there = resolve_function(request, cloud, call.name)
    invocation = there.provider.invoke(
        there.address, call.event, qualifier=call.qualifier, asynchronous=call.asynchronous
    )
    return Invoked(Findings(), invocation.error is None, str(there.address), invocation, call.asynchronous)
