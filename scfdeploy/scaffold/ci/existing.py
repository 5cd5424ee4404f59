"""Read a workflow that deploys with the vendor's tools, and report what replaces each of its lines.

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
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.decide import Asked
from scfdeploy.scaffold.ci.names import is_variable

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
    """One line of the file, and what replaces it."""

    number: int
    text: str
    becomes: str


@dataclass(slots=True)
class Existing:
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


def read_existing(file: Path) -> Existing:
    """Read a workflow. ScfDeployError when the file is not a workflow, or no step deploys with a known tool."""
    told = Diagnostics()
    text = read_text(str(file), str(file), told)
    if text is None:
        why = next((found.detail for found in told), "").rstrip(".")
        raise ScfDeployError(f"the workflow cannot be read: {why}", hint="Pass --from with the workflow to migrate.")
    tree = parse(text, str(file), told)
    if not isinstance(tree, MappingNode) or tree.get("jobs") is None or told.has_errors:
        why = next((f": {found.detail or found.summary}" for found in told), "")
        raise ScfDeployError(
            f"{file} is not a GitHub Actions workflow{why}", hint="Pass --from with the workflow to migrate."
        )
    found = Existing()
    _triggers(tree, found)
    _variables(_value(tree, "env"), found)
    for job in _mappings(_value(tree, "jobs")):
        _variables(_value(job, "env"), found)
        for step in _mappings(_value(job, "steps")):
            _step(step, found)
    if not found.deploys:
        raise ScfDeployError(
            f"no step of {file} deploys with `scf deploy`, `sls deploy`, `serverless deploy` or their action",
            hint="Run `scfdeploy ci init` without --from.",
        )
    return found


def carried_over(found: Existing, asked: Asked, *, root: Path) -> Asked:
    """The options, completed from a workflow. The language comes from the project's own files when they tell it."""
    paths = asked.paths or tuple(path for path in found.paths if (root / path).exists())
    folders = [folder for path in paths or (".",) for folder in detect.folders(root, path)]
    known = any(one.language or detect.language_of(root, one) for one in folders)
    return replace(
        asked,
        paths=paths,
        runtime=asked.runtime or (None if known else found.runtime),
        build=asked.build or (None if known or asked.runtime else found.build),
        stage_branches=asked.stage_branches or found.stage_branches,
        secrets=tuple(dict.fromkeys([*asked.secrets, *found.secrets])),
    )


def _triggers(tree: MappingNode, found: Existing) -> None:
    on = _value(tree, "on")
    push = _value(on, "push")
    found.branches += [name for name in _texts(_value(push, "branches")) if not re.search(r"[*?\[!]", name)]
    if isinstance(on, MappingNode):
        for entry in on:
            if entry.key.text not in ("push", "pull_request"):
                _tell(found, entry.key, "not carried over: a push deploys, and a pull request plans")


def _variables(env: Node | None, found: Existing) -> None:
    """Read the stage and the secrets from an `env` block."""
    if not isinstance(env, MappingNode):
        return
    for entry in env:
        name, text = entry.key.text, entry.value.text if isinstance(entry.value, ScalarNode) else ""
        secret = _SECRET.search(text)
        if name == "STAGE" and text and "${{" not in text:
            _add(found.stages, text)
            _tell(found, entry.key, f"becomes --stage-branch, with the stage {text}")
        elif name == "SERVERLESS_PLATFORM_VENDOR":
            _tell(found, entry.key, "is no longer needed")
        elif name in _KEYS:
            other = secret[1] if secret and secret[1] != name.replace("TENCENTCLOUD_", "TENCENT_") else None
            _tell(
                found,
                entry.key,
                f"is set in the steps that need it{f'; call the secret so, not {other}' if other else ''}",
            )
        elif secret and name not in _NOT_NEEDED and is_variable(name):
            _add(found.secrets, name)
            renamed = "" if secret[1] == name else f"; the secret has to be called so, not {secret[1]}"
            _tell(found, entry.key, f"becomes --secret {name}: write ${{env:{name}}} in serverless.yml{renamed}")


