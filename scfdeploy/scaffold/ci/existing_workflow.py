"""Read a GitHub Actions workflow that deploys with the vendor's tools, and report the replacement of each part.

Every step, key, permission and command is either carried over or reported as not carried over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.ci.existing_commands import (
    KEYS,
    SECRET,
    read_options,
    read_script,
    read_variable,
)
from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline, Line, add
from scfdeploy.scaffold.ci.workflow_repair import JOB_KEYS, STEP_KEYS, WORKFLOW_KEYS, repair_workflow

_SETUPS = {
    "actions/setup-python": ("python", "python-version"),
    "actions/setup-node": ("nodejs", "node-version"),
    "actions/setup-java": ("java", "java-version"),
}
_GRADLE_ACTIONS = ("gradle/gradle-build-action", "gradle/actions/setup-gradle", "eskatos/gradle-command-action")
_BRANCH = re.compile(r"github\.ref(?:_name)?\s*==\s*['\"](?:refs/heads/)?([^'\"]+)['\"]")
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
_PATTERN = re.compile(r"[*?\[!]")


class _Reader(NamedTuple):
    """What the parts of a workflow are read with."""

    existing: ExistingPipeline
    numbers: Sequence[int]
    """The line in the file, for each line that was parsed; empty when they are the same."""

    def number(self, node: Node, offset: int = 0) -> int:
        line = node.span.start.line + offset
        return self.numbers[min(line, len(self.numbers)) - 1] if self.numbers else line

    def carry(self, node: Node, text: str, becomes: str) -> None:
        self.existing.carry(self.number(node), text, becomes)

    def leave(self, node: Node, text: str, reason: str) -> None:
        self.existing.leave(self.number(node), text, reason)


class _Scope(NamedTuple):
    """What holds for the steps of a job."""

    branches: list[str]
    """The branches of its condition."""
    matrix: Mapping[str, list[str]]
    folder: str


def read_workflow_text(text: str, name: str) -> ExistingPipeline:
    """Read the text of a workflow. ScfDeployError when it is not one, even after a repair of its layout."""
    diagnostics, again = Diagnostics(), Diagnostics()
    tree = parse(text, name, diagnostics)
    existing = ExistingPipeline()
    numbers: tuple[int, ...] = ()
    if not _has_known_keys(tree, diagnostics):
        repaired = repair_workflow(text)
        better = parse(repaired.text, name, again)
        if _has_known_keys(better, again) or not _is_workflow(tree, diagnostics):
            tree, numbers = better, repaired.numbers
            existing.repairs += repaired.repairs
            if not _is_workflow(tree, again):
                raise _not_a_workflow(name, diagnostics)
    if isinstance(tree, MappingNode):
        _read(tree, _Reader(existing, numbers))
    return existing


def _is_workflow(tree: Node | None, diagnostics: Diagnostics) -> bool:
    """Whether a tree is a workflow, with the keys that a workflow has and no others."""
    if not isinstance(tree, MappingNode) or diagnostics.has_errors:
        return False
    jobs = list(_mappings(_value(tree, "jobs")))
    has_steps = all(isinstance(_value(job, "steps"), SequenceNode) or _value(job, "uses") is not None for job in jobs)
    return bool(jobs) and has_steps and all(entry.key.text in WORKFLOW_KEYS for entry in tree)


def _has_known_keys(tree: Node | None, diagnostics: Diagnostics) -> bool:
    """Whether a workflow has no other keys in jobs and steps: these are in a wrong place when indentation is lost."""
    if not _is_workflow(tree, diagnostics):
        return False
    jobs = list(_mappings(_value(tree, "jobs")))
    steps = [step for job in jobs for step in _mappings(_value(job, "steps"))]
    return all(entry.key.text in JOB_KEYS for job in jobs for entry in job) and all(
        entry.key.text in STEP_KEYS for step in steps for entry in step
    )


def _not_a_workflow(name: str, diagnostics: Diagnostics) -> ScfDeployError:
    why = next((f": {diagnostic.detail or diagnostic.summary}" for diagnostic in diagnostics), "")
    return ScfDeployError(
        message("{file} is not a GitHub Actions workflow{why}", file=name, why=why),
        hint=message("Pass --from with the workflow or the Jenkinsfile to migrate."),
    )


def _read(tree: MappingNode, reader: _Reader) -> None:
    for entry in tree:
        match entry.key.text:
            case "name" | "run-name":
                reader.leave(entry.key, _shown(entry), message("the new pipeline has its own name"))
            case "on":
                _read_triggers(entry.value, reader)
            case "permissions":
                _read_permissions(entry, reader)
            case "env":
                _read_env(entry.value, reader, [])
            case "concurrency":
                reader.carry(entry.key, "concurrency", message("becomes one run at a time for each branch"))
            case "defaults":
                _read_defaults(entry.value, reader)
    for entry in _entries(_value(tree, "jobs")):
        if isinstance(entry.value, MappingNode):
            _read_job(entry.key, entry.value, reader, _default_folder(tree))


def _read_triggers(on: Node, reader: _Reader) -> None:
    reason = message("a push deploys, and a pull request plans")
    if not isinstance(on, MappingNode):
        for name in _scalars(on):
            _read_event(name, name.text, reader, reason)
        return
    for entry in on:
        _read_event(entry.key, entry.key.text, reader, reason)
        for inner in _entries(entry.value):
            if entry.key.text == "push" and inner.key.text == "branches":
                _read_branches(inner, reader)
            elif entry.key.text in ("push", "pull_request") and inner.key.text == "branches":
                text = f"{entry.key.text}: branches"
                reader.carry(inner.key, text, message("becomes the branches of --stage-branch"))
            else:
                text = f"{entry.key.text}: {inner.key.text}"
                reader.leave(inner.key, text, message("the new pipeline has no such setting"))
        for inner in _listed(entry.value):
            reader.leave(inner.key, f"{entry.key.text}: {_shown(inner)}", reason)


def _read_event(node: ScalarNode, name: str, reader: _Reader, reason: str) -> None:
    match name:
        case "push":
            reader.carry(node, "on: push", message("becomes a push to a branch of --stage-branch"))
        case "pull_request" | "pull_request_target":
            reader.carry(node, f"on: {name}", message("becomes a plan of each pull request"))
        case _:
            reader.leave(node, f"on: {name}", reason)


def _read_branches(entry: Entry, reader: _Reader) -> None:
    for scalar in _scalars(entry.value):
        if _PATTERN.search(scalar.text):
            reason = message("patterns are not supported: pass --stage-branch BRANCH=STAGE for each branch")
            reader.leave(scalar, f"branches: {scalar.text}", reason)
        else:
            add(reader.existing.branches, scalar.text)
            reader.carry(scalar, f"branches: {scalar.text}", message("becomes a branch of --stage-branch"))


def _read_permissions(entry: Entry, reader: _Reader) -> None:
    if isinstance(entry.value, ScalarNode):
        text = f"permissions: {entry.value.text}"
        reader.leave(entry.key, text, message("each job gets only the permissions that it needs"))
    for inner in _entries(entry.value):
        text = f"permissions: {_shown(inner)}"
        match _shown(inner):
            case "contents: read":
                reader.carry(inner.key, text, message("is set in the jobs that need it"))
            case "id-token: write":
                reader.leave(inner.key, text, message("pass --keys oidc to use temporary credentials"))
            case "pull-requests: write":
                reader.carry(inner.key, text, message("is set in the job that writes the comment"))
            case _:
                reader.leave(inner.key, text, message("no job of the new pipeline needs it"))


def _read_env(env: Node | None, reader: _Reader, branches: list[str]) -> None:
    for entry in _entries(env):
        text = entry.value.text if isinstance(entry.value, ScalarNode) else ""
        read_variable(reader.number(entry.key), entry.key.text, text, reader.existing, branches)


def _read_defaults(defaults: Node | None, reader: _Reader) -> None:
    for entry in _entries(_value(defaults, "run")):
        if entry.key.text == "working-directory":
            reader.carry(entry.key, _shown(entry), message("becomes the path of the project"))
        else:
            reader.leave(entry.key, f"defaults: {_shown(entry)}", message("the new steps run in bash"))


def _default_folder(node: Node) -> str:
    return _text(_value(_value(node, "defaults"), "run"), "working-directory")


def _read_job(name: ScalarNode, job: MappingNode, reader: _Reader, folder: str) -> None:
    branches = _branches_of(job)
    for entry in job:
        key = entry.key.text
        if key == "permissions":
            _read_permissions(entry, reader)
        elif key == "env":
            _read_env(entry.value, reader, branches)
        elif key == "defaults":
            _read_defaults(entry.value, reader)
        elif key not in ("steps", "strategy"):
            _read_job_key(name.text, entry, reader, branches)
    matrix = {
        entry.key.text: [scalar.text for scalar in _scalars(entry.value)]
        for entry in _entries(_value(_value(job, "strategy"), "matrix"))
        if isinstance(entry.value, SequenceNode)
    }
    strategy = job.get("strategy")
    if strategy is not None:
        # The lines below give each use of the matrix its own replacement.
        text = f"{name.text}: strategy"
        reason = message("the new pipeline has its own matrix of projects and stages")
        reader.leave(strategy.key, text, reason)
    scope = _Scope(branches, matrix, _default_folder(job) or folder)
    for step in _mappings(_value(job, "steps")):
        _read_step(step, reader, scope)


def _read_job_key(job: str, entry: Entry, reader: _Reader, branches: list[str]) -> None:
    key, text = entry.key.text, f"{job}: {_shown(entry)}"
    match key:
        case "name":
            reader.leave(entry.key, text, message("the new jobs have their own names"))
        case "runs-on" if isinstance(entry.value, ScalarNode) and entry.value.text.startswith("ubuntu"):
            reader.carry(entry.key, text, message("is the same in the new jobs"))
        case "runs-on":
            reader.leave(entry.key, text, message("set the runner in the new jobs, if the build needs it"))
        case "if" if branches:
            reader.carry(entry.key, text, message("becomes the branches of --stage-branch"))
        case "environment":
            reason = message("the environment of the new job is its stage: move reviewers and secrets there")
            reader.leave(entry.key, text, reason)
        case "concurrency":
            reader.carry(entry.key, text, message("becomes one run at a time for each branch"))
        case "timeout-minutes":
            reader.leave(entry.key, text, message("each new job has its own limit"))
        case "needs":
            reader.leave(entry.key, text, message("the new jobs have their own order: build, plan, apply"))
        case "uses" | "with" | "secrets":
            reader.leave(entry.key, text, message("another workflow is not read: pass --from with that file too"))
        case _:
            reader.leave(entry.key, text, message("add it to the new job, if it needs it"))


def _branches_of(node: MappingNode) -> list[str]:
    return [branch for branch in _BRANCH.findall(_text(node, "if")) if not _PATTERN.search(branch)]


def _read_step(step: MappingNode, reader: _Reader, scope: _Scope) -> None:
    branches = _branches_of(step) or scope.branches
    name = _text(step, "name")
    label = f"{name}: " if name else ""
    uses = _scalar(step, "uses")
    if uses is not None:
        _read_action(step, uses, label, reader, branches)
    run = _scalar(step, "run")
    if run is not None:
        _read_run(step, run, label, reader, scope._replace(branches=branches))
    if uses is None and run is None:
        reader.leave(step, label.removesuffix(": ") or message("a step"), message("runs nothing"))
    for entry in step:
        if entry.key.text == "env":
            _read_env(entry.value, reader, branches)
        elif entry.key.text not in ("name", "uses", "run", "with"):
            _read_step_key(entry, f"{label}{_shown(entry)}", reader, has_branch=bool(_branches_of(step)))


def _read_step_key(entry: Entry, text: str, reader: _Reader, *, has_branch: bool) -> None:
    match entry.key.text:
        case "working-directory":
            reader.carry(entry.key, text, message("becomes the path of the project"))
        case "if" if has_branch:
            reader.carry(entry.key, text, message("becomes the branches of --stage-branch"))
        case "shell" if _shown(entry) in ("shell: bash", "shell: sh"):
            reader.carry(entry.key, text, message("the new steps run in bash"))
        case "id":
            reader.leave(entry.key, text, message("the new steps use no ids"))
        case _:
            reader.leave(entry.key, text, message("add it to the new step, if it needs it"))


def _read_run(step: MappingNode, run: ScalarNode, label: str, reader: _Reader, scope: _Scope) -> None:
    folder = _text(step, "working-directory") or scope.folder
    texts = _expanded(run.text, scope.matrix)
    first = reader.number(run, 1 if run.style is Style.BLOCK else 0)
    _read_scripts(texts, first, label, reader, folder=folder, branches=scope.branches)


def _read_scripts(
    texts: Sequence[str], first: int, label: str, reader: _Reader, *, folder: str, branches: list[str]
) -> None:
    """Read a script once for each value of the matrix, and report its lines once."""
    existing = reader.existing
    before = len(existing.lines)
    for text in texts:
        read_script(text, first, existing, folder=folder, label=label, branches=branches)
    unique: dict[int, list[Line]] = {}
    for line in existing.lines[before:]:
        same = unique.setdefault(line.number, [])
        if not any((one.becomes, one.text.split(":")[0]) == (line.becomes, line.text.split(":")[0]) for one in same):
            same.append(line)
    existing.lines[before:] = [line for lines in unique.values() for line in lines]


def _expanded(text: str, matrix: Mapping[str, list[str]]) -> list[str]:
    """The text with each combination of the values of the matrix that it uses."""
    names = [name for name in dict.fromkeys(_MATRIX.findall(text)) if matrix.get(name)]
    texts = []
    for values in islice(product(*(matrix[name] for name in names)), 50):
        known = dict(zip(names, values, strict=True))
        texts.append(_MATRIX.sub(lambda found, known=known: known.get(found[1], found[0]), text))  # type: ignore[misc]
    return texts


def _read_action(step: MappingNode, uses: ScalarNode, label: str, reader: _Reader, branches: list[str]) -> None:
    name, text = uses.text.partition("@")[0], f"{label}{uses.text}"
    inputs = [*_entries(_value(step, "with"))]
    if name == "actions/checkout":
        reader.carry(uses, text, message("becomes the checkout of the new pipeline"))
        _leave_inputs(inputs, label, reader, message("the new checkout has the defaults, and keeps no token"))
    elif name in _SETUPS:
        language, version = _SETUPS[name]
        reader.existing.runtime = reader.existing.runtime or language
        becomes = message("becomes the version of {language} of the runtime", language=language)
        reader.existing.lines.append(Line(reader.number(uses), text, becomes, language=language))
        _read_setup_inputs(inputs, label, reader, language, version)
    elif name in _GRADLE_ACTIONS:
        reader.existing.runtime = reader.existing.runtime or "java"
        reader.existing.build = reader.existing.build or "gradle"
        becomes = message("becomes --build {tool}", tool="gradle")
        reader.existing.carry(reader.number(uses), text, becomes, tool="gradle")
        for entry in inputs:
            if _shown(entry) in ("arguments: build", "arguments: assemble"):
                reader.existing.carry(reader.number(entry.key), f"{label}{_shown(entry)}", becomes, tool="gradle")
            else:
                reason = message("the new pipeline runs `gradle assemble`: add it there, if the build needs it")
                reader.leave(entry.key, f"{label}{_shown(entry)}", reason)
    elif "serverless" in name.lower() or name.lower().endswith("/scf"):
        _read_deploy_action(uses, text, label, inputs, reader, branches)
    elif name == "actions/cache":
        reader.leave(uses, text, message("is not needed: the new pipeline caches downloads where that is safe"))
        _leave_inputs(inputs, label, reader, message("goes with its step"))
    else:
        reason = message("is not recognised: add the step to the build job, if the build needs it")
        reader.leave(uses, text, reason)
        _leave_inputs(inputs, label, reader, message("goes with its step"))


def _read_setup_inputs(inputs: Sequence[Entry], label: str, reader: _Reader, language: str, version: str) -> None:
    for entry in inputs:
        text, number = f"{label}{_shown(entry)}", reader.number(entry.key)
        if entry.key.text == version and isinstance(entry.value, ScalarNode):
            value = entry.value.text
            becomes = message("becomes the version of the runtime")
            reader.existing.lines.append(Line(number, text, becomes, language=language, version=value))
        elif _shown(entry) in ("distribution: temurin", "distribution: adopt"):
            reader.existing.carry(number, text, message("becomes temurin"))
        elif entry.key.text == "cache":
            reader.existing.carry(number, text, message("is set for the build tool"))
        else:
            reader.leave(entry.key, text, message("add it to the step in the new build job, if the build needs it"))


def _read_deploy_action(
    uses: ScalarNode, text: str, label: str, inputs: Sequence[Entry], reader: _Reader, branches: list[str]
) -> None:
    reader.existing.deploys = True
    reader.carry(uses, text, message("becomes validate, plan and apply --plan"))
    for entry in inputs:
        value = entry.value.text if isinstance(entry.value, ScalarNode) else ""
        name = entry.key.text
        if name == "command":
            reader.carry(entry.key, f"{label}{_shown(entry)}", message("becomes validate, plan and apply --plan"))
            for option in read_options(value, reader.existing, branches):
                reader.leave(entry.key, option, message("scfdeploy has no such option here"))
        elif name in ("stage", "STAGE", *KEYS, "SERVERLESS_PLATFORM_VENDOR") or SECRET.search(value):
            name = "STAGE" if name == "stage" else name
            read_variable(reader.number(entry.key), name, value, reader.existing, branches)
        elif name in ("working-directory", "cwd", "path", "directory") and "$" not in value:
            add(reader.existing.paths, value)
            reader.carry(entry.key, f"{label}{_shown(entry)}", message("becomes the path of the project"))
        else:
            reader.leave(entry.key, f"{label}{_shown(entry)}", message("the new pipeline has no such setting"))


def _leave_inputs(inputs: Sequence[Entry], label: str, reader: _Reader, reason: str) -> None:
    for entry in inputs:
        reader.leave(entry.key, f"{label}{_shown(entry)}", reason)


def _shown(entry: Entry) -> str:
    """A key, with its value when that is one line."""
    if isinstance(entry.value, ScalarNode) and entry.value.style is not Style.BLOCK and entry.value.text:
        return f"{entry.key.text}: {entry.value.text}"
    return entry.key.text


def _value(node: Node | None, key: str) -> Node | None:
    entry = node.get(key) if isinstance(node, MappingNode) else None
    return entry.value if entry is not None else None


def _entries(node: Node | None) -> Iterator[Entry]:
    if isinstance(node, MappingNode):
        yield from node


def _listed(node: Node | None) -> Iterator[Entry]:
    """The entries of all mappings of a list."""
    for item in _mappings(node) if isinstance(node, SequenceNode) else ():
        yield from item


def _scalar(node: Node | None, key: str) -> ScalarNode | None:
    value = _value(node, key)
    return value if isinstance(value, ScalarNode) else None


def _text(node: Node | None, key: str) -> str:
    value = _scalar(node, key)
    return value.text if value is not None else ""


def _scalars(node: Node | None) -> Iterator[ScalarNode]:
    match node:
        case ScalarNode():
            yield node
        case SequenceNode():
            yield from (item for item in node.items if isinstance(item, ScalarNode))
        case _:
            return


def _mappings(node: Node | None) -> Iterator[MappingNode]:
    match node:
        case MappingNode():
            nodes = [entry.value for entry in node]
        case SequenceNode():
            nodes = list(node.items)
        case _:
            nodes = []
    yield from (node for node in nodes if isinstance(node, MappingNode))
