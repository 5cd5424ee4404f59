"""Write the serverless.yml of a deployed function: the settings that differ from the platform's defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scfdeploy.config.variables.scan import escaped
from scfdeploy.model import (
    FUNCTION_FIELDS,
    Address,
    Field,
    Kind,
    KnownSecrets,
    Owner,
    Resource,
    Secret,
    UpdateMode,
    Value,
    holds_secret,
    looks_secret,
)
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY
from scfdeploy.plan.diff.fields import unwritten
from scfdeploy.plan.diff.normalise import async_fields, is_blank, normal_settings
from scfdeploy.plan.resources.alias import DEFAULT, LATEST, weights
from scfdeploy.scaffold.yaml_text import yaml_lines
from scfdeploy.triggers import TriggerType, trigger_type

_CARRIES = (UpdateMode.REPLACE, UpdateMode.CODE, UpdateMode.CONFIGURATION, UpdateMode.TAGS)
_ALWAYS = frozenset(("runtime", "handler", "memorySize", "timeout"))
_DERIVED = "deployMode"  # it follows from `image`
_NAMES = frozenset(("name", "namespace", "runtime", "handler", "src", "aliasName", "qualifier"))
_NO_CODE = ("runtime", "handler")  # an image has neither


@dataclass(frozen=True, slots=True)
class FunctionSnapshot:
    """One function as it was seen: itself, its triggers, its settings for asynchronous calls if it has any, and what
    else hangs on it (`release`: aliases and concurrency).

    `src` is where its code is put, relative to the file; empty for a function that runs an image.
    """  # noqa: D205

    function: Resource
    triggers: Sequence[Resource]
    asynchronous: Resource | None
    src: str = ""
    release: Sequence[Resource] = ()

    @property
    def address(self) -> Address:
        """The function's address."""
        return self.function.address


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """The text of a file, and the values of the variables in it, in the order of the file.

    `left_out` is what a file cannot say, each with the reason.
    """

    text: str
    variables: Mapping[str, str]
    left_out: Sequence[tuple[Address, str]] = ()


def imported_file(
    owner: Owner,
    region: str,
    functions: Sequence[FunctionSnapshot],
    *,
    taken: frozenset[str] = frozenset(),
    secrets: KnownSecrets | None = None,
) -> ImportedFile:
    """The file of one instance: `component: scf` for one function, `multi-scf` for several.

    No variable gets a name that is `taken`. What is among the `secrets` that are known does not stand in the file.
    """
    variables = _Variables(taken, secrets or KnownSecrets())
    left_out: list[tuple[Address, str]] = []
    head: dict[str, Value] = {"component": "scf" if len(functions) == 1 else "multi-scf", "name": owner.instance}
    head |= {"app": owner.app, "stage": owner.stage}
    written = [_function(existing, variables, left_out) for existing in functions]
    if len(functions) == 1:
        inputs: dict[str, Value] = {"name": written[0]["name"], "region": region, **written[0]}
    else:
        keys = _keys([existing.address for existing in functions])
        inputs = {"region": region, "functions": dict(zip(keys, written, strict=True))}
    text = "\n".join([*yaml_lines(head), "", *yaml_lines({"inputs": inputs}), ""])
    return ImportedFile(text, variables.values, tuple(left_out))


class _Variables:
    """Gives texts that must not stand in the file a variable each."""

    def __init__(self, taken: frozenset[str], secrets: KnownSecrets) -> None:
        self._secrets = secrets
        self.values: dict[str, str] = {}
        self._taken = taken

    def must_hide(self, path: tuple[str, ...], text: str) -> bool:
        """Whether a text looks like a secret, is a tag of a secret name, or is known as a secret."""
        if holds_secret(text) or (path[:1] == ("tags",) and looks_secret(path[-1])):
            return True
        return path[-1] not in _NAMES and self._secrets.occur_in(text)

    def placeholder(self, path: Sequence[str], text: str, function: str) -> str:
        """`${env:NAME}` for the text; the name is the last word of its path, or a longer one where that is taken."""
        short, long = _as_name(path[-1]), _as_name(f"{function}_{path[-1]}")
        candidates = [short, long, *(f"{long}_{number}" for number in range(2, 1000))]
        name = next(name for name in candidates if name not in self._taken and self.values.get(name, text) == text)
        self.values[name] = text
        return f"${{env:{name}}}"


