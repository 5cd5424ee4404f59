"""`invoke`: call one function and show what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.config import load_project
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.pipeline.cloud import open_cloud
from scfdeploy.pipeline.named import function_address
from scfdeploy.pipeline.request import Cloud, Request
from scfdeploy.report.results import Findings, Invoked


@dataclass(frozen=True, slots=True)
class Call:
    """What to call and with what. `name` is `name`, `namespace/name` or empty for the project's only function.

    A function is also found by its key under `functions`, or by its instance where that has the one alone.
    """

    name: str
    event: str
    qualifier: str = "$DEFAULT"
    asynchronous: bool = False


def invoke(request: Request, cloud: Cloud, call: Call) -> Invoked:
    """Call a function in the project's region, or in `--region`. Raises ScfDeployError when it cannot be called.

    The project only says where to look and whose .env to read: its mistakes do not forbid calling what is deployed.
    """
    loaded = load_project(request.path, request.load)
    address = function_address(call.name, loaded.project)
    region = loaded.project.key.region if loaded.project else request.load.region
    if region is None:
        raise ScfDeployError(
            "there is no readable serverless.yml here that says the region",
            hint="Give --region, or --path with the project's folder.",
        )
    root = loaded.project.root if loaded.project else request.load.cwd
    provider = open_cloud(cloud, root=root, region=region, environment=loaded.environment)
    invocation = provider.invoke(address, call.event, qualifier=call.qualifier, asynchronous=call.asynchronous)
    return Invoked(Findings(), invocation.error is None, str(address), invocation, call.asynchronous)
