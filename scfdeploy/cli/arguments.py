"""Options of one call, as the values that `pipeline` takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import typer

from scfdeploy.cli import redaction
from scfdeploy.config import LoadOptions
from scfdeploy.model import Address
from scfdeploy.operations.request import HOOK_LIMIT_S, CloudOptions, Request

if TYPE_CHECKING:
    from scfdeploy.cli.groups import PlanOptions
    from scfdeploy.plan import Policy
    from scfdeploy.providers.clock import Clock
    from scfdeploy.providers.retry import RetryPolicy


def request(  # noqa: PLR0913 - each is an option of its own
    path: str,
    *,
    stage: str | None = None,
    region: str | None = None,
    var: Sequence[str] | None = None,
    env_file: str | None = None,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    strict: bool = False,
    hooks: bool = False,
    prebuilt: bool = False,
    hook_limit_s: float = HOOK_LIMIT_S,
    skip_unsupported: bool = False,
) -> Request:
    """What to load and how, and whether `src.hook` is run. See `LoadOptions` for `prebuilt`.

    A --var without `=`, and a rule that does not exist, are wrong usage.
    """
    given, environ = dict(_pair(text) for text in var or ()), dict(os.environ)
    options = LoadOptions(
        stage=stage,
        region=region,
        variables=given,
        env_file=env_file,
        environ=environ,
        cwd=current_folder(),
        skip_unsupported=skip_unsupported,
        prebuilt=prebuilt,
        secrets=redaction.reset_secrets(given, environ),
    )
    return Request(
        path,
        options,
        _rules("--select", select),
        _rules("--ignore", ignore),
        strict,
        _tell if hooks else None,
        hook_limit_s,
    )


def current_folder() -> str:
    """Where the command was started. One that is gone is wrong usage."""
    try:
        return os.getcwd()  # noqa: PTH109 - pathlib would only be wrapped and unwrapped again
    except FileNotFoundError as error:
        raise typer.BadParameter("the current folder no longer exists; change to another folder") from error


def cloud(
    *,
    local: bool = False,
    endpoint: str | None = None,
    insecure: bool = False,
    profile: str | None = None,
    parallelism: int = 32,
    timeout: float | None = None,
    retries: int | None = None,
    clock: Clock | None = None,
) -> CloudOptions:
    """Which cloud to talk to, and how. --local together with --endpoint is wrong usage.

    So is an endpoint on another machine that is not encrypted, without `insecure`.
    `clock` is the `obj` of the command's context: a program that runs the command line in its own process may give one.
    """
    from scfdeploy.cli.local import start_local_server

    if local and endpoint:
        raise typer.BadParameter("--local and --endpoint (or SCFDEPLOY_ENDPOINT) exclude each other")
    if endpoint and not insecure:
        _require_encrypted(endpoint)
    return CloudOptions(
        endpoint=endpoint,
        profile=profile,
        parallelism=parallelism,
        home=os.path.expanduser("~"),  # noqa: PTH111
        local=start_local_server if local else None,
        timeout_s=inf if timeout is None else timeout,
        retry=_retry(timeout, retries),
        clock=clock,
    )


def addresses(texts: Sequence[str] | None) -> tuple[Address, ...]:
    """Resources named on the command line. One that is no address is wrong usage."""
    return tuple(_address(text) for text in texts or ())


def instances(names: Sequence[str] | None, *, prune: bool = True) -> tuple[str, ...]:
    """Instances named on the command line. An empty name, and --instance without --prune, are wrong usage."""
    if names and not prune:
        raise typer.BadParameter("--instance requires --prune")
    if not all(names or ()):
        raise typer.BadParameter("--instance is empty; give the name of an instance")
    return tuple(dict.fromkeys(names or ()))


def plan_policy(changes: PlanOptions) -> Policy:
    """What the options of `plan` and `apply` allow a plan to do."""
    from scfdeploy.plan import Policy

    return Policy(
        adopt=changes.adopt,
        prune=changes.prune,
        targets=addresses(changes.target),
        keep=changes.keep,
        instances=instances(changes.instance, prune=changes.prune),
    )


def function_address(name: str, namespace: str) -> Address:
    """The function that `name` or `namespace/name` stands for. What can be no name is wrong usage."""
    head, slash, tail = name.partition("/")
    parts = (head, tail) if slash else (namespace, name)
    if not all(part and part.replace("-", "").replace("_", "").isalnum() and part.isascii() for part in parts):
        raise typer.BadParameter(f"{name!r} is not a function name; write name or namespace/name")
    return Address.of_function(*parts)


def _require_encrypted(endpoint: str) -> None:
    """Refuse plain HTTP to another machine. What is no endpoint at all is told where it is used."""
    from scfdeploy.diagnostics import ScfDeployError
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.report.terminal import safe

    try:
        there = Endpoint.parse(endpoint)
    except ScfDeployError:
        return
    if there.scheme == "http" and not there.is_loopback:
        raise typer.BadParameter(
            f"--endpoint (or SCFDEPLOY_ENDPOINT) {safe(str(there))} is not encrypted: others on the network can read"
            " code and secrets, and answer in place of the cloud. Use https://, or add --insecure to accept that."
        )


def _retry(timeout: float | None, retries: int | None) -> RetryPolicy | None:
    """How failed calls are made again. What is looked at before the changes has the same time."""
    if timeout is None and retries is None:
        return None
    from scfdeploy.providers.retry import RetryPolicy

    usual = RetryPolicy(retries=retries)
    return usual if timeout is None else replace(usual, budget_s=min(usual.budget_s, timeout))


def _tell(line: str) -> None:
    """Show a line of what a command says that scfdeploy runs."""
    import sys

    from scfdeploy.cli.output import print_text
    from scfdeploy.report.terminal import safe

    print_text(f"{safe(redaction.SECRETS.redact(line))}\n", sys.stderr)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        written = f", not {text!r}" if text.isidentifier() else ""  # else it may well be a value
        raise typer.BadParameter(f"--var takes KEY=VALUE{written}")
    return key, value


def _rules(option: str, names: Sequence[str] | None) -> frozenset[str]:
    """Ids of findings. One that is none would do nothing, or hide everything."""
    if names:
        from scfdeploy.diagnostics import did_you_mean
        from scfdeploy.report.pages import all_pages
        from scfdeploy.report.terminal import safe

        known = all_pages()
        for name in names:
            if name not in known:
                near = did_you_mean(name, known) or "The rule name is shown in brackets after each finding."
                raise typer.BadParameter(f"{option} {safe(name)}: there is no rule of that name. {near}")
    return frozenset(names or ())


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is not an address; write it as the plan shows it, such as function/default/hello"
        ) from error
