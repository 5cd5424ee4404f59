"""`import` without names: list the functions of the account; `import --all`: choose those that are imported."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from scfdeploy.config.discover import FILE_NAMES
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Resource
from scfdeploy.operations.import_.layout import default_project, instance_folders
from scfdeploy.operations.import_.target import ImportTarget
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.results import Findings
from scfdeploy.results.functions import FunctionList, ListedFunction

_UNUSABLE_STATES = ("CreateFailed", "Deleting", "DeleteFailed")


def list_functions(request: Request, cloud: CloudOptions, folder: str, namespace: str | None) -> FunctionList:
    """List the functions of a namespace, or of all namespaces.

    Raises ScfDeployError if the cloud cannot be read, or the namespace does not exist.
    """
    target = ImportTarget.of(request, folder)
    resources = target.open(request, cloud).functions(namespace)
    options = _options(request, cloud, folder)
    functions = [_listed(resource, options) for resource in resources]
    chosen = [] if namespace is None else ["--namespace", namespace]
    return FunctionList(Findings(), target.region, functions, _command("--all", *chosen, *options))


def select_functions(
    resources: Sequence[Resource], root: Path, *, stage: str | None
) -> tuple[list[Address], list[tuple[Address, str]]]:
    """The functions that no other project owns and that have no file yet; and the others, each with the reason.

    Raises ScfDeployError if the folder itself has a file, below which no other would be read.
    """
    present = [str(root / name) for name in FILE_NAMES if os.path.lexists(root / name)]
    if present:
        raise ScfDeployError(
            message("nothing was written; already present: {files}", files=", ".join(present)),
            hint=message("--all writes one folder per function; choose another folder with --out."),
        )
    selected: list[Address] = []
    left_out: list[tuple[Address, str]] = []
    for resource in resources:
        reason = _obstacle(resource, root, stage)
        if reason:
            left_out.append((resource.address, reason))
        else:
            selected.append(resource.address)
    return selected, left_out


def _obstacle(resource: Resource, root: Path, stage: str | None) -> str:
    """Why a function is not imported; empty if it is."""
    owner = resource.owner
    if owner is not None and (owner.app, owner.stage) != default_project(root, stage):
        return message('belongs to app "{app}", stage "{stage}"', app=owner.app, stage=owner.stage)
    if resource.state in _UNUSABLE_STATES:
        return message("its state is {state}", state=resource.state)
    try:
        folders = instance_folders(root, resource)
    except ScfDeployError as error:
        return error.message
    return message("its folder already exists") if any(map(_is_taken, folders)) else ""


def _is_taken(folder: Path) -> bool:
    return os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))


def _listed(resource: Resource, options: Sequence[str]) -> ListedFunction:
    address = resource.address
    name = address.function if address.namespace == "default" else f"{address.namespace}/{address.function}"
    return ListedFunction(
        address,
        str(resource.settings.get("runtime") or ""),
        resource.state,
        str(resource.attributes.get("modified") or ""),
        resource.owner,
        _command(name, *options),
    )


def _options(request: Request, cloud: CloudOptions, folder: str) -> list[str]:
    """The options that read the same functions and write to the same folder."""
    load = request.load
    options = ["--region", load.region] if load.region else []
    options += ["--stage", load.stage] if load.stage else []
    options += ["--local"] if cloud.local is not None else []
    options += ["--endpoint", cloud.endpoint] if cloud.endpoint and "@" not in cloud.endpoint else []
    options += ["--profile", cloud.profile] if cloud.profile else []
    options += ["--env-file", load.env_file] if load.env_file else []
    return [*options, *(["--out", folder] if folder != "." else [])]


def _command(*words: str) -> str:
    return " ".join(["scfdeploy", "import", *map(shlex.quote, words)])
