"""`import`: a serverless.yml, and on request the code, of functions that exist. Changes nothing in the cloud."""

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
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.model import FUNCTION_FIELDS, Address, KnownSecrets, Observed, Resource
from scfdeploy.model.fields import by_name
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY, FUNCTION, TRIGGER
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.import_.layout import Group, group_functions, runs_code
from scfdeploy.operations.import_.verify import FetchedCode, Written, verify
from scfdeploy.operations.import_.writer import FunctionSnapshot, ImportedFile, imported_file
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager.archive import content_digest_of
from scfdeploy.packager.unpack import unpack
from scfdeploy.providers.base import Query
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.results import Imported
from scfdeploy.scaffold.dotenv_text import read_values, with_values
from scfdeploy.workspace.install_files import NewText, install, require_absent
from scfdeploy.workspace.paths import require_state_dir

_HOUR_S = 3600
_GITIGNORE = "# Secrets, and what scfdeploy keeps for itself.\n.env\n.env.*\n.scfdeploy/\n"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which functions, and where to. `code` fetches their code too; `force` writes although something is there."""

    functions: Sequence[Address]
    folder: str
    code: bool = False
    force: bool = False


def import_functions(request: Request, cloud: CloudOptions, wanted: ImportOptions) -> Imported:
    """Write everything or nothing, and say how a plan of what was written differs from the cloud.

    Raises ScfDeployError when a function does not exist, or something is in the way.
    """
    root = Path(absolute(wanted.folder, request.load.cwd))
    region = request.load.region or by_name(FUNCTION_FIELDS)["region"].default
    dotenv = read_env_file(request.load, root=str(root), stage=request.load.stage, diagnostics=Diagnostics())
    provider = open_cloud(cloud, root=str(root), region=region, load=request.load, dotenv=dotenv)
    observed = _observe(provider, wanted.functions, region)
    groups = group_functions(wanted.functions, observed, root, stage=request.load.stage)
    if not wanted.force:
        require_absent(_in_the_way(groups, with_code=wanted.code))
    secrets = _secrets_file(root, groups[0].owner.stage)
    kept = _text_of(secrets)
    names = frozenset({*request.load.environ, *dotenv.values, *read_values(kept)})
    files, values = _files(groups, observed, region, taken=names, known=request.load.secrets)
    read_so_far = env_file_for(str(root), request.load.cwd, groups[0].owner.stage) if values else ""
    texts = {group.file: NewText(file.text) for group, file in zip(groups, files, strict=True)}
    with _staging(root) as staging:
        code = _fetch_all(provider, groups, observed, staging) if wanted.code else {}
        installed = install(
            {made.place: made.folder for made in code.values()}, {**_private(root, secrets, kept, values), **texts}
        )
    with_code = {address for address, found in observed.resources.items() if _has_code(address, found)}
    codes = {address: made.code for address, made in code.items()}
    written = Written(root, groups, files, codes, has_code=with_code <= codes.keys())
    found = verify(request, cloud, written, observed, installed, secrets=str(secrets) if values else "")
    is_elsewhere = read_so_far not in ("", str(secrets))
    return found._replace(unread=display_path(read_so_far, request.load.cwd)) if is_elsewhere else found


@dataclass(frozen=True, slots=True)
class _Code:
    """The code of one function: where it was unpacked, where it belongs, and what tells it from other code."""

    folder: Path
    place: Path
    code: FetchedCode


def _observe(provider: TencentProvider, functions: Sequence[Address], region: str) -> Observed:
    found = provider.observe(Query(tuple(functions), code=False))
    missing = [str(function) for function in functions if function not in found.resources]
    if missing:
        raise ScfDeployError(
            f"there is no {', no '.join(missing)} in {region}",
            hint="Write NAME or NAMESPACE/NAME as the console shows it, and give --region.",
        )
    # Asked for event functions alone: web functions do not queue.
    queueing = frozenset(one for one in functions if found.resources[one].settings.get("type") != "web")
    every = frozenset(functions)
    more = Query(tuple(functions), asynchronous=queueing, aliases=every, provisioned=every, reserved=every, code=False)
    return provider.observe(more)


def _in_the_way(groups: Sequence[Group], *, with_code: bool) -> Iterator[Path]:
    for group in groups:
        yield from (group.folder / name for name in FILE_NAMES)
        if with_code:
            yield from (group.folder / group.source(function) for function in group.functions)


def _secrets_file(root: Path, stage: str) -> Path:
    """The .env file that a command in this folder reads: the first there is."""
    of_stage = root / f".env.{stage}"
    return of_stage if "/" not in stage and of_stage.is_file() else root / ".env"


def _files(
    groups: Sequence[Group], observed: Observed, region: str, *, taken: frozenset[str], known: KnownSecrets
) -> tuple[list[ImportedFile], dict[str, str]]:
    """The files, and the values of their variables, no two files sharing one."""
    files: list[ImportedFile] = []
    values: dict[str, str] = {}
    for group in groups:
        existing = [_existing(function, group, observed) for function in group.functions]
        files.append(imported_file(group.owner, region, existing, taken=taken | values.keys(), secrets=known))
        values |= files[-1].variables
    return files, values


def _text_of(secrets: Path) -> str:
    """What a .env file holds, nothing where there is none."""
    try:
        return secrets.read_text(encoding="utf-8") if secrets.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ScfDeployError(
            f"{secrets} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}",
            hint="What it holds has to stay: save it as UTF-8, or choose another --out.",
        ) from error


def _existing(function: Address, group: Group, observed: Observed) -> FunctionSnapshot:
    resource = observed.resources[function]
    triggers = observed.parts_of(function, TRIGGER)
    release = observed.parts_of(function, ALIAS, CONCURRENCY)
    src = f"./{group.source(function)}" if runs_code(resource.settings) else ""
    return FunctionSnapshot(resource, triggers, observed.resources.get(function.asynchronous()), src, release)


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder on the same disk for what is not ready yet."""
    own = require_state_dir(str(root))
    _clear_away(own)
    place = own / f"import-{os.urandom(4).hex()}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _clear_away(own: Path) -> None:
    """Drop what killed runs left here; a folder of this hour may be that of a run beside this one."""
    for left in own.glob("import-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _HOUR_S:
                shutil.rmtree(left, ignore_errors=True)


def _fetch_all(
    provider: TencentProvider, groups: Sequence[Group], observed: Observed, staging: Path
) -> Mapping[Address, _Code]:
    found: dict[Address, _Code] = {}
    for group in groups:
        for function in group.functions:
            if _has_code(function, observed.resources[function]):
                made, archive = staging / str(len(found)), staging / f"{len(found)}.zip"
                digest = provider.fetch_code(function, str(archive))
                unpack(str(archive), str(made))
                code = FetchedCode(content_digest_of(str(archive)), digest)
                archive.unlink()
                found[function] = _Code(made, group.folder / group.source(function), code)
    return found


def _has_code(address: Address, resource: Resource) -> bool:
    return address.kind is FUNCTION and runs_code(resource.settings)


def _private(root: Path, secrets: Path, kept: str, values: Mapping[str, str]) -> dict[Path, NewText]:
    """The .env file with what it had, and a .gitignore where there is none; nothing without secrets."""
    if not values:
        return {}
    found = {secrets: NewText(with_values(kept, values), private=True)}
    ignored = root / ".gitignore"
    return found if os.path.lexists(ignored) else {ignored: NewText(_GITIGNORE), **found}
