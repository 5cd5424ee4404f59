"""Any text in any place of a command: done, or said in words what is wrong with it.

The first line is one of the forms below, where `@` stands for the text that follows.
"""

from __future__ import annotations

import contextlib
import shutil

from tests.fuzz.promises import require, require_harmless, scratch
from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.project import write_project

# Nothing that writes where the text says, or runs it: chance may say anything.
FORMS = (
    "validate @",
    "validate --stage @",
    "validate --region @",
    "validate --var @",
    "validate --select @",
    "validate --format @",
    "validate --env-file @",
    "plan --target @ --retries 0",
    "plan --profile @ --retries 0",
    "plan --keep @ --retries 0",
    "plan --stage @ --retries 0",
    "plan --parallelism @ --retries 0",
    "apply --yes --retries 0 --stage @",
    "apply --yes --timeout @",
    "destroy --yes --stage @",
    "status --region @",
    "versions @",
    "rollback @ --yes",
    "rollback hello --to @ --yes",
    "invoke @",
    "invoke hello --data @",
    "invoke hello --template @",
    "alias set hello --to 1 --weight @ --yes",
    "alias shift hello --to 1 --steps @ --yes --check true",
    "explain @",
    "import @ --out out",
    "init out --name @",
    "init out --runtime @",
    "migrate @",
)
WORDS = (
    *(form.encode() for form in FORMS),
    *(b"default/hello", b"function/default/hello", b"A=b", b"env:A=b", b"2=0.5", b"10,50,100", b'{"a": 1}', b"newest"),
    *(
        b"$LATEST",
        b"--",
        b"-h",
        b"..",
        b"~",
        b"1e9",
        b"nan",
        b"inf",
        b"-0",
        b"Python3.10",
        b"http",
        b"4" * 60,
        b"[" * 60,
    ),
)
LONGEST = 8192
# Nobody listens there: whatever needs the cloud ends in words.
_NOWHERE = {"SCFDEPLOY_ENDPOINT": "http://127.0.0.1:9", "NO_COLOR": "1"}


def target(data: bytes) -> None:
    """Run the command in a project of its own."""
    form, _, text = data.decode("utf-8", "surrogateescape").partition("\n")
    # No shell can hand over a NUL.
    text = text.replace("\0", "")
    words = (form if form in FORMS else FORMS[0]).split()
    folder = scratch("command_line")
    shutil.rmtree(folder / "out", ignore_errors=True)
    write_project(folder)
    with contextlib.chdir(folder):
        ran = scfdeploy(
            *(text if word == "@" else word for word in words), env={**_NOWHERE, "HOME": str(folder)}, clock=FakeClock()
        )
    told = ran.stdout + ran.stderr
    require(ran.exit_code in range(6), f"exit code {ran.exit_code}: {told}")
    require("internal error:" not in told and "Traceback" not in told, told)
    require_harmless(told)
    there = {path.name for path in folder.iterdir()}
    require(there <= {"src", "serverless.yml", "out", ".scfdeploy"}, f"something was written: {there}")
