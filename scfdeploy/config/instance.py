"""Read one instance from a document: its identity, its dependencies and its resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scfdeploy.config.components import ComponentKind, choose_kind
from scfdeploy.config.dependencies import Edge, InstanceKey
from scfdeploy.config.document import Document, InstanceDocument
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.identity import check_identity, check_keys, identity_scalar
from scfdeploy.config.load_result import LoadOptions
from scfdeploy.config.variables import OwnValue, Resolver, VariableSources
from scfdeploy.config.variables.outputs import Outputs, parse_output
from scfdeploy.config.variables.resolve import ReplacementLookup
from scfdeploy.config.variables.scan import Reference
from scfdeploy.config.yaml import MappingNode, ScalarNode, Style
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import DEFAULT_STAGE, FUNCTION_FIELDS, FunctionSpec, Instance, LayerSpec, Owner
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.config.variables.framework_variables import FrameworkVariables

IDENTITY_EMPTY = Finding(
    "identity-empty",
    Severity.ERROR,
    "Name is empty",
    detail='"{key}" is empty text.',
    hint="Write the name of the instance.",
    title="An empty name, or a variable that makes app or stage empty.",
    what="The value is empty text; an empty `app` or `stage` comes from a variable.",
    why="These keys say where the project is deployed and who owns it: with an empty value it would be deployed to the "
    "wrong place.",
    wrong=yaml("stage: ${env:STAGE}   # and STAGE is set to empty text"),
    right=yaml("stage: ${env:STAGE}   # and STAGE is set to prod"),
)

_PROTECT = next(field for field in FUNCTION_FIELDS if field.name == "protect")
_NAMELESS = "instance"


class IdentifiedDocument(NamedTuple):
    """A document whose instance is identified. `kind` is None when it is not deployed."""

    key: InstanceKey
    document: Document
    kind: ComponentKind | None
    sources: VariableSources
    resolver: Resolver
    unresolved: frozenset[str]
    """Those of name, app and stage that cannot be resolved and have a placeholder."""

    def edges(self) -> tuple[Edge, ...]:
        """The instances whose outputs the inputs use, in file order."""
        inputs = self.document.tree.get("inputs")
        if self.kind is None or inputs is None or "${output:" not in self.document.text:
            return ()
        named = ((parse_output(form), span) for form, span in self.resolver.outputs(inputs.value))
        return tuple(Edge(self.key, name.instance, span) for name, span in named if name is not None)


def identify(
    document: Document, options: LoadOptions, *, environment: Mapping[str, str], diagnostics: Diagnostics
) -> IdentifiedDocument:
    """Identify the instance and the component kind of a document."""
    kind = choose_kind(document.tree, diagnostics, skip_unsupported=options.skip_unsupported)
    if kind is not None:
        check_keys(document.tree, diagnostics)
    # Other mistakes in a file of another tool are not reported.
    reported = diagnostics if kind is not None else Diagnostics()
    own = _own_scalars(document.tree, reported)
    sources = VariableSources(
        options.variables,
        environment,
        _own_values(own, options),
        secrets=options.secrets,
        withheld=_is_credential(environment) if options.prebuilt else None,
    )
    resolver = Resolver(sources, document.text.split("\n"), _replacements(document, prebuilt=options.prebuilt))
    owner, unresolved = _owner(own, options, resolver, reported)
    key = InstanceKey(owner.app, owner.stage, owner.instance)
    return IdentifiedDocument(key, document, kind, sources, resolver, unresolved)


def _replacements(document: Document, *, prebuilt: bool) -> ReplacementLookup:
    """Looks up what to write instead of variables of the Serverless Framework. Loads its module when there is one."""
    loaded: list[FrameworkVariables] = []

    def replacement(reference: Reference, node: ScalarNode, span: Span, quote: str) -> str | None:
        from scfdeploy.config.variables.framework_variables import FrameworkVariables, written

        if not loaded:
            loaded.append(FrameworkVariables(document.tree, "" if prebuilt else document.root))
        answer = loaded[0].replacement(reference, span)
        if answer is None:
            return None
        is_entire = node.style is Style.PLAIN and node.text == reference.raw
        return written(answer, node, quote, is_entire=is_entire)

    return replacement


def _is_credential(environment: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether a variable is a credential of the cloud by its name, or contains the value of one."""
    from scfdeploy.model.child_environment import holds_any, is_signing_variable

    keys = [value.strip() for name, value in environment.items() if is_signing_variable(name)]
    holds_key = holds_any(filter(None, keys))
    return lambda name: is_signing_variable(name) or holds_key(environment.get(name, ""))


