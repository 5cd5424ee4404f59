"""How much CPU time absurd files cost: files of nearly 1 MB that are one long word, or many times the same mistake.

Makes each form, runs `validate` over it and prints its CPU seconds next to those of a trivial file in the same run,
which is the yardstick of the third column. Target: 5 seconds of CPU each, and output of less than 3 MB.

    python benchmarks/absurd_files.py [--command "plan --local"] [FORM...]
"""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

TARGET_S = 5.0
GIVE_UP_S = 20
MOST_OUTPUT = 3_000_000
SIZE = 999_000
CODE = "def main_handler(event, context):\n    return event\n"
BASE = """\
component: scf
app: shop
name: demo
inputs:
  name: demo
  region: ap-guangzhou
  runtime: Python3.10
  handler: index.main_handler
  src: ./src
"""
MULTI = """\
component: multi-scf
app: shop
name: demo
inputs:
  region: ap-guangzhou
  runtime: Python3.10
  src: ./src
  functions:
"""


def filled(unit: str, size: int = SIZE) -> str:
    """A text of about that size made of one unit."""
    return unit * (size // len(unit.encode()))


def described(unit: str) -> str:
    return f"{BASE}  description: '{filled(unit)}'\n"


def numbered(head: str, line: Callable[[int], str], size: int = SIZE) -> str:
    """Lines that differ by a number, up to about that size."""
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(line(len(lines)))
        length += len(lines[-1].encode())
    return BASE + head + "".join(lines)


VARIABLES = "  environment:\n    variables:\n"
LONG = "a" * SIZE
BUCKET = "b-1250000000.cos.ap-guangzhou.myqcloud.com"
FORMS: dict[str, Callable[[], str]] = {
    # One long word, in each place
    "description": lambda: f"{BASE}  description: {LONG}\n",
    "variable": lambda: f"{BASE}{VARIABLES}      A: {LONG}\n",
    "secret variable": lambda: f"{BASE}{VARIABLES}      PASSWORD: {LONG}\n",
    "handler": lambda: BASE.replace("index.main_handler", LONG),
    "function name": lambda: BASE.replace("  name: demo", f"  name: {LONG}"),
    "app": lambda: BASE.replace("shop", LONG),
    "src": lambda: BASE.replace("./src", LONG),
    "region": lambda: BASE.replace("ap-guangzhou", LONG),
    "runtime": lambda: BASE.replace("Python3.10", LONG),
    "role": lambda: f"{BASE}  role: {LONG}\n",
    "key": lambda: f"{BASE}  {LONG}: 1\n",
    "component": lambda: BASE.replace("scf", LONG, 1),
    "hook": lambda: BASE.replace("./src", f"{{src: ./src, hook: {LONG}}}"),
    "cron": lambda: (
        f"{BASE}  events:\n    - timer: {{parameters: {{cronExpression: '{filled('1,')}1 * * * * * *'}}}}\n"
    ),
    "number": lambda: f"{BASE}  memorySize: {filled('9')}\n",
    "hex number": lambda: f"{BASE}  memorySize: 0x{filled('f')}\n",
    "base 60 number": lambda: f"{BASE}  memorySize: {filled('1:')}1\n",
    "float": lambda: f"{BASE}  timeout: 1.{filled('9')}\n",
    "comment": lambda: f"{BASE}# {LONG}\n",
    "anchor": lambda: f"{BASE}  x: &{LONG} b\n",
    "tag": lambda: f"{BASE}  x: !{LONG} b\n",
    "escapes": lambda: f'{BASE}  description: "{filled(chr(92) + "n")}"\n',
    "control characters": lambda: described("\x1b[0m"),
    "line separators": lambda: described("\u2028"),
    # One line of what could be the start of a variable or of a secret
    **{
        f"line of {unit!r}": (lambda unit=unit: described(unit))  # type: ignore[misc]
        for unit in (
            *("${env:HOME}", "${env:NOPE}", "${", "${env:", "$", "$$", "${file:./a}", "key=${a}", "a.", "-eyJ", "-sk-"),
            *("gl", "-----BEGIN PRIVATE KEY-----", "a1=", "a://", "--a ", "pw=a "),
        )
    },
    "different unset variables": lambda: (
        f"{BASE}  description: '{''.join(f'${{env:N{number}}}' for number in range(70_000))}'\n"
    ),
    # Many of the same
    "variables": lambda: numbered(VARIABLES, lambda i: f"      V{i}: a\n"),
    "set references": lambda: numbered(VARIABLES, lambda i: f"      V{i}: ${{env:HOME}}\n"),
    "unset references": lambda: numbered(VARIABLES, lambda i: f"      V{i}: ${{env:N{i}}}\n"),
    "keys without a value": lambda: numbered(VARIABLES, lambda i: f"      A{i}:\n"),
    "bad keys": lambda: numbered(VARIABLES, lambda i: f"      1-{i}: a\n"),
    "secrets by name": lambda: numbered(VARIABLES, lambda i: f"      PASSWORD{i}: valuevalue{i}\n"),
    "secrets by form": lambda: numbered(VARIABLES, lambda i: f"      P{i}: 'ghp_{i:020d}'\n"),
    "bad tags": lambda: numbered("  tags:\n", lambda i: f"    'k!{i}': '!'\n"),
    "anchors": lambda: numbered("  tags:\n", lambda i: f"    k{i}: &a{i} v\n"),
    "unknown keys": lambda: numbered("", lambda i: f"  k{i}: 1\n"),
    "invisible keys": lambda: numbered("", lambda i: f"  k\u200b{i}: 1\n"),
    "no-break spaces": lambda: numbered("", lambda i: f"  k{i}:\u00a01\n"),
    "undefined aliases": lambda: numbered("  tags:\n", lambda i: f"    k{i}: *a\n"),
    "merge keys": lambda: numbered("  b: &b {x: 1}\n", lambda i: f"  k{i}: {{<<: *b}}\n"),
    "the same key": lambda: BASE + filled("  x: 1\n"),
    "layers": lambda: numbered("  layers:\n", lambda i: f"    - {{name: t{i}}}\n"),
    "timers": lambda: numbered(
        "  events:\n", lambda i: f"    - timer: {{name: t{i}, parameters: {{cronExpression: '0 0 * * * * *'}}}}\n"
    ),
    "bucket triggers": lambda: numbered(
        "  events:\n",
        lambda i: (
            f"    - cos: {{parameters: {{bucket: {BUCKET}, events: 'cos:ObjectCreated:*', filter: {{prefix: {i}}}}}}}\n"
        ),
    ),
    "load balancers": lambda: numbered(
        "  events:\n",
        lambda i: (
            f"    - clb: {{parameters: {{loadBalanceId: lb-{i}, protocol: HTTP, port: 80, domain: a.com, url: /}}}}\n"
        ),
    ),
    "unknown triggers": lambda: numbered("  events:\n", lambda _: "    - tmer: 1\n"),
    "file systems": lambda: numbered(
        "  cfs:\n", lambda i: f"    - {{cfsId: cfs-{i}, localMountDir: /a, remoteMountDir: /}}\n"
    ),
    "includes": lambda: (
        BASE.replace("./src", "\n    src: ./src\n    include:")
        + "".join(f"      - a{number}\n" for number in range(60_000))
    ),
    "exclude patterns": lambda: (
        BASE.replace("./src", "\n    src: ./src\n    exclude:")
        + "".join(f"      - a{number}*b\n" for number in range(45_000))
    ),
    "functions": lambda: (
        MULTI + "".join(f"    f{number}: {{handler: index.main_handler}}\n" for number in range(22_000))
    ),
    "triggers of one of several": lambda: (
        f"{MULTI}    f: {{handler: index.main_handler}}\n  triggers:\n"
        + "".join(
            f"    - {{type: timer, function: f, name: t{i}, parameters: {{cronExpression: '0 0 * * * * *'}}}}\n"
            for i in range(9_000)
        )
    ),
    "functions with an unknown runtime": lambda: (
        MULTI + "".join(f"    f{n}: {{handler: index.main_handler, runtime: Pythn{n}}}\n" for n in range(16_000))
    ),
    "functions with an unknown key": lambda: (
        MULTI + "".join(f"    f{n}: {{handler: index.main_handler, memori{n}: 1}}\n" for n in range(17_000))
    ),
    "functions with a bad region": lambda: (
        MULTI + "".join(f"    f{n}: {{handler: index.main_handler, region: ap-{n}}}\n" for n in range(17_000))
    ),
    "triggers of unknown functions": lambda: (
        MULTI
        + "".join(f"    function{number}: {{handler: index.main_handler}}\n" for number in range(8_000))
        + "  triggers:\n"
        + "".join(f"    - {{type: timer, function: functoin{i}}}\n" for i in range(9_500))
    ),
    "unknown triggers of many names": lambda: numbered("  events:\n", lambda i: f"    - tmer{i}: 1\n"),
    "ignore comments": lambda: BASE + filled("# scfdeploy: ignore memory-step\n"),
    "ignore comments in one line": lambda: f"{BASE}# scfdeploy: ignore {filled('memory-stepp, ')}\n",
    "ignore comments beside settings": lambda: numbered(
        VARIABLES, lambda i: f"      V{i}: a # scfdeploy: ignore memory-step\n"
    ),
    **{
        f"line of {name}": (lambda unit=unit: f"{BASE}  description: {filled(unit)}x\n")  # type: ignore[misc]
        for name, unit in (
            *(("no-break spaces", "\u00a0"), ("zero-width spaces", "\u200b"), ("full-width spaces", "\u3000")),
            *(
                ("words and no-break spaces", "a\u00a0"),
                ("marks and no-break spaces", "#\u00a0 "),
                ("dashes", "-\u200b"),
            ),
        )
    },
    **{
        f"{name} {unit!r}": (lambda text=text, unit=unit: f"{BASE}{text}{filled(unit)}x\n")  # type: ignore[misc]
        for name, text in (("no YAML:", ""), ("no YAML: x: y: ", "  x: y: "), ("no YAML: x", "x"))
        for unit in (
            *(
                " ",
                "- ",
                "a: ",
                "a:b ",
                "a ",
                "a",
                "<%",
                "{%",
                "{{",
                "{",
                "[",
                "(",
                "'",
                '"',
                "\uff1a",
                "# ",
                "\t",
                "? ",
                "|",
            ),
            *("> ", "& ", "* ", "! ", "%", "@", "`", ", ", "}", "]", "<", "=", ": ", ":", "\u3000", "\u200b", "\\"),
        )
    },
    "margin of full-width spaces": lambda: f"{BASE}{filled(chr(0x3000))}x: 1\n",
    # Structure
    "documents": lambda: BASE + filled("---\n"),
    "empty lists": lambda: f"{BASE}  x: [{filled('[],')}]\n",
    "nested lists": lambda: f"{BASE}  x: {filled('[')}\n",
    "nested mappings": lambda: f"{BASE}  x: {filled('{a: ')}\n",
    "nested dashes": lambda: f"{BASE}  x:\n   {filled('- ')}\n",
    "nested aliases": lambda: (
        f"{BASE}  a0: &a0 [x, x]\n"
        + "".join(f"  a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(12))
    ),
    "aliases of a large mapping": lambda: (
        numbered("  b: &b\n", lambda i: f"    k{i}: v\n", SIZE // 2) + "".join(f"  a{i}: *b\n" for i in range(35_000))
    ),
    "aliases of a large list of secrets": lambda: (
        numbered("  b: &b\n", lambda i: f"    - value{i}\n", SIZE // 2)
        + "".join(f"  password{i}: *b\n" for i in range(20_000))
    ),
    "empty keys in one line": lambda: f"{BASE}  environment: {{variables: {{{filled('a: ,')}}}}}\n",
    "tabs": lambda: BASE + filled("\tx: 1\n"),
    "null characters": lambda: BASE + filled("  x: \0\n"),
    "colons": lambda: BASE + filled("  x: a: b: c\n"),
    "open quotes": lambda: BASE + filled("  x: 'a\n"),
    "blank lines": lambda: BASE + filled("\n"),
    "carriage returns": lambda: BASE + filled("\r"),
    "block of lines": lambda: f"{BASE}  description: |\n{filled('    a' + chr(10))}",
    "words at the margin": lambda: BASE + filled("x\n"),
}


def main() -> None:
    """Measure and print a table; exits with 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default="validate", help="the command to run (default validate)")
    parser.add_argument("forms", nargs="*", metavar="FORM", help="only these (default all)")
    asked = parser.parse_args()
    command = [str(Path(sys.executable).with_name("scfdeploy")), *shlex.split(asked.command)]
    trivial, _, _ = measured(command, BASE)
    print(f"{'form':<40}{'CPU s':>8}{'x trivial':>11}{'output kB':>11}{'exit':>6}")
    print(f"{'trivial':<40}{trivial:>8.2f}", flush=True)
    missed = False
    for name in asked.forms or FORMS:
        seconds, output, code = measured(command, FORMS[name]())
        is_missed = seconds > TARGET_S or len(output) > MOST_OUTPUT or code < 0 or "Traceback" in output
        figures = f"{seconds:>8.2f}{seconds / trivial:>11.1f}{len(output) / 1000:>11.0f}{code:>6}"
        print(f"{name:<40}{figures}{'  missed' if is_missed else ''}", flush=True)
        missed = missed or is_missed
    sys.exit(1 if missed else 0)


def measured(command: Sequence[str], text: str) -> tuple[float, str, int]:
    """CPU seconds, output and exit code of one run; one that takes far too long is ended."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "src").mkdir()
        (folder / "src" / "index.py").write_text(CODE)
        (folder / "serverless.yml").write_bytes(text.encode("utf-8"))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (GIVE_UP_S, GIVE_UP_S)),
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, done.stdout, done.returncode


if __name__ == "__main__":
    main()
