"""Read `src`: where the code of a function or layer comes from."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH112, PTH118, PTH119, PTH120, PTH208

from __future__ import annotations

import os
import re

from scfdeploy.config.document import Document
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.fields.keys import MISSING_KEY, UNKNOWN_KEY
from scfdeploy.config.fields.scalars import report_too_late, wrong_type
from scfdeploy.config.files import absolute
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, did_you_mean
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import (
    FUNCTION_FIELDS,
    ArchiveSource,
    BuildSettings,
    Field,
    FolderSource,
    Hook,
    Kind,
    ObjectSource,
    Ref,
    Source,
    Value,
)
from scfdeploy.model.code import is_never_packed
from scfdeploy.model.file_findings import INCLUDE_FORBIDDEN
from scfdeploy.records import replace

SRC_MISSING = Finding(
    "src-missing",
    Severity.ERROR,
    "Code does not exist",
    detail="There is no folder or archive {path}.",
    hint="The path is relative to the folder of this file.",
    title="The code does not exist.",
    what="`src` names a folder or an archive that does not exist. The path is relative to the folder of the file.",
    why="There is nothing to package.",
    wrong=yaml("src: ./scr"),
    right=yaml("src: ./src"),
)
SRC_KIND = Finding(
    "src-kind",
    Severity.ERROR,
    "Neither a folder nor an archive",
    detail="{path} is a single file, and not a .zip, .jar or .war archive.",
    hint="Name the folder that contains it.",
    title="Code that is neither a folder nor an archive.",
    what="`src` names a single file that is not a .zip, .jar or .war archive.",
    why="A function is packaged from a folder or an archive.",
    wrong=yaml("src: ./src/index.py"),
    right=yaml("src: ./src"),
)
SRC_TWO_SOURCES = Finding(
    "src-two-sources",
    Severity.ERROR,
    "Two sources of the code",
    detail='"src" packages a folder, but "object" names code that is already in COS; only one can be deployed.',
    hint="Remove one of them.",
    title="Two sources of the code.",
    what="`src` names both a folder to package and an object in COS.",
    why="Only one of them can be deployed.",
    wrong=yaml("src:\n  src: ./src\n  bucket: code\n  object: hello.zip"),
    right=yaml("src:\n  bucket: code\n  object: hello.zip"),
)
TARGET_DIR_INVALID = Finding(
    "target-dir-invalid",
    Severity.ERROR,
    "Not a folder of the layer",
    detail="{path} is outside the layer, or is not a valid folder name.",
    hint="Write a folder below /opt, such as `targetDir: node_modules`.",
    title="A targetDir that is not a folder of the layer.",
    what="`targetDir` leads out of the layer, or is set for an archive, which is published unchanged.",
    why="The content would be where no function looks for it.",
    wrong=yaml("src:\n  src: ./node_modules\n  targetDir: ../node_modules"),
    right=yaml("src:\n  src: ./node_modules\n  targetDir: /node_modules"),
)
SRC_OUTSIDE = Finding(
    "src-outside",
    Severity.ERROR,
    "Code outside a prebuilt checkout",
    detail="With --prebuilt, {path} is not read: it is outside {boundary}.",
    hint="Let the build copy it into the checkout. If it is part of the checkout, run scfdeploy in its top folder.",
    title="Code, or a serverless.yml, outside a prebuilt checkout.",
    what="With `--prebuilt`, `src`, `dist`, a path of `include`, or a link leads out of the working directory (of the "
    "folder of the project, if that is elsewhere).",
    why="A build without credentials wrote the project. It must not choose files of the machine that has credentials, "
    "such as `~/.tencentcloud/credentials`, for a package.",
    wrong=yaml("src: {src: ./src, include: [/home/ci/.tencentcloud/credentials]}"),
    right=yaml("src: {src: ./src, include: [../shared]}"),
)

BUILD_WITHOUT_FOLDER = Finding(
    "build-without-folder",
    Severity.ERROR,
    "Dependencies need a folder",
    detail="Dependencies are packed beside the code of a folder; an archive, or code in COS, is deployed unchanged.",
    hint="Name a folder as `src`, or remove `build`.",
    title="`src.build` for code that is not a folder.",
    what="`src.build` is set for an existing archive, or for code that is already in COS.",
    why="Such code is deployed unchanged, so nothing can be added to it.",
    wrong=yaml("src: {src: ./code.zip, build: true}"),
    right=yaml("src: {src: ./code, build: true}"),
)

_INCLUDE_FIELDS = (
    Field("source", Kind.STRING, "The path of a file or folder, relative to `src`.", required=True),
    Field(
        "prefix",
        Kind.STRING,
        "The place of its files in the package, relative to the first folder of `source`: `../` moves them to the top.",
    ),
)
_ARCHIVES = (".zip", ".jar", ".war")
_APP_ID = r"-\d{8,}$"
PATTERN_KEYS = ("exclude", "include")
"""The keys of `src` that an earlier format has beside it."""
SOURCE_FIELDS = (
    Field("src", Kind.STRING, "The folder or archive, relative to this file."),
    Field("exclude", Kind.STRING_LIST, "Patterns of files that are not packed."),
    Field(
        "include",
        Kind.STRING_LIST,
        "Further files and folders that are packed: paths relative to `src`, or mappings with `source` and `prefix`.",
        fields=_INCLUDE_FIELDS,
    ),
    Field("bucket", Kind.STRING, "A COS bucket of the function's region, for `object` or for the packed code."),
    Field("object", Kind.STRING, "The archive in that bucket."),
    Field("region", Kind.STRING, "Region of that bucket, which is that of the function or layer."),
    Field("hook", Kind.STRING, "A command to run before packing, in the folder `src`."),
    Field("dist", Kind.STRING, "The folder or archive to pack in place of `src`, such as one that the command makes."),
    Field(
        "build",
        Kind.SWITCH,
        "Whether to install the dependencies that requirements.txt, package.json or a lock file names, and pack them.",
        default="true if there is such a file, the code contains no installed packages and there is no hook",
        fields=(Field("scripts", Kind.BOOLEAN, "Let packages run their own code: source builds, install scripts."),),
    ),
)
LAYER_SOURCE_FIELDS = (
    *SOURCE_FIELDS,
    Field("targetDir", Kind.STRING, "The folder of the layer, below /opt, into which the files of `src` go."),
)
_FUNCTION_SETTINGS = frozenset(field.name for field in FUNCTION_FIELDS) - {field.name for field in LAYER_SOURCE_FIELDS}
_FIELD = Field("src", Kind.SOURCE, "")


def read_source(
    node: Node, document: Document, reading: Reading, *, fields: tuple[Field, ...] = SOURCE_FIELDS
) -> Source | None:
    """The source, with paths relative to the folder of the document; None after a report."""
    source: Source | None = None
    match reading.resolve(node):
        case resolved if is_broken(resolved) or is_null(resolved):
            return None
        case ScalarNode(ref=Ref() as ref) as scalar:
            report_too_late(ref, scalar, reading.diagnostics, "src")
        case ScalarNode() as scalar:
            source = _from_path(scalar.text, scalar.span, document.root, reading)
        case MappingNode() as mapping:
            source = _from_mapping(mapping, document.root, reading, fields)
        case _:
            wrong_type(_FIELD, node, ("src",), reading)
    if source is None or not document.boundary:
        return source
    return source if _is_within(source, document.boundary, reading.diagnostics) else None


def _is_within(source: Source, boundary: str, diagnostics: Diagnostics) -> bool:
    """Whether all paths of a source are in a folder; reports those that are not."""
    match source:
        case FolderSource():
            included = (os.path.join(source.root, path) for path in source.include)
            spans = source.include_spans or (source.span,) * len(source.include)
            paths = [(source.root, source.span), *zip(included, spans, strict=True)]
        case ArchiveSource():
            paths = [(source.path, source.span)]
        case _:
            return True
    checks = [is_within(path, boundary, span, diagnostics) for path, span in paths]
    return all(checks)


def is_within(path: str, boundary: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a path with all its links resolved is in a folder, which has none; reports it if it is not."""
    real = os.path.realpath(path) if "\x00" not in path else ""
    if real == boundary or real.startswith(f"{boundary.rstrip('/')}/"):
        return True
    diagnostics.report(SRC_OUTSIDE, span, path=repr(path), boundary=boundary)
    return False


