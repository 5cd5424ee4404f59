"""Findings about variables; the resolver adds the position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from scfdeploy.config.yaml.compose import YAML_PLACEHOLDER
from scfdeploy.diagnostics import Diagnostic, Finding, Severity, did_you_mean, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import NamedTuple, replace

VARIABLE_UNSET = Finding(
    "variable-unset",
    Severity.ERROR,
    "Environment variable is not set",
    detail="Neither the process environment nor a .env file sets {name}.",
    hint="Set it, pass `--var {name}=VALUE`, or write `{name}=VALUE` into .env.",
    title="A variable that is not set.",
    what="Neither the process environment nor a .env file sets the variable, and it is not given with `--var`.",
    why="The text `${env:NAME}` itself would be deployed.",
    wrong=yaml("environment:\n  variables:\n    API_URL: ${env:API_URL}   # and nothing sets it"),
    right="The same file, with `API_URL=https://example.com` in .env, or `--var API_URL=https://example.com`.",
)
VARIABLE_WITHHELD = Finding(
    "variable-withheld",
    Severity.ERROR,
    "Cloud credential in a prebuilt project",
    detail="With --prebuilt, ${env:{name}} is not resolved: {name} is, or contains, a credential of the cloud account.",
    hint="Give the function a role, or pass another key as a variable of its own, such as APP_SECRET_KEY.",
    title="A cloud credential in a prebuilt project.",
    what="With `--prebuilt`, a variable reads a credential of the cloud account, by its name or by its value.",
    why="The build that wrote the file ran without keys. If its file could read them, a package that the build "
    "installed could send them anywhere.",
    wrong=yaml("environment:\n  variables:\n    KEY: ${env:TENCENTCLOUD_SECRET_KEY}"),
    right=yaml("role: SCF_ExecuteRole   # the code gets temporary keys of this role"),
)
VARIABLE_UNKNOWN = Finding(
    "variable-unknown",
    Severity.ERROR,
    "Unknown variable",
    detail="There is no variable ${{form}}. Known are {known} and ${env:NAME}.",
    hint="Write ${env:{variable}} and set that variable, or pass `--var {option}`.",
    title="An unknown variable.",
    what="The word between the braces is not a variable: known are `${name}`, `${app}`, `${stage}`, `${org}` and "
    "`${env:NAME}`.",
    why="The text `${…}` itself would be deployed.",
    wrong=yaml("name: hello-${stge}"),
    right=yaml("name: hello-${stage}"),
)
VARIABLE_CYCLE = Finding(
    "variable-cycle",
    Severity.ERROR,
    "Variable cycle",
    detail="The value depends on itself: {path}.",
    hint="Give one of them a value without variables.",
    title="A cycle of variables.",
    what="The value of a variable depends on the variable itself.",
    why="It has no value.",
    wrong=yaml("name: ${app}\napp: ${name}"),
    right=yaml("name: hello\napp: ${name}"),
)
VARIABLE_TOO_LONG = Finding(
    "variable-too-long",
    Severity.ERROR,
    "Value of a variable is too long",
    detail="With its variables resolved, {form} is longer than any value that SCF accepts.",
    hint="Check the variables that its value uses.",
    title="The value of a variable is too long.",
    what="With its variables resolved, the value is longer than any value that SCF accepts.",
    why="Variables that use each other several times grow without limit.",
    wrong=yaml("org: ${app}${app}${app}   # and app uses ${name} a thousand times"),
    right=yaml("org: ${app}"),
)
VARIABLE_UNCLOSED = Finding(
    "variable-unclosed",
    Severity.WARNING,
    "Variable without a closing brace",
    detail="A dollar sign and a brace begin a variable; this one has no end, so it is used unchanged.",
    hint="Close it with a brace.",
    title="A variable without a closing brace.",
    what="A dollar sign and a brace begin a variable, and no brace ends it.",
    why="It is used unchanged, as text.",
    wrong=yaml("name: hello-${stage"),
    right=yaml("name: hello-${stage}"),
)
VARIABLE_DOT_FORM = Finding(
    "variable-dot-form",
    Severity.WARNING,
    "Old spelling of an environment variable",
    detail="${env.{name}} is the old spelling, which other tools do not resolve.",
    hint="Write ${env:{name}}.",
    title="The old spelling of an environment variable.",
    what="`${env.NAME}` is written with a dot.",
    why="scfdeploy resolves it, but other tools do not.",
    wrong=yaml("name: ${env.NAME}"),
    right=yaml("name: ${env:NAME}"),
)
VARIABLE_NOT_SUPPORTED = Finding(
    "variable-not-supported",
    Severity.ERROR,
    "Unsupported form of variable",
    detail="${{form}} refers to {source}, which component files do not support.",
    hint="Write ${env:{variable}} and set that variable, or pass `--var {option}`.",
    title="An unsupported form of variable.",
    what="The variable refers to a source that component files do not support.",
    why="Its value is not known.",
    wrong=yaml("vpcId: ${file(./vpc.yml):id}"),
    right=yaml("vpcId: ${env:VPC_ID}"),
)
OUTPUT_TOO_EARLY = Finding(
    "output-too-early",
    Severity.ERROR,
    "Output in the name of an instance",
    detail="${{form}} is known only after all instances are identified, but here it would identify this one.",
    hint="Write the value itself, or pass it: `--var {option}`.",
    title="An output in the name of an instance.",
    what="`name`, `app` or `stage` takes its value from an instance.",
    why="They identify the instance, so they are needed before any output can be looked up.",
    wrong=yaml("app: ${output:dev:shop:api.name}"),
    right=yaml("app: shop"),
)
OUTPUT_WITHIN_TEXT = Finding(
    "output-within-text",
    Severity.ERROR,
    "Value known after apply within a longer text",
    detail="${{form}} is known only after the other instance is applied; it can be a whole value, not a part of one.",
    hint="Use it as the whole value, or pass the value: `--var {option}`.",
    title="A value that is known only after apply, within a longer text.",
    what="An output that is known only after apply, such as the version of a layer, is part of a text.",
    why="A plan can show and pass on such a value only as a whole.",
    wrong=yaml("TOOLS: tools-${output:${stage}:${app}:tools.version}"),
    right=yaml("TOOLS_VERSION: ${output:${stage}:${app}:tools.version}"),
)


_MOST_NAMES = 40


def var_option(form: str) -> str:
    """The argument of `--var` that sets `${form}`, quoted for a shell."""
    if form.isidentifier():
        return f"{form}=VALUE"
    return "'{}=VALUE'".format(form.replace("'", "'\\''"))


def share_hint(diagnostics: Iterable[Diagnostic], names: Sequence[str]) -> Iterator[Diagnostic]:
    """The diagnostics, with one hint for all unset environment variables if there are several."""
    if len(names) <= 1:
        yield from diagnostics
        return
    most = names[:_MOST_NAMES]  # each diagnostic has the hint
    more = ["…"] if len(names) > len(most) else []
    hint = message(
        "Set them all: copy these lines into .env and write the values,\n{lines}\nor pass `{options}`.",
        lines="\n".join([*(f"{name}=" for name in most), *more]),
        options=" ".join([*(f"--var {name}=VALUE" for name in most), *more]),
    )
    summary = message(VARIABLE_UNSET.summary)
    for diagnostic in diagnostics:
        is_unset = diagnostic.rule == VARIABLE_UNSET.id and diagnostic.summary == summary
        yield replace(diagnostic, hint=hint) if is_unset else diagnostic


class Problem(NamedTuple):
    """A mistake about a variable. Problems with the same rule and subject are one diagnostic per file."""

    subject: str
    diagnostic: Diagnostic
    """The diagnostic, without its position."""


_OTHER_SOURCES = {
    "self": "another place of the same file",
    "opt": "an option of the command line",
    "sls": "the Serverless Framework",
    "cf": "another cloud's stack",
    "s3": "another cloud's storage",
    "ssm": "another cloud's parameter store",
    "file": "another file",
    "param": "a parameter store that the vendor has removed",
}


def unset(name: str) -> Problem:
    """An environment variable that is not set."""
    return Problem(f"env:{name}", VARIABLE_UNSET.at(None, name=name))


def withheld(name: str) -> Problem:
    """A credential of the cloud in a prebuilt project."""
    return Problem(f"env:{name}", VARIABLE_WITHHELD.at(None, name=name))


def no_organisation() -> Problem:
    """`${org}` in a file without `org`."""
    diagnostic = VARIABLE_UNSET.at(
        None,
        summary="Organisation is not set",
        detail="${org} is used, but the file has no `org`.",
        hint="Write `org: NAME` at the top level, or pass `--var org=NAME`.",
    )
    return Problem("org", diagnostic)


def dotted(name: str) -> Problem:
    """An environment variable in the old spelling."""
    return Problem(f"env.{name}", VARIABLE_DOT_FORM.at(None, name=name))


def cycle(forms: tuple[str, ...]) -> Problem:
    """Variables that depend on each other."""
    return Problem(forms[-1], VARIABLE_CYCLE.at(None, path=" -> ".join(forms)))


def too_long(form: str) -> Problem:
    """A value that is longer than SCF accepts."""
    return Problem(form, VARIABLE_TOO_LONG.at(None, form=form))


def unclosed(text: str) -> Problem:
    """A variable without a closing brace."""
    return Problem(text, VARIABLE_UNCLOSED.at(None))


def placeholder(raw: str) -> Problem:
    """A placeholder of a pipeline or a template engine."""
    return Problem(raw[:3], YAML_PLACEHOLDER.at(None, placeholder=raw))


def output_too_early(form: str) -> Problem:
    """An output in the name of an instance."""
    return Problem(form, OUTPUT_TOO_EARLY.at(None, form=form, option=var_option(form)))


def output_within_text(form: str) -> Problem:
    """A value that is known only after apply, within a longer text."""
    return Problem(form, OUTPUT_WITHIN_TEXT.at(None, form=form, option=var_option(form)))


def is_source(text: str) -> bool:
    """Whether an unquoted text names where a value comes from, such as `env:NAME`, so that it is not a value."""
    kind = re.match(r"(\w+)[:(]|(env)\.", text)
    return kind is not None and (kind[1] or kind[2]) in ("env", "output", *_OTHER_SOURCES)


def suggested_name(form: str) -> str:
    """A name for an environment variable in place of a variable of another tool, from the last word of its form."""
    last = re.split(r"[/.:()]", form.split(",", maxsplit=1)[0].rstrip("})"))[-1]
    name = re.sub(r"\W+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", last), flags=re.ASCII).strip("_").upper()
    return name if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) else "NAME"


def write_instead(text: str) -> str:
    """The hint of a variable of another tool that can be replaced by a text."""
    return message("Write {text} instead; `scfdeploy validate --fix` does it.", text=text or "''")


def is_other_source(form: str) -> bool:
    """Whether `${form}` is a variable of another tool."""
    kind = form.partition(":")[0].partition("(")[0]
    return kind in _OTHER_SOURCES and form != kind


def invalid_default(form: str) -> Problem:
    """A default that is empty, has an open quote, or is followed by another one."""
    diagnostic = VARIABLE_UNKNOWN.at(
        None,
        summary="Invalid default of a variable",
        detail="The text after the comma in ${{form}, …} is not one default value.",
        hint="Write the default in quotes: ${{form}, 'text'}; for empty text: ${{form}, ''}.",
        form=form,
    )
    return Problem(f"{form},", diagnostic)


def _leading_name(text: str) -> str:
    """The name of a variable at the start of a text; empty if there is none."""
    name = re.match(r"\s*([A-Za-z_]\w*)", text)
    return "" if name is None else name[1]


def unsupported(form: str, own_names: tuple[str, ...]) -> Problem:
    """An unknown variable, or one of another tool."""
    kind = form.partition(":")[0].partition("(")[0]
    if is_other_source(form):
        return Problem(
            form,
            VARIABLE_NOT_SUPPORTED.at(
                None,
                form=form,
                variable=suggested_name(form),
                option=var_option(form),
                source=message(_OTHER_SOURCES[kind]),
            ),
        )
    if kind == "env":
        diagnostic = VARIABLE_UNKNOWN.at(
            None,
            summary="Invalid name of an environment variable",
            detail="${{form}} must name one variable, with letters, digits and underscores.",
            hint="Write ${env:{name}}, or with a default: ${env:{name}, 'text'}.",
            form=form,
            name=_leading_name(form.partition(":")[2]) or "NAME",
        )
        return Problem(form, diagnostic)
    suggestion = did_you_mean(form, own_names)
    diagnostic = VARIABLE_UNKNOWN.at(
        None,
        hint="{suggestion} Otherwise write ${env:{variable}} and set that variable, or pass `--var {option}`."
        if suggestion
        else None,
        form=form,
        option=var_option(form),
        variable=form if form.isidentifier() else "NAME",
        known=", ".join("${" + name + "}" for name in own_names),
        suggestion=suggestion,
    )
    return Problem(form, diagnostic)
