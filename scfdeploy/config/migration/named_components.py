"""Convert the format of the first Serverless Components: named components at the top level of one file."""

from __future__ import annotations

import re
from collections import Counter

from scfdeploy.config.api_gateway import is_disabled
from scfdeploy.config.components.local_path import is_local_path
from scfdeploy.config.document import component_kind
from scfdeploy.config.migration.current_format import advise_urls
from scfdeploy.config.migration.framework_gateway import add_url, has_trigger, replace_gateway_keys
from scfdeploy.config.migration.function_settings import (
    NOT_CARRIED_OVER,
    FunctionSettings,
    comment_out,
    write_image_address,
)
from scfdeploy.config.migration.gateway_triggers import (
    describe_urls,
    lost_settings,
    replace_in_events,
    replacement_url,
    report_gateway,
)
from scfdeploy.config.migration.plain_blocks import NotMigratedError, block_mapping, require_end_of_line
from scfdeploy.config.migration.variables import Replacement, rewrite_variables, scalar_at
from scfdeploy.config.migration.written_out import CONSTANTS, IDENTITY, value_at
from scfdeploy.config.rewriting.layout import (
    after_colon,
    comment_entry,
    end_line,
    first_comment_line,
    first_line,
    get,
    indent,
    last_line_before_next,
    mapping_of,
    sequence_items,
    text_of,
)
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, Style, is_null
from scfdeploy.config.yaml.nodes import entries_below
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model.environment_name import environment_name
from scfdeploy.records import NamedTuple

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

VALUE_FROM_ENVIRONMENT = Finding(
    "value-from-environment",
    Severity.WARNING,
    "Value is read from the environment",
    detail='"{name}" has no value for {keys}; the file now reads {variables} from the environment.',
    hint="Write these lines into .env, with the values:\n{lines}",
    title="A value that comes from the environment after a migration.",
    what="`scfdeploy migrate` found a `serverless-global` whose value is empty or missing, as in a file that was "
    "published without passwords. The places that used it read an environment variable now.",
    why="Without a value, the file cannot be deployed, and a password does not belong in it.",
    wrong=yaml("Conf:\n  component: serverless-global\n  inputs:\n    db_password:"),
    right=yaml("environment:\n  variables:\n    PASSWORD: ${env:DB_PASSWORD}"),
)

_VARIABLE = re.compile(r"\$\{\s*([^${}]+?)\s*\}")
_MOST_LEVELS = 20
_ANCHOR_KEYS = ("name", "handler", "runtime", "timeout", "memorySize", "description", "region", "functionName")


class Surroundings(NamedTuple):
    """What is around the components of a new file, which were in a file with others."""

    context: frozenset[str] = frozenset()
    """Top-level keys that are in the text to be looked up only, and are removed."""
    foreign: frozenset[str] = frozenset()
    """Names of the components of other files."""
    name_is_app: bool = False
    """Whether the top-level `name`, if there is one, becomes `app`."""


def top_level_components(tree: MappingNode) -> list[Entry]:
    """The components of a file in this format; none for any other format."""
    return [entry for entry in tree if text_of(get(entry.value, "component")) is not None]


def kind_of(entry: Entry, choice: str | None = None) -> str:
    """The component kind, such as `scf` for "@serverless/tencent-scf@1.0"; `choice` for a local path."""
    name = text_of(_component(entry)) or ""
    return choice if choice is not None and is_local_path(name) else component_kind(name)


