"""The Python API: check, plan and apply a project from a program.

    from scfdeploy.api import Cloud, Project, apply, plan, validate

    checked = validate("shop")
    planned = plan(Project("shop", stage="prod"), Cloud(profile="prod"))
    applied = apply("shop", Cloud(local=True), approve=lambda planned: not planned.deletions)

Everything in `__all__` is stable: names, parameters and their meaning, and the keys of `Result.document` are added to,
never changed or removed. All other modules of scfdeploy can change in any version.

Nothing is printed, nothing is asked, and no signal handler is installed. Output of hooks and installations goes to the
logger `scfdeploy.output`, without secrets.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cache, partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import KnownSecrets
from scfdeploy.operations.request import CloudOptions, LocalServer, Refresh, Request, note_secrets

if TYPE_CHECKING:
    from scfdeploy.plan import Policy
    from scfdeploy.results import CommandResult, Planned

__all__ = ["Cloud", "Error", "Project", "Result", "apply", "plan", "validate"]

_output = logging.getLogger("scfdeploy.output")


@dataclass(frozen=True, slots=True)
class Project:
    """A project and how to read it."""

    path: str | os.PathLike[str] = "."
    """A serverless.yml, a folder with one, or a folder of such folders."""
    _: KW_ONLY
    stage: str | None = None
    """Replaces the stage of the file."""
    region: str | None = None
    """Replaces the region of the file."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of `${NAME}` and `${env:NAME}`, which precede the environment."""
    env_file: str | None = None
    """Read this .env file instead of searching for one."""
    environ: Mapping[str, str] | None = None
    """The environment; that of the process by default."""
    run_hooks: bool = True
    """Whether `src.hook` runs and dependencies are installed, in `plan` and `apply`."""
    skip_unsupported: bool = False
    """Skip files of known components that scfdeploy does not deploy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Which cloud to call, and how. Credentials are found as on the command line."""

    local: bool = False
    """Use the built-in local server, whose data is in .scfdeploy/emulator.db of the project."""
    endpoint: str | None = None
    """Base URL for all API calls."""
    profile: str | None = None
    """Profile in a credentials file."""
    parallelism: int | None = None
    """Number of resources to process in parallel."""
    timeout_s: float = inf
    """Time limit for the changes."""
    insecure: bool = False
    """Allow an unencrypted endpoint on another machine."""


ProjectOrPath: TypeAlias = Project | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a call."""

    ok: bool
    """Whether it succeeded: no errors in the files, no refused change, no failed change."""
    document: Mapping[str, Any]
    """The document that the command prints with `--format json`, without secrets. `schemas/` describes it."""

    @property
    def diagnostics(self) -> Sequence[Mapping[str, Any]]:
        """All findings, sorted by place."""
        found: Sequence[Mapping[str, Any]] = self.document["diagnostics"]
        return found

    @property
    def errors(self) -> Sequence[Mapping[str, Any]]:
        """The findings that are errors."""
        return [each for each in self.diagnostics if each["severity"] == "error"]

    @property
    def changes(self) -> Sequence[Mapping[str, Any]]:
        """The planned changes, without resources that stay as they are; empty for other results than plans."""
        return [change for change in self.document.get("changes", ()) if change["action"] != "no-op"]

    @property
    def deletions(self) -> Sequence[Mapping[str, Any]]:
        """The planned changes that delete or replace a resource."""
        return [change for change in self.changes if change["action"] in ("delete", "replace")]

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The outputs of `apply` by instance; empty for other results."""
        outputs: Mapping[str, Any] = self.document.get("outputs", {})
        return outputs


