"""Judge what `mutmut run` left in mutants/ and write docs/explanation/mutation.json and docs/explanation/mutation.md.

Every mutant that no test noticed needs a judgement in tests/mutation/judgements.toml, found by file, function and the
text that changed, so that it outlives the run it was written for. One without a judgement is printed in the form the
table wants, and the exit code is 1. So it is for a mutant that was never run.
"""

from __future__ import annotations

import ast
import difflib
import json
import platform
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
RUN = ROOT / "mutants"
JUDGEMENTS = ROOT / "tests" / "mutation" / "judgements.toml"
NUMBERS = ROOT / "docs" / "explanation" / "mutation.json"
PAGE = ROOT / "docs" / "explanation" / "mutation.md"

# What mutmut notes: the exit code of pytest, or a number of its own.
_RESULTS = {0: "survived", 5: "survived", 33: "survived", 1: "killed", 3: "killed", 37: "types"}
_TIMEOUT = {24, -24, 36, 152, 255, -9}
_COLUMNS = ("made", "types", "killed", "timeout", "survived")
VERDICTS = ("equivalent", "words", "unreachable")


class Survivor(NamedTuple):
    """A mutant that no test noticed: what stood there and what stands there now, each as one line."""

    file: str
    function: str
    before: str
    after: str


class Judgement(NamedTuple):
    """Why a survivor may live: `verdict` is one of VERDICTS, `why` says it in one line."""

    verdict: str
    why: str


def main() -> int:
    """Read the run, judge it, write the page."""
    numbers = measured()
    known = judgements()
    survivors = [Survivor(**shown) for shown in numbers["survivors"]]
    unjudged = [one for one in dict.fromkeys(survivors) if one not in known]
    for one in unjudged:
        print(_entry(one))
    for stale in known.keys() - set(survivors):
        print(f"no survivor any more: {stale.file} {stale.function}: {stale.before} -> {stale.after}", file=sys.stderr)
    waiting = sum(count["not run"] for count in numbers["files"].values())
    if unjudged or waiting:
        print(f"{len(unjudged)} survivors without a judgement, {waiting} mutants not run", file=sys.stderr)
        return 1
    NUMBERS.write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(render(numbers, known), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} and {NUMBERS.relative_to(ROOT)} are written")
    return 0


def measured() -> dict[str, Any]:
    """What the run in mutants/ found."""
    files: dict[str, dict[str, int]] = {}
    survivors: list[Survivor] = []
    seconds = 0.0
    for meta in sorted(RUN.glob("scfdeploy/*/*.py.meta")):
        found = json.loads(meta.read_text(encoding="utf-8"))
        results = {mutant: _result(code) for mutant, code in found["exit_code_by_key"].items()}
        if not results:
            continue
        name = meta.relative_to(RUN).as_posix().removesuffix(".meta")
        count = Counter(results.values())
        files[name] = {"made": len(results), **{word: count[word] for word in (*_COLUMNS[1:], "not run")}}
        survivors += _survivors(name, [mutant for mutant, result in results.items() if result == "survived"])
        seconds += sum(found["durations_by_key"].values())
    return {
        "tool": f"mutmut {version('mutmut')}",
        "python": platform.python_version(),
        "trees": {package: _tree(package) for package in ("scfdeploy/apply", "scfdeploy/plan")},
        "seconds": round(seconds),
        "files": files,
        "survivors": [one._asdict() for one in sorted(survivors)],
    }


def judgements() -> dict[Survivor, Judgement]:
    """The table of judgements. `after` may be a list, where several mutants of one line live for one reason."""
    found: dict[Survivor, Judgement] = {}
    for entry in tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8")).get("judgement", []):
        if entry["verdict"] not in VERDICTS:
            raise SystemExit(f"{entry['file']} {entry['function']}: {entry['verdict']} is none of {VERDICTS}")
        afters = entry["after"] if isinstance(entry["after"], list) else [entry["after"]]
        for after in afters:
            survivor = Survivor(entry["file"], entry["function"], entry["before"], after)
            found[survivor] = Judgement(entry["verdict"], entry["why"])
    return found


def render(numbers: Mapping[str, Any], known: Mapping[Survivor, Judgement]) -> str:
    """The page."""
    survivors = [Survivor(**shown) for shown in numbers["survivors"]]
    rows = [_row(name, count, _verdicts(survivors, known, name)) for name, count in numbers["files"].items()]
    sums: Counter[str] = Counter()
    for count in numbers["files"].values():
        sums.update(count)
    total = _row("all", sums, _verdicts(survivors, known))
    listed = "".join(_listed(name, survivors, known) for name in numbers["files"])
    trees = " and ".join(f"`{package}` ({tree})" for package, tree in numbers["trees"].items())
    return (
        _HEAD.format(**{**numbers, "trees": trees})
        + "".join(rows)
        + total
        + _MIDDLE.format(survived=sums["survived"])
        + listed
    )


