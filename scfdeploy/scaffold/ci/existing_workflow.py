"""Read a workflow that deploys with the vendor's tools, and report the replacement of each line.

Only recognised lines are migrated; the others are reported.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from scfdeploy.config.files import read_text
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, Style, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.names import is_variable
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions

_DEPLOY = re.compile(r"(?:^|[\s;&|])(?:npx\s+)?(?:sls|serverless|scf|slt|components)\s+deploy\b([^;&|]*)")
_INSTALL = re.compile(r"\bnpm\s+(?:i|install|add)\b.*\s(?:-g|--global)\b|\byarn\s+global\s+add\b")
_PATCH = re.compile(r"\bsed\s+.*\.ya?ml\b|\becho\s.*>>\s*\S+\.ya?ml\b")
_DOTENV = re.compile(r">+\s*(?:\S*/)?\.env\b")
_SHELL_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_SECRET = re.compile(r"\$\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_BUILDS = (
    (re.compile(r"\bmvnw?\b"), "java", "maven"),
    (re.compile(r"\bgradlew?\b"), "java", "gradle"),
    (re.compile(r"\bpnpm\s+(?:i|install|ci)\b"), "nodejs", "pnpm"),
    (re.compile(r"\byarn\b(?!\s+global)"), "nodejs", "yarn"),
    (re.compile(r"\bnpm\s+(?:ci|i|install)\s*$"), "nodejs", "npm"),
    (re.compile(r"\bpip3?\s+install\b.*\s-r\b"), "python", "pip"),
)
_SETUPS = {"actions/setup-python": "python", "actions/setup-node": "nodejs", "actions/setup-java": "java"}
_KEYS = ("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
_NOT_NEEDED = frozenset((*_KEYS, "TENCENT_APP_ID", "SERVERLESS_PLATFORM_VENDOR", "GITHUB_TOKEN", "STAGE"))


class Line(NamedTuple):
    """One line of the file, and its replacement."""

    number: int
    text: str
    becomes: str


@dataclass(slots=True)
class ExistingWorkflow:
    """The recognised settings of a workflow. `lines` are in file order."""

    runtime: str | None = None
    build: str | None = None
    branches: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    deploys: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def stage_branches(self) -> tuple[str, ...]:
        """Branches and stages as values of --stage-branch."""
        return tuple(f"{branch}={stage}" for branch in self.branches or ["main"] for stage in self.stages)


def read_workflow(file: Path) -> ExistingWorkflow:
    """Read a workflow. ScfDeployError when the file is not a workflow, or no step deploys with a known tool."""
    diagnostics = Diagnostics()
    text = read_text(str(file), str(file), diagnostics)
    if text is None:
        why = next((diagnostic.detail for diagnostic in diagnostics), "").rstrip(".")
        raise ScfDeployError(
            message("the workflow cannot be read: {why}", why=why),
            hint=message("Pass --from with the workflow to migrate."),
        )
    tree = parse(text, str(file), diagnostics)
    if not isinstance(tree, MappingNode) or tree.get("jobs") is None or diagnostics.has_errors:
        why = next((f": {diagnostic.detail or diagnostic.summary}" for diagnostic in diagnostics), "")
        raise ScfDeployError(
            message("{file} is not a GitHub Actions workflow{why}", file=file, why=why),
            hint=message("Pass --from with the workflow to migrate."),
        )
    workflow = ExistingWorkflow()
    _triggers(tree, workflow)
    _variables(_value(tree, "env"), workflow)
    for job in _mappings(_value(tree, "jobs")):
        _variables(_value(job, "env"), workflow)
        for step in _mappings(_value(job, "steps")):
            _step(step, workflow)
    if not workflow.deploys:
        raise ScfDeployError(
            message(
                "no step of {file} deploys with `scf deploy`, `sls deploy`, `serverless deploy` or their action",
                file=file,
            ),
            hint=message("Run `scfdeploy ci init` without --from."),
        )
    return workflow


def merge_workflow(workflow: ExistingWorkflow, asked: PipelineOptions, *, root: Path) -> PipelineOptions:
    """The options, completed from a workflow. The project's own files take precedence for the language."""
    paths = asked.paths or tuple(path for path in workflow.paths if (root / path).exists())
    folders = [folder for path in paths or (".",) for folder in detect.folders(root, path)]
    known = any(one.language or detect.language_of(root, one) for one in folders)
    return replace(
        asked,
        paths=paths,
        runtime=asked.runtime or (None if known else workflow.runtime),
        build=asked.build or (None if known or asked.runtime else workflow.build),
        stage_branches=asked.stage_branches or workflow.stage_branches,
        secrets=tuple(dict.fromkeys([*asked.secrets, *workflow.secrets])),
    )


def _triggers(tree: MappingNode, workflow: ExistingWorkflow) -> None:
    on = _value(tree, "on")
    push = _value(on, "push")
    workflow.branches += [name for name in _texts(_value(push, "branches")) if not re.search(r"[*?\[!]", name)]
    if isinstance(on, MappingNode):
        for entry in on:
            if entry.key.text not in ("push", "pull_request"):
                _note(workflow, entry.key, message("not migrated: a push deploys, and a pull request plans"))