def read_instance(
    identified: IdentifiedDocument, region: str | None, *, outputs: Outputs, diagnostics: Diagnostics
) -> Instance | None:
    """The instance, or None when its component kind is not deployed. `region` replaces that of the file."""
    document, kind, key = identified.document, identified.kind, identified.key
    if kind is None:
        return None
    sources = identified.sources._replace(outputs=lambda form: outputs.look_up(form, key))
    resolver = identified.resolver.with_sources(sources)
    owner = Owner(key.app, key.stage, key.name)
    protect = _read_protection(document.tree, resolver, diagnostics)
    specs = kind.read(InstanceDocument(document, owner, region, resolver, diagnostics, protect, identified.unresolved))
    resolver.report(diagnostics)
    component = document.tree.get("component")
    return Instance(
        name=key.name,
        app=key.app,
        stage=key.stage,
        component=kind.names[0],
        file=document.file,
        root=document.root,
        functions=tuple(spec for spec in specs if isinstance(spec, FunctionSpec)),
        span=document.tree.span if component is None else component.key.span,
        layers=tuple(spec for spec in specs if isinstance(spec, LayerSpec)),
        needs=outputs.dependencies_of(key),
        unresolved=identified.unresolved,
    )


def _read_protection(tree: MappingNode, resolver: Resolver, diagnostics: Diagnostics) -> bool | None:
    """The value of `protect` at the top level."""
    entry = tree.get("protect")
    if entry is None:
        return None
    reading = Reading(diagnostics, message("the top level"), resolver.tree, lines=resolver.lines)
    value = read_fields(MappingNode((entry,), tree.span), (_PROTECT,), reading=reading).get("protect")
    return value if isinstance(value, bool) else None


def stage_before_environment(tree: MappingNode, options: LoadOptions) -> str | None:
    """The stage for choosing the .env file; None when the stage itself needs a value from a .env file."""
    if options.stage is not None:
        return options.stage
    scalar = identity_scalar(tree, "stage", Diagnostics())
    if scalar is None:
        return DEFAULT_STAGE
    resolved = Resolver(VariableSources(options.variables, options.environ, {}), ()).scalar(scalar)
    return None if resolved.style is Style.BROKEN else resolved.text


def _own_scalars(tree: MappingNode, diagnostics: Diagnostics) -> dict[str, ScalarNode]:
    scalars = {key: identity_scalar(tree, key, diagnostics) for key in ("name", "app", "stage", "org")}
    return {key: scalar for key, scalar in scalars.items() if scalar is not None}


def _own_values(own: Mapping[str, ScalarNode], options: LoadOptions) -> dict[str, OwnValue]:
    """The values of `${name}`, `${app}`, `${stage}` and `${org}`, with their own variables unresolved."""
    values = {key: OwnValue(scalar.text) for key, scalar in own.items()}
    values.setdefault("name", OwnValue(_NAMELESS))
    values.setdefault("app", values["name"])
    values.setdefault("stage", OwnValue(DEFAULT_STAGE))
    if options.stage is not None:
        values["stage"] = OwnValue(options.stage, final=True)
    return values


def _owner(
    own: Mapping[str, ScalarNode], options: LoadOptions, resolver: Resolver, diagnostics: Diagnostics
) -> tuple[Owner, frozenset[str]]:
    """The owner, and its keys that cannot be resolved and have a placeholder."""
    read = (key for key in ("name", "app", "stage") if key in own and (key != "stage" or options.stage is None))
    texts = {key: _text(key, own[key], resolver, diagnostics) for key in read}
    name = texts.get("name") or _NAMELESS
    stage = options.stage if options.stage is not None else texts.get("stage") or DEFAULT_STAGE
    unresolved = {key for key, text in texts.items() if not text}
    if "name" in unresolved and "app" not in own:
        unresolved.add("app")  # its default is the name
    return Owner(texts.get("app") or name, stage, name), frozenset(unresolved)


def _text(key: str, scalar: ScalarNode, resolver: Resolver, diagnostics: Diagnostics) -> str:
    """The resolved text; empty when it cannot be resolved, which the resolver reports."""
    resolved = resolver.scalar(scalar)
    if resolved.style is Style.BROKEN:
        return ""
    is_variable = resolved.style is Style.RESOLVED
    if not resolved.text and (is_variable or key == "name"):  # an empty `app` or `stage` takes its default
        diagnostics.report(
            IDENTITY_EMPTY,
            scalar.span,
            summary="Variable is empty" if is_variable else None,
            detail='With its variables resolved, "{key}" is empty, which would deploy to the wrong place.'
            if is_variable
            else None,
            hint="Set the variable to a name, or remove the key to use its default." if is_variable else None,
            key=key,
        )
    check_identity(key, resolved.text, scalar.span, diagnostics)
    return resolved.text
