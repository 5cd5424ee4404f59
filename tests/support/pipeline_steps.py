"""Runs GitHub workflows and composite actions here, step by step, as a runner of GitHub does.

Scripts are really executed, in an empty folder, with the files of GITHUB_ENV, GITHUB_OUTPUT and their kin. Actions of
others are stood in for by what they do to the folder (see `marketplace.py`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from ruamel.yaml import YAML

from tests.support.expressions import Scope, as_text, truthy
from tests.support.pipeline_run import Action, ActionError, Event, Job, Place, Run, Step, Yaml

TOKEN = "ghs_a-token-of-the-job"
STEP_TIMEOUT_S = 900


@dataclass
class Runner:
    """A machine that runs workflows. `host` is its environment; `folder` holds everything it does.

    With `shared_temp` all jobs have one RUNNER_TEMP, so that what is installed there is installed once.
    """

    folder: Path
    marketplace: Mapping[str, Action]
    event: Event
    host: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    api: str = "http://127.0.0.1:9"
    workspace_name: str = "orders"
    shared_temp: Path | None = None

    def run(self, workflow: Path | str, *, only: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Run:
        """Run the jobs of a workflow in the order of their needs. `env` wins over the workflow's own."""
        text = workflow.read_text(encoding="utf-8") if isinstance(workflow, Path) else workflow
        document = load(text)
        done = Run()
        needed: dict[str, Yaml] = {}
        waiting = {name: job for name, job in document["jobs"].items() if not only or name in only}
        while waiting:
            name = next(name for name, job in waiting.items() if not set(_list(job.get("needs"))) & set(waiting))
            job = waiting.pop(name)
            needs = {key: needed.get(key, {}) for key in _list(job.get("needs"))}
            results = [
                self._job(name, job, document, needs, one, env)
                for one in enumerate(_matrix(job, self._contexts({}, needs)))
            ]
            for result in results:
                done.jobs[result.name] = result
            needed[name] = {"result": _together(results), "outputs": results[-1].outputs if results else {}}
        return done

    def action(self, folder: Path, inputs: Mapping[str, str], *, env: Mapping[str, str] | None = None) -> Job:
        """Run one composite action as the only step of a job, in a folder that is checked out already."""
        place = self._place("action")
        # Values as expressions give them: nothing in them is an expression itself.
        contexts = {**self._contexts({}, {}), "given": {"inputs": dict(inputs), "env": dict(env or {})}}
        step: Yaml = {
            "name": "action",
            "uses": str(folder),
            "with": {name: f"${{{{ given.inputs.{name} }}}}" for name in inputs},
            "env": {name: f"${{{{ given.env.{name} }}}}" for name in env or {}},
        }
        job_steps: dict[str, Yaml] = {}
        self._step(place, step, contexts, job_steps, {})
        place.end()
        return place.job

    def _contexts(self, env: Mapping[str, str], needs: Mapping[str, Yaml]) -> Yaml:
        event = self.event
        github = {
            "event_name": event.name,
            "event": event.payload,
            "ref": event.ref,
            "ref_name": event.tag or (event.branch if event.number is None else f"{event.number}/merge"),
            "ref_type": "tag" if event.tag else "branch",
            "head_ref": event.branch if event.number is not None else "",
            "base_ref": event.base,
            "sha": "1" * 40,
            "repository": "shop/orders",
            "repository_owner": "shop",
            "run_id": "42",
            "run_attempt": "1",
            "workflow": "a workflow",
            "actor": "ada",
            "token": TOKEN,
            "server_url": "https://github.com",
            "api_url": self.api,
        }
        secrets = {**self.secrets, "GITHUB_TOKEN": TOKEN}
        return {
            "github": github,
            "env": dict(env),
            "needs": dict(needs),
            "secrets": secrets,
            "vars": dict(self.variables),
            "runner": {"os": "Linux", "arch": "X64"},
        }

    def _place(self, name: str) -> Place:
        root = self.folder / re.sub(r"\W+", "-", f"{name}-{time.monotonic_ns()}")
        workspace, home = root / "work" / self.workspace_name, root / "home"
        temp = self.shared_temp or root / "temp"
        for folder in (workspace, temp, home, self.folder / "artifacts"):
            folder.mkdir(parents=True, exist_ok=True)
        event_file = root / "event.json"
        event_file.write_text(json.dumps(self.event.payload), encoding="utf-8")
        github = self._contexts({}, {})["github"]
        names = ("event_name", "ref", "ref_name", "head_ref", "base_ref", "sha", "repository", "run_id", "workflow")
        env = {
            **self.host,
            "HOME": str(home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_API_URL": self.api,
            "GITHUB_SERVER_URL": github["server_url"],
            "RUNNER_TEMP": str(temp),
            "RUNNER_OS": "Linux",
            **{f"GITHUB_{key.upper()}": str(github[key]) for key in names},
        }
        masks = [line for value in self.secrets.values() for line in value.splitlines() if line] + [TOKEN]
        job = Job(name)
        return Place(workspace, temp, env, job, self.marketplace, self.folder / "artifacts", masks=masks)

    def _job(
        self,
        key: str,
        job: Yaml,
        workflow: Yaml,
        needs: Mapping[str, Yaml],
        matrix: tuple[int, Yaml],
        env: Mapping[str, str] | None,
    ) -> Job:
        index, values = matrix
        place = self._place(f"{key}-{index}" if values else key)
        contexts = {**self._contexts({}, needs), "matrix": values, "strategy": {"job-index": float(index)}}
        results = [need.get("result", "skipped") for need in needs.values()]
        scope = Scope(contexts, _status("success" if all(r == "success" for r in results) else _worst(results)))
        if not scope.holds(str(job.get("if", "success()"))):
            place.job.result = "skipped"
            return place.job
        for layer in (workflow.get("env"), env, job.get("env"), env):
            given = {name: as_text(value) for name, value in scope.value(layer or {}).items()}
            contexts["env"].update(given)
        environment = job.get("environment", "")
        place.job.environment = as_text(
            scope.value(environment["name"] if isinstance(environment, dict) else environment)
        )
        contexts["runner"]["temp"] = str(place.temp)
        contexts["github"]["workspace"] = str(place.workspace)
        contexts["job"] = {"status": "success"}
        defaults = {**_defaults(workflow), **_defaults(job)}
        steps: dict[str, Yaml] = {}
        try:
            for step in job["steps"]:
                self._step(place, step, contexts, steps, defaults)
        finally:
            place.end()
        scope = Scope({**contexts, "steps": steps}, _status(place.job.result))
        place.job.outputs = {name: as_text(scope.value(value)) for name, value in (job.get("outputs") or {}).items()}
        return place.job

    def _step(
        self, place: Place, step: Yaml, contexts: Yaml, steps: dict[str, Yaml], defaults: Mapping[str, str]
    ) -> None:
        place.number += 1
        scope = Scope({**contexts, "steps": steps}, _status(place.job.result))
        done = Step(as_text(scope.value(step.get("name") or step.get("uses") or step.get("run", ""))))
        place.job.steps.append(done)
        if scope.holds(str(step.get("if", "success()"))):
            env = {name: as_text(value) for name, value in scope.value(step.get("env") or {}).items()}
            inner = Scope({**scope.contexts, "env": {**contexts["env"], **env}}, scope.functions)
            try:
                done.outputs = dict(self._carry_out(place, step, inner, defaults))
                done.outcome = done.conclusion = "success"
            except ActionError as failure:
                done.outputs = dict(failure.args[1]) if len(failure.args) > 1 else {}
                place.job.printed.append(place.masked(f"##[error]{failure.args[0]}"))
                done.outcome = "failure"
                tolerated = truthy(inner.value(step.get("continue-on-error", False)))
                done.conclusion = "success" if tolerated else "failure"
                if not tolerated:
                    place.job.result = "failure"
        if "id" in step:
            steps[step["id"]] = {"outputs": done.outputs, "outcome": done.outcome, "conclusion": done.conclusion}

    def _carry_out(self, place: Place, step: Yaml, scope: Scope, defaults: Mapping[str, str]) -> Mapping[str, str]:
        if "run" in step:
            return self._script(place, step, scope, defaults)
        inputs = {name: as_text(value) for name, value in scope.value(step.get("with") or {}).items()}
        uses = str(step["uses"])
        if uses.startswith((".", "/")):
            folder = place.workspace / uses
            return self._composite(place, folder, inputs, scope)
        name = uses.partition("@")[0]
        assert name in place.marketplace, f"nothing stands in for {name}"
        return place.marketplace[name](place, inputs)

    def _composite(self, place: Place, folder: Path, inputs: Mapping[str, str], scope: Scope) -> Mapping[str, str]:
        """The steps of an action of our own; they see its inputs, and of the rest what an action may see."""
        action = load((folder / "action.yml").read_text(encoding="utf-8"))
        unknown = set(inputs) - set(action.get("inputs") or {})
        assert not unknown, f"the action has no inputs {unknown}"
        given = {
            name: inputs.get(name, as_text(scope.value(about.get("default", ""))))
            for name, about in (action.get("inputs") or {}).items()
        }
        seen = {key: value for key, value in scope.contexts.items() if key not in ("secrets", "vars", "needs", "steps")}
        contexts = {**seen, "inputs": given}
        outside, place.job.result = place.job.result, "success"
        steps: dict[str, Yaml] = {}
        place.env["GITHUB_ACTION_PATH"] = str(folder.resolve())
        for step in action["runs"]["steps"]:
            assert "shell" in step or "uses" in step, "a composite action names the shell of each script"
            self._step(place, step, contexts, steps, {})
        del place.env["GITHUB_ACTION_PATH"]
        result, place.job.result = place.job.result, outside
        own = Scope({**contexts, "steps": steps}, _status(result))
        outputs = {name: as_text(own.value(about["value"])) for name, about in (action.get("outputs") or {}).items()}
        if result == "failure":
            raise ActionError(f"{folder.name} failed", outputs)
        return outputs

    def _script(self, place: Place, step: Yaml, scope: Scope, defaults: Mapping[str, str]) -> Mapping[str, str]:
        shell = str(step.get("shell") or defaults.get("shell") or "")
        folder = place.workspace / scope.interpolate(
            str(step.get("working-directory") or defaults.get("working-directory") or ".")
        )
        files = place.workspace.parent / "files" / str(place.number)
        files.mkdir(parents=True)
        script = files / "script"
        script.write_text(scope.interpolate(step["run"]), encoding="utf-8")
        own = {name: files / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in own.values():
            file.touch()
        env = {**place.env, **scope.contexts["env"], **{name: str(file) for name, file in own.items()}}
        env["PATH"] = os.pathsep.join([*reversed(place.path), env["PATH"]])
        command = [*_SHELLS[shell], str(script)]
        status = self._process(place, command, folder, env)
        scope.contexts["env"].update(_pairs(own["GITHUB_ENV"]))
        place.env.update(_pairs(own["GITHUB_ENV"]))
        place.path.extend(own["GITHUB_PATH"].read_text(encoding="utf-8").split("\n")[:-1])
        place.job.summary += own["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        outputs = _pairs(own["GITHUB_OUTPUT"])
        # GitHub clears these away; what stays on the disk is what the pipeline itself left.
        shutil.rmtree(files)
        if status:
            raise ActionError(f"Process completed with exit code {status}.", outputs)
        return outputs

    @staticmethod
    def _process(place: Place, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> int:
        with subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            place.processes.append(process.pid)
            printed, _ = process.communicate(timeout=STEP_TIMEOUT_S)
        _heed(place, printed.decode("utf-8", "replace"))
        return process.returncode


def load(text: str) -> Yaml:
    document: Yaml = YAML(typ="safe").load(text)
    return document


_SHELLS: Mapping[str, Sequence[str]] = {
    "": ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    "sh": ("sh", "-e"),
}
_COMMAND = re.compile(r"\s*::([\w-]+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)", re.DOTALL)


def _heed(place: Place, printed: str) -> None:
    """Do what `::command::` lines say, as the runner does, and keep what was printed."""
    stopped = ""
    for line in printed.splitlines():
        found = _COMMAND.match(line)
        if stopped:
            stopped = "" if found and found[1] == stopped else stopped
        elif found and found[1] == "add-mask":
            place.masks.append(found[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"))
            continue  # the runner covers the value in this very line
        elif found and found[1] == "stop-commands":
            stopped = found[3]
        elif found:
            place.job.heeded.append((found[1], found[3]))
        place.job.printed.append(line)


def _pairs(file: Path) -> dict[str, str]:
    """`NAME=value` and `NAME<<word`, as in the files of GITHUB_ENV and GITHUB_OUTPUT."""
    found: dict[str, str] = {}
    lines = iter(file.read_text(encoding="utf-8").split("\n"))
    for line in lines:
        if "<<" in line and ("=" not in line or line.index("<<") < line.index("=")):
            name, _, word = line.partition("<<")
            found[name] = "\n".join(iter(lines.__next__, word))
        elif line:
            name, equals, value = line.partition("=")
            assert equals, f"not of the form NAME=value: {line!r}"
            found[name] = value
    return found


def _status(result: str) -> Mapping[str, Callable[[], bool]]:
    return {
        "success": lambda: result == "success",
        "failure": lambda: result == "failure",
        "always": lambda: True,
        "cancelled": lambda: False,
    }


def _worst(results: Sequence[str]) -> str:
    return "failure" if "failure" in results else "skipped"


def _together(results: Sequence[Job]) -> str:
    found = {job.result for job in results}
    return "failure" if "failure" in found else "success" if "success" in found else "skipped"


def _defaults(node: Yaml) -> Yaml:
    run: Yaml = (node.get("defaults") or {}).get("run") or {}
    return run


def _list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _matrix(job: Yaml, contexts: Yaml) -> Iterator[Yaml]:
    matrix = (job.get("strategy") or {}).get("matrix")
    if not matrix:
        yield {}
        return
    values = Scope(contexts, _status("success")).value(matrix)
    assert not {"include", "exclude"} & set(values), "include and exclude are not stood in for"
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))
