from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.config.yaml import MappingNode, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff"), max_size=30
)
KEYS = st.lists(TEXTS, min_size=1, max_size=5, unique=True)


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_quoted_text_keeps_content_and_position(data: st.DataObject) -> None:
    lines, expected = [], {}
    for key in data.draw(KEYS):
        value = data.draw(TEXTS)
        quote = data.draw(st.sampled_from((single, double)))
        expected[key] = (value, len(lines) + 1, len(quote(key)) + 3, len(quote(key)) + 3 + len(quote(value)))
        lines.append(f"{quote(key)}: {quote(value)}")
    diagnostics = Diagnostics()
    tree = parse("\n".join(lines), "f", diagnostics)
    assert not list(diagnostics)
    assert isinstance(tree, MappingNode)
    read = {
        entry.key.text: (
            entry.value.text,
            entry.value.span.start.line,
            entry.value.span.start.column,
            entry.value.span.end.column,
        )
        for entry in tree
        if isinstance(entry.value, ScalarNode)
    }
    assert read == expected


@given(st.text(st.sampled_from("ab:-#'\"\\[]{},&*!|>%@`~?= \n\t$<中\x85\u2028"), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_gets_positions_inside_it(text: str) -> None:
    diagnostics = Diagnostics()
    node = parse(text, "f", diagnostics)
    lines = text.split("\n")
    for diagnostic in diagnostics:
        assert diagnostic.subject is not None
        assert 1 <= diagnostic.subject.start.line <= len(lines)
        assert 1 <= diagnostic.subject.start.column <= len(lines[diagnostic.subject.start.line - 1]) + 1
        assert diagnostic.subject.start <= diagnostic.subject.end
        assert diagnostic.summary
        assert diagnostic.hint
    if node is not None:
        check_places(node, lines)


def check_places(node: object, lines: list[str]) -> None:
    assert isinstance(node, ScalarNode | MappingNode | SequenceNode)
    assert node.span.start <= node.span.end
    assert node.span.end.line <= len(lines)
    if isinstance(node, MappingNode):
        for entry in node:
            check_places(entry.key, lines)
            check_places(entry.value, lines)
    if isinstance(node, SequenceNode):
        for item in node.items:
            check_places(item, lines)
