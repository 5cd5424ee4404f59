"""Runs a declarative Jenkinsfile here: its stages in order, and its shell steps really, as an agent does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.groovy import Call, Name, read_groovy

STEP_TIMEOUT_S = 180
_WRAPPERS = ("timeout", "lock", "ansiColor", "timestamps", "retry", "script")


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
    """A machine that runs builds. `credentials` are by their ids, each a tuple of the parts of that kind."""

    workspace: Path
    host: Mapping[str, str]
    checkout: Callable[[Path], None]
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    branch: str = "main"
    change: bool = False
    build: Build = field(default_factory=Build)

    def run(self, jenkinsfile: str) -> Build:
        """Run the stages; after one that failed none runs any more, and the build has failed."""
        (pipeline,) = [call for call in read_groovy(jenkinsfile) if call.name == "pipeline"]
        self.workspace.mkdir(parents=True, exist_ok=True)
        options = pipeline.inner("options")
        if options is None or options.inner("skipDefaultCheckout") is None:
            self.checkout(self.workspace)
        names = {"BRANCH_NAME": self.branch, "BUILD_NUMBER": "1", "WORKSPACE": str(self.workspace), "CI": "true"}
        around = Around(self.workspace, {**self.host, **names, **({"CHANGE_ID": "7"} if self.change else {})})
        around = self._environment(pipeline, around)
        self._stages(pipeline.inner("stages"), around)
        self._post(pipeline, around, self.build.result == "SUCCESS")
        return self.build

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
            self.build.asked.append(str(message.arguments[0]) if message else "")
        try:
            if inner := stage.inner("stages"):
                self._stages(inner, around)
            else:
                steps = stage.inner("steps")
                assert steps is not None, f"no steps in {name}"
                self._steps(steps.block, around)
        except StepError as error:
            self.build.printed += f"ERROR: {error}\n"
            self.build.stages[name] = self.build.result = "FAILURE"
        self._post(stage, around, self.build.stages[name] == "SUCCESS")

    def _environment(self, node: Call, around: Around) -> Around:
        env = dict(around.env)
        for assignment in (node.inner("environment") or Call("environment", block=())).block or ():
            name, value = assignment.arguments
            env.update(self._bound(name, value) if isinstance(value, Call) else {name: _text(value, env)})
        return Around(around.folder, env)

    def _bound(self, name: str, call: Call) -> Mapping[str, str]:
        assert call.name == "credentials", call.name
        found = self.credentials[str(call.arguments[0])]
        if len(found) == 1:
            return {name: found[0]}
        return {name: ":".join(found), f"{name}_USR": found[0], f"{name}_PSW": found[1]}

    def _when(self, when: Call | None, around: Around) -> bool:
        return all(self._condition(one, around) for one in (when.block or () if when else ()))

    def _condition(self, one: Call, around: Around) -> bool:  # noqa: PLR0911 - one for each kind
        match one.name:
            case "branch":
                return not self.change and one.arguments[0] == self.branch
            case "changeRequest":
                return self.change
            case "environment":
                return around.env.get(one.named["name"]) == one.named["value"]
            case "not":
                return not all(self._condition(inner, around) for inner in one.block or ())
            case "anyOf":
                return any(self._condition(inner, around) for inner in one.block or ())
            case "allOf":
                return all(self._condition(inner, around) for inner in one.block or ())
            case "beforeAgent" | "beforeInput" | "beforeOptions":
                return True
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

    def _steps(self, steps: tuple[Call, ...] | None, around: Around) -> None:
        for step in steps or ():
            self._step(step, around)

    def _step(self, step: Call, around: Around) -> None:  # noqa: C901 - one for each kind
        match step.name:
            case "sh":
                self._shell(step.named.get("script") or step.arguments[0], around)
            case "checkout":
                self.checkout(around.folder)
            case "dir":
                self._steps(step.block, Around(around.folder / _text(step.arguments[0], around.env), around.env))
            case "withEnv":
                added = dict(_text(pair, around.env).split("=", 1) for pair in step.arguments[0])
                self._steps(step.block, Around(around.folder, {**around.env, **added}))
            case "withCredentials":
                added = {name: value for one in step.arguments[0] for name, value in self._binding(one, around).items()}
                self._steps(step.block, Around(around.folder, {**around.env, **added}))
            case "archiveArtifacts":
                self._archive(step, around)
            case "junit":
                self._junit(step, around)
            case "input":
                self.build.asked.append(_text(step.named.get("message") or step.arguments[0], around.env))
            case "echo":
                self.build.printed += f"{_text(step.arguments[0], around.env)}\n"
            case name if name in _WRAPPERS:
                self._steps(step.block, around)
            case name:
                raise AssertionError(f"{name} is not stood in for")

    def _binding(self, one: Call, around: Around) -> Mapping[str, str]:
        found = self.credentials[_text(one.named["credentialsId"], around.env)]
        names = {
            "string": ("variable",),
            "usernamePassword": ("usernameVariable", "passwordVariable"),
            "cloudApi": ("secretIdVariable", "secretKeyVariable"),
        }[one.name]
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
        pattern = _text(step.named.get("artifacts") or step.arguments[0], around.env)
        found = _matching(around.folder, pattern)
        if not found and step.named.get("allowEmptyArchive") is not True:
            raise StepError(f"no artifacts found that match {pattern}")
        self.build.archived += found

    def _junit(self, step: Call, around: Around) -> None:
        pattern = _text(step.named.get("testResults") or step.arguments[0], around.env)
        found = _matching(around.folder, pattern)
        if not found and step.named.get("allowEmptyResults") is not True:
            raise StepError(f"no test reports found that match {pattern}")
        self.build.tests += [(around.folder / name).read_text(encoding="utf-8") for name in found]


def _matching(folder: Path, patterns: str) -> list[str]:
    each = [pattern.strip() for pattern in patterns.split(",")]
    return [os.path.relpath(file, folder) for pattern in each for file in sorted(folder.glob(pattern))]


def _text(value: Any, env: Mapping[str, str]) -> str:
    match value:
        case Name(text=text) if text.startswith("env."):
            return env.get(text.removeprefix("env."), "null")
        case Name(text=text):
            raise AssertionError(f"{text} stands for nothing here")
        case _:
            return str(value)