def _variables(env: Node | None, workflow: ExistingWorkflow) -> None:
    """Read the stage and the secrets from an `env` block."""
    if not isinstance(env, MappingNode):
        return
    for entry in env:
        name, text = entry.key.text, entry.value.text if isinstance(entry.value, ScalarNode) else ""
        secret = _SECRET.search(text)
        if name == "STAGE" and text and "${{" not in text:
            _add(workflow.stages, text)
            _note(workflow, entry.key, message("becomes --stage-branch, with the stage {stage}", stage=text))
        elif name == "SERVERLESS_PLATFORM_VENDOR":
            _note(workflow, entry.key, message("is no longer needed"))
        elif name in _KEYS:
            other = secret[1] if secret and secret[1] != name.replace("TENCENTCLOUD_", "TENCENT_") else None
            becomes = message("is set in the steps that need it")
            if other:
                becomes += message("; rename the secret {other} to {name}", other=other, name=name)
            _note(workflow, entry.key, becomes)
        elif secret and name not in _NOT_NEEDED and is_variable(name):
            _add(workflow.secrets, name)
            becomes = message("becomes --secret {name}: write ${env:{name}} in serverless.yml", name=name)
            if secret[1] != name:
                becomes += message("; rename the secret {other} to {name}", other=secret[1], name=name)
            _note(workflow, entry.key, becomes)


def _step(step: MappingNode, workflow: ExistingWorkflow) -> None:
    _variables(_value(step, "env"), workflow)
    uses = _text(step, "uses")
    name = uses.partition("@")[0]
    if name in _SETUPS:
        workflow.runtime = workflow.runtime or _SETUPS[name]
    elif "serverless" in name.lower() or name.lower().endswith("/scf"):
        workflow.deploys = True
        _variables(_value(step, "with"), workflow)
        _options(_text(_value(step, "with"), "command"), workflow)
        _note(workflow, _scalar(step, "uses"), message("becomes validate, plan and apply --plan"))
    run = _scalar(step, "run")
    if run is None:
        return
    folder = _text(step, "working-directory")
    first = run.span.start.line + (1 if run.style is Style.BLOCK else 0)
    for number, line in enumerate(run.text.split("\n"), start=first):
        becomes = _shell(line, folder, workflow)
        if becomes is not None:
            workflow.lines.append(Line(number, line, becomes))


def _shell(line: str, folder: str, workflow: ExistingWorkflow) -> str | None:
    """Read one line of a script, and return its replacement; None for empty lines and comments."""
    if deploy := _DEPLOY.search(line):
        workflow.deploys = True
        if folder:
            _add(workflow.paths, folder)
        others = _options(deploy[1], workflow)
        becomes = message("becomes validate, plan and apply --plan")
        return becomes + message("; not migrated: {options}", options=" ".join(others)) if others else becomes
    if _INSTALL.search(line):
        return message("is not needed: the pipeline installs scfdeploy by its commit or hash")
    if _DOTENV.search(line):
        return message("is not needed: nothing is written to disk") + _instead(_secrets_in(line, workflow))
    if _PATCH.search(line):
        return message("is not needed: serverless.yml is not changed") + _instead(_secrets_in(line, workflow))
    return _build_step(line, workflow)


def _build_step(line: str, workflow: ExistingWorkflow) -> str | None:
    for pattern, language, tool in _BUILDS:
        if pattern.search(line):
            workflow.runtime, workflow.build = workflow.runtime or language, workflow.build or tool
            return message("becomes --build {tool}", tool=tool)
    if line.strip() and not line.strip().startswith("#"):
        return message("is not recognised: add it to the build, or to src.hook")
    return None


def _options(words: str, workflow: ExistingWorkflow) -> list[str]:
    """Read the known options of a deploy command, and return the others."""
    try:
        rest = shlex.split(words)
    except ValueError:
        return [words.strip()]
    others: list[str] = []
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        match word:
            case "--stage" | "-s":
                stage = value if equals else (rest.pop(0) if rest else "")
                if stage and "$" not in stage:
                    _add(workflow.stages, stage)
            case "--target" | "--cwd":
                path = value if equals else (rest.pop(0) if rest else "")
                if path and "$" not in path:
                    _add(workflow.paths, path)
            case "--debug" | "--verbose" | "--force" | "-f" | "--all" | "-a" | "deploy":
                pass
            case _:
                others.append(f"{word}{equals}{value}")
    return others


def _secrets_in(line: str, workflow: ExistingWorkflow) -> list[str]:
    names = dict.fromkeys([*_SECRET.findall(line), *_SHELL_VARIABLE.findall(line)])
    secrets = [name for name in names if name not in _NOT_NEEDED and is_variable(name)]
    for name in secrets:
        _add(workflow.secrets, name)
    return secrets


def _instead(names: list[str]) -> str:
    if not names:
        return ""
    return message("; write {variables} there", variables=" and ".join(f"{name}: ${{env:{name}}}" for name in names))


def _note(workflow: ExistingWorkflow, node: ScalarNode | None, becomes: str) -> None:
    if node is not None:
        workflow.lines.append(Line(node.span.start.line, node.text, becomes))


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _value(node: Node | None, key: str) -> Node | None:
    entry = node.get(key) if isinstance(node, MappingNode) else None
    return entry.value if entry is not None else None


def _scalar(node: Node | None, key: str) -> ScalarNode | None:
    value = _value(node, key)
    return value if isinstance(value, ScalarNode) else None


def _text(node: Node | None, key: str) -> str:
    value = _scalar(node, key)
    return value.text if value is not None else ""


def _texts(node: Node | None) -> list[str]:
    match node:
        case ScalarNode():
            return [node.text]
        case SequenceNode():
            return [item.text for item in node.items if isinstance(item, ScalarNode)]
        case _:
            return []


def _mappings(node: Node | None) -> Iterator[MappingNode]:
    match node:
        case MappingNode():
            nodes = [entry.value for entry in node]
        case SequenceNode():
            nodes = list(node.items)
        case _:
            nodes = []
    yield from (node for node in nodes if isinstance(node, MappingNode))
