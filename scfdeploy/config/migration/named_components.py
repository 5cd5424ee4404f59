"""The form of the first Serverless Components: components one below the other, each with a `component` of its own."""

from __future__ import annotations

from scfdeploy.config.components.component_name import legacy_component_kind
from scfdeploy.config.migration.framework_gateway import replace_beside
from scfdeploy.config.migration.function_settings import NOT_CARRIED_OVER, Settings, leave_out
from scfdeploy.config.migration.gateway_triggers import replace_in_events
from scfdeploy.config.migration.layout import (
    NotMigratedError,
    after_colon,
    bare,
    block,
    end_line,
    first_line,
    indent,
    mapping_of,
    text_of,
    with_comments,
)
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.migration.variables import Answer, find, rewrite_variables
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
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

_TOP = ("app", "stage", "org", "name")
_VALUES = "serverless-global"


def top_level_components(tree: MappingNode) -> list[Entry]:
    """The components of a file in this form; none in any other."""
    return [entry for entry in tree if text_of(_part(entry, "component")) is not None]


class NamedComponents:
    """Brings one file of this form into today's."""

    def __init__(self, tree: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics, default_name: str) -> None:
        self._tree = block(tree, tree.span, rewrite)
        self._rewrite, self._diagnostics, self._default_name = rewrite, diagnostics, default_name
        self._named = {entry.key.text: entry for entry in top_level_components(tree)}
        self._referred: dict[str, int] = {}
        self._unresolved: set[str] = set()
        self._name_is_app = False

    def migrate(self, apps: frozenset[str]) -> None:
        """Bring the functions, or else the one component that is among `apps`, into today's form. NotMigratedError."""
        functions = [entry for entry in self._named.values() if _kind(entry) == "scf"]
        others = [entry for entry in self._named.values() if _kind(entry) in apps]
        kept = functions or others
        if not kept:
            first = next(iter(self._named.values()))
            raise NotMigratedError(
                first.key.span,
                f'There is no function in this file, and nothing of the kind "{_kind(first)}" is deployed here.',
                "Create it by other means, and pass what functions need of it with `--var` or .env.",
            )
        if len(kept) > 1 and not functions:
            raise NotMigratedError(
                kept[1].key.span,
                f"The file holds several components that are deployed ({', '.join(one.key.text for one in kept)}), and "
                "of their kinds a file holds one.",
                "Put each into its own folder, then migrate again.",
            )
        self._name_is_app = len(kept) == 1 and self._tree.get("name") is not None and self._tree.get("app") is None
        for entry in kept:
            rewrite_variables(entry.value, self._answer, self._rewrite)
        self._identity(kept, is_one=len(kept) == 1)
        if len(kept) == 1:
            self._alone(kept[0])
        else:
            self._together(kept)
        for entry in self._named.values():
            if entry not in kept:
                self._set_apart(entry)

    def _identity(self, kept: list[Entry], *, is_one: bool) -> None:
        """Keep the keys that say whose the file is, above the first component; the name of all was the app."""
        start = with_comments(first_line(kept[0]), self._rewrite)
        for entry in self._tree:
            word = entry.key.text
            if word in self._named:
                continue
            if word not in _TOP or (word == "name" and is_one and not self._name_is_app):
                leave_out(entry, self._rewrite, self._diagnostics)
                continue
            if word == "name" and is_one:
                self._rewrite.replace(entry.key.span, "app")
            if first_line(entry) > start:
                first = with_comments(first_line(entry), self._rewrite)
                self._rewrite.move(first, end_line(entry), before=start)

    def _alone(self, entry: Entry) -> None:
        """One component: what stood below its name stands at the top."""
        bare(entry, self._rewrite)
        first, name = first_line(entry), self._rewrite.written(entry.key.span)
        body = block(entry.value, entry.key.span, self._rewrite)
        component = _component(entry)
        self._rewrite.replace(entry.key.span, "name")
        self._rewrite.insert(after_colon(entry, self._rewrite), f" {name}")
        self._rewrite.replace(component.value.span, _kind(entry))
        self._rewrite.move(first_line(component), end_line(component), before=first)
        self._rewrite.shift(first + 1, self._until(entry), -indent(body.entries[0]))
        self._read(entry, body)

    def _together(self, kept: list[Entry]) -> None:
        """Several functions: each below `functions`, by its name."""
        heads = ["component: multi-scf", "inputs:", "  functions:"]
        if self._tree.get("name") is None:
            heads.insert(1, f"name: {self._default_name}")
        self._rewrite.head(with_comments(first_line(kept[0]), self._rewrite), *heads)
        for entry in kept:
            body = block(entry.value, entry.key.span, self._rewrite)
            self._rewrite.shift(with_comments(first_line(entry), self._rewrite), first_line(entry), 4)
            component, inputs = _component(entry), body.get("inputs")
            self._rewrite.drop(first_line(component), component.value.span.end)
            depth = 2
            if inputs is not None:
                bare(inputs, self._rewrite)
                self._rewrite.drop(first_line(inputs), inputs.key.span.end)
                settings = block(inputs.value, inputs.key.span, self._rewrite)
                depth = indent(settings.entries[0]) if settings.entries else depth
            self._rewrite.shift(first_line(entry) + 1, self._until(entry), 6 - depth)
            self._read(entry, body)

    def _read(self, entry: Entry, body: MappingNode) -> None:
        """The inputs of one component in today's words."""
        for inner in body:
            if inner.key.text not in ("component", "inputs"):
                leave_out(inner, self._rewrite, self._diagnostics)
        inputs = body.get("inputs")
        if inputs is None:
            return
        settings = block(inputs.value, inputs.key.span, self._rewrite)
        if _kind(entry) == "scf":
            Settings(settings, self._rewrite, self._diagnostics).translate(patterns=True)
            replace_in_events(settings.get("events"), self._rewrite, self._diagnostics)
        else:
            words = Settings(settings, self._rewrite, self._diagnostics)
            code = words.get("src")
            if code is not None:
                self._rewrite.replace(code.key.span, "src")
            words.gather_source()
            replace_beside(settings, self._rewrite, self._diagnostics)

    def _until(self, entry: Entry) -> int:
        """The last line before the next component, without the comments above that."""
        after = [other for other in self._tree if first_line(other) > first_line(entry)]
        if not after:
            return self._rewrite.end
        return max(end_line(entry), with_comments(first_line(after[0]), self._rewrite) - 1)

    def _set_apart(self, entry: Entry) -> None:
        """What the file cannot hold any more becomes a comment."""
        self._rewrite.comment(first_line(entry), end_line(entry), indent(entry))
        kind, name = _kind(entry), entry.key.text
        if kind == _VALUES:
            return  # its values stand where they are used
        used = self._referred.get(name, 0)
        uses = f" {used} {'place uses' if used == 1 else 'places use'} its output." if used else ""
        hint = INSTANCE_APART.hint
        if kind == "apigateway":
            hint = "Give the function that it called a URL: `events` with `- http:`."
        elif used:
            hint += " If it is created by other means, pass the values with `--var output:STAGE:APP:{name}.KEY=VALUE`."
        self._diagnostics.report(INSTANCE_APART, entry.key.span, hint=hint, name=name, kind=kind, uses=uses)

    def _answer(self, inner: str, place: Span) -> Answer:
        head, _, rest = inner.partition(".")
        if head == "env" and rest:
            return f"${{env:{rest}}}"
        if inner == "name" and self._name_is_app:
            return "${app}"
        entry = self._named.get(head)
        if entry is None or not rest:
            return None
        if _kind(entry) == _VALUES:
            return self._constant(entry, rest, place)
        if _kind(entry) == "scf":
            value = find(mapping_of(_part(entry, "inputs")) or self._tree, "name") if rest.lower() == "name" else None
            if value is None:
                self._unknown(inner, place, "Only the name of another function of this file can replace it")
            return value
        self._referred[head] = self._referred.get(head, 0) + 1
        return f"${{output:${{stage}}:${{app}}:{inner}}}"

    def _constant(self, entry: Entry, path: str, place: Span) -> Answer:
        value = find(mapping_of(_part(entry, "inputs")) or self._tree, path)
        if value is None or value.style is Style.BROKEN:
            self._unknown(f"{entry.key.text}.{path}", place, "It has no value here that could replace it")
            return None
        return value

    def _unknown(self, inner: str, place: Span, why: str) -> None:
        """Say once that a variable stays as it is, and means nothing."""
        if inner in self._unresolved:
            return
        self._unresolved.add(inner)
        self._diagnostics.report(
            NOT_CARRIED_OVER,
            place,
            detail="{reason}, so `${{variable}}` is not changed anywhere, and has no meaning.",
            hint="Write the value instead, or `${env:NAME}` and set that variable.",
            reason=why,
            variable=inner,
        )


def _part(entry: Entry, key: str) -> Entry | None:
    value = entry.value
    return value.get(key) if isinstance(value, MappingNode) else None


def _component(entry: Entry) -> Entry:
    """The `component` that makes an entry one of ours."""
    return _part(entry, "component") or entry


def _kind(entry: Entry) -> str:
    """`scf` of "@serverless/tencent-scf@1.0"."""
    value = _component(entry).value
    word = value.text if isinstance(value, ScalarNode) else ""
    return legacy_component_kind(word)
