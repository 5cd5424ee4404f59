"""What is wrong with a variable, in words; where it stands is added by who resolves it."""

from __future__ import annotations

from typing import NamedTuple

from scfdeploy.diagnostics import Severity, did_you_mean


class Problem(NamedTuple):
    """One finding about a variable. `about` tells problems apart: each is reported once in a file."""

    rule: str
    about: str
    summary: str
    detail: str
    hint: str
    severity: Severity = Severity.ERROR


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
    """An environment variable that nothing sets."""
    return Problem(
        "variable-unset",
        f"env:{name}",
        "Environment variable is not set",
        f"Neither the process environment nor a .env file sets {name}.",
        f"Set it, pass `--var {name}=VALUE`, or write `{name}=VALUE` into .env.",
    )


def no_organisation() -> Problem:
    """`${org}` without an organisation."""
    return Problem(
        "variable-unset",
        "org",
        "Organisation is not set",
        "The file has no `org`, which ${org} stands for.",
        "Write `org: NAME` at the top level, or pass `--var org=NAME`.",
    )


def dotted(name: str) -> Problem:
    """The old spelling of an environment variable."""
    return Problem(
        "variable-dot-form",
        f"env.{name}",
        "Old spelling of an environment variable",
        f"${{env.{name}}} is the old spelling; other tools leave it as it is.",
        f"Write ${{env:{name}}}.",
        Severity.WARNING,
    )


def cycle(forms: tuple[str, ...]) -> Problem:
    """Variables that need each other."""
    return Problem(
        "variable-cycle",
        forms[-1],
        "Variables in a circle",
        f"The value needs itself: {' -> '.join(forms)}.",
        "Give one of them a value without variables.",
    )


def too_long(form: str) -> Problem:
    """A value that grows without measure."""
    return Problem(
        "variable-too-long",
        form,
        "Value of a variable is too long",
        f"With what it contains, {form} becomes longer than anything SCF accepts.",
        "Check the variables that its value names.",
    )


def unclosed(text: str) -> Problem:
    """The beginning of a variable without its end."""
    return Problem(
        "variable-unclosed",
        text,
        "Variable without a closing brace",
        "A dollar sign and a brace begin a variable; this one does not end, so it stays as it is written.",
        "Close it with a brace.",
        Severity.WARNING,
    )


def placeholder(raw: str) -> Problem:
    """A placeholder of a pipeline or a template engine."""
    return Problem(
        "yaml-placeholder",
        raw[:3],
        "Placeholder of another tool",
        f"{raw} means something to a template engine or a pipeline, not here.",
        "Fill the template first, or write ${env:NAME} and set that variable.",
    )


def output_too_early(form: str) -> Problem:
    """An output where the instance itself is named."""
    return Problem(
        "output-too-early",
        form,
        "An output cannot stand here",
        f"${{{form}}} is known only once the instances are, and here it would say which instance this is.",
        f"Write the value itself, or pass it: `--var '{form}=VALUE'`.",
    )


def output_within_text(form: str) -> Problem:
    """A value that is known only after applying, as a part of a longer text."""
    return Problem(
        "output-within-text",
        form,
        "Value that is not known yet within a longer text",
        f"${{{form}}} is known only after the other instance is applied; it can be a whole value, not a part of one.",
        f"Let it stand alone, or pass the value: `--var '{form}=VALUE'`.",
    )


def unsupported(form: str, own_names: tuple[str, ...]) -> Problem:
    """A form that this version does not resolve, or that nothing knows."""
    kind = form.partition(":")[0].partition("(")[0]
    if kind in _OTHER_SOURCES and form != kind:
        return Problem(
            "variable-not-supported",
            form,
            "Form of variable that does not exist here",
            f"${{{form}}} would be taken from {_OTHER_SOURCES[kind]}; component files never had that.",
            f"Write ${{env:NAME}} and set that variable, or pass `--var '{form}=VALUE'`.",
        )
    if kind == "env":
        return Problem(
            "variable-unknown",
            form,
            "Not the name of an environment variable",
            f"${{{form}}} must name one variable, with letters, digits and underscores; a default cannot be given.",
            "Write ${env:NAME}, and put a default into .env.",
        )
    suggestion = did_you_mean(form, own_names)
    return Problem(
        "variable-unknown",
        form,
        "Unknown variable",
        f"${{{form}}} stands for nothing. Known are {', '.join('${' + name + '}' for name in own_names)} and "
        "${env:NAME}.",
        (f"{suggestion} Otherwise write" if suggestion else "Write")
        + (f" ${{env:{form}}}" if form.isidentifier() else " ${env:NAME}")
        + f" and set that variable, or pass `--var '{form}=VALUE'`.",
    )
