"""Single values by their kind, and the words for one that is of another kind."""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import boolean, describe_scalar, integer, number
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, reworded
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path, Ref, Value, dotted, holds_secret

OUTPUT_TOO_LATE = Finding(
    "output-too-late",
    Severity.ERROR,
    "Value is not known before apply",
    detail='"{key}" must be known at plan time, but {source} has its {attribute} only after apply.',
    hint="Write the value itself, or pass it with --var.",
    title="A value that is known only after apply.",
    what="An output that is known only after apply is used where it names, creates or packages something.",
    why="The plan could not say what it would do.",
    wrong=yaml("name: hello-function\nsrc: ${output:${stage}:${app}:api.url}"),
    right=yaml("name: hello-function\nsrc: ./src"),
)
WRONG_TYPE = Finding(
    "wrong-type",
    Severity.ERROR,
    "Wrong type of value",
    detail='"{key}" must be {expected}, but is {actual}.',
    hint="Write {expected}.",
    further_codes=("InvalidParameterValue",),
    title="A value of the wrong type.",
    what="The value is text instead of a number, a list instead of a mapping, and so on. Quoted numbers count as "
    "numbers; `yes` and `on` are text.",
    why="The API rejects it, or interprets it as something else.",
    wrong=yaml("timeout: 10s"),
    right=yaml("timeout: 10"),
)

_TRUE_WORDS = frozenset(("yes", "on", "1", "open", "enable", "enabled", "y", "t"))
_FALSE_WORDS = frozenset(("no", "off", "0", "close", "closed", "disable", "disabled", "n", "f"))

_EXPECTED = {
    Kind.STRING: "text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.STRING_LIST: "a list of strings",
    Kind.STRING_MAP: "a mapping of names to strings",
    Kind.BLOCK: "a mapping",
    Kind.BLOCK_LIST: "a list of mappings",
    Kind.SOURCE: "a path, or a mapping with src or with bucket and object",
    Kind.TRIGGERS: "a list of triggers",
}
_CONVERSIONS: dict[Kind, Callable[[str], Value]] = {
    Kind.STRING: str,
    Kind.INTEGER: integer,
    Kind.NUMBER: number,
    Kind.BOOLEAN: boolean,
}
SCALARS = frozenset(_CONVERSIONS)
"""The kinds that are a single value."""


def read_scalar(field: Field, node: Node, path: Path, reading: Reading) -> Value:
    """The value of a STRING, INTEGER, NUMBER or BOOLEAN, or None and a finding. A quoted number counts as a number."""
    if not isinstance(node, ScalarNode):
        wrong_type(field, node, path, reading)
        return None
    if node.ref is not None:
        return _output(node.ref, node, path, reading)
    value: Value = dict(field.words).get(node.text)
    value = _CONVERSIONS[field.kind](node.text) if value is None else value
    if value is None:
        wrong_type(field, node, path, reading, hint=_hint(field.kind, node), fix=_fix(field.kind, node))
    return value


def _output(ref: Ref, node: ScalarNode, path: Path, reading: Reading) -> Ref | None:
    if path[0] in reading.known_after_apply:
        return ref
    report_too_late(ref, node, reading.diagnostics, dotted(path))
    return None


def report_too_late(later: Ref, node: ScalarNode, diagnostics: Diagnostics, what: str) -> None:
    """Report a value that is known only after applying, where it has to be known before."""
    diagnostics.report(OUTPUT_TOO_LATE, node.span, key=what, source=later.address, attribute=later.attribute)


def wrong_type(
    field: Field,
    node: Node,
    path: Path,
    reading: Reading,
    *,
    hint: str | None = None,
    fix: tuple[Edit, ...] = (),
) -> None:
    """Report a value of another shape than the field's."""
    reading.diagnostics.report(
        WRONG_TYPE,
        reading.spans.get(path, node.span),
        fix=fix,
        code=field.code or "InvalidParameterValue",
        hint="{advice}",
        key=dotted(path),
        expected=_expected(field),
        actual=describe_node(node),
        advice=hint if hint is not None else _shape_hint(field, node),
    )


def _expected(field: Field) -> str:
    if not field.words:
        return _EXPECTED[field.kind]
    *first, last = ("true", "false", *(word for word, _ in field.words))
    return f"{', '.join(first)} or {last}"


def describe_node(node: Node) -> str:
    """What somebody wrote, in words; the text itself only where it was written here."""
    match node:
        case MappingNode():
            return "a mapping"
        case SequenceNode():
            return "a list"
        case ScalarNode(style=Style.RESOLVED):
            return "a variable with another value"
        case ScalarNode() if node.sensitive or holds_secret(node.text):
            return "a secret"
        case ScalarNode():
            text = node.text if len(node.text) <= 40 else f"{node.text[:39]}…"
            return f'{describe_scalar(node)} ("{text}")' if text else "empty text"


def _hint(kind: Kind, node: ScalarNode) -> str:
    word = node.text.strip()
    if kind is Kind.BOOLEAN:
        return f"Write {_truth(word) or 'true or false'}."
    plain = word.replace("_", "").replace(",", "")
    digits = plain.lstrip("+-0") if plain.lstrip("+-").isdigit() else ""
    if digits and len(digits) < 20 and node.style is not Style.RESOLVED:
        return f"Write {'-' if plain.startswith('-') else ''}{digits}."
    return "Write the digits alone, without a unit." if kind is Kind.INTEGER else "Write a number such as 0.5."


def _truth(word: str) -> str:
    """`true` or `false` for a word that means one of them, else nothing."""
    lower = word.lower()
    if lower in _TRUE_WORDS or lower == "true":
        return "true"
    return "false" if lower in _FALSE_WORDS or lower == "false" else ""


def _fix(kind: Kind, node: ScalarNode) -> tuple[Edit, ...]:
    """The fix of a truth value in other words, where it is written here and not put in by a variable."""
    truth = _truth(node.text.strip()) if kind is Kind.BOOLEAN else ""
    return reworded(node.span, node.text, truth) if truth and node.style in (Style.PLAIN, Style.QUOTED) else ()


def _shape_hint(field: Field, node: Node) -> str:  # noqa: PLR0911 - a table of cases
    match field.kind, node:
        case ((Kind.STRING_LIST | Kind.BLOCK_LIST | Kind.TRIGGERS), (ScalarNode() | MappingNode())):
            return "Begin each item with a dash, below the key."
        case Kind.STRING_MAP, SequenceNode():
            return "Write each as `NAME: value`, without dashes."
        case Kind.BLOCK, SequenceNode():
            return "Remove the dash: only one is allowed."
        case ((Kind.BLOCK | Kind.STRING_MAP), ScalarNode()):
            names = ", ".join(field.name for field in field.fields)
            return f"Write its keys below it, indented{': ' + names if names else ''}."
        case Kind.STRING, SequenceNode():
            return "Write text alone, without dashes or brackets."
        case Kind.STRING, MappingNode(entries=entries):
            return _braces_hint(entries)
    return f"Write {_EXPECTED[field.kind]}."


def _braces_hint(entries: tuple[Entry, ...]) -> str:
    match entries:
        case (Entry(key=ScalarNode(text=word), value=ScalarNode(text="")),):
            return f"Write ${{env:{word}}} for the value of that variable, or quote the text."
    return "Write one text; quote it if it has a colon or braces."
