"""Any bytes as a .env file: read line by line, or told of; what `import` adds to it is read back as it was."""

from __future__ import annotations

from scfdeploy.config import LoadOptions
from scfdeploy.config.environment import read_env_file
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.results import Findings, Validated
from scfdeploy.scaffold.config_text import read_values, with_values
from tests.fuzz.promises import require, require_calm, require_told, scratch

WORDS = (b"export ", b"A=", b"='", b'="', b"\\n", b"\\'", b"#", b"${A}", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xc2\x85")


def target(data: bytes) -> None:
    """Read it as commands do, and add a value to it."""
    folder = scratch("env_file")
    (folder / ".env").write_bytes(data)
    found = Diagnostics()
    file = read_env_file(LoadOptions(cwd=str(folder)), root=str(folder), stage="dev", diagnostics=found)
    values = file.values
    require_calm(Validated(Findings(found.sorted(), {}), True))
    require(all(isinstance(text, str) for pair in values.items() for text in pair), "something that is no text")
    require(file.lines.keys() == values.keys(), "a value without its line")
    text = data.decode("utf-8", "replace")
    new = {"NEW_ONE": text[-40:], "NEW_TWO": "a b"}
    try:
        whole = with_values(text, new)
    except ScfDeployError as error:
        require_told(error)
        return
    require(whole.startswith(text), "what was in the file was changed")
    require(new.items() <= read_values(whole).items(), "a value is not read back as it was")
    (folder / ".env").write_text(whole, encoding="utf-8", newline="")
    again = read_env_file(LoadOptions(cwd=str(folder)), root=str(folder), stage="dev", diagnostics=Diagnostics())
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for name, line in again.lines.items():
        require(name in lines[line - 1], "a key that does not begin in its line")
    require(new.items() <= again.values.items(), "a value that was added is not what commands read")