def _as_name(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return name if name[:1].isalpha() else f"V_{name}"


def _keys(addresses: Sequence[Address]) -> list[str]:
    names = [address.function for address in addresses]
    return [
        name if names.count(name) == 1 else f"{address.namespace}-{name}"
        for name, address in zip(names, addresses, strict=True)
    ]


def _function(
    existing: FunctionSnapshot, variables: _Variables, left_out: list[tuple[Address, str]]
) -> dict[str, Value]:
    address = existing.address
    written: dict[str, Value] = {"name": address.function}
    if address.namespace != "default":
        written["namespace"] = address.namespace
    settings = dict(_settings(existing))
    if existing.src:
        written["src"] = existing.src
    written |= settings
    if existing.asynchronous is not None:
        written |= _chosen(async_fields(), existing.asynchronous.settings, frozenset())
    written |= release_settings(existing.release, left_out)
    events = [event for trigger in existing.triggers if (event := _event(trigger, left_out)) is not None]
    if events:
        written["events"] = events
    found = _without_secrets(written, (), variables, address.function)
    return found if isinstance(found, dict) else {}


def _settings(existing: FunctionSnapshot) -> dict[str, Value]:
    shown = existing.function.settings
    kind = "web" if shown.get("type") == "web" else "event"
    is_image = not is_blank(shown.get("image"))
    left = (_DERIVED, *_NO_CODE) if is_image else (_DERIVED,)
    fields = [
        field
        for field in FUNCTION_FIELDS
        if field.update_mode in _CARRIES and field.supported and field.only_for in ("", kind) and field.name not in left
    ]
    return _chosen(fields, shown, _ALWAYS)


def _chosen(fields: Sequence[Field], shown: Mapping[str, Value], always: frozenset[str]) -> dict[str, Value]:
    """What differs from the platform's default, and what is `always` written where there is anything."""
    settings = normal_settings(fields, shown)
    differing = frozenset(unwritten(fields, {}, settings))
    return {
        name: value for name, value in settings.items() if name in differing or (name in always and not is_blank(value))
    }


def _event(trigger: Resource, left_out: list[tuple[Address, str]]) -> Value:
    word, _, name = trigger.address.name.partition("/")
    kind = trigger_type(word)
    if kind is None:
        left_out.append((trigger.address, "triggers of this type are not managed"))
        return None
    parameters = _parameters(kind, name, trigger.settings)
    if kind.name(parameters, "") != name:
        left_out.append((trigger.address, "the cloud does not show all that identifies it"))
        return None
    return {word: {"parameters": parameters}}


def _parameters(kind: TriggerType, name: str, shown: Mapping[str, Value]) -> dict[str, Value]:
    fields = [field for field in kind.fields if field.supported and field.update_mode is not UpdateMode.TOOL]
    settings = normal_settings(fields, shown)
    if kind.making.named:
        settings = {"name": name, **settings}
    differing = frozenset(unwritten(fields, {}, settings))
    return {key: value for key, value in settings.items() if key in differing or _is_told(key, fields, value)}


def _is_told(name: str, fields: Sequence[Field], value: Value) -> bool:
    """Whether a parameter is written although it is as the platform would have it."""
    field = next((field for field in fields if field.name == name), None)
    if field is None or is_blank(value):
        return False
    # A trigger without its switch, or a URL without who may call it and from where, leaves readers guessing.
    return field.required or field.name == "enable" or bool(field.choices) or field.kind is Kind.BLOCK


def _without_secrets(value: Value, path: tuple[str, ...], variables: _Variables, function: str) -> Value:
    """The value with a variable in place of each secret, and no other text that would be taken for one."""
    match value:
        case Secret():
            return variables.placeholder(path, value.reveal(), function)
        case str() if variables.must_hide(path, value):
            return variables.placeholder(path, value, function)
        case str():
            return escaped(value)
        case Mapping():
            return {key: _without_secrets(item, (*path, key), variables, function) for key, item in value.items()}
        case list() | tuple():
            return [_without_secrets(item, (*path, str(index)), variables, function) for index, item in _counted(value)]
    return value


def _counted(values: Sequence[Value]) -> Iterator[tuple[int, Value]]:
    return enumerate(values, 1)


_ONE_ALIAS = "a file sets one alias besides the default one"
_ONE_VERSION = "a file keeps instances of one version ready"
_DIGITS = 6  # 1 - 0.9 is to be 0.1


def release_settings(parts: Sequence[Resource], left_out: list[tuple[Address, str]]) -> dict[str, Value]:
    """The settings that ask for these aliases and this concurrency; what a file cannot say goes to `left_out`."""
    aliases = [part for part in parts if part.address.kind is ALIAS and not _is_untouched(part)]
    by_traffic = [alias for alias in aliases if _is_traffic(alias)]
    written = _traffic(by_traffic[0].settings) if by_traffic else {}
    others = [alias for alias in aliases if alias not in by_traffic]
    if others:
        written |= _alias(others[0])
    left_out += [(alias.address, _ONE_ALIAS) for alias in others[1:]]
    return written | _concurrency(parts, left_out)


def _is_untouched(alias: Resource) -> bool:
    """Whether it is the default alias as every function has it."""
    settings = alias.settings
    return alias.address.name == DEFAULT and (settings.get("aliasFunctionVersion"), weights(settings)) == (LATEST, ())


def _is_traffic(alias: Resource) -> bool:
    """Whether `traffic` says the same in a word."""
    settings = alias.settings
    is_plain = is_blank(settings.get("aliasDescription")) and len(weights(settings)) == 1
    return alias.address.name == DEFAULT and settings.get("aliasFunctionVersion") == LATEST and is_plain


def _traffic(settings: Mapping[str, Value]) -> dict[str, Value]:
    [entry] = weights(settings)
    weight = entry.get("weight")
    kept = round(1 - weight, _DIGITS) if isinstance(weight, int | float) else None
    return {"traffic": kept, "lastVersion": entry.get("version")}


def _alias(alias: Resource) -> dict[str, Value]:
    settings = {name: value for name, value in alias.settings.items() if not is_blank(value)}
    return {"aliasName": alias.address.name, **settings}


def _concurrency(parts: Sequence[Resource], left_out: list[tuple[Address, str]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for part in parts:
        if part.address.kind is not CONCURRENCY:
            continue
        if not part.address.name:
            reserved = part.settings.get("reservedConcurrencyMem")
            found |= {} if reserved in (None, -1) else {"reservedConcurrencyMem": reserved}
        elif "provisionedNum" in found:
            left_out.append((part.address, _ONE_VERSION))
        else:
            found |= {"provisionedNum": part.settings.get("provisionedNum"), "qualifier": part.address.name}
    return found
