"""Read a Jenkinsfile as nested statements, also one that was copied from a printed page.

Strings and comments that the page broke are joined, and braces that do not match are reported.
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple, dataclass, field
from scfdeploy.scaffold.ci.existing_pipeline import Repair

_MAX_BROKEN_LINES = 5
_MAX_DEPTH = 100
_CLOSING = ("(", ")", "]", ",", ":", ";", ".")
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\f]+|\\\r?\n)|(?P<word>\d+|[$A-Za-z_][$\w]*(?:\??\.[$A-Za-z_][$\w]*)*)|(?P<other>.)", re.S
)
# What begins a line of code, after a comment whose rest could be on the next line.
_CODE = re.compile(
    r"""\s*(?:$ | [}\])] | // | /\* | [{'"@] | \w[\w.]*\s*=[^=] | [A-Za-z_][\w.]*\( | [A-Za-z_][\w.]*\s*\{
    | (?:sh|bat|echo|git|dir|stage|container|checkout|input|junit|agent|label|branch|image|powershell|error|cron|maven
    |jdk|nodejs|script|steps|stages|withEnv|withCredentials|node|parallel|tools|when|post)\s*['"(\[{]
    | (?:agent|checkout)\s+\w+\s*$ | (?:def|if|else|for|while|try|return|import)\b(?!.*\.\s) )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """One token. `kind` is `word`, `string`, `newline`, or the character itself."""

    kind: str
    text: str
    """The contents of a string, otherwise the token as written."""
    number: int
    """The line it begins in."""


@dataclass(slots=True)
class Statement:
    """A statement with the statements of its braces."""

    tokens: list[Token]
    block: list[Statement] = field(default_factory=list)
    has_block: bool = False

    @property
    def name(self) -> str:
        """The first word, such as `stage` or `sh`."""
        return self.tokens[0].text if self.tokens else ""

    @property
    def number(self) -> int:
        """The line it begins in."""
        return self.tokens[0].number

    @property
    def strings(self) -> list[Token]:
        """The strings of its arguments."""
        return [token for token in self.tokens if token.kind == "string"]

    def text(self) -> str:
        """The statement on one line, without its braces."""
        text = ""
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            quote = '"' if "'" in token.text else "'"
            shown = f"{quote}{token.text}{quote}" if token.kind == "string" else token.text
            is_apart = before is not None and before.kind not in ("(", "[", ".", "@") and token.kind not in _CLOSING
            is_index = before is not None and before.kind in ("word", "[") and token.kind == "["
            text += f" {shown}" if is_apart and not is_index else shown
        return text


