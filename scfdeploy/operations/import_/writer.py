"""Write the serverless.yml of a deployed function: the settings that differ from the platform's defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.config.variables.scan import escaped
from scfdeploy.diagnostics import message
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
from scfdeploy.plan.diff.differences import unmanaged_names
from scfdeploy.plan.diff.normalise import async_fields, is_blank, normal_settings
from scfdeploy.plan.resources.alias import DEFAULT, LATEST, weights
from scfdeploy.records import dataclass
from scfdeploy.scaffold.config_text import yaml_lines
from scfdeploy.triggers import TriggerType, trigger_type

_WRITTEN_MODES = (UpdateMode.REPLACE, UpdateMode.CODE, UpdateMode.CONFIGURATION, UpdateMode.TAGS)
_ALWAYS_WRITTEN = frozenset(("runtime", "handler", "memorySize", "timeout"))
_DERIVED = "deployMode"  # implied by `image`
_NAMES = frozenset(("name", "namespace", "runtime", "handler", "src", "aliasName", "qualifier"))
_CODE_FIELDS = ("runtime", "handler")  # not of images


@dataclass(frozen=True, slots=True)
class FunctionSnapshot:
    """A deployed function with its parts."""

    function: Resource
    triggers: Sequence[Resource]
    asynchronous: Resource | None
    """The settings of asynchronous calls."""

    src: str | None = None
    """The path of the code, relative to the file; None if the code is not imported."""

    release: Sequence[Resource] = ()
    """Aliases and concurrency."""

    domains: Sequence[Resource] = ()
    """The custom domains that are written to this function."""

    @property
    def address(self) -> Address:
        """The address of the function."""
        return self.function.address


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """The text of a file, and the values of its variables in the order of the file."""

    text: str
    variables: Mapping[str, str]
    omitted: Sequence[tuple[Address, str]] = ()
    """Resources that a file cannot describe, each with the reason."""


def imported_file(
    owner: Owner,
    region: str,
    functions: Sequence[FunctionSnapshot],
    *,
    reserved: frozenset[str] = frozenset(),
    secrets: KnownSecrets | None = None,
) -> ImportedFile:
    """The file of one instance: `component: scf` for one function, `multi-scf` for several.

    No variable has a `reserved` name. Known `secrets` are replaced by variables, wherever they are repeated.
    """
    known = secrets or KnownSecrets()
    for snapshot in functions:
        for text in _secret_texts(snapshot.function.settings):
            known.add(text)
    variables = _Variables(reserved, known)
    omitted: list[tuple[Address, str]] = []
    head: dict[str, Value] = {"component": "scf" if len(functions) == 1 else "multi-scf", "name": owner.instance}
    head |= {"app": owner.app, "stage": owner.stage}
    blocks = [_function(snapshot, owner, variables, omitted) for snapshot in functions]
    if len(functions) == 1:
        inputs: dict[str, Value] = {"name": blocks[0]["name"], "region": region, **blocks[0]}
    else:
        keys = _keys([snapshot.address for snapshot in functions])
        inputs = {"region": region, "functions": dict(zip(keys, blocks, strict=True))}
    text = "\n".join([*yaml_lines(head), "", *map(_explained, yaml_lines({"inputs": inputs})), ""])
    return ImportedFile(text, variables.values, tuple(omitted))


def _explained(line: str) -> str:
    return f"{line} # {message('the deployed code is left alone')}" if line.strip() == "src: false" else line


def _secret_texts(value: Value) -> Iterator[str]:
    match value:
        case Secret():
            yield value.reveal()
        case Mapping():
            for item in value.values():
                yield from _secret_texts(item)
        case list() | tuple():
            for item in value:
                yield from _secret_texts(item)


class _Variables:
    """Replaces secrets by variables, and collects their values."""

    def __init__(self, reserved: frozenset[str], secrets: KnownSecrets) -> None:
        self._secrets = secrets
        self.values: dict[str, str] = {}
        self._reserved = reserved

    def must_hide(self, path: tuple[str, ...], text: str) -> bool:
        """Whether a text looks like a secret, is a tag with a secret name, or is a known secret."""
        if holds_secret(text) or (path[:1] == ("tags",) and looks_secret(path[-1])):
            return True
        return path[-1] not in _NAMES and self._secrets.occur_in(text)

    def placeholder(self, path: Sequence[str], text: str, function: str) -> str:
        """`${env:NAME}` for the text, named after the last key of its path, or longer if that name is in use."""
        short, long = _as_name(path[-1]), _as_name(f"{function}_{path[-1]}")
        candidates = [short, long, *(f"{long}_{number}" for number in range(2, 1000))]
        name = next(name for name in candidates if name not in self._reserved and self.values.get(name, text) == text)
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
    snapshot: FunctionSnapshot, owner: Owner, variables: _Variables, omitted: list[tuple[Address, str]]
) -> dict[str, Value]:
    address = snapshot.address
    block: dict[str, Value] = {"name": address.function}
    if address.namespace != "default":
        block["namespace"] = address.namespace
    if is_blank(snapshot.function.settings.get("image")):
        block["src"] = snapshot.src or False
    block |= _function_settings(snapshot.function.settings)
    if snapshot.asynchronous is not None:
        block |= _select(async_fields(), snapshot.asynchronous.settings, frozenset())
    block |= release_settings(snapshot.release, omitted)
    events = [event for trigger in snapshot.triggers if (event := _event(trigger, omitted)) is not None]
    if events:
        block["events"] = events
    domains = [_domain(domain, address) for domain in snapshot.domains if not _is_of_others(domain, owner)]
    if domains:
        block["customDomains"] = domains
    omitted += [
        (address, message("the custom domain {domain} belongs to another project", domain=domain.address.name))
        for domain in snapshot.domains
        if _is_of_others(domain, owner)
    ]
    redacted = _without_secrets(block, (), variables, address.function)
    return redacted if isinstance(redacted, dict) else {}


def _function_settings(settings: Mapping[str, Value]) -> dict[str, Value]:
    kind = "web" if settings.get("type") == "web" else "event"
    is_image = not is_blank(settings.get("image"))
    excluded = (_DERIVED, *_CODE_FIELDS) if is_image else (_DERIVED,)
    fields = [
        field
        for field in FUNCTION_FIELDS
        if field.update_mode in _WRITTEN_MODES
        and field.supported
        and field.only_for in ("", kind)
        and field.name not in excluded
    ]
    return _select(fields, settings, _ALWAYS_WRITTEN)


def _select(fields: Sequence[Field], observed: Mapping[str, Value], always: frozenset[str]) -> dict[str, Value]:
    """The settings that differ from the platform's default, and those named in `always`."""
    settings = normal_settings(fields, observed)
    differing = frozenset(unmanaged_names(fields, {}, settings))
    return {
        name: value for name, value in settings.items() if name in differing or (name in always and not is_blank(value))
    }


