"""Convert the format of the first Serverless Components: named components at the top level of one file."""

from __future__ import annotations

from scfdeploy.config.document import component_kind
from scfdeploy.config.migration.framework_gateway import replace_gateway_keys
from scfdeploy.config.migration.function_settings import NOT_CARRIED_OVER, FunctionSettings, comment_out
from scfdeploy.config.migration.gateway_triggers import replace_in_events
from scfdeploy.config.migration.layout import (
    NotMigratedError,
    after_colon,
    block_mapping,
    comment_entry,
    end_line,
    first_comment_line,
    first_line,
    get,
    indent,
    last_line_before_next,
    mapping_of,
    require_end_of_line,
    text_of,
)
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.migration.variables import Replacement, rewrite_variables, scalar_at
from scfdeploy.config.yaml import Entry, MappingNode, Style
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml

INSTANCE_APART = Finding(
    "instance-apart",
    Severity.WARNING,
    "Component needs its own file",
    detail='A file holds one instance, so "{name}" ({kind}) stays as a comment and is not deployed.{uses}',
    hint="Put it into its own folder, with `component:` and `name:` at the top and its `inputs` below.",
    title="A component that needs its own file.",
    what="`scfdeploy migrate` found several components in one file. The functions stay; another component, such as a "
    "website or a VPC, becomes a comment.",
    why="A file holds one instance now. Values that came from the other component now name its output, "
    "`${output:STAGE:APP:INSTANCE.KEY}`.",
    wrong=yaml(
        'network:\n  component: "@serverless/tencent-vpc"\nhello:\n  component: "@serverless/tencent-scf"\n'
        "  inputs:\n    vpcConfig:\n      vpcId: ${network.vpcId}"
    ),
    right=yaml(
        "# hello/serverless.yml\ncomponent: scf\nname: hello\ninputs:\n  vpcConfig:\n"
        "    vpcId: ${output:${stage}:${app}:network.vpcId}"
    ),
)

_IDENTITY = ("app", "stage", "org", "name")
_CONSTANTS = "serverless-global"
"""A component that only holds values for others."""


def top_level_components(tree: MappingNode) -> list[Entry]:
    """The components of a file in this format; none for any other format."""
    return [entry for entry in tree if text_of(get(entry.value, "component")) is not None]