def read_statements(text: str) -> tuple[list[Statement], list[Repair]]:
    """The statements of a Jenkinsfile, and the repairs that reading it needed."""
    lexer = _Lexer(text)
    tokens = lexer.read()
    parser = _Parser(tokens, lexer.repairs)
    statements = parser.read_all()
    return statements, sorted(lexer.repairs, key=lambda repair: repair.number)


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.at = 0
        self.number = 1
        self.tokens: list[Token] = []
        self.repairs: list[Repair] = []

    def read(self) -> list[Token]:
        while self.at < len(self.text):
            rest = self.text[self.at : self.at + 3]
            if rest.startswith("//") or (rest.startswith("#!") and self.at == 0):
                self._comment()
            elif rest.startswith("/*"):
                end = self.text.find("*/", self.at + 2)
                self._skip(len(self.text) if end < 0 else end + 2)
            elif rest in ("'''", '"""'):
                self._long_string(rest)
            elif rest[0] in "'\"":
                self._string(rest[0])
            elif rest[0] == "\n":
                self.tokens.append(Token("newline", "\n", self.number))
                self._skip(self.at + 1)
            else:
                self._token()
        return self.tokens

    def _skip(self, end: int) -> None:
        self.number += self.text.count("\n", self.at, end)
        self.at = end

    def _token(self) -> None:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            self._skip(self.at + 1)
            return
        if found.lastgroup != "space":
            kind = "word" if found.lastgroup == "word" else found[0]
            self.tokens.append(Token(kind, found[0], self.number))
        self._skip(found.end())

    def _comment(self) -> None:
        """Skip a comment, and the lines that a printed page made of its rest."""
        self._skip(self._end_of_line(self.at))
        while self.at < len(self.text):
            end = self._end_of_line(self.at + 1)
            if _CODE.match(self.text[self.at + 1 : end]):
                return
            self._skip(end)
            self.repairs.append(Repair(self.number, message("joined to the line before")))

    def _end_of_line(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def _long_string(self, quotes: str) -> None:
        end = self.text.find(quotes, self.at + 3)
        while end > 0 and self.text[end - 1] == "\\":
            end = self.text.find(quotes, end + 1)
        end = len(self.text) if end < 0 else end
        self.tokens.append(Token("string", _unescaped(self.text[self.at + 3 : end]), self.number))
        self._skip(min(end + 3, len(self.text)))

    def _string(self, quote: str) -> None:
        """A string in single quotes, joined if the page broke it into several lines."""
        number, text, at = self.number, "", self.at + 1
        for broken in range(_MAX_BROKEN_LINES):
            end = self._end_of_line(at)
            close = re.compile(rf"(?:[^\\{quote}\n]|\\.)*{quote}").match(self.text, at)
            if close is not None:
                text = _joined(text, self.text[at : close.end() - 1])
                self.tokens.append(Token("string", _unescaped(text), number))
                self._skip(close.end())
                self.repairs += [
                    Repair(number + line + 1, message("joined to the line before")) for line in range(broken)
                ]
                return
            text, at = _joined(text, self.text[at:end]), end + 1
            if end >= len(self.text):
                break
        end = self._end_of_line(self.at)
        self.tokens.append(Token("string", _unescaped(self.text[self.at + 1 : end]), number))
        self.repairs.append(Repair(number, message("a quote is not closed; the text is read to the end of the line")))
        self._skip(end)


def _joined(before: str, after: str) -> str:
    """Two parts of a broken string. A name is joined without a space."""
    if not before:
        return after
    is_name = before.rfind("${") > before.rfind("}") or before.endswith(("/", "-", "_", "."))
    return f"{before}{after.lstrip()}" if is_name else f"{before.rstrip()} {after.lstrip()}"


def _unescaped(text: str) -> str:
    return re.sub(r"\\(['\"$\\])", r"\1", text)


class _Parser:
    def __init__(self, tokens: list[Token], repairs: list[Repair]) -> None:
        self.tokens = tokens
        self.at = 0
        self.repairs = repairs

    def read_all(self) -> list[Statement]:
        statements: list[Statement] = []
        while self.at < len(self.tokens):
            statements += self._block(0)
            if self.at < len(self.tokens):
                self.repairs.append(Repair(self.tokens[self.at].number, message("the brace closes nothing")))
                self.at += 1
        return statements

    def _block(self, depth: int) -> list[Statement]:
        """The statements up to the closing brace, which is left."""
        statements: list[Statement] = []
        while self.at < len(self.tokens) and self.tokens[self.at].kind != "}":
            if self.tokens[self.at].kind in ("newline", ";", ",", ")", "]"):
                self.at += 1
                continue
            statements.append(self._statement(depth))
        return statements

    def _statement(self, depth: int) -> Statement:
        statement, brackets = Statement([]), 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "}" or (token.kind in ("newline", ";") and brackets <= 0 and self._ends(statement)):
                break
            self.at += 1
            if token.kind == "{":
                statement.has_block = True
                if not statement.tokens:
                    statement.tokens.append(Token("{", "{", token.number))
                if depth < _MAX_DEPTH:
                    statement.block += self._block(depth + 1)
                if self.at < len(self.tokens) and self.tokens[self.at].kind == "}":
                    self.at += 1
                if brackets <= 0:
                    break
            elif token.kind != "newline":
                brackets += (token.kind in "([") - (token.kind in ")]")
                statement.tokens.append(token)
        return statement

    def _ends(self, statement: Statement) -> bool:
        """Whether a line break ends a statement: not before its brace, and not after a comma."""
        following = self.at
        while following < len(self.tokens) and self.tokens[following].kind == "newline":
            following += 1
        if self.at < following < len(self.tokens) and self.tokens[following].kind == "{":
            return False
        return bool(statement.tokens) and statement.tokens[-1].kind not in (",", "=", "+", ":")