def _from_mapping(node: MappingNode, root: str, reading: Reading, fields: tuple[Field, ...]) -> Source | None:
    keys = {entry.key.text for entry in node}
    inner = replace(reading, thing="src", hints={})
    node, prefixes = _take_prefixes(_without_function_settings(node, reading), inner)
    node, is_partial = _resolve_exclude(node, inner)
    settings = read_fields(node, _fields_for(keys, fields), reading=inner, path=("src",))
    is_partial = is_partial or not {("src", "exclude"), ("src", "include")}.isdisjoint(inner.failed)
    has_two_sources = "object" in keys and bool(keys & {"src", "dist", "hook"})
    if _report_refs(settings, reading) or has_two_sources:
        if has_two_sources:
            reading.diagnostics.report(SRC_TWO_SOURCES, reading.key_spans["src", "object"])
        return None
    bucket, name = settings.get("bucket"), settings.get("object")
    target = _target(settings, reading)
    region = str(settings.get("region") or "")
    upload_bucket = re.sub(_APP_ID, "", bucket) if isinstance(bucket, str) else ""
    if {"src", "dist"} & settings.keys():
        match _packaged_source(settings, node, root, reading):
            case FolderSource() as folder:
                exclude, include = _patterns(settings, "exclude"), _patterns(settings, "include")
                return replace(
                    folder,
                    build=_build_settings(settings.get("build"), reading),
                    exclude=exclude,
                    include=include,
                    bucket=upload_bucket,
                    target=target,
                    region=region,
                    exclude_spans=_pattern_spans(exclude, "exclude", reading),
                    include_spans=_pattern_spans(include, "include", reading),
                    include_prefixes=prefixes if any(prefixes) and len(prefixes) == len(include) else (),
                    is_partial=is_partial,
                )
            case ArchiveSource() as archive:
                _reject_target(target, reading)
                _reject_build(settings, reading)
                return replace(archive, bucket=upload_bucket, region=region)
        _check_include(settings, reading)  # the packager checks it for code that exists
        return None
    if isinstance(bucket, str) and isinstance(name, str):
        _reject_target(target, reading)
        _reject_build(settings, reading)
        return ObjectSource(upload_bucket, name, node.span, region)
    if not keys:
        reading.diagnostics.report(
            MISSING_KEY,
            node.span,
            detail='"src" is empty, so there is no code to deploy.',
            hint="Write the path of a folder or an archive.",
        )
    return None


