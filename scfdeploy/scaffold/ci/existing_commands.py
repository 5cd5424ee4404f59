"""Read the shell commands of an existing pipeline, and report the replacement of each."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model.secret_text import STARS
from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline, add
from scfdeploy.scaffold.ci.names import is_variable

_CLI = r"(?:npx\s+(?:--yes\s+|-y\s+)?)?(?:sls|serverless|scf|slt|components|serverless-tencent)"
_DEPLOY = re.compile(rf"(?:^|[\s;&|]){_CLI}\s+deploy\b([^;&|]*)")
_REMOVE = re.compile(rf"(?:^|[\s;&|]){_CLI}\s+(remove|info|invoke|logs|login|registry|--version|-v|version)\b")
_INSTALL = re.compile(r"\bnpm\s+(?:i|install|add)\b.*\s(?:-g|--global)\b|\byarn\s+global\s+add\b|\bnpm\s+-g\s+i")
_PATCH = re.compile(r"\b(?:sed|perl|yq)\s+.*\.ya?ml\b|\becho\s.*>>\s*\S+\.ya?ml\b|\benvsubst\b.*\.ya?ml\b")
_DOTENV = re.compile(r">+\s*(?:\S*/)?\.env\b")
_REMOVED_DOTENV = re.compile(r"\brm\s+(?:-\w+\s+)*(?:\S*/)?\.env\b")
_SHELL_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
SECRET = re.compile(r"\$\{\{?\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}?\}")
SINGLE_BRACES = re.compile(r"(?<!\$)\$\{(?!\{)\s*(?:secrets|vars|env|github|matrix)\.\w+\s*\}(?!\})")
_BUILDS = (
    (re.compile(r"\bmvnw?\b"), "java", "maven"),
    (re.compile(r"\bgradlew?\b"), "java", "gradle"),
    (re.compile(r"\bpnpm\s+(?:i|install|ci|run\s+build|build)\b"), "nodejs", "pnpm"),
    (re.compile(r"\byarn\b(?!\s+global)"), "nodejs", "yarn"),
    (re.compile(r"\bnpm\s+(?:ci|i|install)(?:\s+--?[a-z][\w=-]*)*\s*$"), "nodejs", "npm"),
    (re.compile(r"\bpip3?\s+install\b.*\s-r\b"), "python", "pip"),
)
_NPM_BUILD = re.compile(r"\bnpm\s+(?:run\s+)?build\b")
_EDITOR = re.compile(r"\b(?:sed|perl)\s")
# Each character can be read in one way only: with two, a line of backslashes takes time without end.
_TEXT = r"(?:\\.|(?!(?P=end))[^\\])*"
_SUBSTITUTION = re.compile(
    rf"(?<![A-Za-z])s(?P<end>[/|#,@!~:])(?P<pattern>{_TEXT})(?P=end)(?P<key>\s*[\w.-]+\s*[:=]\s*)?"
    rf"(?P<value>{_TEXT})(?:(?P=end)|\\?$)"
)
_ONLY_VARIABLES = re.compile(r"""(?:\$\{\{[^{}]*\}\}|\$\{?\w+\}?|\\\d|[&\s"':=])*""")
_HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?([A-Za-z_]\w*)['\"]?\s*$")
_PART = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|&&|;|\$\{\{.*?\}\}""")
_ZIP_FOLDER = re.compile(r"^mkdir\s+(?:-p\s+)?(?:\./)?zip/?$")
_ZIP_FILES = re.compile(r"^(?:cp|mv)\s+.*(?:\.jar\b|\bscf_bootstrap\b).*\s(?:\./)?zip/?$")
_PLACEHOLDER_JAR = re.compile(r"\bXXX\.jar\b")
_FOLDER = re.compile(r"^cd\s+([^\s;&|]+)$")
_WITH_VALUE = ("--stage", "-s", "--target", "--cwd", "--inputs", "-i")
_WITHOUT_EFFECT = ("--debug", "--verbose", "--force", "-f", "--all", "-a", "deploy")
KEYS = ("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
"""Variables with the keys of the account."""
_NOT_NEEDED = frozenset(
    (
        *KEYS,
        *("TENCENT_APP_ID", "TENCENT_TOKEN", "SERVERLESS_PLATFORM_VENDOR", "GITHUB_TOKEN", "STAGE"),
        *("HOME", "PWD", "PATH", "WORKSPACE", "BRANCH_NAME", "BUILD_NUMBER", "GIT_BRANCH", "GIT_COMMIT"),
    )
)


def read_script(
    text: str, first: int, existing: ExistingPipeline, *, folder: str = "", label: str = "", branches: list[str]
) -> None:
    """Read a script that starts at a line. `folder` is where it runs, `label` is the name of its step."""
    place = folder
    for number, command in _commands(text.split("\n"), first):
        for part in _parts(command):
            if changed := _FOLDER.match(part):
                place = changed[1] if changed[1].startswith("/") or not place else f"{place}/{changed[1]}"
                existing.carry(number, f"{label}{part}", message("becomes the path of the project"))
            else:
                _read_command(number, part, existing, folder=place, label=label, branches=branches)
            label = ""


def _commands(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """Each command with its line. A continued command is on one line; a here-document stays below its command."""
    command, start, end = "", first, ""
    for number, line in enumerate(lines, start=first):
        if end:
            command += f"\n{line.strip()}"
            if line.strip() != end:
                continue
            end = ""
        elif command:
            command = f"{command[:-1].rstrip()} {line.strip()}"
        else:
            command, start = line.strip(), number
        if command.endswith("\\"):
            continue
        if "\n" not in command and (opened := _HERE_DOCUMENT.search(command)):
            end = opened[1]
            continue
        if command and not command.startswith("#"):
            yield start, command
        command = ""
    if command:
        yield start, command.removesuffix("\\").rstrip()


def _parts(command: str) -> list[str]:
    """The commands between `&&` and `;`. One with a here-document, or with a loop or condition, is not split."""
    if "\n" in command or re.match(r"(?:if|for|while|case|until)\s", command):
        return [command]
    parts, at = [""], 0
    while at < len(command):
        found = _PART.match(command, at)
        text = found[0] if found is not None else command[at]
        if text in ("&&", ";"):
            parts.append("")
        else:
            parts[-1] += text
        at += len(text)
    return [part.strip() for part in parts if part.strip()]


def _read_command(
    number: int, line: str, existing: ExistingPipeline, *, folder: str, label: str, branches: list[str]
) -> None:
    text = label + _without_replacements(line.partition("\n")[0])
    if deploy := _DEPLOY.search(line):
        existing.deploys = True
        if folder and "$" not in folder:
            add(existing.paths, folder)
        others = read_options(deploy[1], existing, branches)
        existing.carry(number, text, message("becomes validate, plan and apply --plan"))
        for option in others:
            existing.leave(number, option, _option_reason(option))
    elif reason := _reason_not_needed(line, existing):
        existing.leave(number, text, reason)
    else:
        _read_build(number, line, text, existing)


def _reason_not_needed(line: str, existing: ExistingPipeline) -> str:
    """Why the new pipeline does not need a command; empty when it is not one of these."""
    if other := _REMOVE.search(line):
        return _other_command(other[1])
    if _INSTALL.search(line):
        return message("is not needed: the pipeline installs scfdeploy by its commit or hash")
    if _REMOVED_DOTENV.search(line):
        return message("is not needed: no key is written to disk")
    if _DOTENV.search(line):
        return message("is not needed: nothing is written to disk") + _instead(_secrets_in(line, existing))
    if _PATCH.search(line):
        instead = _instead(_secrets_in(line, existing)) or message("; write the new value there")
        return message("is not needed: serverless.yml is not changed") + instead
    return ""


def _read_build(number: int, line: str, text: str, existing: ExistingPipeline) -> None:
    if _ZIP_FOLDER.match(line) or _ZIP_FILES.match(line):
        existing.type = existing.type or "web"
        becomes = message("becomes the step that puts the jar and scf_bootstrap into one folder, for a web function")
        if _PLACEHOLDER_JAR.search(line):
            becomes += message("; the name of the jar is detected")
        existing.carry(number, text, becomes, type="web")
        return
    if _NPM_BUILD.search(line):
        existing.runtime, existing.build = existing.runtime or "nodejs", existing.build or "npm"
        existing.carry(number, text, message("becomes npm run build --if-present"), tool="npm")
        return
    for pattern, language, tool in _BUILDS:
        if pattern.search(line):
            existing.runtime, existing.build = existing.runtime or language, existing.build or tool
            existing.carry(number, text, message("becomes --build {tool}", tool=tool), tool=tool)
            return
    if re.match(r"(?:echo|printf)\s[^|>]*$", line):
        existing.leave(number, text, message("only prints text"))
    else:
        existing.leave(number, text, message("is not recognised: add it to the build, or to src.hook"))


def _without_replacements(line: str) -> str:
    """The line without the texts that `sed` writes, which can be secrets whatever they replace. Variables stay."""
    return _SUBSTITUTION.sub(_without_value, line) if _EDITOR.search(line) else line


def _without_value(found: re.Match[str]) -> str:
    value = found["value"] if _ONLY_VARIABLES.fullmatch(found["value"]) else STARS
    key = found["key"] or ""
    return f"s{found['end']}{found['pattern']}{found['end']}{key}{value}{found['end']}"


def _other_command(word: str) -> str:
    match word:
        case "remove":
            return message("run `scfdeploy destroy` manually")
        case "info":
            return message("run `scfdeploy status` instead")
        case "invoke" | "logs":
            return message("run `scfdeploy {command} NAME` instead", command=word)
        case _:
            return message("is not needed by scfdeploy")


def _option_reason(option: str) -> str:
    if option.startswith("--inputs"):
        return message("write the value in serverless.yml")
    if option.startswith(("--stage", "-s")):
        return _stage_reason(re.sub(r"^(?:--stage|-s)[= ]?", "", option))
    return message("scfdeploy has no such option here: add it to the new pipeline, if you need it")


def _stage_reason(stage: str) -> str:
    if "=" in stage and "$" not in stage:
        return message("a stage with = cannot be carried over: pass --stage-branch BRANCH=STAGE with another name")
    return message("the stage is not known here: pass --stage-branch BRANCH=STAGE")


def read_options(words: str, existing: ExistingPipeline, branches: list[str]) -> list[str]:
    """Read the known options of a deploy command, and return the others."""
    try:
        rest = shlex.split(words)
    except ValueError:
        return [words.strip()] if words.strip() else []
    others: list[str] = []
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        if not equals and rest and _takes_value(word, rest[0]):
            equals, value = " ", rest.pop(0)
            while "${{" in value and "}}" not in value and rest:
                value += f" {rest.pop(0)}"
        if not _read_option(word, value, existing, branches):
            others.append(f"{word}{equals}{value}")
    return others


def _takes_value(word: str, following: str) -> bool:
    """Whether the next word belongs to an option; of an unknown one too, because its name can say that it is secret."""
    if word in _WITH_VALUE:
        return True
    return word.startswith("-") and word not in _WITHOUT_EFFECT and not following.startswith("-")


def _read_option(word: str, value: str, existing: ExistingPipeline, branches: list[str]) -> bool:
    """Read one option. Returns whether it is known."""
    is_known = bool(value) and "$" not in value
    if word in ("--stage", "-s") and is_known and "=" not in value:
        existing.add_stage(value, branches)
    elif word in ("--stage", "-s") and re.fullmatch(r"\$\{?STAGE\}?|\$\{\{ *env\.STAGE *\}\}", value):
        pass
    elif word in ("--target", "--cwd") and is_known:
        add(existing.paths, value)
    else:
        return word in _WITHOUT_EFFECT
    return True


def read_variable(number: int, name: str, text: str, existing: ExistingPipeline, branches: list[str]) -> None:
    """Read one variable of an `env` block."""
    secret = SECRET.search(text)
    if name == "STAGE" and text and not _SHELL_VARIABLE.search(text) and "${" not in text and "=" not in text:
        existing.add_stage(text, branches)
        existing.carry(number, name, message("becomes --stage-branch, with the stage {stage}", stage=text))
    elif name == "STAGE":
        existing.leave(number, name, _stage_reason(text))
    elif name == "SERVERLESS_PLATFORM_VENDOR":
        existing.leave(number, name, message("is no longer needed"))
    elif name in KEYS:
        read_key(number, name, secret[1] if secret else "", existing, braces=SINGLE_BRACES.search(text) is not None)
    elif secret and name not in _NOT_NEEDED and is_variable(name):
        read_secret(number, name, secret[1], existing, braces=SINGLE_BRACES.search(text) is not None)
    elif secret:
        existing.leave(number, name, message("is not needed by scfdeploy"))
    else:
        reason = message("set it where it is used: in serverless.yml for the function, in the build step for the build")
        existing.leave(number, name, reason)


def read_key(number: int, name: str, secret: str, existing: ExistingPipeline, *, braces: bool = False) -> None:
    """Read a variable with a key of the account."""
    wanted = name.replace("TENCENTCLOUD_", "TENCENT_")
    becomes = message("is set in the steps that need it")
    if secret and secret != wanted:
        becomes += message("; rename the secret {other} to {name}", other=secret, name=wanted)
    existing.carry(number, name, becomes + _braces(secret, found=braces))


def read_secret(number: int, name: str, secret: str, existing: ExistingPipeline, *, braces: bool = False) -> None:
    """Read a variable with another secret."""
    add(existing.secrets, name)
    becomes = message("becomes --secret {name}: write ${env:{name}} in serverless.yml", name=name)
    if secret and secret != name:
        becomes += message("; rename the secret {other} to {name}", other=secret, name=name)
    existing.carry(number, name, becomes + _braces(secret, found=braces))


def _braces(secret: str, *, found: bool) -> str:
    return message(". Use ${{ secrets.{name} }}.", name=secret) if found and secret else ""


def _secrets_in(line: str, existing: ExistingPipeline) -> list[str]:
    names = dict.fromkeys([*SECRET.findall(line), *_SHELL_VARIABLE.findall(SECRET.sub("", line))])
    secrets = [name for name in names if name not in _NOT_NEEDED and is_variable(name)]
    for name in secrets:
        add(existing.secrets, name)
    return secrets


def _instead(names: list[str]) -> str:
    if not names:
        return ""
    return message("; write {variables} there", variables=" and ".join(f"{name}: ${{env:{name}}}" for name in names))
