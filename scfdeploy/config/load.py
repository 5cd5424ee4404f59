"""Load a project: find its files, parse them, resolve variables, and read every instance."""

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH120

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scfdeploy.config.dependencies import InstanceKey, dependency_order
from scfdeploy.config.discover import discover, warn_about_parent_file
from scfdeploy.config.document import Document
from scfdeploy.config.environment import read_env_file
from scfdeploy.config.fields.scalars import WRONG_TYPE
from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.identity import check_identity
from scfdeploy.config.instance import (
    DEFAULT_STAGE,
    IdentifiedDocument,
    identify,
    read_instance,
    stage_before_environment,
)
from scfdeploy.config.literal_secrets import find_literal_secrets, mask_spans
from scfdeploy.config.load_result import LoadOptions, LoadResult
from scfdeploy.config.merge_instances import merge_instances
from scfdeploy.config.variables.outputs import Outputs
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Instance, KnownSecrets, Project

NOTHING_TO_DEPLOY = Finding(
    "nothing-to-deploy",
    Severity.ERROR,
    "Nothing to deploy",
    detail="Every file describes a kind of component that scfdeploy does not deploy, and --skip-unsupported skips it.",
    hint="Name a folder that has a function.",
    title="Nothing is left to deploy.",
    what="Every file describes a kind of component that `--skip-unsupported` skips.",
    why="A command that does nothing is rarely intended.",
    wrong="`scfdeploy plan network --skip-unsupported`, of a folder with `component: vpc`.",
    right="`scfdeploy plan . --skip-unsupported`, of the parent folder that has a function too.",
)
OPTION_EMPTY = Finding(
    "option-empty",
    Severity.ERROR,
    "Option with an empty value",
    detail="--{option} has an empty value; a shell variable is probably not set.",
    hint="Give it a value, or omit the option.",
    title="An option with an empty value.",
    what="`--stage` or `--region` is given an empty value.",
    why="A shell variable is probably not set; continuing would deploy to the wrong place.",
    wrong='`scfdeploy apply --stage "$STAGE"`, where STAGE is not set.',
    right="`scfdeploy apply --stage prod`.",
)
FILE_EMPTY = Finding(
    "file-empty",
    Severity.ERROR,
    "File is empty",
    detail="The file contains no settings.",
    hint="Write at least `component: scf`, `name: NAME` and `inputs:`, or create a project with `scfdeploy init`.",
    title="An empty serverless.yml.",
    what="The file is empty, or contains only comments.",
    why="It names no component, so there is nothing to deploy.",
    wrong=yaml("# nothing here yet"),
    right=yaml("component: scf\nname: hello\ninputs:\n  src: ./src\n  runtime: Python3.10"),
)


def load_project(path: str, options: LoadOptions) -> LoadResult:
    """Load the project at `path`: a serverless.yml, a folder with one, or a folder whose sub-folders have one each.

    Problems with paths and file contents are diagnostics, never exceptions.
    """
    diagnostics = Diagnostics()
    _check_options(options, diagnostics)
    sources: dict[str, str] = {}
    found = discover(path, options.cwd, diagnostics)
    opened = [_open(file, options, sources, diagnostics) for file in found.files]
    documents = [document for document in opened if document is not None]
    hidden = {one.file: find_literal_secrets(one.tree, options.secrets) for one in documents}
    nothing_read = options.stage or DEFAULT_STAGE
    stage = stage_before_environment(documents[0].tree, options) if documents else nothing_read
    dotenv = read_env_file(options, root=found.root, stage=stage, diagnostics=diagnostics)
    environment = {**dotenv.values, **options.environ}
    identified = [identify(one, options, environment=environment, diagnostics=diagnostics) for one in documents]
    for one in identified:
        if one.kind is not None:  # of another tool's file nothing more is said
            diagnostics.extend(hidden[one.document.file].findings)
    instances = _read(identified, options, diagnostics)
    if len(instances) == 1:
        warn_about_parent_file(instances[0], options.cwd, diagnostics)
    if not instances and documents and not diagnostics.has_errors:
        _all_skipped(documents[0], diagnostics)
    project = merge_instances(instances, found.root, diagnostics)
    if project is not None:
        options.secrets.keep_visible(_names(project))
        project = replace(project, secrets=options.secrets)
    shown_sources = {
        file: mask_spans(text, hidden[file].spans) if file in hidden else text for file, text in sources.items()
    }
    return LoadResult(project, diagnostics, environment, sources, dotenv, shown_sources)


