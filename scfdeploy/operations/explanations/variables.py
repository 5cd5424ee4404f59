"""Explanations of the environment variables that the platform sets."""

from __future__ import annotations

import re

from scfdeploy.diagnostics import message
from scfdeploy.facts import BuiltInVariable, built_in_variables, reserved_prefixes
from scfdeploy.results.explained import Explanation

_READS = {
    "python": 'os.environ["{name}"]',
    "nodejs": 'process.env["{name}"]',
    "php": 'getenv("{name}")',
    "java": 'System.getenv("{name}")',
    "go": 'os.Getenv("{name}")',
}
_JAVA_PROPERTY = 'System.getProperty("{name}")'
"""Java gets the temporary keys as system properties."""
_VERSIONS = {"java": "8 or 11", "node": "16, 14, 12, 10, 8 or 6", "python": "3, 37 or 2"}
_EXAMPLES = {"region": "ap-guangzhou", "runtime": "Python3.7", "function": "orders", "version": "$LATEST or 1"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def explain_variable(variable: BuiltInVariable) -> Explanation:
    """The value and the origin of a variable, and how each language reads it."""
    is_key = variable.condition == "role"
    languages = variable.languages.split() or _READS
    return Explanation(
        "variable",
        variable.name,
        _capitalized(message(variable.meaning)),
        codes=(_rejection_code(variable.name),),
        value=_value(variable),
        origin=_origin(variable),
        reads={
            language: (_JAVA_PROPERTY if is_key and language == "java" else form).format(name=variable.name)
            for language, form in _READS.items()
            if language in languages
        },
        remarks=tuple(text for text in (_condition(variable), _other_spelling(variable), _own_value(variable)) if text),
    )


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]


def _value(variable: BuiltInVariable) -> str:
    """The value, with `N` for the number of the runtime."""
    names = _PLACEHOLDER.findall(variable.value)
    if variable.value == f"{{{''.join(names)}}}":
        return _source(names[0])
    if not names:
        return variable.value
    return message(
        "{value} (N is {versions})", value=_PLACEHOLDER.sub("N", variable.value), versions=_VERSIONS[names[0]]
    )


def _source(placeholder: str) -> str:
    """Where a value comes from that differs between functions, accounts or invocations."""
    match placeholder:
        case "token" | "secret_id" | "secret_key":
            return message("generated from the role for 2 hours; the local server generates its own key")
        case "host_id" | "uin" | "app_id":
            return message("differs; on the local server the setting {name}", name=placeholder)
        case _:
            return message("as deployed, such as {example}", example=_EXAMPLES[placeholder])


def _origin(variable: BuiltInVariable) -> str:
    if variable.basis == "spelling":
        return message("another page of the documentation")
    return message("stated in the guide")


def _condition(variable: BuiltInVariable) -> str:
    if variable.condition == "role":
        return message("Set only when the function has a role. Without a role it is absent.")
    if variable.condition == "timer":
        return message("Set only when a timer starts the function.")
    if variable.types == "event":
        return message("Set for event functions; absent for web functions.")
    if variable.languages == "java":
        return message("Set for Java only.")
    return ""


def _other_spelling(variable: BuiltInVariable) -> str:
    """The documents use two names for some variables; both are set."""
    twins = [
        other.name
        for other in built_in_variables().values()
        if other != variable
        and (other.meaning, other.value) == (variable.meaning, variable.value)
        and "spelling" in (other.basis, variable.basis)
    ]
    if not twins:
        return ""
    return message(
        "The documentation also spells it {names}; both are set, with the same value.", names=", ".join(twins)
    )


def _own_value(variable: BuiltInVariable) -> str:
    return message(
        "A function cannot set it itself: the API rejects the name with {code}.", code=_rejection_code(variable.name)
    )


def _rejection_code(name: str) -> str:
    is_reserved = name.startswith(reserved_prefixes())
    return (
        "InvalidParameterValue.EnvironmentSystemProtect" if is_reserved else "InvalidParameterValue.SystemEnvironment"
    )
