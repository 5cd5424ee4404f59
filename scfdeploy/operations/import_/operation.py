"""`import`: write serverless.yml, and on request the code, of deployed functions; change nothing in the cloud."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from scfdeploy.config.discover import FILE_NAMES
from scfdeploy.config.environment import env_file_for
from scfdeploy.config.files import display_path
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, KnownSecrets, Observed, Resource
from scfdeploy.model.domains import routed_functions
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY, DOMAIN, TRIGGER
from scfdeploy.operations.import_.layout import Group, group_functions, runs_code
from scfdeploy.operations.import_.listing import select_functions
from scfdeploy.operations.import_.target import ImportTarget
from scfdeploy.operations.import_.verify import FetchedCode, WrittenFiles, verify
from scfdeploy.operations.import_.writer import FunctionSnapshot, ImportedFile, imported_file
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager.archive import content_digest_of
from scfdeploy.packager.unpack import unpack
from scfdeploy.providers.base import CloudError, ErrorKind, Query
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.records import dataclass, replace
from scfdeploy.results import Findings
from scfdeploy.results.imported import Imported
from scfdeploy.scaffold.config_text import read_values, with_values
from scfdeploy.scaffold.editor_schema import SCHEMA_FILE, modeline, schema_text
from scfdeploy.workspace.install_files import NewText, install, require_absent
from scfdeploy.workspace.paths import require_state_dir

_STALE_AFTER_S = 3600
_GITIGNORE = "# Secrets, and the state of scfdeploy.\n.env\n.env.*\n.scfdeploy/\n"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The functions to import, and the output folder."""

    functions: Sequence[Address]
    """Empty with `all_functions`."""

    folder: str
    code: bool = False
    """Whether to download the code too."""

    force: bool = False
    """Whether to overwrite existing files."""

    all_functions: bool = False
    """Whether to import all functions that no other project owns, each into a folder of its own."""

    namespace: str | None = None
    """With `all_functions`: their namespace; None for all."""


def import_functions(request: Request, cloud: CloudOptions, options: ImportOptions) -> Imported:
    """Write all files or none, and check that a plan for them is empty.

    Raises ScfDeployError if a function does not exist, or a file is in the way.
    """
    target = ImportTarget.of(request, options.folder)
    provider = target.open(request, cloud)
    if not options.all_functions:
        observed = _observe(provider, options.functions, target.region)
        groups = group_functions(options.functions, observed, target.root, stage=request.load.stage)
        return _import(request, cloud, options, target=target, provider=provider, observed=observed, groups=groups)
    listed = provider.functions(options.namespace)
    functions, left_out = select_functions(listed, target.root, stage=request.load.stage)
    if not functions:
        folder = display_path(str(target.root), request.load.cwd)
        return Imported(Findings(), ok=True, folder=folder, files=(), functions=(), left_out=left_out)
    observed = _observe(provider, functions, target.region)
    groups = group_functions(functions, observed, target.root, stage=request.load.stage, nested=True)
    result = _import(request, cloud, options, target=target, provider=provider, observed=observed, groups=groups)
    return result._replace(left_out=[*left_out, *result.left_out])