class Error(Exception):
    """A problem that is not in the files: no credentials, no connection, a refused call, a plan that is not approved.

    `hint` says what to do; `code` and `request_id` are those of a call that the cloud refused. `diagnostics` are the
    findings so far.
    """

    def __init__(
        self,
        text: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        request_id: str = "",
        diagnostics: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(text)
        self.message = text
        self.hint = hint
        self.code = code
        self.request_id = request_id
        self.diagnostics = diagnostics


def validate(
    project: ProjectOrPath = ".",
    *,
    strict: bool | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Result:
    """Check the files offline. Needs no credentials.

    `strict` makes warnings fail; `select` and `ignore` are names of rules. Raises ValueError for an unknown rule.
    """
    from scfdeploy.operations.validate import validate as use_case

    request = _request(_as_project(project), strict=strict, select=_rules(select), ignore=_rules(ignore))
    with _errors(request):
        return _result(use_case(request), request)


def plan(
    project: ProjectOrPath = ".",
    cloud: Cloud | None = None,
    *,
    targets: Sequence[str] = (),
    adopt: bool = False,
    prune: bool = False,
    refresh: str = "full",
    save_to: str | os.PathLike[str] | None = None,
) -> Result:
    """Compute what `apply` would do. Changes nothing in the cloud. One plan is for one region.

    `targets` are names, patterns and addresses of resources; `adopt` takes ownership of resources that others have
    created; `prune` deletes owned resources that are no longer in the files; `refresh` is `full`, `changed` or `auto`,
    as for `--refresh`; `save_to` is a file for `apply`.
    Raises Error if the cloud cannot be read.
    """
    from scfdeploy.operations.plan import plan as use_case
    from scfdeploy.operations.saved_plans import plan_to_file

    request = _request(_as_project(project))
    policy = _policy(targets, adopt=adopt, prune=prune)
    with _errors(request), _options(cloud or Cloud(), refresh) as options:
        if save_to is None:
            return _result(use_case(request, options, policy), request)
        return _result(plan_to_file(request, options, policy, out=os.fspath(save_to)), request)


def apply(
    project: ProjectOrPath | None = None,
    cloud: Cloud | None = None,
    *,
    approve: Callable[[Result], bool] | None = None,
    targets: Sequence[str] = (),
    adopt: bool = False,
    prune: bool = False,
    refresh: str = "full",
    saved_plan: str | os.PathLike[str] | None = None,
) -> Result:
    """Create or update resources of one region to match the files.

    `approve` gets the plan if it has changes, and returns whether to make them; without it, they are made. The other
    parameters are as for `plan`. With `saved_plan`, makes exactly the changes of that plan, or none. Raises Error if
    the plan is not approved, if the cloud cannot be read, or if a saved plan does not fit any more; nothing was changed
    then. A failed change raises nothing: `ok` is false, and `results` of the document says what became of each change.
    """
    from scfdeploy.apply.stop import Stop
    from scfdeploy.operations.apply import ApplyHooks
    from scfdeploy.operations.apply import apply as use_case
    from scfdeploy.operations.saved_plans import apply_saved

    if saved_plan is not None and (targets or adopt or prune):
        raise ValueError("targets, adopt and prune belong to the plan; give them to plan(save_to=...)")
    request = _request(_as_project("." if project is None and saved_plan is None else project or ""))

    def confirm(planned: Planned, _where: Callable[[], str]) -> None:
        if approve is not None and not approve(_result(planned, request)):
            raise ScfDeployError(message("not approved; nothing was changed"))

    hooks = ApplyHooks(confirm, lambda _event: None, Stop())
    with _errors(request), _options(cloud or Cloud(), refresh) as options:
        if saved_plan is not None:
            return _result(apply_saved(request, options, hooks, file=os.fspath(saved_plan)), request)
        return _result(use_case(request, options, _policy(targets, adopt=adopt, prune=prune), hooks), request)


def _as_project(project: ProjectOrPath) -> Project:
    return project if isinstance(project, Project) else Project(path=project)


def _request(
    project: Project,
    *,
    strict: bool | None = None,
    select: frozenset[str] = frozenset(),
    ignore: frozenset[str] = frozenset(),
) -> Request:
    environ = dict(os.environ if project.environ is None else project.environ)
    known = KnownSecrets()
    note_secrets(known, project.variables, environ)
    load = LoadOptions(
        stage=project.stage,
        region=project.region,
        variables=dict(project.variables),
        env_file=project.env_file,
        environ=environ,
        cwd=_current_folder(),
        skip_unsupported=project.skip_unsupported,
        secrets=known,
    )

    def log(line: str) -> None:
        _output.info("%s", known.redact(line))

    request = Request(os.fspath(project.path), load, select, ignore, strict)
    return replace(request, on_output=log, on_build=log) if project.run_hooks else request


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a string, as for commands
    except FileNotFoundError as error:
        raise Error(message("the current folder no longer exists; change to another folder")) from error


def _rules(names: Sequence[str]) -> frozenset[str]:
    if names:
        from scfdeploy.report.pages import all_pages

        unknown = [name for name in names if name not in all_pages()]
        if unknown:
            raise ValueError(f"there is no rule with the name {unknown[0]!r}")
    return frozenset(names)


def _policy(targets: Sequence[str], *, adopt: bool, prune: bool) -> Policy:
    from scfdeploy.plan import Policy
    from scfdeploy.plan.policy import parse_target

    return Policy(adopt=adopt, prune=prune, targets=tuple(map(parse_target, targets)))


@contextmanager
def _options(cloud: Cloud, refresh: str) -> Iterator[CloudOptions]:
    """The options for operations; a local server that they start is stopped at the end."""
    mode = Refresh(refresh)  # ValueError for another text
    if cloud.local and cloud.endpoint:
        raise ValueError("local and endpoint exclude each other")
    if cloud.endpoint and not cloud.insecure:
        _require_encrypted(cloud.endpoint)
    with ExitStack() as servers:
        yield CloudOptions(
            endpoint=cloud.endpoint,
            profile=cloud.profile,
            parallelism=cloud.parallelism,
            home=os.path.expanduser("~"),  # noqa: PTH111 - a string, as for commands
            local=cache(partial(_start_server, servers)) if cloud.local else None,
            refresh=mode,
            timeout_s=cloud.timeout_s,
        )


def _start_server(servers: ExitStack, folder: Path) -> LocalServer:
    from scfdeploy.local_server import start_project_server

    local, server = start_project_server(folder, _output.info)
    servers.callback(server.stop)
    return local


def _require_encrypted(endpoint: str) -> None:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

    if Endpoint.parse(endpoint).is_exposed:
        raise ValueError("the endpoint is not encrypted: use https://, or insecure=True to accept that")


@contextmanager
def _errors(request: Request) -> Iterator[None]:
    """Convert errors of operations, without secrets; their causes could quote some."""
    try:
        yield
    except ScfDeployError as error:
        raise _error(error, request) from None
    except OSError as error:
        from scfdeploy.workspace.atomic_write import disk_full

        full = disk_full(error)
        if full is None:
            raise
        raise _error(full, request) from None


def _error(error: ScfDeployError, request: Request) -> Error:
    from scfdeploy.report.document import finding_documents
    from scfdeploy.results import Findings

    known = request.load.secrets
    return Error(
        known.redact(error.message),
        hint=None if error.hint is None else known.redact(error.hint),
        code=getattr(error, "code", None),
        request_id=getattr(error, "request_id", ""),
        diagnostics=known.redact_document(finding_documents(Findings(*error.findings))),
    )


def _result(result: CommandResult, request: Request) -> Result:
    from scfdeploy.report.document import document

    return Result(result.ok, request.load.secrets.redact_document(document(result)))
