"""Groups of options that several commands share, and the decorator that expands them into Typer parameters.

    @app.command()
    @expand_groups
    def status(project: ProjectOptions, connection: ConnectionOptions) -> None: ...

Typer sees `--stage`, `--region` and so on; the command gets one value per group.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple, get_type_hints

from scfdeploy.cli import options
from scfdeploy.diagnostics import message
from scfdeploy.operations.request import HOOK_LIMIT_S

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
    """Which resources a plan adopts, deletes and leaves out."""

    target: options.Target = None
    adopt: options.Adopt = False
    prune: options.Prune = False
    instance: options.PrunedInstances = None
    keep: options.Keep = None


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
            import typer

            raise typer.BadParameter(message("--summary cannot be combined with --no-group"))
        return self._asdict()


class DisplayOptions(NamedTuple):
    """Colour and debug messages, in the order of the fields of `OutputOptions`."""

    no_color: options.NoColor = False
    debug: options.Debug = False


_GROUPS = frozenset(
    (
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
)


def expand_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter that is an option group by the options of the group, in the order of `HELP_ORDER`."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {}
    parameters: list[Parameter] = []
    for parameter in signature(command).parameters.values():
        hint = hints[parameter.name]
        if hint in _GROUPS:
            groups[parameter.name] = hint
            parameters += _parameters(hint)
        else:
            parameters.append(parameter.replace(annotation=hint))
    parameters.sort(key=_position)

    def run(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{field: values.pop(field) for field in group._fields})
        command(**values)

    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    return run


def _parameters(group: Any) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=group._field_defaults[name], annotation=hints[name])
        for name in group._fields
    ]


def _position(parameter: Parameter) -> int:
    return HELP_ORDER.get(parameter.name, -1) if parameter.kind is Parameter.KEYWORD_ONLY else -1
