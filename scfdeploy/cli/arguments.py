"""Converts options into the values that operations take."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from errno import EADDRINUSE
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

from scfdeploy.cli import redaction
from scfdeploy.cli.exits import UsageError
from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.model import Address
from scfdeploy.operations.request import HOOK_LIMIT_S, LOCAL_PORT, CloudOptions, LocalServer, Refresh, Request
from scfdeploy.records import replace

if TYPE_CHECKING:
    from pathlib import Path

    from scfdeploy.cli.groups import PlanOptions
    from scfdeploy.emulator import Debugging, Server
    from scfdeploy.plan import Policy
    from scfdeploy.plan.policy import Target
    from scfdeploy.providers.base import ProgressListener
    from scfdeploy.providers.clock import Clock
    from scfdeploy.providers.retry import RetryPolicy


def make_request(  # noqa: PLR0913 - one parameter per option
    path: str,
    *,
    stage: str | None = None,
    region: str | None = None,
    var: Sequence[str] | None = None,
    env_file: str | None = None,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    strict: bool | None = None,
    hooks: bool = False,
    build: bool = True,
    install: bool = False,
    prebuilt: bool = False,
    hook_limit_s: float = HOOK_LIMIT_S,
    skip_unsupported: bool = False,
) -> Request:
    """The project to load and how.

    `hooks` runs `src.hook`, `build` packages dependencies, and `install` installs them; see `LoadOptions` for
    `prebuilt`.

    A --var without `=` and an unknown rule are usage errors.
    """
    variables, environ = dict(_variable(text) for text in var or ()), dict(os.environ)
    options = LoadOptions(
        stage=stage,
        region=region,
        variables=variables,
        env_file=env_file,
        environ=environ,
        cwd=current_folder(),
        skip_unsupported=skip_unsupported,
        prebuilt=prebuilt,
        secrets=redaction.reset_secrets(variables, environ),
    )
    return Request(
        path,
        options,
        _rules("--select", select),
        _rules("--ignore", ignore),
        strict,
        _print_line if hooks else None,
        hook_limit_s,
        build,
        _print_line if install else None,
    )


def current_folder() -> str:
    """The current folder. A usage error if it was deleted."""
    try:
        return os.getcwd()  # noqa: PTH109 - faster than pathlib
    except FileNotFoundError as error:
        raise UsageError(message("the current folder no longer exists; change to another folder")) from error


def cloud_options(  # noqa: PLR0913 - one parameter per option
    *,
    local: bool = False,
    endpoint: str | None = None,
    insecure: bool = False,
    profile: str | None = None,
    parallelism: int | None = None,
    timeout: float | None = None,
    retries: int | None = None,
    clock: Clock | None = None,
    refresh: str = Refresh.FULL,
) -> CloudOptions:
    """The cloud to call and how. `clock` is the `obj` of the command's context, which only programs set.

    --local with --endpoint, and an unencrypted endpoint on another machine without --insecure, are usage errors.
    """
    if local and endpoint:
        raise UsageError(message("--local cannot be combined with --endpoint (or SCFDEPLOY_ENDPOINT)"))
    if endpoint and not insecure:
        _require_encrypted(endpoint)
    return CloudOptions(
        endpoint=endpoint,
        profile=profile,
        parallelism=parallelism,
        home=os.path.expanduser("~"),  # noqa: PTH111
        local=cache(start_local_server) if local else None,
        refresh=Refresh(refresh),
        timeout_s=inf if timeout is None else timeout,
        retry=_retry(timeout, retries),
        clock=clock,
        on_progress=_progress_listener(clock),
    )


def _progress_listener(clock: Clock | None) -> ProgressListener:
    """A listener that shows on stderr what takes long. The display is loaded with the first event."""

    @cache
    def display() -> ProgressListener:
        import sys
        import time

        from scfdeploy.report.stage_progress import StageDisplay

        live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        now = time.monotonic if clock is None else clock.monotonic
        return StageDisplay(sys.stderr, live=live, clock=now, redact=redaction.SECRETS.redact)

    return lambda event: display()(event)  # noqa: PLW0108 - the display is loaded with the first event


def start_local_server(folder: Path) -> LocalServer:
    """Start the local server with its data in `folder`; it stops when the process ends."""
    from scfdeploy.cli.interrupt import stop_at_exit
    from scfdeploy.cli.output import print_notice
    from scfdeploy.local_server import start_project_server

    local, server = start_project_server(folder, print_notice)
    stop_at_exit(server)
    return local


def start_memory_server() -> LocalServer:
    """Start a local server that keeps nothing on disk; it stops when the process ends."""
    from scfdeploy.cli.interrupt import stop_at_exit
    from scfdeploy.cli.output import print_notice
    from scfdeploy.emulator import Settings
    from scfdeploy.local_server import start_server

    # A run can start any number of instances while its clock stands still. Functions reach the files of this
    # machine, so that a check can compare what they change.
    settings = Settings(activation_s=0, burst_limit=1_000_000_000, isolation="copy")
    local, server = start_server(None, settings, print_notice)
    stop_at_exit(server)
    return local


def start_dev_server(
    port: int | None, debugging: Debugging, on_run: Callable[[dict[str, Any]], None]
) -> tuple[LocalServer, Server]:
    """Start the local server of `dev`, whose time is that of the machine; it stops when the process ends.

    Without a `port`, it is the usual one, or a free one if that is in use.
    """
    from scfdeploy.cli.interrupt import stop_at_exit
    from scfdeploy.cli.output import print_notice
    from scfdeploy.emulator import Settings
    from scfdeploy.local_server import start_server

    def start(number: int) -> tuple[LocalServer, Server]:
        settings = Settings(activation_s=0)
        local, server = start_server(
            None, settings, print_notice, port=number, debugging=debugging, on_run=on_run, lasts=True
        )
        stop_at_exit(server)
        return local, server

    try:
        try:
            return start(LOCAL_PORT if port is None else port)
        except OSError as error:
            if port is not None or error.errno != EADDRINUSE:
                raise
            return start(0)
    except OSError as error:
        raise ScfDeployError(
            message(
                "the local server cannot start on port {port}: {reason}", port=port, reason=error.strerror or error
            ),
            hint=message("Choose another --port (0 chooses a free one)."),
        ) from error


def parse_duration(option: str, text: str) -> float:
    """The seconds of a duration such as `90s`, `10m`, `1h30m` or `3d`. A usage error for any other text."""
    import re

    if not re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h|d))+", text):
        raise UsageError(
            message("{option} takes a duration such as 90s, 10m, 1h or 3d, not {text}", option=option, text=repr(text))
        )
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h|d)", text))


def targets(texts: Sequence[str] | None) -> tuple[Target, ...]:
    """The values of --target: addresses, and names and patterns of functions and layers."""
    return tuple(_target(text) for text in texts or ())


def instances(names: Sequence[str] | None, *, prune: bool = True) -> tuple[str, ...]:
    """The names of instances. An empty name, and --instance without --prune, are usage errors."""
    if names and not prune:
        raise UsageError(message("--instance requires --prune"))
    if not all(names or ()):
        raise UsageError(message("--instance is empty; give the name of an instance"))
    return tuple(dict.fromkeys(names or ()))


def plan_policy(changes: PlanOptions) -> Policy:
    """The policy of a plan."""
    from scfdeploy.plan import Policy

    return Policy(
        adopt=changes.adopt,
        prune=changes.prune,
        targets=targets(changes.target),
        keep=changes.keep,
        instances=instances(changes.instance, prune=changes.prune),
    )


def function_address(name: str, namespace: str) -> Address:
    """The address of `name` or `namespace/name`. A usage error if it is not a valid name."""
    head, slash, tail = name.partition("/")
    parts = (head, tail) if slash else (namespace, name)
    if not all(part and part.replace("-", "").replace("_", "").isalnum() and part.isascii() for part in parts):
        raise UsageError(message("{name} is not a function name; write name or namespace/name", name=repr(name)))
    return Address.of_function(*parts)


def _require_encrypted(endpoint: str) -> None:
    """Reject plain HTTP to another machine. An invalid endpoint is reported where it is used."""
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.report.terminal import safe

    try:
        parsed = Endpoint.parse(endpoint)
    except ScfDeployError:
        return
    if parsed.is_exposed:
        raise UsageError(
            message(
                "--endpoint (or SCFDEPLOY_ENDPOINT) {endpoint} is not encrypted: others on the network can read code"
                " and secrets, and forge responses. Use https://, or add --insecure to accept that.",
                endpoint=safe(str(parsed)),
            )
        )


def _retry(timeout: float | None, retries: int | None) -> RetryPolicy | None:
    """The retry policy; a --timeout also limits the retries before the changes."""
    if timeout is None and retries is None:
        return None
    from scfdeploy.providers.retry import RetryPolicy

    policy = RetryPolicy(retries=retries)
    return policy if timeout is None else replace(policy, budget_s=min(policy.budget_s, timeout))


def _print_line(line: str) -> None:
    """Print a line of the output of a hook, a check or an installation."""
    import sys

    from scfdeploy.cli.output import print_text
    from scfdeploy.report.terminal import safe

    print_text(f"{safe(redaction.SECRETS.redact(line))}\n", sys.stderr)


def _variable(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if key and equals:
        return key, value
    if text.isidentifier():
        raise UsageError(message("--var takes KEY=VALUE, not {text}", text=repr(text)))
    raise UsageError(message("--var takes KEY=VALUE"))  # the text is not quoted: it can be a secret value


def _rules(option: str, names: Sequence[str] | None) -> frozenset[str]:
    """The ids of rules. A usage error for an unknown id, which would have no effect or hide all findings."""
    if names:
        from scfdeploy.diagnostics import did_you_mean
        from scfdeploy.report.pages import all_pages
        from scfdeploy.report.terminal import safe

        known = all_pages()
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or message("The rule name is shown in brackets after each finding.")
                unknown = message("{option} {name}: there is no rule with that name.", option=option, name=safe(name))
                raise UsageError(join_sentences(unknown, hint))
    return frozenset(names or ())


def _target(text: str) -> Target:
    from scfdeploy.plan.policy import parse_target

    try:
        return parse_target(text)
    except ValueError as error:
        raise UsageError(message("--target is empty; give a name, a pattern or an address")) from error
