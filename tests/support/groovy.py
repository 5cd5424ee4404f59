"""Reads and evaluates as much Groovy as declarative Jenkinsfiles are made of.

Calls with arguments and blocks, texts, lists, maps, `def`, `for`, and the expressions that choose stages and branches.
What is not known here is an error, so that a test never passes on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<line>\n)"
    r"|(?P<single3>'''(?:[^\\]|\\.)*?''')|(?P<double3>\"\"\"(?:[^\\]|\\.)*?\"\"\")"
    r"|(?P<single>'(?:[^'\\\n]|\\.)*')|(?P<double>\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>\d+)|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<sign>==|!=|&&|\|\||\?:|\+\+|[{}()\[\]:,=!+<.;?])",
    re.DOTALL,
)
_ESCAPES = {"\n": "", "n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Name:
    """A bare word, such as `any`, `scm` or a variable."""

    text: str


@dataclass(frozen=True)
class Call:
    """`name(arguments, key: value) { block }`; `block` is None where there is none.

    `=` is a call with a name and a value, `expression` one with what stands alone.
    """

    name: str
    arguments: tuple[Node, ...] = ()
    named: dict[str, Node] = field(default_factory=dict)
    block: tuple[Statement, ...] | None = None

    def inner(self, name: str) -> Call | None:
        """The one call of that name in the block."""
        found = [one for one in self.block or () if isinstance(one, Call) and one.name == name]
        assert len(found) < 2, f"several {name}"
        return found[0] if found else None


@dataclass(frozen=True)
class Each:
    """`for (name in values) { block }`, and the form that counts from nought up to a number."""

    name: str
    values: Node
    block: tuple[Statement, ...]
    counts: bool = False


@dataclass(frozen=True)
class Operation:
    """A sign with what stands on its two sides; `!` has only a right one, and `?` a list of two there."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Member:
    """`value.name`, and `value.name(arguments)` where there are arguments, be it none in the brackets."""

    value: Node
    name: str
    arguments: tuple[Node, ...] | None = None


@dataclass(frozen=True)
class Index:
    """`value[key]`."""

    value: Node
    key: Node


Node: TypeAlias = "str | int | bool | Name | Call | Operation | Member | Index | list[Any] | dict[str, Any] | None"
Statement: TypeAlias = "Call | Each"


def read_groovy(text: str) -> tuple[Statement, ...]:
    """The statements of a file, one after the other."""
    return _Reader(_tokens(text)).statements(end=None)


def evaluate(node: Node, names: Mapping[str, Any]) -> Any:  # noqa: C901, PLR0911 - one for each kind of node
    """The value of an expression, with these variables."""
    match node:
        case Name(text=text):
            assert text in names, f"{text} stands for nothing here"
            return names[text]
        case Operation():
            return _operation(node, names)
        case Member(value=value, name=name, arguments=None):
            return evaluate(value, names).get(name)
        case Member():
            return _method(node, names)
        case Index(value=value, key=key):
            inner, at = evaluate(value, names), evaluate(key, names)
            return inner.get(at) if isinstance(inner, dict) else inner[at]
        case list():
            return [evaluate(one, names) for one in node]
        case dict():
            return {key: evaluate(one, names) for key, one in node.items()}
        case Call(arguments=(), block=None) if not node.named:
            return evaluate(Name(node.name), names)
        case Call(name="expression", arguments=(inner,)):
            return evaluate(inner, names)
        case Call():
            return Call(
                node.name,
                tuple(evaluate(one, names) for one in node.arguments),
                {key: evaluate(one, names) for key, one in node.named.items()},
                node.block,
            )
        case _:
            return node