def _is_of_others(domain: Resource, owner: Owner) -> bool:
    return domain.owner is not None and not domain.owner.same_project(owner)


def _domain(domain: Resource, function: Address) -> Value:
    """A custom domain as the file of a function describes it."""
    settings = domain.settings
    block: dict[str, Value] = {"domain": domain.address.name, "protocols": settings.get("protocols")}
    block |= {name: settings[name] for name in ("certificateId", "wafInstanceId") if settings.get(name)}
    return {**block, "routes": [_route(route, function) for route in _items(settings.get("routes"))]}


def _route(route: Value, function: Address) -> Value:
    """A route without the name of the function that has it; others with their namespace, unless it is the same."""
    if not isinstance(route, Mapping):
        return route
    called = Address.of_function_name(str(route.get("function")))
    others = {key: value for key, value in route.items() if key != "function"}
    if called == function:
        return others
    name = called.function if called.namespace == function.namespace else f"{called.namespace}/{called.function}"
    return {**others, "function": name}


def _items(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else ()


def _event(trigger: Resource, omitted: list[tuple[Address, str]]) -> Value:
    type_name, _, name = trigger.address.name.partition("/")
    kind = trigger_type(type_name)
    if kind is None:
        omitted.append((trigger.address, message("triggers of this type are not supported")))
        return None
    parameters = _parameters(kind, name, trigger.settings)
    if kind.name(parameters, "") != name:
        omitted.append((trigger.address, message("the cloud does not return all fields that identify it")))
        return None
    return {type_name: {"parameters": parameters}}


def _parameters(kind: TriggerType, name: str, observed: Mapping[str, Value]) -> dict[str, Value]:
    fields = [field for field in kind.fields if field.supported and field.update_mode is not UpdateMode.TOOL]
    settings = normal_settings(fields, observed)
    if kind.making.named:
        settings = {"name": name, **settings}
    differing = frozenset(unmanaged_names(fields, {}, settings))
    return {key: value for key, value in settings.items() if key in differing or _is_always_written(key, fields, value)}


def _is_always_written(name: str, fields: Sequence[Field], value: Value) -> bool:
    """Whether a parameter is written even with the platform's default value."""
    field = next((field for field in fields if field.name == name), None)
    if field is None or is_blank(value):
        return False
    # Readers must see whether a trigger is enabled, and who can call a URL.
    return field.required or field.name == "enable" or bool(field.choices) or field.kind is Kind.BLOCK


def _without_secrets(value: Value, path: tuple[str, ...], variables: _Variables, function: str) -> Value:
    """The value with each secret replaced by a variable, and other texts escaped so that they contain none."""
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
            return [
                _without_secrets(item, (*path, str(index)), variables, function) for index, item in enumerate(value, 1)
            ]
    return value


def release_settings(parts: Sequence[Resource], omitted: list[tuple[Address, str]]) -> dict[str, Value]:
    """The settings for these aliases and this concurrency; parts that a file cannot describe go to `omitted`."""
    aliases = [part for part in parts if part.address.kind is ALIAS and not _is_default(part)]
    split = [alias for alias in aliases if _is_traffic(alias)]
    settings = _traffic(split[0].settings) if split else {}
    others = [alias for alias in aliases if alias not in split]
    if others:
        settings |= _alias(others[0])
    omitted += [(alias.address, message("a file can set only one alias other than $DEFAULT")) for alias in others[1:]]
    return settings | _concurrency(parts, omitted)


def _is_default(alias: Resource) -> bool:
    """Whether it is the default alias, unchanged."""
    settings = alias.settings
    return alias.address.name == DEFAULT and (settings.get("aliasFunctionVersion"), weights(settings)) == (LATEST, ())


def _is_traffic(alias: Resource) -> bool:
    """Whether the setting `traffic` describes it."""
    settings = alias.settings
    is_plain = is_blank(settings.get("aliasDescription")) and len(weights(settings)) == 1
    return alias.address.name == DEFAULT and settings.get("aliasFunctionVersion") == LATEST and is_plain


def _traffic(settings: Mapping[str, Value]) -> dict[str, Value]:
    [entry] = weights(settings)
    weight = entry.get("weight")
    # Rounded, because 1 - 0.9 is not exactly 0.1.
    latest = round(1 - weight, 6) if isinstance(weight, int | float) else None
    return {"traffic": latest, "lastVersion": entry.get("version")}


def _alias(alias: Resource) -> dict[str, Value]:
    settings = {name: value for name, value in alias.settings.items() if not is_blank(value)}
    return {"aliasName": alias.address.name, **settings}


def _concurrency(parts: Sequence[Resource], omitted: list[tuple[Address, str]]) -> dict[str, Value]:
    settings: dict[str, Value] = {}
    for part in parts:
        if part.address.kind is not CONCURRENCY:
            continue
        if not part.address.name:
            reserved = part.settings.get("reservedConcurrencyMem")
            settings |= {} if reserved in (None, -1) else {"reservedConcurrencyMem": reserved}
        elif "provisionedNum" in settings:
            reason = message("a file can set provisioned concurrency of only one version")
            omitted.append((part.address, reason))
        else:
            settings |= {"provisionedNum": part.settings.get("provisionedNum"), "qualifier": part.address.name}
    return settings