class NamedComponents:
    """Converts one file."""

    def __init__(
        self,
        tree: MappingNode,
        rewrite: Rewrite,
        diagnostics: Diagnostics,
        default_name: str,
        *,
        choice: str | None = None,
        around: Surroundings | None = None,
    ) -> None:
        self._tree = block_mapping(tree, tree.span, rewrite)
        self._rewrite, self._diagnostics, self._default_name = rewrite, diagnostics, default_name
        self._choice, self._around = choice, around or Surroundings()
        self._named = {entry.key.text: entry for entry in top_level_components(tree)}
        self._used_constants: set[str] = set()
        self._from_environment: dict[str, dict[str, str]] = {}
        """The keys without a value, by component, each with the environment variable that replaces it."""
        self._urls: dict[str, list[Node]] = {}
        """The settings of the gateways that call a function, by the key of the function."""
        self._paths: dict[str, list[str]] = {}
        self._missing: dict[str, dict[str, Span]] = {}
        """The functions that a gateway calls and the file lacks, by gateway, each with the place of its name."""
        self.called_gateways: set[str] = set()
        """The gateways that call a function of this file."""
        self.uses: Counter[str] = Counter()
        """How often the output of each component of another file is used."""
        self._unresolved: set[str] = set()
        self._name_is_app = False
        """Whether the top-level `name`, which named the whole file, becomes `app`."""

    def migrate(self, kinds: frozenset[str]) -> None:
        """Convert the functions, or else the one component whose kind is in `kinds`. Raises NotMigratedError."""
        functions = [entry for entry in self._named.values() if self._kind(entry) == "scf"]
        others = [entry for entry in self._named.values() if self._kind(entry) in kinds]
        deployed = functions or others
        if not deployed:
            raise self._error_without_function()
        is_single = len(deployed) == 1
        self._name_is_app = self._around.name_is_app or (
            is_single and self._tree.get("name") is not None and self._tree.get("app") is None
        )
        for entry in deployed:
            rewrite_variables(entry.value, self._look_up, self._rewrite, self._diagnostics)
        gateways = [entry for entry in self._named.values() if self._kind(entry) == "apigateway"]
        for entry in gateways:
            self._note_called_functions(entry, deployed)
        self._convert_top_level(deployed, is_single=is_single)
        if is_single:
            self._convert_single(deployed[0])
        else:
            self._convert_functions(deployed)
        for entry in gateways:
            self._report_gateway(entry)
        for entry in self._named.values():
            if entry not in deployed and entry.key.text not in self._around.context:
                self._comment_component(entry)
        for entry in self._tree:
            if entry.key.text in self._around.context:
                first = first_comment_line(first_line(entry), self._rewrite)
                self._rewrite.remove(first, last_line_before_next(entry, self._tree, self._rewrite))
        self._report_values_from_environment()

    def _kind(self, entry: Entry) -> str:
        return kind_of(entry, self._choice)

    def _error_without_function(self) -> NotMigratedError:
        first = next(iter(self._named.values()))
        kinds = {self._kind(entry) for entry in self._named.values()}
        if kinds <= {"apigateway", CONSTANTS} and "apigateway" in kinds:
            gateway = next(entry for entry in self._named.values() if self._kind(entry) == "apigateway")
            inputs = mapping_of(get(gateway.value, "inputs"))
            return NotMigratedError(
                gateway.key.span,
                message("The file has only an API Gateway, which can no longer be created."),
                ("" if inputs is None else advise_urls(inputs))
                or message("Give the function that it called a URL: `events` with `- http:`."),
            )
        return NotMigratedError(
            first.key.span,
            message(
                'The file has no function, and scfdeploy does not deploy the kind "{kind}".', kind=self._kind(first)
            ),
            message("Create it by other means, and pass the values that functions need with `--var` or .env."),
        )

    def _convert_top_level(self, deployed: list[Entry], *, is_single: bool) -> None:
        """Move the identity keys above the first component, and comment out the other top-level keys."""
        start = first_comment_line(first_line(deployed[0]), self._rewrite)
        for entry in self._tree:
            key = entry.key.text
            if key in self._named or key in self._around.context:
                continue
            if key not in IDENTITY and key in self._used_constants:
                comment_entry(entry, self._rewrite)  # its values are written where they are used
                continue
            if key not in IDENTITY or (key == "name" and is_single and not self._name_is_app):
                comment_out(entry, self._rewrite, self._diagnostics)
                continue
            if key == "name" and self._name_is_app:
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
        self._rewrite.replace(component.value.span, self._kind(entry))
        self._rewrite.move(first_line(component), end_line(component), before=first)
        last = last_line_before_next(entry, self._tree, self._rewrite)
        self._rewrite.shift(first + 1, last, -indent(body.entries[0]))
        self._convert_inputs(entry, body)

    def _convert_functions(self, functions: list[Entry]) -> None:
        """Move each of several functions below `functions`."""
        heads = ["component: multi-scf", "inputs:", "  functions:"]
        if self._tree.get("name") is None or self._name_is_app:
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
        gateways = self._urls.get(entry.key.text, [])
        if inputs is None:
            return
        mapping = block_mapping(inputs.value, inputs.key.span, self._rewrite)
        settings = FunctionSettings(mapping, self._rewrite, self._diagnostics)
        if self._kind(entry) == "scf":
            settings.translate(patterns=True)
            events = mapping.get("events")
            replace_in_events(events, self._rewrite, self._diagnostics, others=gateways)
            if gateways and mapping.entries and not has_trigger(events, "http", "apigw"):
                anchor = _anchor(mapping)
                paths = f"API Gateway: {', '.join(self._paths[entry.key.text])}"
                add_url(events, anchor, replacement_url(gateways, self._rewrite), self._rewrite, comment=paths)
            return
        image, source = mapping_of(mapping.get("image")), settings.get("src")
        if image is not None:
            write_image_address(image, self._rewrite)
        if source is not None:
            self._rewrite.replace(source.key.span, "src")
        settings.gather_source()
        replace_gateway_keys(mapping, self._rewrite, self._diagnostics)

    def _comment_component(self, entry: Entry) -> None:
        """Comment out a component that needs its own file."""
        comment_entry(entry, self._rewrite)
        name = entry.key.text
        if self._kind(entry) != CONSTANTS and (name not in self.called_gateways or self.uses[name]):
            report_instance_apart(entry, self._kind(entry), self.uses[name], self._diagnostics)

    def _note_called_functions(self, gateway: Entry, deployed: list[Entry]) -> None:
        """Note the settings and the paths with which a gateway calls each function of this file."""
        inputs = mapping_of(get(gateway.value, "inputs"))
        if inputs is None or is_disabled(inputs):
            return
        outer = MappingNode(tuple(entry for entry in inputs if entry.key.text != "endpoints"), inputs.span)
        for endpoint in sequence_items(inputs.get("endpoints")):
            verb, path = text_of(get(endpoint, "method")) or "ANY", text_of(get(endpoint, "path")) or "/"
            for setting in entries_below(endpoint):
                name = text_of(setting) if setting.key.text.lower().endswith("functionname") else None
                function = None if name is None else self._function(name, deployed)
                if name is not None and function is None and not self._is_elsewhere(name):
                    self._missing.setdefault(gateway.key.text, {}).setdefault(name, setting.value.span)
                if function is not None:
                    self.called_gateways.add(gateway.key.text)
                    self._urls.setdefault(function.key.text, []).extend((endpoint, outer))
                    paths = self._paths.setdefault(function.key.text, [])
                    paths += [text for text in [f"{verb} {path}"] if text not in paths]

    def _function(self, name: str, deployed: list[Entry]) -> Entry | None:
        """The function that a gateway names by its name, or by `${key.Name}`."""
        variable = _VARIABLE.fullmatch(name)
        if variable is not None:
            key = variable[1].partition(".")[0]
            return next((entry for entry in deployed if entry.key.text == key), None)
        inputs = ((entry, mapping_of(get(entry.value, "inputs"))) for entry in deployed)
        return next((entry for entry, settings in inputs if text_of(get(settings, "name")) == name), None)

    def _is_elsewhere(self, name: str) -> bool:
        """Whether a gateway names a component of another file of the same project."""
        variable = _VARIABLE.fullmatch(name)
        return variable is not None and variable[1].partition(".")[0] in self._around.foreign

    def _report_gateway(self, gateway: Entry) -> None:
        name, inputs = gateway.key.text, mapping_of(get(gateway.value, "inputs"))
        if name not in self.called_gateways or inputs is None:
            return
        urls = {key: replacement_url(nodes, self._rewrite) for key, nodes in self._urls.items()}
        report_gateway(gateway.key.span, describe_urls(urls), lost_settings(inputs), self._diagnostics)
        for function, place in self._missing.get(name, {}).items():
            self._diagnostics.report(
                NOT_CARRIED_OVER,
                place,
                detail='The gateway calls "{function}", which is not in this file, so it gets no URL.',
                hint="Add `- http:` to `events` of that function, where it is.",
                function=function,
            )

    def _look_up(self, inner: str, place: Span) -> Replacement:
        head, _, rest = inner.partition(".")
        if head == "env" and rest:
            return f"${{env:{rest}}}"
        if inner == "name" and self._name_is_app:
            return "${app}"
        if head in self._named and rest:
            return self._look_up_component(self._named[head], inner, place)
        if head in self._around.foreign and rest:
            self.uses[head] += 1
            return f"${{output:${{stage}}:${{app}}:{inner}}}"
        value = None if head in self._named else value_at(self._tree, inner)
        return self._constant(inner, value, place) if value is not None else None

    def _constant(self, inner: str, value: Node | None, place: Span) -> Replacement:
        """What replaces a variable that names a value of the file."""
        head, _, rest = inner.partition(".")
        self._used_constants.add(head)
        if value is None or is_null(value) or (isinstance(value, ScalarNode) and not value.text.strip()):
            return self._environment_variable(head, rest or head)
        if not isinstance(value, ScalarNode) or value.style is Style.BROKEN:
            self._report_unresolved(inner, place, message("It is not one value"))
            return None
        return self._with_values(value.text, place) if "${" in value.text else value

    def _with_values(self, text: str, place: Span, level: int = 0) -> str | None:
        """A text with the values of its own variables; None if one is unknown."""
        known = True

        def replace(match: re.Match[str]) -> str:
            nonlocal known
            if match[1].startswith("env:"):
                return match[0]
            new = self._look_up(match[1], place) if level < _MOST_LEVELS else None
            known = known and new is not None
            return new.text if isinstance(new, ScalarNode) else new or match[0]

        try:
            new = _VARIABLE.sub(replace, text)
        except RecursionError:
            return None
        return new if known else None

    def _environment_variable(self, component: str, key: str) -> str:
        """The variable that replaces a value that the file does not have."""
        names = self._from_environment.setdefault(component, {})
        taken = {name for other in self._from_environment.values() for name in other.values()}
        if key not in names:
            name = environment_name(key, component)
            if name in taken or not name:
                name = environment_name(f"{component}_{key}") or f"VALUE_{len(taken) + 1}"
            names[key] = name
        return f"${{env:{names[key]}}}"

    def _report_values_from_environment(self) -> None:
        for name, variables in self._from_environment.items():
            entry = self._tree.get(name)
            self._diagnostics.report(
                VALUE_FROM_ENVIRONMENT,
                self._tree.span if entry is None else entry.key.span,
                name=name,
                keys=", ".join(variables),
                variables=", ".join(variables.values()),
                lines="\n".join(f"{variable}=" for variable in variables.values()),
            )

    def _look_up_component(self, entry: Entry, inner: str, place: Span) -> Replacement:
        """What replaces `component.path`."""
        head, _, rest = inner.partition(".")
        inputs = mapping_of(get(entry.value, "inputs")) or self._tree
        if self._kind(entry) == CONSTANTS:
            return self._constant(inner, value_at(self._tree, inner), place)
        if self._kind(entry) == "scf":
            value = scalar_at(inputs, "name") if rest.lower() == "name" else None
            if value is None:
                reason = message("Of another function of this file, only the name can be used")
                self._report_unresolved(inner, place, reason)
            return value
        self.uses[head] += 1
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


def report_instance_apart(entry: Entry, kind: str, count: int, diagnostics: Diagnostics) -> None:
    """Report a component that stays as a comment. `count` is how often its output is used."""
    name = entry.key.text
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
    diagnostics.report(INSTANCE_APART, entry.key.span, hint=hint, name=name, kind=kind, uses=uses)


def _anchor(inputs: MappingNode) -> Entry:
    """A setting that stays where it is, next to which triggers can be written."""
    return next((entry for key in _ANCHOR_KEYS if (entry := inputs.get(key)) is not None), inputs.entries[-1])


def _component(entry: Entry) -> Entry:
    return get(entry.value, "component") or entry
