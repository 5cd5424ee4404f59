"""The contents of an existing pipeline, as `ci init --from` uses and reports them."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.model import DEFAULT_STAGE
from scfdeploy.records import NamedTuple, dataclass, field

_DEFAULT_BRANCH = "main"


class Line(NamedTuple):
    """One step, key or command of the file, and its replacement."""

    number: int
    text: str
    becomes: str
    """The replacement, or the reason why there is none."""
    is_carried: bool = True
    """Whether the new pipeline does the same. Otherwise it is listed as not carried over."""
    tool: str = ""
    """The build tool that the line runs."""
    language: str = ""
    """The language whose version the line sets."""
    version: str = ""
    container: str = ""
    """The Kubernetes container that the line selects."""
    type: str = ""
    """The type of the Java function that the line packs."""


class Repair(NamedTuple):
    """A place where the file is damaged, and how it is read."""

    number: int
    text: str


@dataclass(slots=True)
class ExistingPipeline:
    """The recognised settings of a pipeline file."""

    runtime: str | None = None
    build: str | None = None
    type: str | None = None
    """`web` when the file puts a scf_bootstrap beside the code."""
    branches: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    stages_of: dict[str, list[str]] = field(default_factory=dict)
    """The stages of each branch, where a condition names the branch."""
    paths: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    deploys: bool = False
    lines: list[Line] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def carry(self, number: int, text: str, becomes: str, *, tool: str = "", type: str = "") -> None:  # noqa: A002
        """Report what replaces a line."""
        self.lines.append(Line(number, text, becomes, tool=tool, type=type))

    def leave(self, number: int, text: str, reason: str) -> None:
        """Report that a line is not carried over."""
        self.lines.append(Line(number, text, reason, is_carried=False))

    def add_stage(self, stage: str, branches: Iterable[str] = ()) -> None:
        """Add a stage, to the branches whose condition it is under."""
        add(self.stages, stage)
        for branch in branches:
            add(self.stages_of.setdefault(branch, []), stage)

    def stage_branches(self, default_stage: str = DEFAULT_STAGE) -> tuple[str, ...]:
        """Branches and stages as values of --stage-branch; empty when the file names neither."""
        if not (self.branches or self.stages or self.stages_of):
            return ()
        pairs = {branch: list(stages) for branch, stages in self.stages_of.items()}
        conditional = {stage for stages in pairs.values() for stage in stages}
        # A stage without a condition of its own is deployed from every branch.
        others = [stage for stage in self.stages if stage not in conditional] or (
            [] if conditional else [default_stage]
        )
        for branch in self.branches or ([] if pairs else [_DEFAULT_BRANCH]):
            for stage in others if branch not in self.stages_of else []:
                add(pairs.setdefault(branch, []), stage)
        return tuple(f"{branch}={stage}" for branch, stages in pairs.items() for stage in stages)


def add(names: list[str], name: str) -> None:
    """Append a name that is not in the list yet."""
    if name not in names:
        names.append(name)