class NamedComponents:
    """Converts one file."""

    def __init__(self, tree: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics, default_name: str) -> None:
        self._tree = block_mapping(tree, tree.span, rewrite)
        self._rewrite, self._diagnostics, self._default_name = rewrite, diagnostics, default_name
        self._named = {entry.key.text: entry for entry in top_level_components(tree)}
        self._uses: dict[str, int] = {}
        self._unresolved: set[str] = set()
        self._name_is_app = False
        """Whether the top-level `name`, which named the whole file, becomes `app`."""

    def migrate(self, kinds: frozenset[str]) -> None:
        """Convert the functions, or else the one component whose kind is in `kinds`. Raises NotMigratedError."""
        functions = [entry for entry in self._named.values() if _kind(entry) == "scf"]
        others = [entry for entry in self._named.values() if _kind(entry) in kinds]
        deployed = functions or others
        if not deployed:
            first = next(iter(self._named.values()))
            raise NotMigratedError(
                first.key.span,
                message(
                    'The file has no function, and scfdeploy does not deploy the kind "{kind}".', kind=_kind(first)
                ),
                message("Create it by other means, and pass the values that functions need with `--var` or .env."),
            )
        if len(deployed) > 1 and not functions:
            raise NotMigratedError(
                deployed[1].key.span,
                message(
                    "The file has several components that scfdeploy deploys ({components}), but a file can have only "
                    "one of their kinds.",
                    components=", ".join(entry.key.text for entry in deployed),
                ),
                message("Put each into its own folder, then migrate again."),
            )
        is_single = len(deployed) == 1
        self._name_is_app = is_single and self._tree.get("name") is not None and self._tree.get("app") is None
        for entry in deployed:
            rewrite_variables(entry.value, self._look_up, self._rewrite)
        self._convert_top_level(deployed, is_single=is_single)
        if is_single:
            self._convert_single(deployed[0])
        else:
            self._convert_functions(deployed)
        for entry in self._named.values():
            if entry not in deployed:
                self._comment_component(entry)

    def _convert_top_level(self, deployed: list[Entry], *, is_single: bool) -> None:
        """Move the identity keys above the first component, and comment out the other top-level keys."""
        start = first_comment_line(first_line(deployed[0]), self._rewrite)
        for entry in self._tree:
            key = entry.key.text
            if key in self._named:
                continue
            if key not in _IDENTITY or (key == "name" and is_single and not self._name_is_app):
                comment_out(entry, self._rewrite, self._diagnostics)
                continue
            if key == "name" and is_single:
                self._rewrite.replace(entry.key.span, "app")
            if first_line(entry) > start:
                first = first_comment_line(first_line(entry), self._rewrite)
                self._rewrite.move(first, end_line(entry), before=start)

    def _convert_single(self, entry: Entry) -> None:
        """Move the settings of the only component to the top level."""
        require_end_of_line(entry, self._rewrite)
        first, name = first_line(entry), self._rewrite.source_text(entry.key.span)
        body = block_mapping(entry.value, entry.key.span, self._rewrite)
        component = _component(entry)
        self._rewrite.replace(entry.key.span, "name")
        self._rewrite.insert(after_colon(entry, self._rewrite), f" {name}")
        self._rewrite.replace(component.value.span, _kind(entry))
        self._rewrite.move(first_line(component), end_line(component), before=first)
        last = last_line_before_next(entry, self._tree, self._rewrite)
        self._rewrite.shift(first + 1, last, -indent(body.entries[0]))
        self._convert_inputs(entry, body)

    def _convert_functions(self, functions: list[Entry]) -> None:
        """Move each of several functions below `functions`."""
        heads = ["component: multi-scf", "inputs:", "  functions:"]
        if self._tree.get("name") is None:
            heads.insert(1, f"name: {self._default_name}")
        self._rewrite.prepend(first_comment_line(first_line(functions[0]), self._rewrite), *heads)
        for entry in functions:
            body = block_mapping(entry.value, entry.key.span, self._rewrite)
            self._rewrite.shift(first_comment_line(first_line(entry), self._rewrite), first_line(entry), 4)
            component, inputs = _component(entry), body.get("inputs")
            self._rewrite.drop(first_line(component), component.value.span.end)
            depth = 2
            if inputs is not None:
                require_end_of_line(inputs, self._rewrite)
                self._rewrite.drop(first_line(inputs), inputs.key.span.end)
                settings = block_mapping(inputs.value, inputs.key.span, self._rewrite)
                depth = indent(settings.entries[0]) if settings.entries else depth
            last = last_line_before_next(entry, self._tree, self._rewrite)
            self._rewrite.shift(first_line(entry) + 1, last, 6 - depth)
            self._convert_inputs(entry, body)

    def _convert_inputs(self, entry: Entry, body: MappingNode) -> None:
        for inner in body:
            if inner.key.text not in ("component", "inputs"):
                comment_out(inner, self._rewrite, self._diagnostics)
        inputs = body.get("inputs")
        if inputs is None:
            return
        mapping = block_mapping(inputs.value, inputs.key.span, self._rewrite)
        settings = FunctionSettings(mapping, self._rewrite, self._diagnostics)
        if _kind(entry) == "scf":
            settings.translate(patterns=True)
            replace_in_events(mapping.get("events"), self._rewrite, self._diagnostics)
            return
        source = settings.get("src")
        if source is not None:
            self._rewrite.replace(source.key.span, "src")
        settings.gather_source()
        replace_gateway_keys(mapping, self._rewrite, self._diagnostics)

    def _comment_component(self, entry: Entry) -> None:
        """Comment out a component that needs its own file."""
        comment_entry(entry, self._rewrite)
        kind, name = _kind(entry), entry.key.text
        if kind == _CONSTANTS:
            return  # its values are written where they are used
        count = self._uses.get(name, 0)
        uses, hint = "", None
        if count:
            uses = message(
                " {count} place uses its output." if count == 1 else " {count} places use its output.", count=count
            )
            hint = (
                "Put it into its own folder, with `component:` and `name:` at the top and its `inputs` below. If it is "
                "created by other means, pass the values with `--var output:STAGE:APP:{name}.KEY=VALUE`."
            )
        if kind == "apigateway":
            hint = "Give the function that it called a URL: `events` with `- http:`."
        self._diagnostics.report(INSTANCE_APART, entry.key.span, hint=hint, name=name, kind=kind, uses=uses)

    def _look_up(self, inner: str, place: Span) -> Replacement:
        head, _, rest = inner.partition(".")
        if head == "env" and rest:
            return f"${{env:{rest}}}"
        if inner == "name" and self._name_is_app:
            return "${app}"
        return self._look_up_component(self._named[head], inner, place) if head in self._named and rest else None

    def _look_up_component(self, entry: Entry, inner: str, place: Span) -> Replacement:
        """What replaces `component.path`."""
        head, _, rest = inner.partition(".")
        inputs = mapping_of(get(entry.value, "inputs")) or self._tree
        if _kind(entry) == _CONSTANTS:
            value = scalar_at(inputs, rest)
            if value is None or value.style is Style.BROKEN:
                self._report_unresolved(inner, place, message("It has no value in this file"))
                return None
            return value
        if _kind(entry) == "scf":
            value = scalar_at(inputs, "name") if rest.lower() == "name" else None
            if value is None:
                reason = message("Of another function of this file, only the name can be used")
                self._report_unresolved(inner, place, reason)
            return value
        self._uses[head] = self._uses.get(head, 0) + 1
        return f"${{output:${{stage}}:${{app}}:{inner}}}"

    def _report_unresolved(self, variable: str, place: Span, reason: str) -> None:
        """Report, once per variable, that it is not replaced."""
        if variable in self._unresolved:
            return
        self._unresolved.add(variable)
        self._diagnostics.report(
            NOT_CARRIED_OVER,
            place,
            detail="{reason}, so `${{variable}}` is not replaced anywhere, and has no meaning.",
            hint="Write the value instead, or `${env:NAME}` and set that variable.",
            reason=reason,
            variable=variable,
        )


def _component(entry: Entry) -> Entry:
    return get(entry.value, "component") or entry


def _kind(entry: Entry) -> str:
    """The component kind, such as `scf` for "@serverless/tencent-scf@1.0"."""
    return component_kind(text_of(_component(entry)) or "")
