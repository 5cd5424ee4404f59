"""Which function somebody means by a name on the command line, and the way to where it is."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.config import load_project
from scfdeploy.config.loaded import EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Project
from scfdeploy.pipeline.cloud import open_cloud
from scfdeploy.pipeline.request import Cloud, Request
from scfdeploy.providers.tencent import TencentCloud


@dataclass(frozen=True, slots=True)
class Located:
    """A function that may exist; `project` is None where there is no file that can be read."""

    address: Address
    project: Project | None
    region: str
    provider: TencentCloud
    dotenv: EnvFile


def located(request: Request, cloud: Cloud, name: str) -> Located:
    """Where `name` leads: in the project's region, or in `--region`. Raises ScfDeployError when nothing says it.

    `name` is `name`, `namespace/name`, or empty for the project's only function. A function is also found by its key
    under `functions`, or by its instance where that has the one alone. The project only says where to look and whose
    .env to read: its mistakes do not forbid looking at what is deployed, nor calling it.
    """
    loaded = load_project(request.path, request.load)
    project = loaded.project
    address = _address(name, project)
    region = project.key.region if project else request.load.region
    if region is None:
        raise ScfDeployError(
            "there is no readable serverless.yml here that says the region",
            hint="Give --region, or --path with the project's folder.",
        )
    root = project.root if project else request.load.cwd
    provider = open_cloud(cloud, root=root, region=region, load=request.load, dotenv=loaded.dotenv)
    return Located(address, project, region, provider, loaded.dotenv)


def _address(name: str, project: Project | None) -> Address:
    functions = project.functions if project else ()
    if not name:
        if len(functions) == 1:
            return functions[0].address
        raise ScfDeployError("which function?", hint="Give NAME or NAMESPACE/NAME.")
    namespace, slash, function = name.partition("/")
    if slash:
        return Address.of_function(namespace, function)
    for spec in functions:
        if name in (spec.name, spec.key or spec.owner.instance):
            return spec.address
    return Address.of_function("default", name)