def _without_function_settings(node: MappingNode, reading: Reading) -> MappingNode:
    """The mapping without settings of the function, which have no effect here and are reported."""
    misplaced = [entry for entry in node if entry.key.text in _FUNCTION_SETTINGS]
    for entry in misplaced:
        reading.diagnostics.report(
            UNKNOWN_KEY,
            entry.key.span,
            severity=Severity.WARNING,
            detail='"{key}" has no effect in src: it is a setting of the function.',
            hint="Move it out of src: to `inputs`, or to `faas` of `component: http`.",
            key=entry.key.text,
        )
    return MappingNode(tuple(entry for entry in node if entry not in misplaced), node.span) if misplaced else node


def _take_prefixes(node: MappingNode, reading: Reading) -> tuple[MappingNode, tuple[str, ...]]:
    """The mapping with plain paths for items of `include` like `{source, prefix}`, and the prefix of each path."""
    include = node.get("include")
    if include is None or not isinstance(include.value, SequenceNode):
        return node, ()
    items = [_take_prefix(item, index, reading) for index, item in enumerate(include.value.items)]
    plain = Entry(include.key, SequenceNode(tuple(path for path, _ in items), include.value.span))
    prefixes = tuple(prefix for path, prefix in items if not is_null(path) and not is_broken(path))
    return MappingNode(tuple(plain if entry is include else entry for entry in node), node.span), prefixes


def _resolve_exclude(node: MappingNode, reading: Reading) -> tuple[MappingNode, bool]:
    """The mapping with the items of `exclude` resolved, and whether any of these or those of `include` is invalid."""
    exclude, include = node.get("exclude"), node.get("include")
    patterns = None if exclude is None else reading.resolve(exclude.value)
    if exclude is not None and patterns is not None:
        resolved = Entry(exclude.key, patterns)
        node = MappingNode(tuple(resolved if entry is exclude else entry for entry in node), node.span)
    lists = (patterns, None if include is None else include.value)
    return node, any(is_broken(item) for value in lists if isinstance(value, SequenceNode) for item in value.items)


def _take_prefix(item: Node, index: int, reading: Reading) -> tuple[Node, str]:
    if not isinstance(item, MappingNode) or (item.get("source") is None and item.get("prefix") is None):
        return reading.resolve(item), ""
    values = read_fields(item, _INCLUDE_FIELDS, reading=reading, path=("src", "include", index))
    source, prefix = values.get("source"), values.get("prefix")
    span = reading.spans.get(("src", "include", index, "source"), item.span)
    if not isinstance(source, str) or not source:
        return ScalarNode("", Style.BROKEN, span), ""
    return ScalarNode(source, Style.RESOLVED, span), str(prefix or "")


def _check_include(settings: dict[str, Value], reading: Reading) -> None:
    """Report paths of `include` to files that are never packed."""
    paths = _patterns(settings, "include")
    for path, span in zip(paths, _pattern_spans(paths, "include", reading), strict=False):
        if is_never_packed(os.path.normpath(path)):
            reading.diagnostics.report(INCLUDE_FORBIDDEN, span, path=path)


def _report_refs(settings: dict[str, Value], reading: Reading) -> bool:
    """Report values that are known only after apply; whether there are any."""
    refs = {key: value for key, value in settings.items() if isinstance(value, Ref)}
    for key, ref in refs.items():
        node = ScalarNode("", Style.RESOLVED, reading.spans["src", key])
        report_too_late(ref, node, reading.diagnostics, f"src.{key}")
    return bool(refs)


