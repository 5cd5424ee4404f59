"""What there is to a run of a GitHub workflow: what set it off, the place of a job, and what became of each."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Yaml = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """What happened: a pull request or a push, to or from a branch."""

    name: str
    branch: str = "main"
    base: str = ""
    number: int | None = None
    tag: str = ""
    title: str = ""

    @property
    def payload(self) -> Yaml:
        if self.number is None:
            return {"ref": self.ref}
        head = {"ref": self.branch, "sha": "1" * 40, "repo": {"full_name": "shop/orders"}}
        user = {"login": "ada"}
        request = {"number": self.number, "title": self.title, "head": head, "base": {"ref": self.base}, "user": user}
        return {"pull_request": request, "number": self.number}

    @property
    def ref(self) -> str:
        if self.tag:
            return f"refs/tags/{self.tag}"
        return f"refs/heads/{self.branch}" if self.number is None else f"refs/pull/{self.number}/merge"


def push(branch: str = "main") -> Event:
    return Event("push", branch)


def pull_request(branch: str = "change", base: str = "main", *, number: int = 7, title: str = "A change") -> Event:
    return Event("pull_request", branch, base, number, title=title)


@dataclass
class Step:
    """What became of one step. `outcome` is before continue-on-error, `conclusion` after it."""

    name: str
    outcome: str = "skipped"
    conclusion: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Job:
    """What became of one job, and all that it left."""

    name: str
    result: str = "success"
    environment: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    heeded: list[tuple[str, str]] = field(default_factory=list)
    summary: str = ""

    @property
    def raw(self) -> str:
        """What the scripts wrote, before GitHub covers secrets."""
        return "\n".join(self.printed)

    def step(self, name: str) -> Step:
        (found,) = [step for step in self.steps if step.name == name]
        return found


@dataclass
class Run:
    """One run of a workflow: its jobs by their names."""

    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return all(job.result in ("success", "skipped") for job in self.jobs.values())

    @property
    def raw(self) -> str:
        return "\n".join(f"== {name} ({job.result})\n{job.raw}" for name, job in self.jobs.items())


Action = Callable[["Place", Mapping[str, str]], Mapping[str, str]]
"""Stands in for an action of others: from the place and its inputs to its outputs. Raises ActionError."""


class ActionError(Exception):
    """An action that ends badly."""


@dataclass
class Place:
    """Where one job runs: its folders, its environment, and what it has been told."""

    workspace: Path
    temp: Path
    env: dict[str, str]
    job: Job
    marketplace: Mapping[str, Action]
    artifacts: Path
    path: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)
    number: int = 0

    def end(self) -> None:
        """End what steps left running, as a runner does when a job is over."""
        for group in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def masked(self, text: str) -> str:
        for mask in sorted(self.masks, key=len, reverse=True):
            text = text.replace(mask, "***")
        return text
