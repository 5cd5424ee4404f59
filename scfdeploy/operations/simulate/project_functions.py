"""The functions of a project that a scenario names, and the policies in their settings."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config import load_project
from scfdeploy.config.discover import discover
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.config.scenario import FunctionPolicy, Target
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.operations.request import Request
from scfdeploy.records import dataclass, field, replace
from scfdeploy.results import Findings

_KINDS = {"CMQ-QUEUE": "queue", "queue": "queue", "CMQ-TOPIC": "topic", "topic": "topic"}
_KEYS = ("retries", "maxAge", "deadLetter")


@dataclass(frozen=True, slots=True)
class LoadedFunctions:
    """The project of a simulation. Without a project, there are no functions."""

    project: Project | None = None
    findings: Findings = field(default_factory=Findings)
    environment: Mapping[str, str] = field(default_factory=dict)
    """The process environment over the .env file of the project."""
    dotenv: EnvFile = NO_ENV_FILE
    remarks: tuple[str, ...] = ()

    def find(self, name: str) -> FunctionSpec | None:
        """The function with this name, or the only one if the name is empty."""
        if self.project is None:
            return None
        functions = self.project.functions
        if not name:
            return functions[0] if len(functions) == 1 else None
        from scfdeploy.operations.resolve_function import function_address

        address = function_address(name, self.project)
        return next((spec for spec in functions if spec.address == address), None)

    def is_http(self, name: str) -> bool:
        """Whether the project has a function with this name that serves HTTP requests."""
        spec = self.find(name)
        return spec is not None and spec.is_web

    def require(self, name: str) -> FunctionSpec:
        """The function with this name, or the only one if the name is empty. Raises ScfDeployError without one."""
        found = self.find(name)
        if found is not None:
            return found
        names = [spec.name for spec in self.project.functions] if self.project else []
        if name:
            from scfdeploy.operations.resolve_function import unknown_function

            raise unknown_function(name, self.project, advice=_advice())
        if names:
            raise ScfDeployError(
                message("no function was named, and the project has several"),
                hint=message("Give --function with one of: {names}.", names=", ".join(names)),
            )
        raise ScfDeployError(message("there is no scenario and no project here"), hint=_advice())


def _advice() -> str:
    return message("Give --outcomes, a scenario, or --path with the folder of a project.")


def load_functions(request: Request, *, is_required: bool) -> LoadedFunctions:
    """Load the project, if there is one. The findings have an error only if it cannot be used."""
    if not is_required and not has_project(request):
        return LoadedFunctions()
    loaded = load_project(request.path, request.load)
    errors = Diagnostics(each for each in loaded.diagnostics if each.severity is Severity.ERROR)
    if errors and not is_required:
        file = errors.sorted()[0].subject
        remark = message("The settings in {file} are not used, because it has errors.", file=file.file if file else "")
        return LoadedFunctions(remarks=(remark,))
    findings = Findings(errors.sorted(), loaded.masked_sources)
    return LoadedFunctions(loaded.project, findings, loaded.environment, loaded.dotenv)


def has_project(request: Request) -> bool:
    """Whether there is a serverless.yml, or a folder with one."""
    return bool(discover(request.path, request.load.cwd, Diagnostics()).files)


def with_settings(policy: FunctionPolicy, spec: FunctionSpec) -> FunctionPolicy:
    """The policy, and for what it does not set the settings of the function."""
    dead_letter, spans = policy.dead_letter, dict(policy.spans)
    for key, setting in zip(_KEYS, ("retryNum", "msgTTL", "deadLetter"), strict=True):
        if key not in spans and setting in spec.settings:
            spans[key] = spec.span_of(setting)
    if dead_letter is None and "deadLetter" not in policy.spans:
        dead_letter = _dead_letter(spec)
    retries, max_age = spec.settings.get("retryNum"), spec.settings.get("msgTTL")
    traced = spec.settings.get("asyncRunEnable")
    return replace(
        policy,
        retries=retries if policy.retries is None and isinstance(retries, int) else policy.retries,
        max_age_ms=max_age * 1000 if policy.max_age_ms is None and isinstance(max_age, int) else policy.max_age_ms,
        dead_letter=dead_letter,
        is_traced=traced if policy.is_traced is None and isinstance(traced, bool) else policy.is_traced,
        spans=spans,
    )


def timeout_ms(spec: FunctionSpec) -> int | None:
    """How long a call of the function may take; None if the file does not say."""
    timeout = spec.settings.get("timeout")
    return timeout * 1000 if isinstance(timeout, int) else None


def call_timeout_ms(spec: FunctionSpec) -> int:
    """How long a call of the function may take: the platform's default where the file does not say."""
    return timeout_ms(spec) or limit("timeout.default_s") * 1000


def _dead_letter(spec: FunctionSpec) -> Target | None:
    setting = spec.settings.get("deadLetter")
    if not isinstance(setting, Mapping):
        return None
    name, kind = setting.get("name"), setting.get("type")
    return Target(_KINDS.get(str(kind), "queue"), name) if isinstance(name, str) and name else None
