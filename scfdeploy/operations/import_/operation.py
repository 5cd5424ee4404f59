"""`import`: write serverless.yml, and on request the code, of deployed functions; change nothing in the cloud."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.config.discover import FILE_NAMES
from scfdeploy.config.environment import env_file_for, read_env_file
from scfdeploy.config.files import absolute, display_path
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.model import FUNCTION_FIELDS, Address, KnownSecrets, Observed, Resource
from scfdeploy.model.fields import by_name
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY, FUNCTION, TRIGGER
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.import_.layout import Group, group_functions, runs_code
from scfdeploy.operations.import_.verify import FetchedCode, WrittenFiles, verify
from scfdeploy.operations.import_.writer import FunctionSnapshot, ImportedFile, imported_file
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager.archive import content_digest_of
from scfdeploy.packager.unpack import unpack
from scfdeploy.providers.base import Query
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.results import Imported
from scfdeploy.scaffold.config_text import read_values, with_values
from scfdeploy.workspace.install_files import NewText, install, require_absent
from scfdeploy.workspace.paths import require_state_dir

_STALE_AFTER_S = 3600
_GITIGNORE = "# Secrets, and the state of scfdeploy.\n.env\n.env.*\n.scfdeploy/\n"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The functions to import, and the output folder."""

    functions: Sequence[Address]
    folder: str
    code: bool = False
    """Whether to download the code too."""

    force: bool = False
    """Whether to overwrite existing files."""


def import_functions(request: Request, cloud: CloudOptions, options: ImportOptions) -> Imported:
    """Write all files or none, and check that a plan for them is empty.

    Raises ScfDeployError if a function does not exist, or a file is in the way.
    """
    root = Path(absolute(options.folder, request.load.cwd))
    region = request.load.region or by_name(FUNCTION_FIELDS)["region"].default
    dotenv = read_env_file(request.load, root=str(root), stage=request.load.stage, diagnostics=Diagnostics())
    provider = open_cloud(cloud, root=str(root), region=region, load=request.load, dotenv=dotenv)
    observed = _observe(provider, options.functions, region)
    groups = group_functions(options.functions, observed, root, stage=request.load.stage)
    if not options.force:
        require_absent(_target_paths(groups, with_code=options.code))
    secrets_file = _secrets_file(root, groups[0].owner.stage)
    old_secrets = _read_secrets_file(secrets_file)
    names = frozenset({*request.load.environ, *dotenv.values, *read_values(old_secrets)})
    files, values = _files(groups, observed, region, reserved=names, secrets=request.load.secrets)
    current_env_file = env_file_for(str(root), request.load.cwd, groups[0].owner.stage) if values else ""
    texts = {group.file: NewText(file.text) for group, file in zip(groups, files, strict=True)}
    with _staging(root) as staging:
        code = _fetch_all(provider, groups, observed, staging) if options.code else {}
        installed = install(
            {unpacked.target: unpacked.folder for unpacked in code.values()},
            {**_secret_files(root, secrets_file, old_secrets, values), **texts},
        )
    with_code = {address for address, resource in observed.resources.items() if _has_code(address, resource)}
    codes = {address: unpacked.code for address, unpacked in code.items()}
    written = WrittenFiles(root, groups, files, codes, has_code=with_code <= codes.keys())
    result = verify(request, cloud, written, observed, installed, secrets=str(secrets_file) if values else "")
    if current_env_file in ("", str(secrets_file)):
        return result
    return result._replace(unread_env_file=display_path(current_env_file, request.load.cwd))


@dataclass(frozen=True, slots=True)
class _UnpackedCode:
    """The code of one function in a temporary folder, and the path where it will be installed."""

    folder: Path
    target: Path
    code: FetchedCode


