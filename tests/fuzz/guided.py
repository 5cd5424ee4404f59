"""One target under atheris, in a process of its own: `python -m tests.fuzz.guided TARGET FOLDER [LIBFUZZER OPTION]...`.

FOLDER keeps what was found: `corpus/`, and a file for an input that broke a promise.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from tests.fuzz.registry import load, seed_folder, seeds_of


def main(name: str, folder: Path, options: list[str]) -> None:
    """Fuzz until the options end it, which ends the process."""
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["scfdeploy"]):
        found = load(name)
        # What a target imports late is loaded, and counted, before the first input of chance.
        for content in seeds_of(name).values():
            found.run(content)
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in found.words))
        own = [f"-dict={words}", f"-max_len={found.longest}", f"-artifact_prefix={folder}/", "-timeout=10"]
        atheris.Setup([sys.argv[0], *own, *options, str(corpus), str(seed_folder(name))], found.run)
        atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