def _step(step: MappingNode, found: Existing) -> None:
    _variables(_value(step, "env"), found)
    uses = _text(step, "uses")
    name = uses.partition("@")[0]
    if name in _SETUPS:
        found.runtime = found.runtime or _SETUPS[name]
    elif "serverless" in name.lower() or name.lower().endswith("/scf"):
        found.deploys = True
        _variables(_value(step, "with"), found)
        _options(_text(_value(step, "with"), "command"), found)
        _tell(found, _scalar(step, "uses"), "becomes validate, plan and apply --plan")
    run = _scalar(step, "run")
    if run is None:
        return
    folder = _text(step, "working-directory")
    for number, line in _lines_of(run):
        _shell(number, line, folder, found)


def _shell(number: int, line: str, folder: str, found: Existing) -> None:
    """Read one line of a script, and record what replaces it."""
    deploy = _DEPLOY.search(line)
    if deploy:
        found.deploys = True
        if folder:
            _add(found.paths, folder)
        left = _options(deploy[1], found)
        becomes = "becomes validate, plan and apply --plan"
        found.lines.append(Line(number, line, becomes + (f"; not carried over: {' '.join(left)}" if left else "")))
    elif _INSTALL.search(line):
        found.lines.append(Line(number, line, "is not needed: the pipeline installs scfdeploy by its commit or hash"))
    elif _DOTENV.search(line):
        names = _secrets_in(line, found)
        found.lines.append(Line(number, line, f"is not needed: nothing is written to disk{_instead(names)}"))
    elif _PATCH.search(line):
        names = _secrets_in(line, found)
        found.lines.append(Line(number, line, f"is not needed: serverless.yml is not changed{_instead(names)}"))
    else:
        for pattern, language, tool in _BUILDS:
            if pattern.search(line):
                found.runtime, found.build = found.runtime or language, found.build or tool
                found.lines.append(Line(number, line, f"becomes --build {tool}"))
                return
        if line.strip() and not line.strip().startswith("#"):
            found.lines.append(Line(number, line, "is not recognised: add it to the build, or to src.hook"))


def _options(words: str, found: Existing) -> list[str]:
    """Read the known options of a deploy command, and return the others."""
    try:
        rest = shlex.split(words)
    except ValueError:
        return [words.strip()]
    left: list[str] = []
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        match word:
            case "--stage" | "-s":
                stage = value if equals else (rest.pop(0) if rest else "")
                if stage and "$" not in stage:
                    _add(found.stages, stage)
            case "--target" | "--cwd":
                path = value if equals else (rest.pop(0) if rest else "")
                if path and "$" not in path:
                    _add(found.paths, path)
            case "--debug" | "--verbose" | "--force" | "-f" | "--all" | "-a" | "deploy":
                pass
            case _:
                left.append(f"{word}{equals}{value}")
    return left


def _secrets_in(line: str, found: Existing) -> list[str]:
    names = dict.fromkeys([*_SECRET.findall(line), *_SHELL_VARIABLE.findall(line)])
    asked = [name for name in names if name not in _NOT_NEEDED and is_variable(name)]
    for name in asked:
        _add(found.secrets, name)
    return asked


def _instead(names: list[str]) -> str:
    return f"; write {' and '.join(f'{name}: ${{env:{name}}}' for name in names)} there" if names else ""


def _lines_of(run: ScalarNode) -> Iterator[tuple[int, str]]:
    first = run.span.start.line + (1 if run.style is Style.BLOCK else 0)
    for offset, line in enumerate(run.text.split("\n")):
        yield first + offset, line


def _tell(found: Existing, node: ScalarNode | None, becomes: str) -> None:
    if node is not None:
        found.lines.append(Line(node.span.start.line, node.text, becomes))


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
    found = _scalar(node, key)
    return found.text if found is not None else ""


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
    for one in nodes:
        if isinstance(one, MappingNode):
            yield one
