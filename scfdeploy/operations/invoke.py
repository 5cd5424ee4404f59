"""`invoke`: call a function."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import resolve_function
from scfdeploy.results import Findings, Invoked


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the function with this name, in a form that `resolve_function` accepts; `event` is JSON."""

    name: str
    event: str
    qualifier: str = "$DEFAULT"
    asynchronous: bool = False


def invoke(request: Request, cloud: CloudOptions, call: Call) -> Invoked:
    """Call a function in the project's region, or in `--region`. Raises ScfDeployError if it cannot be called."""
    function = resolve_function(request, cloud, call.name)
    invocation = function.provider.invoke(
        function.address, call.event, qualifier=call.qualifier, asynchronous=call.asynchronous
    )
    return Invoked(Findings(), invocation.error is None, str(function.address), invocation, call.asynchronous)