def _operation(node: Operation, names: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one for each sign
    left = evaluate(node.left, names)
    match node.sign:
        case "!":
            return not evaluate(node.right, names)
        case "&&":
            return bool(left) and bool(evaluate(node.right, names))
        case "||":
            return bool(left) or bool(evaluate(node.right, names))
        case "?:":
            return left or evaluate(node.right, names)
        case "?":
            chosen = node.right[0] if left else node.right[1]
            return evaluate(chosen, names)
        case "==":
            return left == evaluate(node.right, names)
        case "!=":
            return left != evaluate(node.right, names)
        case "+":
            right = evaluate(node.right, names)
            return f"{left}{right}" if isinstance(left, str) else left + right
        case sign:
            raise AssertionError(f"cannot work out {sign}")


def _method(node: Member, names: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one for each method
    value = evaluate(node.value, names)
    arguments = [evaluate(one, names) for one in node.arguments or ()]
    match node.name, arguments:
        case "getBuildCauses", [kind]:
            return value["getBuildCauses"].get(kind, [])
        case "isEmpty", []:
            return not value
        case "size", []:
            return len(value)
        case "add", [one]:
            value.append(one)
            return True
        case (("contains" | "containsKey"), [one]):
            return one in value
        case "replace", [old, new]:
            return value.replace(old, new)
        case "replaceFirst", [pattern, new]:
            return re.sub(pattern, lambda _match: new, value, count=1)
        case "toString", []:
            return str(value)
        case name, _:
            raise AssertionError(f"{name} is not stood in for")


Token = tuple[str, Any]
_END: Token = ("end", "")


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"cannot read {text[at : at + 40]!r}"
        at = match.end()
        kind, value = str(match.lastgroup), match[0]
        match kind:
            case "blank":
                pass
            case "single" | "single3":
                width = 3 if kind == "single3" else 1
                found.append(("text", _unescaped(value[width:-width])))
            case "double" | "double3":
                width = 3 if kind == "double3" else 1
                inner = value[width:-width]
                assert not re.search(r"(?<!\\)\$", inner), f"Groovy would expand {value!r}"
                found.append(("text", _unescaped(inner)))
            case "number":
                found.append(("number", int(value)))
            case _:
                found.append((kind, value))
    return found


def _unescaped(text: str) -> str:
    # A backslash at the end of a line joins it with the next one.
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


class _Reader:
    """Statements by their first words; expressions by the usual order of their signs."""

    _ORDER = (("||",), ("&&",), ("==", "!="), ("+",))

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def statements(self, *, end: str | None) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while True:
            self._skip_lines()
            if self._peek() == (("sign", end) if end else _END):
                self._at += 1
                return tuple(found)
            found.append(self._statement())

    def _statement(self) -> Statement:
        kind, name = self._peek()
        following = self._peek(1)
        if kind == "name" and name == "def":
            self._at += 1
            return self._assignment()
        if kind == "name" and name == "for":
            return self._for()
        if kind == "name" and following == ("sign", "="):
            return self._assignment()
        if kind == "name" and (following[0] in ("name", "text", "number", "line") or following[1] in ("(", "{", "}")):
            return self._call()
        return Call("expression", (self._expression(),))

    def _assignment(self) -> Call:
        name = self._name()
        self._expect("=")
        return Call("=", (name, self._expression()))

    def _for(self) -> Each:
        self._at += 1
        self._expect("(")
        first = self._name()
        if self._peek() == ("name", "in"):
            self._at += 1
            values = self._expression()
            self._expect(")")
            return Each(first, values, self._block())
        name = self._name()
        self._expect("=")
        assert self._expression() == 0, "counts from nought"
        self._expect(";")
        assert self._name() == name
        self._expect("<")
        limit = self._expression()
        self._expect(";")
        assert self._name() == name
        self._expect("++")
        self._expect(")")
        return Each(name, limit, self._block(), counts=True)

    def _block(self) -> tuple[Statement, ...]:
        self._expect("{")
        return self.statements(end="}")

    def _call(self) -> Call:
        name = self._name()
        if self._is("("):
            arguments, named = self._arguments(")")
        elif self._peek()[0] in ("line", "end") or self._peek()[1] in ("{", "}"):
            arguments, named = (), {}
        else:
            arguments, named = self._bare_arguments()
        return Call(name, arguments, named, self.statements(end="}") if self._is("{") else None)

    def _bare_arguments(self) -> tuple[tuple[Node, ...], dict[str, Node]]:
        arguments: list[Node] = []
        named: dict[str, Node] = {}
        while True:
            self._argument(arguments, named)
            if not self._is(","):
                return tuple(arguments), named
            self._skip_lines()

    def _arguments(self, end: str) -> tuple[tuple[Node, ...], dict[str, Node]]:
        arguments: list[Node] = []
        named: dict[str, Node] = {}
        self._skip_lines()
        while not self._is(end):
            if not self._is(":"):  # alone it is the empty map
                self._argument(arguments, named)
            self._skip_lines()
            self._is(",")
            self._skip_lines()
        return tuple(arguments), named

    def _argument(self, arguments: list[Node], named: dict[str, Node]) -> None:
        if self._peek(1) == ("sign", ":") and self._peek()[0] in ("name", "text"):
            key = str(self._peek()[1])
            self._at += 2
            self._skip_lines()
            named[key] = self._expression()
        else:
            arguments.append(self._expression())

    def _expression(self) -> Node:
        left = self._signs(0)
        if self._is("?:"):
            self._skip_lines()
            return Operation("?:", left, self._expression())
        if self._is("?"):
            chosen = self._expression()
            self._expect(":")
            return Operation("?", left, [chosen, self._expression()])
        return left

    def _signs(self, level: int) -> Node:
        if level == len(self._ORDER):
            return self._not()
        left = self._signs(level + 1)
        while self._peek()[0] == "sign" and self._peek()[1] in self._ORDER[level]:
            sign = str(self._peek()[1])
            self._at += 1
            self._skip_lines()
            left = Operation(sign, left, self._signs(level + 1))
        return left

    def _not(self) -> Node:
        return Operation("!", None, self._not()) if self._is("!") else self._postfix()

    def _postfix(self) -> Node:
        found = self._atom()
        while True:
            if self._is("."):
                name = self._name()
                found = Member(found, name, self._arguments(")")[0] if self._is("(") else None)
            elif self._is("["):
                found = Index(found, self._expression())
                self._expect("]")
            else:
                return found

    def _atom(self) -> Node:
        kind, value = self._peek()
        self._at += 1
        if kind in ("text", "number"):
            return value  # type: ignore[no-any-return]
        if (kind, value) == ("sign", "("):
            found = self._expression()
            self._expect(")")
            return found
        if (kind, value) == ("sign", "["):
            items, pairs = self._arguments("]")
            assert not (items and pairs), "half a list, half a map"
            empty = self._tokens[self._at - 2] == ("sign", ":")
            return pairs if pairs or empty else list(items)
        assert kind == "name", f"cannot read {value!r} here"
        if self._is("("):
            arguments, named = self._arguments(")")
            return Call(value, arguments, named)
        return {"true": True, "false": False, "null": None}.get(value, Name(value))

    def _peek(self, further: int = 0) -> Token:
        at = self._at + further
        return self._tokens[at] if at < len(self._tokens) else _END

    def _name(self) -> str:
        kind, value = self._peek()
        assert kind == "name", f"a name is missing before {value!r}"
        self._at += 1
        return str(value)

    def _is(self, sign: str) -> bool:
        if self._peek() == ("sign", sign):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        assert self._is(sign), f"{sign} is missing before {self._peek()[1]!r}"

    def _skip_lines(self) -> None:
        while self._peek()[0] == "line":
            self._at += 1
