"""Any bytes as a .env file: read line by line, or told of; what `import` adds to it is read back as it was."""

from __future__ import annotations

from scfdeploy.config import LoadOptions
from scfdeploy.config.environment import read_environment
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.report.results import Findings, Validated
from scfdeploy.scaffold.dotenv_text import read_values, with_values
from tests.fuzz.promises import require, require_calm, require_told, scratch

WORDS = (b"export ", b"A=", b"='", b'="', b"\\n", b"\\'", b"#", b"${A}", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xc2\x85")


def target(data: bytes) -> None:
    """Read it as commands do, and add a value to it."""
    folder = scratch("env_file")
    (folder / ".env").write_bytes(data)
    found = Diagnostics()
    values = read_environment(LoadOptions(cwd=str(folder)), root=str(folder), stage="dev", diagnostics=found)
    require_calm(Validated(Findings(found.sorted(), {}), True))
    require(all(isinstance(text, str) for pair in values.items() for text in pair), "something that is no text")
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
    again = read_environment(LoadOptions(cwd=str(folder)), root=str(folder), stage="dev", diagnostics=Diagnostics())
    require(new.items() <= again.items(), "a value that was added is not what commands read")
