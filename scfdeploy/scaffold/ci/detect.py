"""Detect the pipeline settings of a folder: language, version, function type, build tool and secrets.

Reads serverless.yml without resolving variables, because their values are unknown when a pipeline file is generated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scfdeploy.config.discover import FILE_NAMES
from scfdeploy.config.document import component_kind
from scfdeploy.config.files import read_text
from scfdeploy.config.variables.scan import Reference, scan
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.facts import runtimes
from scfdeploy.facts.frameworks import frameworks
from scfdeploy.records import dataclass, field
from scfdeploy.scaffold.ci.names import is_variable
from scfdeploy.scaffold.ci.settings import Hook

# The manifest of each build tool, in order of precedence.
_MANIFESTS = {
    "python": (("requirements.txt", "pip"), ("pyproject.toml", "pyproject")),
    "nodejs": (("package.json", "npm"),),
    "java": (("pom.xml", "maven"), ("build.gradle", "gradle"), ("build.gradle.kts", "gradle")),
}
_LOCKS = (("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("package-lock.json", "npm"))
_NOT_SECRET = ("STAGE", "SERVERLESS_PLATFORM_VENDOR", "HOME", "PATH", "PWD")


@dataclass(frozen=True, slots=True)
class Folder:
    """The settings of one folder with a serverless.yml. None and empty values are not set there."""

    path: str
    runtime: str | None = None
    language: str | None = None
    version: str | None = None
    type: str | None = None
    stage: str | None = None
    sources: tuple[str, ...] = (".",)
    """Folders to deploy, relative to the root of the repository; several when a file has several functions."""
    has_file: bool = False
    hooks: tuple[Hook, ...] = ()
    """The `src.hook` commands; one with a variable has an empty text."""
    linked: bool = False
    """Whether the file uses outputs of another instance."""
    variables: tuple[str, ...] = field(default=())
    install: bool | None = None
    """Whether `src.build` says that scfdeploy installs the dependencies; None where no source says it."""


def folders(root: Path, path: str) -> list[Folder]:
    """The folders of one project: the folder of its file, or each direct sub-folder with a file. Never empty."""
    start = root / path
    if not start.exists():
        raise ScfDeployError(
            message("{path} does not exist", path=path),
            hint=message("Pass paths relative to the root of the repository."),
        )
    if start.is_file():
        return [_read_folder(root, start.parent, start)]
    own = _file_in(start)
    if own is None and start.is_dir():
        below = [folder for folder in sorted(start.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]
        projects = [_read_folder(root, folder, file) for folder in below if (file := _file_in(folder)) is not None]
        if projects:
            return projects
    return [_read_folder(root, start, own)]


def language_of(root: Path, folder: Folder) -> tuple[str, str] | None:
    """Language and folder of the nearest manifest, for a file without a runtime."""
    for language in _MANIFESTS:
        if manifest := find_manifest(root, folder, language):
            return language, manifest[0]
    return None


def find_manifest(root: Path, folder: Folder, language: str, source: str = "") -> tuple[str, str] | None:
    """Folder and build tool of the manifest nearest to the code; None without one.

    Looks in `source` (by default in all source folders), then in the folder of the file, then in the root.
    """
    for place in dict.fromkeys((*((source,) if source else folder.sources), folder.path, ".")):
        for name, tool in _MANIFESTS[language]:
            if (root / place / name).is_file():
                if language == "nodejs":
                    return place, lock_file_tool(root / lock_place(root, place)) or tool
                return place, _pip_tool(root, place, name, tool)
    return None


def lock_place(root: Path, place: str) -> str:
    """The folder with the lock file of a package.json: its own, or that of its workspace in the repository."""
    from scfdeploy.packager.build.dependencies import BuildError
    from scfdeploy.packager.build.node_project import lock_folder

    try:
        found = lock_folder(os.path.abspath(root / place))  # noqa: PTH100 - links are not resolved
    except (BuildError, OSError):
        return place
    relative = os.path.relpath(found, os.path.abspath(root)) if found is not None else place  # noqa: PTH100
    return place if relative.startswith("..") else Path(relative).as_posix()


def lock_file_tool(folder: Path) -> str | None:
    """The tool that wrote the lock file in a folder; None without one."""
    return next((tool for name, tool in _LOCKS if (folder / name).is_file()), None)


def _pip_tool(root: Path, place: str, name: str, tool: str) -> str:
    """The tool, or `none` for a pyproject.toml without a project table, from which pip reads no dependencies."""
    if name != "pyproject.toml":
        return tool
    import tomllib

    try:
        table = tomllib.loads((root / place / name).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScfDeployError(
            message("{place}/{name} cannot be read: {error}", place=place, name=name, error=error),
            hint=message("Fix the file, or pass --build."),
        ) from error
    return "pyproject" if "project" in table else "none"


def _file_in(folder: Path) -> Path | None:
    return next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)


def _read_folder(root: Path, folder: Path, file: Path | None) -> Folder:
    path = _relative(root, folder)
    if file is None:
        return Folder(path, sources=(path,))
    diagnostics = Diagnostics()
    text = read_text(str(file), file.name, diagnostics)
    tree = parse(text, file.name, diagnostics) if text is not None else None
    if text is None or not isinstance(tree, MappingNode):
        return Folder(path, sources=(path,), has_file=True)
    inputs = _mapping(tree, "inputs")
    functions = _functions(inputs)
    function = functions[0] if functions else None
    runtime = _text(function, "runtime") or next(_runtimes(tree), None)
    language, version = parse_runtime(runtime)
    component = component_kind(_text(tree, "component") or "")
    framework = frameworks().get(component)
    if framework is not None and runtime is None:
        language, version = parse_runtime(framework.runtime)
    sources = [one if one.get("src") else inputs for one in functions] or [inputs]
    is_web = framework is not None or component == "http" or (_text(function, "type") or "").lower() == "web"
    return Folder(
        path,
        runtime=runtime,
        language=language,
        version=version,
        type="web" if is_web else "event",
        stage=_text(tree, "stage"),
        sources=tuple(dict.fromkeys(_source_folder(root, folder, _source(one)) for one in sources)),
        has_file=True,
        hooks=tuple(dict.fromkeys(hook for one in sources if (hook := _hook(root, folder, one)) is not None)),
        linked="${output:" in text,
        variables=tuple(dict.fromkeys(name for name in _env_names(tree) if _is_secret(name))),
        install=_installs(sources),
    )


def _relative(root: Path, folder: Path) -> str:
    return Path(os.path.relpath(folder, root)).as_posix()


def _mapping(tree: MappingNode | None, key: str) -> MappingNode | None:
    entry = tree.get(key) if tree is not None else None
    return entry.value if entry is not None and isinstance(entry.value, MappingNode) else None


def _text(tree: MappingNode | None, key: str) -> str | None:
    """The text of a key, None when it has variables."""
    entry = tree.get(key) if tree is not None else None
    value: Node | None = entry.value if entry is not None else None
    if isinstance(value, ScalarNode) and value.text and "${" not in value.text:
        return value.text
    return None


def _functions(inputs: MappingNode | None) -> list[MappingNode]:
    """The functions of a file: the entries of `functions`, otherwise `inputs` itself."""
    several = [entry.value for entry in _mapping(inputs, "functions") or () if isinstance(entry.value, MappingNode)]
    return several or ([inputs] if inputs is not None else [])


def _runtimes(node: Node) -> Iterator[str]:
    """Every runtime in the file: frameworks and legacy formats have it in other places."""
    match node:
        case MappingNode():
            runtime = _text(node, "runtime")
            if runtime is not None:
                yield runtime
            for entry in node:
                yield from _runtimes(entry.value)
        case SequenceNode():
            for item in node.items:
                yield from _runtimes(item)
        case _:
            return


def parse_runtime(name: str | None) -> tuple[str | None, str | None]:
    """Language and version of a runtime name such as Python3.10 or java; None without a pipeline template."""
    if name is None:
        return None, None
    known = {full_name.lower(): runtime for full_name, runtime in runtimes().items()}.get(name.lower())
    number = re.search(r"[0-9]+(\.[0-9]+)?$", name)
    language = known.language if known is not None else name.rstrip("0123456789.").lower()
    return (language, number.group() if number else None) if language in _MANIFESTS else (None, None)


def _source(inputs: MappingNode | None) -> str:
    block = _mapping(inputs, "src")
    if block is None:
        path = _text(inputs, "src") or "."
        return "." if path == "false" else path  # without code of its own
    return _text(block, "dist") or _text(block, "src") or "."


def _hook(root: Path, folder: Path, inputs: MappingNode | None) -> Hook | None:
    block = _mapping(inputs, "src")
    if block is None or block.get("hook") is None:
        return None
    return Hook(_source_folder(root, folder, _text(block, "src") or "."), (_text(block, "hook") or "").strip())


def _installs(sources: Sequence[MappingNode | None]) -> bool | None:
    """What `src.build` says of all sources: true if it is on for one, false if it is off for one and on for none."""
    blocks = (_mapping(one, "src") for one in sources)
    entries = [entry for block in blocks if block is not None and (entry := block.get("build")) is not None]
    if not entries:
        return None
    return any(not isinstance(entry.value, ScalarNode) or entry.value.text.lower() != "false" for entry in entries)


def _source_folder(root: Path, folder: Path, source: str) -> str:
    """The deployed folder, relative to the root; the folder of the file when `src` leads outside the repository."""
    place = os.path.normpath(os.path.join(_relative(root, folder), source))  # noqa: PTH118
    if place.endswith((".jar", ".zip", ".war")):
        place = os.path.dirname(place) or "."  # noqa: PTH120
    return _relative(root, folder) if place.startswith(("..", "/")) else Path(place).as_posix()


def _env_names(tree: MappingNode) -> Iterator[str]:
    """The names in `${env:NAME}` outside of comments, nested ones included; a variable with a default is optional."""
    waiting = [part for text in _scalar_texts(tree) for part in scan(text)]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Reference):
            waiting[:0] = part.inner
        if isinstance(part, Reference) and part.raw.startswith("${env:") and "," not in part.raw:
            yield part.raw.removeprefix("${env:").removesuffix("}").strip()


def _scalar_texts(node: Node) -> Iterator[str]:
    match node:
        case ScalarNode(text=text):
            yield text
        case MappingNode(entries=entries):
            for entry in entries:
                yield entry.key.text
                yield from _scalar_texts(entry.value)
        case SequenceNode(items=items):
            for item in items:
                yield from _scalar_texts(item)


def _is_secret(name: str) -> bool:
    return is_variable(name) and name not in _NOT_SECRET and not name.startswith(("TENCENT", "SCFDEPLOY"))