def _names(project: Project) -> Iterator[str]:
    """Names that are never redacted, because output would be meaningless without them."""
    yield from (project.key.app, project.key.stage, project.key.region)
    for instance in project.instances:
        yield from (instance.name, instance.app, instance.stage, instance.file)
    for layer in project.layers:
        yield from (str(layer.address), layer.region)
    for function in project.functions:
        yield from (str(function.address), function.region)
        yield from (str(trigger.address) for trigger in function.triggers)
        yield from (str(function.settings.get(name) or "") for name in ("runtime", "aliasName"))


def _read(identified: Sequence[IdentifiedDocument], options: LoadOptions, diagnostics: Diagnostics) -> list[Instance]:
    """The instances in file order. Each is read after the instances whose outputs it uses."""
    by_key: dict[InstanceKey, list[IdentifiedDocument]] = {}
    for one in identified:
        by_key.setdefault(one.key, []).append(one)
    order = dependency_order(
        list(by_key), {key: [edge for one in same for edge in one.edges()] for key, same in by_key.items()}
    )
    not_deployed = frozenset(one.key for one in identified if one.kind is None)
    outputs = Outputs(order.instances, not_deployed, order.cycles)
    found: dict[str, Instance] = {}
    for one in (one for key in order.instances for one in by_key[key]):
        instance = read_instance(one, options, outputs=outputs, diagnostics=diagnostics)
        if instance is not None:
            outputs.add(instance)
            found[one.document.file] = instance
    return [found[one.document.file] for one in identified if one.document.file in found]


def _all_skipped(document: Document, diagnostics: Diagnostics) -> None:
    diagnostics.report(NOTHING_TO_DEPLOY, document.tree.span)


def _check_options(options: LoadOptions, diagnostics: Diagnostics) -> None:
    given = {"stage": options.stage, "region": options.region, "env-file": options.env_file}
    for name, value in given.items():
        if value == "":
            diagnostics.report(OPTION_EMPTY, None, option=name)
    check_identity("--stage", options.stage or "", None, diagnostics)


def _open(path: str, options: LoadOptions, sources: dict[str, str], diagnostics: Diagnostics) -> Document | None:
    file = display_path(path, options.cwd)
    text = read_text(path, file, diagnostics)
    if text is None:
        return None
    sources[file] = text
    before = len(diagnostics)
    tree = parse(text, file, diagnostics)
    if len(diagnostics) > before:
        _hide_words(text, options.secrets)
    if isinstance(tree, MappingNode):
        return Document(file, os.path.dirname(path), text, tree)
    if len(diagnostics) == before:
        _not_a_mapping(file, empty=tree is None or is_null(tree), diagnostics=diagnostics)
    return None


def _hide_words(text: str, secrets: KnownSecrets) -> None:
    """Redact likely secrets in the messages about a file that could not be parsed."""
    from scfdeploy.model.redaction import hidden_words

    for word in hidden_words(text):
        secrets.add_private(word)


def _not_a_mapping(file: str, *, empty: bool, diagnostics: Diagnostics) -> None:
    if empty:
        diagnostics.report(FILE_EMPTY, Span.at(file))
        return
    diagnostics.report(
        WRONG_TYPE,
        Span.at(file),
        summary="File is not a mapping",
        detail="The top level of the file must be a mapping of keys to values.",
        hint=FILE_EMPTY.hint,
    )