def _import(
    request: Request,
    cloud: CloudOptions,
    options: ImportOptions,
    *,
    target: ImportTarget,
    provider: TencentProvider,
    observed: Observed,
    groups: Sequence[Group],
) -> Imported:
    """Write the files of the groups, and verify them."""
    root, dotenv = target.root, target.dotenv
    if not options.force:
        require_absent(_target_paths(groups, with_code=options.code))
    secrets_file = _secrets_file(root, groups[0].owner.stage)
    old_secrets = _read_secrets_file(secrets_file)
    names = frozenset({*request.load.environ, *dotenv.values, *read_values(old_secrets)})
    with _staging(root) as staging:
        code: Mapping[Address, _UnpackedCode] = {}
        failures: Mapping[Address, str] = {}
        if options.code:
            code, failures = _fetch_all(provider, groups, observed, staging, continues=options.all_functions)
        files, values = _files(
            groups, observed, target.region, code=code.keys(), reserved=names, secrets=request.load.secrets
        )
        files = [_with_omitted(file, group, failures) for group, file in zip(groups, files, strict=True)]
        texts = {
            group.file: NewText(modeline(group.folder, root) + file.text)
            for group, file in zip(groups, files, strict=True)
        }
        if not os.path.lexists(root / SCHEMA_FILE):
            texts[root / SCHEMA_FILE] = NewText(schema_text())
        current_env_file = env_file_for(str(root), request.load.cwd, groups[0].owner.stage) if values else ""
        installed = install(
            {unpacked.target: unpacked.folder for unpacked in code.values()},
            {**_secret_files(root, secrets_file, old_secrets, values), **texts},
        )
    codes = {address: unpacked.code for address, unpacked in code.items()}
    written = WrittenFiles(root, groups, files, codes)
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
    urls = any(address.kind is TRIGGER and address.name.startswith("http/") for address in resources)
    return provider.observe(
        Query(
            tuple(functions),
            asynchronous=event_functions,
            aliases=addresses,
            provisioned=addresses,
            reserved=addresses,
            code=False,
            all_domains=urls,  # only a function with a URL can have custom domains
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
    groups: Sequence[Group],
    observed: Observed,
    region: str,
    *,
    code: Collection[Address],
    reserved: frozenset[str],
    secrets: KnownSecrets,
) -> tuple[list[ImportedFile], dict[str, str]]:
    """The files, and the values of their variables. No two files share a variable.

    `code` are the functions whose code is imported too.
    """
    files: list[ImportedFile] = []
    values: dict[str, str] = {}
    domains = _domains_by_function([function for group in groups for function in group.functions], observed)
    for group in groups:
        sources = {function: f"./{group.source(function)}" for function in group.functions if function in code}
        functions = [
            _snapshot(function, sources.get(function), observed, domains.get(function, ()))
            for function in group.functions
        ]
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


def _snapshot(function: Address, src: str | None, observed: Observed, domains: Sequence[Resource]) -> FunctionSnapshot:
    resource = observed.resources[function]
    triggers = observed.parts_of(function, TRIGGER)
    release = observed.parts_of(function, ALIAS, CONCURRENCY)
    return FunctionSnapshot(resource, triggers, observed.resources.get(function.asynchronous()), src, release, domains)


def _domains_by_function(functions: Sequence[Address], observed: Observed) -> Mapping[Address, Sequence[Resource]]:
    """The custom domains of each function: a domain belongs to the first of the functions that it calls."""
    domains: dict[Address, list[Resource]] = {}
    for address, domain in sorted(observed.resources.items()):
        if address.kind is DOMAIN:
            called = {function for function, _ in routed_functions(domain.settings)}
            for function in [function for function in functions if function in called][:1]:
                domains.setdefault(function, []).append(domain)
    return domains


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
    provider: TencentProvider, groups: Sequence[Group], observed: Observed, staging: Path, *, continues: bool
) -> tuple[Mapping[Address, _UnpackedCode], Mapping[Address, str]]:
    """The unpacked code of the functions, and why the others have none, if it `continues` after code that is unusable.

    Raises ScfDeployError otherwise, and if the cloud cannot be reached.
    """
    codes: dict[Address, _UnpackedCode] = {}
    failures: dict[Address, str] = {}
    for group in groups:
        for function in group.functions:
            if not runs_code(observed.resources[function].settings):
                continue
            number = len(codes) + len(failures)
            folder, archive = staging / str(number), staging / f"{number}.zip"
            try:
                code = _fetch(provider, function, archive, folder)
            except ScfDeployError as error:
                if not continues or (isinstance(error, CloudError) and error.kind is not ErrorKind.REJECTED):
                    raise
                failures[function] = message("its code cannot be imported: {reason}", reason=error.message)
            else:
                codes[function] = _UnpackedCode(folder, group.folder / group.source(function), code)
    return codes, failures


def _fetch(provider: TencentProvider, function: Address, archive: Path, folder: Path) -> FetchedCode:
    digest = provider.fetch_code(function, str(archive))
    unpack(str(archive), str(folder))
    code = FetchedCode(content_digest_of(str(archive)), digest)
    archive.unlink()
    return code


def _with_omitted(file: ImportedFile, group: Group, reasons: Mapping[Address, str]) -> ImportedFile:
    more = [(function, reasons[function]) for function in group.functions if function in reasons]
    return replace(file, omitted=(*file.omitted, *more))


def _secret_files(root: Path, file: Path, old_text: str, values: Mapping[str, str]) -> dict[Path, NewText]:
    """The .env file with the new values added, and a .gitignore if there is none; no files without values."""
    if not values:
        return {}
    files = {file: NewText(with_values(old_text, values), private=True)}
    gitignore = root / ".gitignore"
    return files if os.path.lexists(gitignore) else {gitignore: NewText(_GITIGNORE), **files}
