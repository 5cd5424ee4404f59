"""Validate names for pipeline files. Names that could change the meaning of the file are rejected."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError, message

_MAX_LENGTH = 200
# A GitHub expression ends at the first `}}`, also within quotes; Groovy reads `\u0027` as a quote, even in comments.
_UNSAFE = ("${{", "}}", "\\")
_PRODUCTION = ("live", "release", "online", "master", "main")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SET_BY_SERVER = {"gitlab": re.compile(r"CI|(?:CI|GITLAB)_\w+"), "cnb": re.compile(r"CI|CNB_\w+")}
_ENVIRONMENT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_GLOB = re.compile(r"[][(){}!+@|$]")
_NOT_IN_A_BRANCH = re.compile(r"[ ~^:?*\[]|\.\.|//|@\{|^[-/.]|[/.]$|\.lock$")


def stages_by_branch(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The stages of each branch, from `BRANCH=STAGE` pairs. ScfDeployError for an invalid pair."""
    stages: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        branch, equals, stage = pair.rpartition("=")
        if not (equals and branch and stage):
            raise ScfDeployError(
                message("--stage-branch takes BRANCH=STAGE, not {pair}", pair=repr(pair)),
                hint=message("For example: --stage-branch main=prod."),
            )
        known = stages.setdefault(_branch(branch), ())
        if stage not in known:
            stages[branch] = (*known, stage_name(stage))
    return stages


def stage_name(text: str) -> str:
    """The name of a stage, if --stage-branch and the pipeline can contain it. ScfDeployError otherwise."""
    if "=" in text:
        raise ScfDeployError(
            message("the stage {name} contains =, which --stage-branch BRANCH=STAGE cannot express", name=repr(text)),
            hint=message("Choose another name."),
        )
    return quotable(text, message("the stage"))


def quotable(text: str, what: str) -> str:
    """The text, if it can be quoted in YAML, Groovy, JSON and GitHub expressions. ScfDeployError otherwise."""
    unsafe = next((word for word in _UNSAFE if word in text), None)
    if unsafe is not None:
        raise ScfDeployError(
            message("{what} {text} contains {unsafe}", what=what, text=repr(text), unsafe=unsafe),
            hint=message("Choose a name without it."),
        )
    if not text or text != text.strip() or not text.isprintable() or len(text) > _MAX_LENGTH:
        raise ScfDeployError(
            message("{what} {text} cannot be written into a pipeline file", what=what, text=repr(text[:_MAX_LENGTH])),
            hint=message("Use 1 to {most} printable characters, without leading or trailing spaces.", most=_MAX_LENGTH),
        )
    return text


def is_command(text: str) -> bool:
    """Whether a command line can be quoted safely in YAML, Groovy and GitHub expressions."""
    return text != "" and text.isprintable() and not any(word in text for word in _UNSAFE)


def inside_repository(path: str, what: str) -> str:
    """A normalized path inside the repository. ScfDeployError when it leads outside."""
    short = os.path.normpath(quotable(path, what)).replace(os.sep, "/")
    if short == ".." or short.startswith(("/", "../")):
        raise ScfDeployError(
            message("{what} {path} is not inside the repository", what=what, path=repr(path)),
            hint=message("Run this command in the root of the repository, with paths relative to it."),
        )
    return f"./{short}" if short.startswith("-") else short


def variable(name: str) -> str:
    """The name of an environment variable. ScfDeployError when it is invalid."""
    if not is_variable(name):
        raise ScfDeployError(
            message("{name} cannot be the name of a secret", name=repr(name)),
            hint=message("Use letters, digits and _. Do not start with a digit or GITHUB_."),
        )
    return name


def is_variable(name: str) -> bool:
    """Whether `variable` accepts a name."""
    return _VARIABLE.fullmatch(name) is not None and not name.upper().startswith("GITHUB_")


def is_set_by_server(system: str, name: str) -> bool:
    """Whether every job on GitLab (`gitlab`) or CNB (`cnb`) has this variable already, so that it is no secret."""
    pattern = _SET_BY_SERVER.get(system)
    return pattern is not None and pattern.fullmatch(name) is not None


def is_production(stage: str) -> bool:
    """Whether a stage name suggests production."""
    return stage.lower().startswith("prod") or stage.lower() in _PRODUCTION


def branch_pattern(branch: str) -> str:
    """A branch name escaped for GitHub's branch filters, which are patterns."""
    return re.sub(r"([+!])", r"\\\1", branch)


def require_container_names(system: str, stages: Mapping[str, tuple[str, ...]]) -> None:
    """ScfDeployError for a stage or branch that GitLab (`gitlab`) or CNB (`cnb`) would read as something else.

    A stage is an environment on GitLab, and part of an event and of a file name on CNB. A branch is a glob on CNB.
    """
    for branch, names in stages.items():
        for name in names:
            if _ENVIRONMENT.fullmatch(name) is None:
                raise ScfDeployError(
                    message("the stage {name} cannot be the name of an environment", name=repr(name)),
                    hint=message("Use letters, digits and . _ -, for example --stage-branch main=prod."),
                )
            if system == "cnb" and name == "plan":
                raise ScfDeployError(
                    message("the stage plan would have the key file of merge requests, scfdeploy-plan.yml"),
                    hint=message("Choose another name, for example --stage-branch main=prod."),
                )
        if (system == "cnb" and _GLOB.search(branch)) or ('"' in branch and "'" in branch):
            raise ScfDeployError(
                message(
                    "the branch {name} cannot be named in a pipeline file of {system}", name=repr(branch), system=system
                ),
                hint=message("Rename it to letters, digits and . _ - /."),
            )


def branch_map(stages: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The stages by branch, with lists, for templates and JSON."""
    return {branch: list(names) for branch, names in stages.items()}


def _branch(name: str) -> str:
    quotable(name, message("the branch"))
    if _NOT_IN_A_BRANCH.search(name):
        raise ScfDeployError(
            message("{name} is not a branch name", name=repr(name)),
            hint=message("Name each branch separately. Patterns are not supported."),
        )
    return name