def _packaged_source(settings: dict[str, Value], node: MappingNode, root: str, reading: Reading) -> Source | None:
    """The folder or archive to package, `dist` or else `src`, and the command that creates it."""
    command, path, dist = (settings.get(key) for key in ("hook", "src", "dist"))
    if {("src", "hook"), ("src", "dist")} & reading.failed:
        return None  # the code is not known
    if not isinstance(command, str):
        key = "dist" if isinstance(dist, str) else "src"
        return _from_path(str(settings[key]), reading.spans["src", key], root, reading)
    folder = _from_path(
        path if isinstance(path, str) else ".", reading.spans.get(("src", "src"), node.span), root, reading
    )
    if not isinstance(folder, FolderSource):
        return None
    hook = Hook(command, folder.root, reading.spans["src", "hook"])
    if not isinstance(dist, str):
        return replace(folder, hook=hook)
    # The command creates it, so the packager checks that it exists.
    output, span = absolute(dist, root), reading.spans["src", "dist"]
    is_archive = output.lower().endswith(_ARCHIVES)
    if is_archive:
        return ArchiveSource(output, span, hook=hook)
    return FolderSource(output, span, hook=hook, project_folder=root)


def _target(settings: dict[str, Value], reading: Reading) -> str:
    """`targetDir` without leading and trailing `/`; empty for the top folder, and after a report."""
    path = settings.get("targetDir")
    if not isinstance(path, str):
        return ""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    if ".." not in parts and path.isprintable() and not any(part.endswith(":") for part in parts):
        return "/".join(parts)
    reading.diagnostics.report(TARGET_DIR_INVALID, reading.spans["src", "targetDir"], path=repr(path))
    return ""


def _reject_target(target: str, reading: Reading) -> None:
    """Report a targetDir for content that is not a folder."""
    if not target:
        return
    reading.diagnostics.report(
        TARGET_DIR_INVALID,
        reading.spans["src", "targetDir"],
        summary="targetDir needs a folder",
        detail="targetDir says where the files of a folder are placed; an archive is published unchanged.",
        hint="Name a folder as `src`, or build the archive with that folder in it and remove targetDir.",
    )


def _build_settings(value: Value, reading: Reading) -> BuildSettings:
    span = reading.spans.get(("src", "build"))
    match value:
        case bool(enabled):
            return BuildSettings(enabled, span=span)
        case {"scripts": True}:
            return BuildSettings(True, scripts=True, span=span)
        case _:
            return BuildSettings(span=span)


def _reject_build(settings: dict[str, Value], reading: Reading) -> None:
    """Report a build of code that is not a folder."""
    if _build_settings(settings.get("build"), reading).enabled:
        reading.diagnostics.report(BUILD_WITHOUT_FOLDER, reading.spans["src", "build"])


def _fields_for(keys: set[str], fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields, marked as required if the given keys require them."""
    if "dist" in keys:
        required: set[str] = set()
    else:
        required = {"bucket", "object"} if keys & {"bucket", "object"} and "src" not in keys else {"src"}
    return tuple(replace(field, required=field.name in required) for field in fields)


def _patterns(settings: dict[str, Value], key: str) -> tuple[str, ...]:
    value = settings.get(key, ())
    return tuple(str(text) for text in value) if isinstance(value, tuple) else ()


def _pattern_spans(patterns: tuple[str, ...], key: str, reading: Reading) -> tuple[Span, ...]:
    """The spans of the patterns; none if some items are invalid, because it is not known which."""
    spans = [span for path, span in reading.spans.items() if path[:2] == ("src", key) and len(path) == 3]
    return tuple(spans) if len(spans) == len(patterns) else ()


def _from_path(text: str, span: Span, root: str, reading: Reading) -> Source | None:
    path = absolute(text, root) if "\x00" not in text else ""
    if not text or not os.path.exists(path):
        reading.diagnostics.report(
            SRC_MISSING,
            span,
            detail=None if text else "The path of the code is empty.",
            hint=_suggest_path(path) if text else "Write the path of a folder; `./` is the folder of this file.",
            path=repr(path),
        )
        return None
    if os.path.isdir(path):
        return FolderSource(path, span, project_folder=root)
    if path.lower().endswith(_ARCHIVES):
        return ArchiveSource(path, span)
    reading.diagnostics.report(SRC_KIND, span, path=repr(path))
    return None


def _suggest_path(path: str) -> str:
    parent = os.path.dirname(path)
    try:
        names = os.listdir(parent)
    except OSError:
        return SRC_MISSING.hint
    return did_you_mean(os.path.basename(path), names) or SRC_MISSING.hint
