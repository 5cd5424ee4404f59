"""Find the function that a command names, with its versions and aliases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scfdeploy.config import load_project
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, FunctionSpec, Observed, Owner, Project, ProjectKey, Resource
from scfdeploy.model.resource_kind import ALIAS
from scfdeploy.model.value import whole_number
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy, Refusal
from scfdeploy.plan.policy import refusal
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.providers.base import Query, Version
from scfdeploy.providers.tencent import TencentProvider


@dataclass(frozen=True, slots=True)
class ResolvedFunction:
    """A function that may exist; `project` is None where there is no file that can be read."""

    address: Address
    project: Project | None
    region: str
    provider: TencentProvider
    dotenv: EnvFile


def resolve_function(request: Request, cloud: CloudOptions, name: str) -> ResolvedFunction:
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
            "the region is unknown: there is no readable serverless.yml here",
            hint="Give --region, or --path with the project's folder.",
        )
    root = project.root if project else request.load.cwd
    provider = open_cloud(cloud, root=root, region=region, load=request.load, dotenv=loaded.dotenv)
    return ResolvedFunction(address, project, region, provider, loaded.dotenv)


def _address(name: str, project: Project | None) -> Address:
    functions = project.functions if project else ()
    if not name:
        if len(functions) == 1:
            return functions[0].address
        raise ScfDeployError(
            "no function was named, and the project does not have exactly one", hint="Give NAME or NAMESPACE/NAME."
        )
    namespace, slash, function = name.partition("/")
    if slash:
        return Address.of_function(namespace, function)
    for spec in functions:
        if name in (spec.name, spec.key or spec.owner.instance):
            return spec.address
    return Address.of_function("default", name)


NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """One function: `spec` is what the file says of it, `project` None where there is no file that can be read.

    `instances` are the names of the instances that were read.
    """

    address: Address
    spec: FunctionSpec | None
    project: ProjectKey | None
    provider: TencentProvider
    function: Resource
    versions: tuple[Version, ...]
    aliases: Mapping[str, Resource]
    instances: frozenset[str] = frozenset()
    dotenv: EnvFile = NO_ENV_FILE

    @property
    def published(self) -> tuple[str, ...]:
        """The numbers of the versions that an alias can lead to, the newest last."""
        return tuple(one.name for one in self.versions if one.is_usable and whole_number(one.name) is not None)

    @property
    def owner(self) -> Owner | None:
        """Whose the function has to be for this project to change anything about it: an instance's that was read."""
        mark = self.function.owner
        if self.project is not None and mark is not None and mark.instance in self.instances:
            return Owner(self.project.app, self.project.stage, mark.instance)
        if self.spec is not None:
            return self.spec.owner
        return Owner(self.project.app, self.project.stage, "") if self.project is not None else None

    def refused(self) -> tuple[Refusal, ...]:
        """Why nothing about the function may be changed from here; nothing where it may."""
        if self.owner is None:
            raise ScfDeployError(
                "the owner of the function is unknown: there is no readable serverless.yml here",
                hint="Give --path with the project's folder.",
            )
        found = refusal(self.function, wanted=self.owner, policy=Policy())
        mark = self.function.owner
        if found is not None and mark is not None and mark.same_project(self.owner):
            whose = f'instance "{mark.instance}" of app "{mark.app}", stage "{mark.stage}"'
            reason = f"belongs to {whose}, whose file was not read"
            found = replace(found, reason=reason, hint="Give --path with the folder of that instance.")
        return () if found is None else (found,)

    def version(self, wanted: str) -> str:
        """A version by its number, `$LATEST`, or `newest`. Raises ScfDeployError when there is no such version."""
        if wanted == NEWEST and self.published:
            return self.published[-1]
        if wanted in ("$LATEST", *self.published):
            return wanted
        there = ", ".join(self.published) or "none"
        raise ScfDeployError(
            f"{self.address.function} has no published version {wanted}", hint=f"Published versions: {there}."
        )

    def look_again(self, alias: str) -> Route | None:
        """Where an alias leads now. Raises CloudError."""
        seen = self.provider.observe(_with_aliases(self.address))
        found = seen.resources.get(self.address.alias(alias))
        return None if found is None else Route.of(found)


def load_deployed(
    request: Request, cloud: CloudOptions, name: str, *, looks: Callable[[Address], Query] | None = None
) -> DeployedFunction:
    """Find a function in the project's region, or in `--region`. Raises ScfDeployError when it is not there.

    `looks` says what is to be looked at besides the function itself; else its aliases.
    """
    there = resolve_function(request, cloud, name)
    address, project, provider = there.address, there.project, there.provider
    seen = provider.observe((looks or _with_aliases)(address))
    function = seen.resources.get(address)
    if function is None:
        raise ScfDeployError(f"{address} does not exist in {there.region}", hint="Deploy it with scfdeploy apply.")
    spec = next((spec for spec in project.functions if spec.address == address), None) if project else None
    key = project.key if project else None
    instances = frozenset(instance.name for instance in project.instances) if project else frozenset()
    versions, aliases = provider.versions(address), _aliases(seen, address)
    return DeployedFunction(address, spec, key, provider, function, versions, aliases, instances, there.dotenv)


def _with_aliases(address: Address) -> Query:
    return Query((address,), aliases=frozenset({address}), code=False)


def _aliases(seen: Observed, function: Address) -> dict[str, Resource]:
    return {alias.address.name: alias for alias in seen.parts_of(function, ALIAS)}
