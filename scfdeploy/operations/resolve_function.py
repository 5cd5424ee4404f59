"""Find the function that a command names, and read its versions and aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from scfdeploy.config import load_project
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile, LoadResult
from scfdeploy.config.project_settings import NO_SETTINGS, Settings
from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.model import Address, FunctionSpec, Owner, Project, Resource
from scfdeploy.model.resource_kind import ALIAS
from scfdeploy.model.value import whole_number
from scfdeploy.operations.cloud import open_cloud, settings_of
from scfdeploy.operations.refresh.related_folders import lock_project
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy, Refusal
from scfdeploy.plan.policy import refusal
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.providers.base import CloudError, Query, Version
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.records import dataclass, replace
from scfdeploy.workspace.lock import ProjectLock


@dataclass(frozen=True, slots=True)
class ResolvedFunction:
    """The address of a function, whether or not it exists."""

    address: Address
    project: Project | None
    """None if there is no readable file."""

    region: str
    provider: TencentProvider
    dotenv: EnvFile
    settings: Settings = NO_SETTINGS.defaults


def resolve_function(request: Request, cloud: CloudOptions, name: str) -> ResolvedFunction:
    """Resolve `name` in the region of the project, or of `--region`. Raises ScfDeployError if that is impossible.

    `name` is `name`, `namespace/name`, a key under `functions`, the instance of a single function, or empty for the
    only function of the project. Errors in the project's files are ignored: they do not prevent reading or calling a
    deployed function.
    """
    loaded = load_with_function(request, name)
    project = loaded.project
    address = function_address(name, project)
    settings = settings_of(loaded)
    region = project.key.region if project else request.load.region or settings.region
    if region is None:
        raise ScfDeployError(
            message("the region is unknown: there is no readable serverless.yml here"),
            hint=message("Give --region, or --path with the project's folder."),
        )
    root = project.root if project else request.load.cwd
    provider = open_cloud(cloud, root=root, region=region, load=request.load, dotenv=loaded.dotenv, settings=settings)
    return ResolvedFunction(address, project, region, provider, loaded.dotenv, settings)


def load_with_function(request: Request, name: str | None) -> LoadResult:
    """Load the project; of one in several regions, the part with a function, or the first if `name` is None.

    Raises ScfDeployError if no part has the function.
    """
    loaded = load_project(request.path, request.load)
    for region in loaded.regions:
        part = load_project(request.path, replace(request.load, part=region))
        addresses = [spec.address for spec in part.project.functions] if part.project is not None else []
        if name is None or (name and function_address(name, part.project) in addresses):
            return part
    if loaded.regions:
        raise ScfDeployError(
            message("the project has several regions: {regions}", regions=", ".join(loaded.regions)),
            hint=message("Name a function of the project, or give --path with the folder of one, or --region."),
        )
    return loaded


def function_address(name: str, project: Project | None) -> Address:
    """The address of a function by its name, as `resolve_function` reads it."""
    functions = project.functions if project else ()
    if not name:
        if len(functions) == 1:
            return functions[0].address
        raise ScfDeployError(
            message("no function was named, and the project does not have exactly one function"),
            hint=message("Give NAME or NAMESPACE/NAME."),
        )
    namespace, slash, function = name.partition("/")
    if slash:
        return Address.of_function(namespace, function)
    for spec in functions:
        if name in (spec.name, spec.key or spec.owner.instance):
            return spec.address
    return Address.of_function("default", name)


def missing_function(address: Address, region: str, project: Project | None = None) -> ScfDeployError:
    """The error about a function that is not deployed. The hint names a similar one of the project."""
    if project is not None and any(spec.address == address for spec in project.functions):
        hint = message("Deploy it with `scfdeploy apply`.")
    else:
        hint = did_you_mean(address.function_name, _names(project)) or message(
            "Check the name and the region, or deploy it with `scfdeploy apply`."
        )
    return ScfDeployError(message("{address} does not exist in {region}", address=address, region=region), hint=hint)


@contextmanager
def describe_missing(address: Address, region: str, project: Project | None) -> Iterator[None]:
    """Give the error of a call inside that does not find the function the words of `missing_function`.

    The error code and the request id stay.
    """
    try:
        yield
    except ScfDeployError as error:
        missing = missing_function(address, region, project)
        is_missing = isinstance(error, CloudError) and error.code in _MISSING_FUNCTION
        if is_missing or error.message == missing.message:
            error.message, error.hint = missing.message, missing.hint
        raise


def unknown_function(name: str, project: Project | None, *, advice: str | None = None) -> ScfDeployError:
    """The error about a function that the project does not have; `advice` is the hint if it has none at all."""
    names = [spec.address.function_name for spec in project.functions] if project else []
    known = message("Functions of the project: {names}.", names=", ".join(names)) if names else ""
    return ScfDeployError(
        message('The project has no function "{name}".', name=name),
        hint=join_sentences(did_you_mean(name, _names(project)) or "", known) or advice,
    )


def _names(project: Project | None) -> list[str]:
    """Every name that `function_address` takes for a function of the project."""
    functions = project.functions if project else ()
    return [name for spec in functions for name in (spec.address.function_name, spec.key or spec.owner.instance)]


NEWEST = "newest"
_MISSING_FUNCTION = ("ResourceNotFound.Function", "ResourceNotFound.FunctionName")


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A function that exists, with its versions and aliases."""

    address: Address
    spec: FunctionSpec | None
    """Its configuration; None if it is not in a file."""

    project: Project | None
    """None if there is no readable file."""

    provider: TencentProvider
    function: Resource
    versions: tuple[Version, ...]
    aliases: Mapping[str, Resource]
    dotenv: EnvFile = NO_ENV_FILE
    settings: Settings = NO_SETTINGS.defaults

    @property
    def published(self) -> tuple[str, ...]:
        """The numbers of the versions that an alias can point to, the newest last."""
        return tuple(
            version.name for version in self.versions if version.is_usable and whole_number(version.name) is not None
        )

    @property
    def own_project(self) -> Project:
        """The project that changes the function. Raises ScfDeployError if there is none."""
        if self.project is None:
            raise ScfDeployError(
                message("the owner of the function is unknown: there is no readable serverless.yml here"),
                hint=message("Give --path with the project's folder."),
            )
        return self.project

    @property
    def owner(self) -> Owner:
        """The owner that the function must have to be changed: an instance of this project whose file was read.

        Raises ScfDeployError if there is no project.
        """
        current, project = self.function.owner, self.own_project
        if current is not None and current.instance in project.instance_names:
            return Owner(project.key.app, project.key.stage, current.instance)
        return self.spec.owner if self.spec is not None else Owner(project.key.app, project.key.stage, "")

    def refusals(self) -> tuple[Refusal, ...]:
        """Why this project must not change the function; empty if it can."""
        problem = refusal(self.function, desired=self.owner, policy=Policy())
        if problem is None:
            return ()
        current = self.function.owner
        if current is not None and current.same_project(self.owner):
            reason = message(
                'belongs to instance "{instance}" of app "{app}", stage "{stage}", whose file was not read',
                instance=current.instance,
                app=current.app,
                stage=current.stage,
            )
            hint = message("Give --path with the folder of that instance.")
            problem = replace(problem, reason=reason, hint=hint)
        return (problem,)

    def version(self, name: str) -> str:
        """The name of a version, given as its number, `$LATEST` or `newest`. Raises ScfDeployError if it is unknown."""
        if name == NEWEST and self.published:
            return self.published[-1]
        if name in ("$LATEST", *self.published):
            return name
        raise ScfDeployError(
            message("{function} has no published version {version}", function=self.address.function, version=name),
            hint=message("Published versions: {versions}.", versions=", ".join(self.published))
            if self.published
            else message(
                "No version is published. With `publish: true` in serverless.yml, each deployment publishes one."
            ),
        )

    def unknown_alias(self, alias: str, hint: str) -> ScfDeployError:
        """The error about an alias that the function does not have."""
        return ScfDeployError(
            message("{function} has no alias {alias}", function=self.address.function, alias=alias), hint=hint
        )

    def read_route(self, alias: str) -> Route | None:
        """The current route of an alias; None if it does not exist. Raises CloudError."""
        resource = self.provider.observe(_alias_query(self.address)).resources.get(self.address.alias(alias))
        return None if resource is None else Route.of(resource)


def load_deployed(
    request: Request,
    cloud: CloudOptions,
    name: str,
    *,
    query: Callable[[Address], Query] | None = None,
    lock: ProjectLock | None = None,
) -> DeployedFunction:
    """Read a function in the region of the project, or of `--region`. Raises ScfDeployError if it does not exist.

    `query` returns what to read; by default, the function and its aliases. A `lock`, which a command needs that changes
    the function, is acquired before that.
    """
    resolved = resolve_function(request, cloud, name)
    address, project, provider = resolved.address, resolved.project, resolved.provider
    if lock is not None and project is not None:
        lock_project(lock, project)
    observed = provider.observe((query or _alias_query)(address))
    function = observed.resources.get(address)
    if function is None:
        raise missing_function(address, resolved.region, project)
    spec = next((spec for spec in project.functions if spec.address == address), None) if project else None
    versions = provider.versions(address)
    aliases = {alias.address.name: alias for alias in observed.parts_of(address, ALIAS)}
    return DeployedFunction(
        address,
        spec,
        project,
        provider,
        function,
        versions,
        aliases,
        resolved.dotenv,
        resolved.settings,
    )


def _alias_query(address: Address) -> Query:
    return Query((address,), aliases=frozenset({address}), code=False)
