"""Read a Jenkinsfile that deploys with the vendor's tools, and report the replacement of each step.

Works on the names of steps only: Groovy code is not run, and what it computes is reported as not carried over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.ci.existing_commands import KEYS, read_key, read_script, read_secret, read_variable
from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline, Line, Repair, add
from scfdeploy.scaffold.ci.groovy_statements import Statement, Token, read_statements
from scfdeploy.scaffold.ci.names import is_variable

_JENKINSFILE = re.compile(
    r"^[ \t]*(?:pipeline\s*\{|node\s*(?:\([^)\n]*\)\s*)?\{|@Library\b|#!/usr/bin/env groovy)", re.MULTILINE
)
_STRUCTURE = ("pipeline", "stages", "steps", "script", "parallel", "always", "success", "failure", "cleanup", "changed")
_SETTINGS = ("options", "triggers", "parameters", "tools", "libraries")
_CODE = ("if", "else", "for", "while", "try", "catch", "finally", "def", "return", "switch", "case", "import", "@")
_WRAPPERS = ("timeout", "retry", "timestamps", "ansiColor", "wrap", "lock", "catchError", "warnError", "waitUntil")


class _Scope(NamedTuple):
    """What holds for the steps inside a block."""

    branches: tuple[str, ...] = ()
    folder: str = ""
    label: str = ""
    is_post: bool = False


def is_jenkinsfile(text: str) -> bool:
    """Whether a text is a Jenkinsfile and not YAML."""
    return _JENKINSFILE.search(text) is not None


def read_jenkinsfile_text(text: str) -> ExistingPipeline:
    """Read the text of a Jenkinsfile."""
    statements, repairs = read_statements(text)
    existing = ExistingPipeline(repairs=repairs)
    outside = [one.number for one in statements if one.name == "stage"]
    if outside and any(one.name == "pipeline" for one in statements):
        what = message("the pipeline block ends before this stage, which is read as a part of it")
        existing.repairs += [Repair(number, what) for number in outside]
        existing.repairs.sort()
    _read_all(statements, existing, _Scope())
    return existing


def _read_all(statements: Sequence[Statement], existing: ExistingPipeline, scope: _Scope) -> None:
    for statement in statements:
        _read(statement, existing, scope)


def _read(statement: Statement, existing: ExistingPipeline, scope: _Scope) -> None:  # noqa: C901, PLR0912
    name, number = statement.name, statement.number
    first = statement.strings[0].text if statement.strings else ""
    match name:
        case _ if name in _STRUCTURE:
            _read_all(statement.block, existing, scope)
        case "stage":
            branches = tuple(_branches(statement.block, existing))
            inner = scope._replace(branches=branches or scope.branches)
            _read_all([one for one in statement.block if one.name != "when"], existing, inner)
        case "agent" | "node":
            _read_agent(statement, existing)
            if name == "node":
                _read_all(statement.block, existing, scope)
        case "environment":
            for one in statement.block:
                _read_assignment(one, existing, scope)
        case "post":
            _read_all(statement.block, existing, scope._replace(is_post=True))
        case _ if name in _SETTINGS:
            for one in statement.block or [statement]:
                _read_setting(name, one, existing)
        case "checkout" | "git":
            existing.carry(number, name, message("becomes the checkout of the new pipeline"))
        case "echo" | "println":
            existing.leave(number, _shortened(statement), message("only prints text"))
        case "sh":
            _read_shell(statement, existing, scope)
        case "withCredentials":
            becomes = message("the keys are set in plan and apply only")
            existing.carry(number, "withCredentials", becomes)
            for binding in _calls(statement.tokens[1:]):
                _read_binding(binding, existing)
            _read_all(statement.block, existing, scope)
        case "withEnv":
            for token in statement.strings:
                variable, _, value = token.text.partition("=")
                read_variable(token.number, variable, value, existing, list(scope.branches))
            _read_all(statement.block, existing, scope)
        case "dir":
            if first and "$" not in first:
                existing.carry(number, _shortened(statement), message("becomes the path of the project"))
            else:
                existing.leave(number, _shortened(statement), message("pass the folder as PATH"))
            _read_all(statement.block, existing, scope._replace(folder="" if "$" in first else first))
        case "container":
            text = f'container("{first}")' if first else _shortened(statement)
            existing.lines.append(Line(number, text, "", is_carried=False, container=first))
            _read_all(statement.block, existing, scope)
        case _:
            _read_other(statement, existing, scope)


def _read_other(statement: Statement, existing: ExistingPipeline, scope: _Scope) -> None:
    name, number, text = statement.name, statement.number, _shortened(statement)
    if scope.is_post:
        existing.leave(number, text, message("add it to `post` of the new pipeline, if you need it"))
    elif name == "input":
        existing.carry(number, text, message("becomes the approval before production stages"))
    elif name in ("junit", "archiveArtifacts"):
        existing.leave(number, text, message("the new pipeline keeps its own reports and plans"))
    elif name in ("bat", "powershell", "pwsh"):
        existing.leave(number, text, message("the new pipeline runs sh on Linux: add it to the build, if it needs it"))
    elif name in _WRAPPERS:
        existing.leave(number, text, message("has no effect on the new steps; the steps in it are read"))
    elif name in _CODE:
        existing.leave(number, text, message("Groovy code is not carried over; the steps in it are read"))
    elif name == "{":
        pass
    else:
        reason = message("is not recognised: add it to the new pipeline, if the build needs it")
        existing.leave(number, text, reason)
    _read_all(statement.block, existing, scope)


def _branches(block: Sequence[Statement], existing: ExistingPipeline) -> Iterator[str]:
    """The branches of the `when` of a stage."""
    for when in block:
        if when.name == "when":
            for condition in _conditions(when.block):
                yield from _branch(condition, existing)


def _conditions(block: Sequence[Statement]) -> Iterator[Statement]:
    for condition in block:
        if condition.name == "anyOf":
            yield from _conditions(condition.block)
        else:
            yield condition


def _branch(condition: Statement, existing: ExistingPipeline) -> Iterator[str]:
    text = f"when: {_shortened(condition)}"
    if condition.name == "expression" and condition.block:
        text = f"when: expression {{ {_shortened(condition.block[0])} }}"
    compared = re.search(r"BRANCH(?:_NAME)?\s*==\s*['\"](?:origin/)?([\w./-]+)['\"]", text)
    branch = condition.strings[0].text if condition.name == "branch" and condition.strings else ""
    branch = branch or (compared[1] if compared is not None and "||" not in text and "&&" not in text else "")
    if branch and not re.search(r"[*?\[!$]", branch):
        add(existing.branches, branch)
        existing.carry(condition.number, text, message("becomes a branch of --stage-branch"))
        yield branch
    elif condition.name == "branch":
        reason = message("patterns are not supported: pass --stage-branch BRANCH=STAGE for each branch")
        existing.leave(condition.number, text, reason)
    else:
        existing.leave(condition.number, text, message("add it to the new stage, if you need it"))


def _read_agent(statement: Statement, existing: ExistingPipeline) -> None:
    text = _shortened(statement)
    words = [token.text for token in statement.tokens]
    if words in (["agent", "any"], ["agent", "none"], ["node"]):
        existing.carry(statement.number, text, message("becomes the agent of the new pipeline"))
        return
    reason = message("the new pipeline runs on any agent: set the agent there, if the build needs it")
    existing.leave(statement.number, _with_block(statement) if statement.name == "agent" else text, reason)


def _read_setting(name: str, statement: Statement, existing: ExistingPipeline) -> None:
    text = f"{name}: {_shortened(statement)}"
    match name, statement.name:
        case "options", "disableConcurrentBuilds" | "skipDefaultCheckout":
            existing.carry(statement.number, text, message("is an option of the new pipeline"))
        case "options", "timeout":
            existing.leave(statement.number, text, message("the new pipeline has its own limit"))
        case "tools", _:
            existing.leave(statement.number, text, message("the agent must have it: add it to the new pipeline"))
        case "parameters", _ if any(token.text.upper() == "STAGE" for token in statement.strings):
            existing.leave(statement.number, text, message("pass --stage-branch BRANCH=STAGE for each stage"))
        case "triggers", _:
            existing.leave(statement.number, text, message("a push deploys: add it, if you need it"))
        case _:
            existing.leave(statement.number, text, message("add it to the new pipeline, if you need it"))
    for inner in statement.block:
        _read_setting(name, inner, existing)


def _read_assignment(statement: Statement, existing: ExistingPipeline, scope: _Scope) -> None:
    """Read NAME = 'value' or NAME = credentials('id') of an `environment` block."""
    name = statement.name
    is_credential = any(token.text == "credentials" for token in statement.tokens)
    value = statement.strings[0].text if len(statement.strings) == 1 else "$"
    if not is_credential:
        read_variable(statement.number, name, value, existing, list(scope.branches))
    elif name in KEYS:
        becomes = message("is set in the steps that need it")
        existing.carry(statement.number, name, becomes)
    elif is_variable(name):
        _read_secret(statement.number, name, value, existing)
    else:
        existing.leave(statement.number, name, message("cannot be the name of a secret"))


def _read_secret(number: int, name: str, credential: str, existing: ExistingPipeline) -> None:
    if credential == name or "$" in credential:
        read_secret(number, name, "", existing)
        return
    add(existing.secrets, name)
    becomes = message(
        "becomes --secret {name}: write ${env:{name}} in serverless.yml; create the credential {name}", name=name
    )
    existing.carry(number, name, becomes)


def _read_shell(statement: Statement, existing: ExistingPipeline, scope: _Scope) -> None:
    script = _argument(statement.tokens, "script") or (statement.strings[0] if statement.strings else None)
    if script is None:
        reason = message("the command is computed: add it to the build, if it needs it")
        existing.leave(statement.number, _shortened(statement), reason)
        return
    lines = script.text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    rest = "\n".join(lines[first:])
    number = script.number + first
    read_script(rest, number, existing, folder=scope.folder, label="sh: ", branches=list(scope.branches))


class _Call(NamedTuple):
    """One binding of withCredentials."""

    name: Token
    tokens: list[Token]


def _calls(tokens: Sequence[Token]) -> Iterator[_Call]:
    """The calls in a list, such as `string(credentialsId: 'a', variable: 'B')`."""
    at = 0
    while at + 1 < len(tokens):
        if tokens[at].kind == "word" and tokens[at + 1].kind == "(":
            end = next((place for place in range(at + 2, len(tokens)) if tokens[place].kind == ")"), len(tokens))
            yield _Call(tokens[at], list(tokens[at + 2 : end]))
            at = end
        at += 1


def _argument(tokens: Sequence[Token], name: str) -> Token | None:
    """The text of a named argument."""
    for key, colon, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if key.text == name and colon.kind == ":" and value.kind == "string":
            return value
    return None


def _read_binding(call: _Call, existing: ExistingPipeline) -> None:
    kind = call.name.text
    credential = _argument(call.tokens, "credentialsId")
    identity = credential.text if credential is not None else ""
    names = [
        (token, key.text)
        for key, colon, token in zip(call.tokens, call.tokens[1:], call.tokens[2:], strict=False)
        if colon.kind == ":" and key.text.lower().endswith("variable") and token.kind == "string"
    ]
    becomes = message("becomes the credential with the keys of the account")
    is_of_keys = any(token.text in KEYS for token, _ in names)
    if is_of_keys or kind == "string":
        existing.carry(call.name.number, kind, becomes if is_of_keys else message("is read"))
    else:
        reason = message("the new pipeline has no such credential: add it to the step that needs it")
        existing.leave(call.name.number, kind, reason)
    for token, key in names:
        if token.text in KEYS:
            read_key(token.number, token.text, "", existing)
        elif kind == "string" and is_variable(token.text):
            _read_secret(token.number, token.text, identity, existing)
        else:
            reason = message("add it to the step that needs it")
            existing.leave(token.number, f"{key}: {token.text}", reason)


def _shortened(statement: Statement) -> str:
    return " ".join(statement.text().split())


def _with_block(statement: Statement) -> str:
    """A statement with its braces on one line."""
    inner = "; ".join(_with_block(one) for one in statement.block)
    return f"{_shortened(statement)} {{ {inner} }}" if inner else _shortened(statement)
