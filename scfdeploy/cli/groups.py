"""Groups of options that several commands share.

    @app.command()
    def status(project: ProjectOptions, connection: ConnectionOptions) -> None: ...

Typer sees `--stage`, `--region` and so on; the command gets one value per group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from scfdeploy.cli.exits import UsageError
from scfdeploy.diagnostics import message
from scfdeploy.operations.request import HOOK_LIMIT_S, Refresh
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.cli import options

HELP_ORDER = {
    name: position
    for position, name in enumerate(
        [
            "yes",
            "path",
            "stage",
            "region",
            "var",
            "env_file",
            "skip_unsupported",
            "profile",
            "output",
            "report",
            "html",
            "target",
            "adopt",
            "prune",
            "instance",
            "keep",
            "refresh",
            "detailed_exitcode",
            "no_hook",
            "no_build",
            "prebuilt",
            "hook_timeout",
            "strict",
            "select",
            "ignore",
            "parallelism",
            "timeout",
            "retries",
            "local",
            "endpoint",
            "insecure",
            "summary",
            "no_group",
            "no_color",
            "debug",
        ]
    )
}
"""The order of shared options in `--help`, after the options of a single command."""


class ProjectOptions(NamedTuple):
    """Which stage and region of a project to load, and the values of its variables."""

    stage: options.Stage = None
    region: options.Region = None
    var: options.Variables = None
    env_file: options.EnvFile = None


class RuleOptions(NamedTuple):
    """Which findings to report, and whether warnings fail the command."""

    strict: options.Strict = None
    select: options.Select = None
    ignore: options.Ignore = None


class HookOptions(NamedTuple):
    """Whether `src.hook` runs and dependencies are installed, and the time limit of both."""

    no_hook: options.NoHook = False
    no_build: options.NoBuild = False
    prebuilt: options.Prebuilt = False
    hook_timeout: options.HookTimeout = HOOK_LIMIT_S

    def as_arguments(self) -> dict[str, Any]:
        """The arguments of `make_request` for these options."""
        run_hooks = not (self.no_hook or self.prebuilt)
        return {
            "hooks": run_hooks,
            "build": not self.no_build,
            "install": not (self.no_build or self.prebuilt),
            "prebuilt": self.prebuilt,
            "hook_limit_s": self.hook_timeout,
        }


class PlanOptions(NamedTuple):
    """Which resources a plan adopts, deletes and leaves out, and which it reads."""

    target: options.Target = None
    adopt: options.Adopt = False
    prune: options.Prune = False
    instance: options.PrunedInstances = None
    keep: options.Keep = None
    refresh: options.RefreshMode = Refresh.FULL


class ConnectionOptions(NamedTuple):
    """Which cloud or local server to talk to, and as whom."""

    profile: options.Profile = None
    local: options.Local = False
    endpoint: options.Endpoint = None
    insecure: options.Insecure = False


class EmulatorOptions(NamedTuple):
    """Which local server to use: that of the project, or the one at an endpoint."""

    local: options.Local = False
    endpoint: options.Endpoint = None

    def as_arguments(self) -> dict[str, Any]:
        """The arguments of `cloud_options`: without an endpoint, the local server of the project."""
        return {"local": self.local or not self.endpoint, "endpoint": self.endpoint}


class WriteLimits(NamedTuple):
    """The time limit of changes, and the number of retries."""

    timeout: options.Timeout = None
    retries: options.Retries = None


class FindingLayout(NamedTuple):
    """Whether similar findings are shown together."""

    no_group: options.NoGroup = False


class PlanLayout(NamedTuple):
    """How much of a plan and its outcome is shown."""

    summary: options.Summary = False
    no_group: options.NoGroup = False

    def as_arguments(self) -> dict[str, Any]:
        """The arguments of `OutputOptions` for these options. Both together are a usage error."""
        if self.summary and self.no_group:
            raise UsageError(message("--summary cannot be combined with --no-group"))
        return self._asdict()


class DisplayOptions(NamedTuple):
    """Colour and debug messages, in the order of the fields of `OutputOptions`."""

    no_color: options.NoColor = False
    debug: options.Debug = False


_GROUPS = {
    group.__name__: group
    for group in (
        ProjectOptions,
        RuleOptions,
        HookOptions,
        PlanOptions,
        ConnectionOptions,
        EmulatorOptions,
        WriteLimits,
        FindingLayout,
        PlanLayout,
        DisplayOptions,
    )
}


def help_position(name: str) -> int:
    """The position of an option in `--help`; those of a single command are first."""
    return HELP_ORDER.get(name, -1)


def groups_of(command: Callable[..., None]) -> Mapping[str, Any]:
    """The parameters of a command that are option groups, and the class of each."""
    annotations = command.__annotations__
    return {name: _GROUPS[annotation] for name, annotation in annotations.items() if annotation in _GROUPS}


def call_with_groups(command: Callable[..., None], values: Mapping[str, Any]) -> None:
    """Call a command with the values of single options; those of a group become one value. Absent ones are defaults."""
    arguments = dict(values)
    for name, group in groups_of(command).items():
        arguments[name] = group(**{field: arguments.pop(field) for field in group._fields if field in arguments})
    command(**arguments)
