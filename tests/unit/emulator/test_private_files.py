"""The local server does not follow or use files that other users place in a shared folder."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server
from scfdeploy.emulator.runtime import web_instance
from tests.support.emulator import Cloud, running, zip_text

_WEB = (
    "import http.server\n"
    "http.server.HTTPServer(('127.0.0.1', 9000), http.server.SimpleHTTPRequestHandler).serve_forever()\n"
)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder like /tmp: open to all."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def temporary(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared folder as the temporary folder of this process."""
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    return shared


@pytest.fixture
def port_lock() -> Iterator[None]:
    """Holds port 9000 against tests that run beside this one and lock it in the usual temporary folder."""
    folder = Path(tempfile.gettempdir()) / f"scfdeploy-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "port-9000.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    file = tmp_path / "victim"
    file.write_text("precious")
    return file


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_data_file_as_link_in_shared_folder_is_rejected(shared: Path, victim: Path, suffix: str) -> None:
    (shared / f"cloud.db{suffix}").symlink_to(victim)
    with pytest.raises(OSError, match="a link in a folder that every user may write to"):
        Server(shared / "cloud.db")
    assert victim.read_text() == "precious"


def test_data_file_below_link_in_shared_folder_is_rejected(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (shared / "data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="a link in a folder that every user may write to"):
        Server(shared / "data" / "cloud.db")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make files of another user")
def test_data_file_of_other_user_in_shared_folder_is_rejected(shared: Path) -> None:
    file = shared / "cloud.db"
    file.touch()
    os.chown(file, 12345, 12345)
    with pytest.raises(OSError, match="another user"):
        Server(file)


def test_data_file_in_shared_folder_is_private(shared: Path) -> None:
    with running(shared / "cloud.db") as cloud:
        cloud.create()
        assert {oct(stat.S_IMODE(file.stat().st_mode)) for file in shared.iterdir()} == {"0o600"}


def test_data_file_as_link_in_private_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "cloud.db").symlink_to(tmp_path / "real.db")
    with running(tmp_path / "cloud.db") as cloud:
        cloud.create()
    assert (tmp_path / "real.db").stat().st_size > 0


@pytest.fixture
def shared_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system on which all web functions share port 9000."""
    monkeypatch.setattr(web_instance, "can_see", lambda _process, _fd: False)


def ask_web_function(cloud: Cloud) -> tuple[int, str]:
    bootstrap = "#!/bin/sh\n/var/lang/python310/bin/python3.10 app.py\n"
    files = {"scf_bootstrap": bootstrap, "app.py": _WEB}
    code = {"ZipFile": zip_text(files, modes={"scf_bootstrap": 0o100755})}
    cloud.create(Type="HTTP", Handler=None, Code=code)
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")
    status, _, body = cloud.send("GET", "/_url/default/hello/")
    return status, body.decode("utf-8", "replace")


@pytest.mark.usefixtures("shared_port")
def test_port_lock_does_not_follow_link(temporary: Path, victim: Path) -> None:
    old = temporary / f"scfdeploy-{os.getuid()}-port-9000.lock"
    old.symlink_to(victim)
    folder = temporary / f"scfdeploy-{os.getuid()}"
    folder.mkdir(0o700)
    (folder / "port-9000.lock").symlink_to(victim)
    with running() as cloud:
        status, text = ask_web_function(cloud)
    assert (status, victim.read_text()) == (502, "precious")
    assert str(folder) in json.loads(text)["errorMessage"]


@pytest.mark.usefixtures("shared_port")
@pytest.mark.parametrize("planted", ["link", "file", "open to others"])
def test_lock_folder_that_is_not_private_is_rejected(temporary: Path, tmp_path: Path, planted: str) -> None:
    folder = temporary / f"scfdeploy-{os.getuid()}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    if planted == "link":
        folder.symlink_to(elsewhere)
    elif planted == "file":
        folder.touch()
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with running() as cloud:
        status, text = ask_web_function(cloud)
    assert status == 502
    assert str(folder) in json.loads(text)["errorMessage"]
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("port_lock", "shared_port", "temporary")
def test_folders_of_functions_are_private(shared: Path) -> None:
    with running() as cloud:
        assert ask_web_function(cloud)[0] == 200
        made = {folder.name.rpartition("-")[0] or folder.name: folder for folder in shared.iterdir()}
        assert {oct(stat.S_IMODE(folder.lstat().st_mode)) for folder in made.values()} == {"0o700"}
        assert len(made) == 2
    assert [folder.name for folder in shared.iterdir()] == [f"scfdeploy-{os.getuid()}"]
