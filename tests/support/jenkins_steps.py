"""Runs a declarative Jenkinsfile here: its stages in order, and its shell steps really, as an agent does."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from tests.support.groovy import Call, Each, Node, Statement, evaluate, read_groovy

STEP_TIMEOUT_S = 180
_WRAPPERS = ("timeout", "lock", "ansiColor", "timestamps", "retry", "script")
_LOGIC: Mapping[str, Callable[[list[bool]], bool]] = {
    "not": lambda values: not values[0],
    "anyOf": any,
    "allOf": all,
}
_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


class StepError(Exception):
    """A step that ends badly."""


@dataclass
class Build:
    """What became of a build, and what it left."""

    result: str = "SUCCESS"
    stages: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    archived: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Around:
    """What a step stands within: its folder and its environment."""

    folder: Path
    env: Mapping[str, str]


@dataclass
class Agent:
    """A machine that runs builds. `credentials` are by their ids, each a tuple of the parts of that kind.

    `names` is what Jenkins itself puts into the environment of this build.
    """

    workspace: Path
    host: Mapping[str, str]
    checkout: Callable[[Path], None]
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=lambda: {"BRANCH_NAME": "main"})
    variables: dict[str, Any] = field(default_factory=lambda: {"scm": "scm"})
    is_timed: bool = False
    build: Build = field(default_factory=Build)

    def run(self, jenkinsfile: str) -> Build:
        """Run the stages; after one that failed none runs any more, and the build has failed."""
        self.workspace.mkdir(parents=True, exist_ok=True)
        causes = {"hudson.triggers.TimerTrigger$TimerTriggerCause": [{}]} if self.is_timed else {}
        self.variables["currentBuild"] = {"getBuildCauses": causes}
        own = {"BUILD_NUMBER": "1", "WORKSPACE": str(self.workspace), **self.names}
        around = Around(self.workspace, {**self.host, **own})
        for statement in read_groovy(jenkinsfile):
            if isinstance(statement, Call) and statement.name == "pipeline":
                self._pipeline(statement, around)
            else:
                self._statement(statement, around)
        return self.build

    def _pipeline(self, pipeline: Call, around: Around) -> None:
        options = pipeline.inner("options")
        if options is None or options.inner("skipDefaultCheckout") is None:
            self.checkout(self.workspace)
        around = self._environment(pipeline, around)
        self._stages(pipeline.inner("stages"), around)
        self._post(pipeline, around, self.build.result == "SUCCESS")

    def _stages(self, stages: Call | None, around: Around) -> None:
        assert stages is not None, "no stages"
        for stage in stages.block or ():
            assert stage.name == "stage", stage.name
            self._stage(str(stage.arguments[0]), stage, around)

    def _stage(self, name: str, stage: Call, around: Around) -> None:
        around = self._environment(stage, around)
        if self.build.result != "SUCCESS" or not self._when(stage.inner("when"), around):
            self.build.stages[name] = "NOT_BUILT"
            return
        self.build.stages[name] = "SUCCESS"
        if question := stage.inner("input"):
            message = question.inner("message")
            self.build.asked.append(self._text(message.arguments[0], around) if message else "")
        try:
            if matrix := stage.inner("matrix"):
                self._matrix(name, matrix, around)
            elif inner := stage.inner("stages"):
                self._stages(inner, around)
            else:
                steps = stage.inner("steps")
                assert steps is not None, f"no steps in {name}"
                self._steps(steps.block, around)
        except StepError as error:
            self.build.printed += f"ERROR: {error}\n"
            self.build.stages[name] = self.build.result = "FAILURE"
        self._post(stage, around, self.build.stages[name] == "SUCCESS")

    def _matrix(self, name: str, matrix: Call, around: Around) -> None:
        """The stages of each cell; a cell that fails stops no other. All cells have the workspace of this build."""
        axes = matrix.inner("axes")
        assert axes is not None, f"no axes in {name}"
        named: dict[str, list[str]] = {}
        for axis in axes.block or ():
            assert isinstance(axis, Call)
            axis_name, values = axis.inner("name"), axis.inner("values")
            assert axis_name is not None
            assert values is not None
            named[str(axis_name.arguments[0])] = [str(value) for value in values.arguments]
        failed = False
        for chosen in product(*named.values()):
            cell = dict(zip(named, chosen, strict=True))
            self.build.result = "SUCCESS"
            self._stages(matrix.inner("stages"), Around(around.folder, {**around.env, **cell}))
            title = ", ".join(f"{axis}={value}" for axis, value in cell.items())
            self.build.stages[f"{name} ({title})"] = self.build.result
            failed = failed or self.build.result != "SUCCESS"
        if failed:
            raise StepError("a cell failed")

    def _environment(self, node: Call, around: Around) -> Around:
        env = dict(around.env)
        for assignment in (node.inner("environment") or Call("environment", block=())).block or ():
            assert isinstance(assignment, Call)
            name, value = str(assignment.arguments[0]), assignment.arguments[1]
            bound = isinstance(value, Call)
            env.update(self._bound(name, value) if bound else {name: self._text(value, Around(around.folder, env))})
        return Around(around.folder, env)

    def _bound(self, name: str, call: Call) -> Mapping[str, str]:
        assert call.name == "credentials", call.name
        found = self.credentials[str(call.arguments[0])]
        if len(found) == 1:
            return {name: found[0]}
        return {name: ":".join(found), f"{name}_USR": found[0], f"{name}_PSW": found[1]}

    def _when(self, when: Call | None, around: Around) -> bool:
        return all(self._condition(one, around) for one in (when.block or () if when else ()))

    def _condition(self, one: Statement, around: Around) -> bool:
        assert isinstance(one, Call)
        inner = [self._condition(each, around) for each in one.block or ()] if one.name in _LOGIC else []
        match one.name:
            case "branch":
                return "CHANGE_ID" not in around.env and one.arguments[0] == around.env.get("BRANCH_NAME")
            case "changeRequest":
                return "CHANGE_ID" in around.env
            case "expression":
                assert one.block
                return bool(self._value(one.block[-1], around))
            case name if name in _LOGIC:
                return _LOGIC[name](inner)
            case _:
                raise AssertionError(f"when {one.name} is not stood in for")

    def _post(self, node: Call, around: Around, ok: bool) -> None:
        post = node.inner("post")
        for name in ("always", "success" if ok else "failure", *(() if ok else ("unsuccessful",)), "cleanup"):
            block = post.inner(name) if post else None
            try:
                self._steps(block.block if block else (), around)
            except StepError as error:
                self.build.printed += f"ERROR: {error}\n"
                self.build.result = "FAILURE"

    def _steps(self, steps: tuple[Statement, ...] | None, around: Around) -> None:
        for step in steps or ():
            self._statement(step, around)

    def _statement(self, statement: Statement, around: Around) -> None:
        match statement:
            case Each(name=name, values=values, block=block, counts=counts):
                chosen = self._value(values, around)
                for one in range(chosen) if counts else chosen:
                    self.variables[name] = one
                    self._steps(block, around)
            case Call(name="=", arguments=(name, value)):
                self.variables[str(name)] = self._value(value, around)
            case Call(name="expression", arguments=(value,)):
                self._value(value, around)
            case Call():
                self._step(statement, around)

    def _step(self, step: Call, around: Around) -> None:  # noqa: C901, PLR0912 - one for each kind
        match step.name:
            case "sh":
                self._shell(self._argument(step, "script", around), around)
            case "checkout":
                self._value(step.arguments[0], around)
                self.checkout(around.folder)
            case "dir":
                self._steps(step.block, Around(around.folder / self._argument(step, "path", around), around.env))
            case "withEnv":
                pairs = [str(pair).split("=", 1) for pair in self._value(step.arguments[0], around)]
                added = {name: _expanded(value, around.env) for name, value in pairs}
                self._steps(step.block, Around(around.folder, {**around.env, **added}))
            case "withCredentials":
                bindings = self._value(step.arguments[0], around)
                added = {name: value for one in bindings for name, value in self._binding(one).items()}
                self._steps(step.block, Around(around.folder, {**around.env, **added}))
            case "archiveArtifacts":
                self._archive(step, around)
            case "junit":
                self._junit(step, around)
            case "input":
                self.build.asked.append(self._argument(step, "message", around))
            case "catchError":
                try:
                    self._steps(step.block, around)
                except StepError as error:
                    self.build.printed += f"ERROR: {error}\n"
                    self.build.result = "FAILURE"
            case "echo":
                self.build.printed += f"{self._argument(step, 'message', around)}\n"
            case name if name in _WRAPPERS:
                self._steps(step.block, around)
            case name:
                raise AssertionError(f"{name} is not stood in for")

    def _value(self, node: Node | Statement, around: Around) -> Any:
        return evaluate(node, {**self.variables, "env": dict(around.env)})  # type: ignore[arg-type]

    def _text(self, node: Node, around: Around) -> str:
        return str(self._value(node, around))

    def _argument(self, step: Call, name: str, around: Around) -> str:
        """The argument of a step that can be given by its name or without."""
        return self._text(step.named[name] if name in step.named else step.arguments[0], around)

    def _binding(self, one: Call) -> Mapping[str, str]:
        names = {
            "string": ("variable",),
            "usernamePassword": ("usernameVariable", "passwordVariable"),
            "cloudApi": ("secretIdVariable", "secretKeyVariable"),
        }[one.name]
        found = self.credentials[str(one.named["credentialsId"])]
        return {str(one.named[name]): value for name, value in zip(names, found, strict=True)}

    def _shell(self, script: str, around: Around) -> None:
        file = self.workspace.parent / "script.sh"
        file.write_text(script, encoding="utf-8")
        # Jenkins shows each command as it runs it.
        command = ["sh", "-xe", str(file)]
        if script.startswith("#!"):
            file.chmod(0o755)
            command = [str(file)]
        around.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            command,
            cwd=around.folder,
            env=dict(around.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=STEP_TIMEOUT_S,
            check=False,
        )
        file.unlink()
        self.build.printed += done.stdout.decode("utf-8", "replace")
        if done.returncode:
            raise StepError(f"script returned exit code {done.returncode}")

    def _archive(self, step: Call, around: Around) -> None:
        pattern = self._argument(step, "artifacts", around)
        found = _matching(around.folder, pattern)
        if not found and step.named.get("allowEmptyArchive") is not True:
            raise StepError(f"no artifacts found that match {pattern}")
        self.build.archived += found

    def _junit(self, step: Call, around: Around) -> None:
        pattern = self._argument(step, "testResults", around)
        found = _matching(around.folder, pattern)
        if not found and step.named.get("allowEmptyResults") is not True:
            raise StepError(f"no test reports found that match {pattern}")
        self.build.tests += [(around.folder / name).read_text(encoding="utf-8") for name in found]


def _matching(folder: Path, patterns: str) -> list[str]:
    each = [pattern.strip() for pattern in patterns.split(",")]
    return [os.path.relpath(file, folder) for pattern in each for file in sorted(folder.glob(pattern))]


def _expanded(value: str, env: Mapping[str, str]) -> str:
    """What `withEnv` makes of a value: `$NAME` is put in, and `$$` is a dollar sign."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return env.get(name, match[0]) if name else "$"

    return _REFERENCE.sub(one, value)
