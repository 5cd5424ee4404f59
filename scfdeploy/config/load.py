"""Load a project: find its files, parse them, resolve variables, and read every instance."""

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH120

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from scfdeploy.config.dependencies import InstanceKey, dependency_order
from scfdeploy.config.discover import discover, warn_about_parent_file
from scfdeploy.config.document import Document
from scfdeploy.config.environment import read_env_file
from scfdeploy.config.fields.scalars import WRONG_TYPE
from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.identity import check_identity
from scfdeploy.config.instance import (
    IdentifiedDocument,
    identify,
    read_instance,
    stage_before_environment,
)
from scfdeploy.config.literal_secrets import find_literal_secrets, mask_spans
from scfdeploy.config.load_result import LoadOptions, LoadResult
from scfdeploy.config.merge_instances import instances_in, merge_instances, regions_of
from scfdeploy.config.project_settings import SettingsFile, read_settings
from scfdeploy.config.source import is_within
from scfdeploy.config.variables.errors import share_hint
from scfdeploy.config.variables.outputs import Outputs
from scfdeploy.config.yaml import MappingNode, is_null, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import DEFAULT_STAGE, Instance, Project
from scfdeploy.records import replace

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
    settings_problems = Diagnostics()
    files, root, texts = discover(path, options.cwd, diagnostics)
    settings = read_settings(root, options, settings_problems)
    diagnostics.extend(settings_problems)
    boundary = _boundary(root, options) if options.prebuilt else ""
    opened = [
        _open(file, texts.get(file), options, sources, diagnostics=diagnostics, boundary=boundary) for file in files
    ]
    documents = [document for document in opened if document is not None]
    secrets = {document.file: find_literal_secrets(document.tree, options.secrets) for document in documents}
    default_stage = options.stage or DEFAULT_STAGE
    stage = stage_before_environment(documents[0].tree, options) if documents else default_stage
    dotenv = read_env_file(options, root=root, stage=stage, diagnostics=diagnostics)
    environment = {**dotenv.values, **options.environ}
    identified = [
        identify(document, options, environment=environment, diagnostics=diagnostics) for document in documents
    ]
    for item in identified:
        if item.kind is not None:  # other mistakes in a file of another tool are not reported
            diagnostics.extend(secrets[item.document.file].findings)
    instances = _read_instances(identified, options, settings, diagnostics=diagnostics)
    regions = regions_of(instances)
    if options.part in regions:
        whole, instances = instances, instances_in(options.part, instances)
        others = {instance.file for instance in whole} - {instance.file for instance in instances}
        diagnostics = Diagnostics(
            finding for finding in diagnostics if finding.subject is None or finding.subject.file not in others
        )
    if len(instances) == 1:
        warn_about_parent_file(instances[0], options.cwd, diagnostics)
    if not instances and documents and not diagnostics.has_errors:
        diagnostics.report(NOTHING_TO_DEPLOY, documents[0].tree.span)
    unset = list(dict.fromkeys(name for item in identified for name in item.resolver.unset))
    diagnostics = Diagnostics(share_hint(diagnostics, unset))
    project = merge_instances(instances, root, diagnostics)
    if project is not None:
        options.secrets.keep_visible(_visible_names(project))
        project = replace(project, secrets=options.secrets)
    masked = {
        file: mask_spans(text, secrets[file].spans) if file in secrets else text for file, text in sources.items()
    }
    return LoadResult(
        project,
        diagnostics,
        environment,
        sources,
        dotenv,
        masked,
        settings.of_stage(project.key.stage if project is not None else options.stage),
        next(iter(settings_problems), None),
        regions if not options.part else (),
    )


def _visible_names(project: Project) -> Iterator[str]:
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


def _read_instances(
    identified: Sequence[IdentifiedDocument], options: LoadOptions, settings: SettingsFile, *, diagnostics: Diagnostics
) -> list[Instance]:
    """The instances in file order. Each is read after the instances whose outputs it uses."""
    by_key: dict[InstanceKey, list[IdentifiedDocument]] = {}
    for item in identified:
        by_key.setdefault(item.key, []).append(item)
    edges = {key: [edge for item in items for edge in item.edges()] for key, items in by_key.items()}
    order = dependency_order(list(by_key), edges)
    not_deployed = frozenset(item.key for item in identified if item.kind is None)
    outputs = Outputs(order.instances, not_deployed, order.cycles)
    by_file: dict[str, Instance] = {}
    for item in (item for key in order.instances for item in by_key[key]):
        region = options.region if options.region is not None else settings.of_stage(item.key.stage).region
        instance = read_instance(item, region, outputs=outputs, diagnostics=diagnostics)
        if instance is not None:
            outputs.add(instance)
            by_file[item.document.file] = instance
    return [by_file[item.document.file] for item in identified if item.document.file in by_file]


def _check_options(options: LoadOptions, diagnostics: Diagnostics) -> None:
    values = {"stage": options.stage, "region": options.region, "env-file": options.env_file}
    for name, value in values.items():
        if value == "":
            diagnostics.report(OPTION_EMPTY, None, option=name)
    check_identity("--stage", options.stage or "", None, diagnostics)


def _boundary(root: str, options: LoadOptions) -> str:
    """The folder that everything of a prebuilt project must be in: the working directory, if the project is in it."""
    cwd = os.path.abspath(options.cwd)
    return os.path.realpath(cwd if f"{root}/".startswith(f"{cwd.rstrip('/')}/") else root)


def _open(
    path: str,
    text: str | None,
    options: LoadOptions,
    sources: dict[str, str],
    *,
    diagnostics: Diagnostics,
    boundary: str,
) -> Document | None:
    """Parse a file. `text` is its content if it was read already."""
    file = display_path(path, options.cwd)
    if boundary and not is_within(path, boundary, Span.at(file), diagnostics):
        return None
    text = read_text(path, file, diagnostics) if text is None else text
    if text is None:
        return None
    sources[file] = text
    before = len(diagnostics)
    tree = parse(text, file, diagnostics)
    has_mistakes = len(diagnostics) > before
    if has_mistakes:
        # Messages about syntax can quote any part of the file.
        from scfdeploy.model.redaction import hidden_words

        for word in hidden_words(text):
            options.secrets.add_private(word)
    if isinstance(tree, MappingNode):
        return Document(file, os.path.dirname(path), text, tree, boundary)
    if not has_mistakes and (tree is None or is_null(tree)):
        diagnostics.report(FILE_EMPTY, Span.at(file))
    elif not has_mistakes:
        diagnostics.report(
            WRONG_TYPE,
            Span.at(file),
            summary="File is not a mapping",
            detail="The top level of the file must be a mapping of keys to values.",
            hint=FILE_EMPTY.hint,
        )
    return None
