"""The templates of new projects: each folder below `templates/init` that has a `template.toml`."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.facts import Runtime, runtimes
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.rendering import templates

TYPES = ("event", "web")
"""The types of functions."""

_DEFAULT_LANGUAGE = "python"
_UNSUPPORTED_STATES = ("old", "retiring")
_LANGUAGE_ALIASES = {
    "node": "nodejs",
    "node.js": "nodejs",
    "js": "nodejs",
    "py": "python",
    "python3": "python",
    "golang": "go",
}


class ProjectTemplate(NamedTuple):
    """The template of a project with one function. Its name is that of its folder."""

    name: str
    description: str
    """What the function does, as a phrase without a full stop."""

    language: str
    type: str
    """`event` or `web`."""

    @property
    def is_plain(self) -> bool:
        """Whether it is the one to use for its language and type unless another is named."""
        return self.name == f"{self.language}-{self.type}"


def project_templates() -> tuple[ProjectTemplate, ...]:
    """All templates by language, in the order of the table of runtimes, the plain ones first."""
    import tomllib  # only for new projects

    root = templates() / "init"
    found = [
        ProjectTemplate(name=file.parent.name, **tomllib.loads(file.read_text(encoding="utf-8")))
        for file in root.glob("*/template.toml")
    ]
    languages = list(dict.fromkeys(runtime.language for runtime in runtimes().values()))
    return tuple(
        sorted(
            found,
            key=lambda template: (
                languages.index(template.language),
                not template.is_plain,
                template.type,
                template.name,
            ),
        )
    )


def default_runtime(language: str) -> str:
    """The newest runtime of a language with verified support."""
    return [name for name, known in runtimes().items() if known.language == language and known.state == "current"][-1]


def choose_template(template: str | None, runtime: str | None, type: str | None) -> tuple[ProjectTemplate, Runtime]:  # noqa: A002
    """The template and runtime for these options; without any, a Python function that handles events.

    `runtime` is a language or the name of a runtime, in any case. Raises ScfDeployError if there is none, or if the
    options do not fit together.
    """
    known = project_templates()
    if type is not None and type not in TYPES:
        raise ScfDeployError(message('unknown type "{type}"', type=type), hint=message("Choose event or web."))
    if template is None:
        chosen_runtime = _find_runtime(runtime or _DEFAULT_LANGUAGE, known)
        return _plain_template(chosen_runtime, type or TYPES[0], known), chosen_runtime
    chosen = next((each for each in known if each.name == template), None)
    if chosen is None:
        names = [each.name for each in known]
        raise ScfDeployError(
            message('unknown template "{template}"', template=template),
            hint=did_you_mean(template, names) or message("Choose one of {names}.", names=", ".join(names)),
        )
    if type not in (None, chosen.type):
        raise ScfDeployError(
            message("the template {template} is of type {type}", template=chosen.name, type=chosen.type),
            hint=message("Leave out --type."),
        )
    chosen_runtime = _find_runtime(runtime or chosen.language, known)
    if chosen_runtime.language != chosen.language:
        raise ScfDeployError(
            message("the template {template} is not for {runtime}", template=chosen.name, runtime=chosen_runtime.name),
            hint=message(
                "Leave out --runtime, or pass one such as {runtime}.", runtime=default_runtime(chosen.language)
            ),
        )
    return chosen, chosen_runtime


def _plain_template(runtime: Runtime, type_: str, known: Iterable[ProjectTemplate]) -> ProjectTemplate:
    fitting = [each for each in known if (each.language, each.type) == (runtime.language, type_)]
    if fitting:
        return fitting[0]
    names = ", ".join(each.name for each in known if runtime.language == each.language or type_ == each.type)
    raise ScfDeployError(
        message("there is no template of type {type} for {runtime}", type=type_, runtime=runtime.name),
        hint=message("Choose another --type, or a --template: {names}.", names=names),
    )


def _find_runtime(text: str, known: Iterable[ProjectTemplate]) -> Runtime:
    """The runtime for a language (`python`) or a name in any case (`python3.9`).

    Raises ScfDeployError if it is unknown, has no template, or is too old for new projects.
    """
    languages = list(dict.fromkeys(each.language for each in known))
    word = text.strip().lower()
    language = _LANGUAGE_ALIASES.get(word, word)
    by_name = {name.lower(): runtime for name, runtime in runtimes().items()}
    chosen = by_name.get((default_runtime(language) if language in languages else word).lower())
    if chosen is None:
        raise ScfDeployError(
            message('unknown runtime "{text}"', text=text),
            hint=did_you_mean(text, [*languages, *runtimes()]) or _supported_runtimes(languages),
        )
    if chosen.language not in languages:
        raise ScfDeployError(
            message("there is no template for {runtime}", runtime=chosen.name), hint=_supported_runtimes(languages)
        )
    if chosen.state in _UNSUPPORTED_STATES:
        raise ScfDeployError(
            message("{runtime} is too old for a new project", runtime=chosen.name),
            hint=message("Use --runtime {newer}.", newer=default_runtime(chosen.language)),
        )
    return chosen


def _supported_runtimes(languages: list[str]) -> str:
    names = [
        name for name, runtime in runtimes().items() if runtime.language in languages and runtime.state == "current"
    ]
    return message(
        "Choose {languages}, or exactly one of {names}.", languages=", ".join(languages), names=", ".join(names)
    )