def _result(code: int | None) -> str:
    return "not run" if code is None else "timeout" if code in _TIMEOUT else _RESULTS.get(code, "not run")


def _survivors(name: str, mutants: Iterable[str]) -> Iterator[Survivor]:
    """What each of these mutants changed, read from the file in which mutmut keeps all of them side by side."""
    wanted = list(mutants)
    if not wanted:
        return
    text = (RUN / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    made = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    bodies = {node.name: [line.strip() for line in lines[node.lineno : node.end_lineno]] for node in made}
    heads = {node.name: lines[node.lineno - 1].strip() for node in ast.walk(ast.parse(text)) if _is_copy(node)}
    for mutant in wanted:
        mangled = mutant.rpartition(".")[2]
        function = mangled.partition("__mutmut_")[0]
        origin = f"{function}__mutmut_orig"
        old = [heads[origin].replace(origin, "f"), *bodies[origin]]
        new = [heads[mangled].replace(mangled, "f"), *bodies[mangled]]
        diff = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
        before, after = (" ".join(line[1:] for line in diff if line[0] == sign) for sign in "-+")
        yield Survivor(name, _plain(function), before, after)


def _is_copy(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name


def _plain(mangled: str) -> str:
    """`Graph.failed` of `xǁGraphǁfailed`, `resolved` of `x_resolved`."""
    return mangled[2:].replace("ǁ", ".")


def _tree(package: str) -> str:
    """What git calls the content of a folder: it stays the same wherever its commit goes."""
    asked = ["git", "rev-parse", "--short=12", f"HEAD:{package}"]
    return subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _entry(one: Survivor) -> str:
    values = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in one._asdict().items())
    return f'[[judgement]]\n{values}\nverdict = ""\nwhy = ""\n'


def _verdicts(survivors: Iterable[Survivor], known: Mapping[Survivor, Judgement], file: str = "") -> Counter[str]:
    return Counter(known[one].verdict for one in survivors if file in ("", one.file))


def _row(name: str, count: Mapping[str, int], verdicts: Mapping[str, int]) -> str:
    shown = [f"`{name}`" if name != "all" else "**all**", *(count[word] for word in _COLUMNS)]
    return "| " + " | ".join(map(str, [*shown, *(verdicts.get(word, 0) for word in VERDICTS)])) + " |\n"


def _listed(name: str, survivors: Iterable[Survivor], known: Mapping[Survivor, Judgement]) -> str:
    """The survivors of one file, those that live for one reason together."""
    groups: dict[tuple[str, str, Judgement], list[str]] = {}
    for one in survivors:
        if one.file == name:
            groups.setdefault((one.function, one.before, known[one]), []).append(one.after)
    if not groups:
        return ""
    parts = [f"\n### {name}\n"]
    for (function, before, (verdict, why)), afters in groups.items():
        gone = "".join(f"+ {after or '(nothing)'}\n" for after in afters)
        parts.append(f"\n`{function}`, {verdict}: {why}\n\n```diff\n- {before or '(nothing)'}\n{gone}```\n")
    return "".join(parts)


_HEAD = """\
# Mutation testing

Each mutant is the program with one small change: a comparison turned round, an argument left out, a text replaced. A
test has to fail, or the change is one that nobody would notice. Made by {tool} on Python {python}: `make mutants` runs
it and writes this page. Where a run goes on from an earlier one, the tool keeps the results of functions that did not
change. The tests of the mutants took {seconds} s in all. The code was that of {trees},
as `git rev-parse HEAD:scfdeploy/plan` tells of a commit.

What is mutated: the bodies of all functions and methods in `apply/` and `plan/`. What the tool leaves as it is: values
outside of functions, properties, annotations. The tests that have to notice are the quick ones: `tests/unit/apply`,
`tests/unit/plan` and the recorded plans of `tests/golden`. Tests of whole commands, fault loads and crash points are
left out: they find more, and take minutes for each mutant.

`types` are mutants that mypy refuses, as in `make test`. `timeout` are those that never end, which a test notices too.
The last three columns are the judgements of the survivors.

| file | made | types | killed | timeout | survived | equivalent | words | unreachable |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
_MIDDLE = """
## The {survived} survivors

*equivalent*: nobody who calls the function can tell the difference. *words*: another wording for people. *unreachable*:
differs only for values that other packages never pass.
"""


if __name__ == "__main__":
    sys.exit(main())
