"""Runs a .gitlab-ci.yml here: the rules decide the jobs, and their scripts really run, each in a folder of its own."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

JOB_TIMEOUT_S = 180
_TOKEN = re.compile(r"\s*(\$\w+|\"[^\"]*\"|'[^']*'|==|!=|&&|\|\||\(|\))")
_GLOBAL = ("stages", "workflow", "default", "variables")


@dataclass
class Job:
    """What one job did. `result` is success, failed, manual or skipped."""

    result: str
    printed: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Runner:
    """A machine that runs jobs. `secrets` are variables by their environment scope."""

    folder: Path
    host: Mapping[str, str]
    checkout: Callable[[Path], None]
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def run(self, file: Path, names: Mapping[str, str], start: Sequence[str] = ()) -> dict[str, Job]:
        """The jobs of one pipeline. A job with `when: manual` runs if it is in `start`."""
        document = YAML(typ="safe").load(file.read_text("utf-8"))
        jobs: dict[str, Job] = {}
        if _matching(document["workflow"]["rules"], names) is None:
            return jobs
        listed = {name: job for name, job in document.items() if name not in _GLOBAL and not name.startswith(".")}
        for stage in document["stages"]:
            for name, job in listed.items():
                rule = _matching(job["rules"], names) if job["stage"] == stage else None
                if rule is not None:
                    jobs[name] = self._job(name, job, names, jobs, is_manual="when" in rule and name not in start)
        return jobs

    def _job(
        self, name: str, job: Mapping[str, Any], names: Mapping[str, str], done: Mapping[str, Job], *, is_manual: bool
    ) -> Job:
        # A job of `needs` that is not in the pipeline is an error on GitLab too.
        if any(done[needed].result != "success" for needed in job["needs"]):
            return Job("skipped")
        if is_manual:
            return Job("manual")
        place = self.folder / name.replace("/", "-")
        place.mkdir(parents=True)
        if job.get("variables", {}).get("GIT_STRATEGY") != "none":
            self.checkout(place)
        for needed in job["needs"]:
            shutil.copytree(self.folder / "artifacts" / needed, place, dirs_exist_ok=True)
        temporary = self.folder / "temporary" / name
        temporary.mkdir(parents=True)
        own = {"CI": "true", "CI_PROJECT_DIR": str(place), "TMPDIR": str(temporary), "CI_JOB_TOKEN": "glcbt-token"}
        env = {**self.host, **own, **names, **self._variables(job.get("environment", ""))}
        command = ["bash", "-c", "set -eo pipefail\n" + "\n".join(job["script"])]
        ran = subprocess.run(
            command,
            cwd=place,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=JOB_TIMEOUT_S,
            check=False,
        )
        self._keep(name, job.get("artifacts", {}), place, is_failed=ran.returncode != 0)
        result = "success" if ran.returncode == 0 else "failed"
        return Job(result, ran.stdout.decode("utf-8", "replace"), env)

    def _variables(self, environment: str | Mapping[str, str]) -> Mapping[str, str]:
        """The variables of an environment; the narrowest scope wins."""
        name = environment if isinstance(environment, str) else environment["name"]
        scopes = [scope for scope in self.secrets if scope == "*" or (name and fnmatch.fnmatch(name, scope))]
        found: dict[str, str] = {}
        for scope in sorted(scopes, key=len):
            found.update(self.secrets[scope])
        return found

    def _keep(self, name: str, artifacts: Mapping[str, Any], place: Path, *, is_failed: bool) -> None:
        kept = self.folder / "artifacts" / name
        kept.mkdir(parents=True)
        if is_failed and artifacts.get("when") != "always":
            return
        for path in (*artifacts.get("paths", ()), *artifacts.get("reports", {}).values()):
            source = place / path
            if source.is_dir():
                shutil.copytree(source, kept / path, dirs_exist_ok=True)
            elif source.exists():
                (kept / path).parent.mkdir(parents=True, exist_ok=True)
                # Artifacts do not keep permissions.
                shutil.copyfile(source, kept / path)


def _matching(rules: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The first rule that applies."""
    return next((rule for rule in rules if holds(rule["if"], names)), None)


def holds(condition: str, names: Mapping[str, str]) -> bool:
    """Whether an expression of a rule is true. `&&` binds closer than `||`, as on GitLab."""
    tokens = _TOKEN.findall(condition)
    assert "".join(tokens).replace(" ", "") == "".join(condition.split()), condition
    value, rest = _either(tokens, names)
    assert rest == [], condition
    return value


def _either(tokens: list[str], names: Mapping[str, str]) -> tuple[bool, list[str]]:
    value, tokens = _both(tokens, names)
    while tokens[:1] == ["||"]:
        other, tokens = _both(tokens[1:], names)
        value = value or other
    return value, tokens


def _both(tokens: list[str], names: Mapping[str, str]) -> tuple[bool, list[str]]:
    value, tokens = _one(tokens, names)
    while tokens[:1] == ["&&"]:
        other, tokens = _one(tokens[1:], names)
        value = value and other
    return value, tokens


def _one(tokens: list[str], names: Mapping[str, str]) -> tuple[bool, list[str]]:
    if tokens[0] == "(":
        value, rest = _either(tokens[1:], names)
        assert rest[0] == ")"
        return value, rest[1:]
    left, operator, right, *rest = tokens
    same = _text(left, names) == _text(right, names)
    return (same if operator == "==" else not same), rest


def _text(token: str, names: Mapping[str, str]) -> str | None:
    return names.get(token[1:]) if token.startswith("$") else token[1:-1]
