"""Compile scfdeploy/emulator/runtime/Bootstrap.java to bootstrap.jar, which runs on Java 8 and later. Needs javac."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "scfdeploy" / "emulator" / "runtime"
SOURCE = FOLDER / "Bootstrap.java"
JAR = FOLDER / "bootstrap.jar"


def main() -> None:
    """Write the jar, with the SHA-256 of its source in the manifest."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:40]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-Xlint:-options", "--release", "8", "-d", folder, str(SOURCE)], check=True)
        with zipfile.ZipFile(JAR, "w", zipfile.ZIP_DEFLATED) as jar:
            manifest = f"Manifest-Version: 1.0\r\nSource-Hash: {digest}\r\n\r\n"
            jar.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF"), manifest)
            for path in sorted(Path(folder).iterdir()):
                jar.writestr(zipfile.ZipInfo(path.name), path.read_bytes())


if __name__ == "__main__":
    main()