def _observe(provider: TencentProvider, functions: Sequence[Address], region: str) -> Observed:
    resources = provider.observe(Query(tuple(functions), code=False)).resources
    missing = [str(function) for function in functions if function not in resources]
    if missing:
        raise ScfDeployError(
            message("not found in {region}: {functions}", region=region, functions=", ".join(missing)),
            hint=message("Give NAME or NAMESPACE/NAME as the console shows it, and --region."),
        )
    # Web functions have no settings of asynchronous calls.
    event_functions = frozenset(address for address in functions if resources[address].settings.get("type") != "web")
    addresses = frozenset(functions)
    return provider.observe(
        Query(
            tuple(functions),
            asynchronous=event_functions,
            aliases=addresses,
            provisioned=addresses,
            reserved=addresses,
            code=False,
        )
    )


def _target_paths(groups: Sequence[Group], *, with_code: bool) -> Iterator[Path]:
    for group in groups:
        yield from (group.folder / name for name in FILE_NAMES)
        if with_code:
            yield from (group.folder / group.source(function) for function in group.functions)


def _secrets_file(root: Path, stage: str) -> Path:
    """The .env file that a command in this folder reads."""
    of_stage = root / f".env.{stage}"
    return of_stage if "/" not in stage and of_stage.is_file() else root / ".env"


def _files(
    groups: Sequence[Group], observed: Observed, region: str, *, reserved: frozenset[str], secrets: KnownSecrets
) -> tuple[list[ImportedFile], dict[str, str]]:
    """The files, and the values of their variables. No two files share a variable."""
    files: list[ImportedFile] = []
    values: dict[str, str] = {}
    for group in groups:
        functions = [_snapshot(function, group, observed) for function in group.functions]
        names = reserved | values.keys()
        files.append(imported_file(group.owner, region, functions, reserved=names, secrets=secrets))
        values |= files[-1].variables
    return files, values


def _read_secrets_file(file: Path) -> str:
    """The text of a .env file; empty if it does not exist."""
    try:
        return file.read_text(encoding="utf-8") if file.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or message("it is not UTF-8 text")
        raise ScfDeployError(
            message("{file} cannot be read: {reason}", file=file, reason=reason),
            hint=message("An import adds to this file: save it as UTF-8, or choose another --out."),
        ) from error


def _snapshot(function: Address, group: Group, observed: Observed) -> FunctionSnapshot:
    resource = observed.resources[function]
    triggers = observed.parts_of(function, TRIGGER)
    release = observed.parts_of(function, ALIAS, CONCURRENCY)
    src = f"./{group.source(function)}" if runs_code(resource.settings) else ""
    return FunctionSnapshot(resource, triggers, observed.resources.get(function.asynchronous()), src, release)


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A temporary folder on the disk of the project."""
    state_dir = require_state_dir(str(root))
    for folder in state_dir.glob("import-*"):  # of killed runs; a recent one can belong to a parallel run
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _STALE_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)
    staging = state_dir / f"import-{os.urandom(4).hex()}"
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetch_all(
    provider: TencentProvider, groups: Sequence[Group], observed: Observed, staging: Path
) -> Mapping[Address, _UnpackedCode]:
    codes: dict[Address, _UnpackedCode] = {}
    for group in groups:
        for function in group.functions:
            if _has_code(function, observed.resources[function]):
                folder, archive = staging / str(len(codes)), staging / f"{len(codes)}.zip"
                digest = provider.fetch_code(function, str(archive))
                unpack(str(archive), str(folder))
                code = FetchedCode(content_digest_of(str(archive)), digest)
                archive.unlink()
                codes[function] = _UnpackedCode(folder, group.folder / group.source(function), code)
    return codes


def _has_code(address: Address, resource: Resource) -> bool:
    return address.kind is FUNCTION and runs_code(resource.settings)


def _secret_files(root: Path, file: Path, old_text: str, values: Mapping[str, str]) -> dict[Path, NewText]:
    """The .env file with the new values added, and a .gitignore if there is none; no files without values."""
    if not values:
        return {}
    files = {file: NewText(with_values(old_text, values), private=True)}
    gitignore = root / ".gitignore"
    return files if os.path.lexists(gitignore) else {gitignore: NewText(_GITIGNORE), **files}
