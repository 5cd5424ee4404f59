"""Files with keys are excluded from an archive unless they are included by name."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from scfdeploy.diagnostics import Span
from scfdeploy.model import ArchiveSource
from tests.support.packaging import folder, names, outcome, packed, write_tree

_PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"

_KEY_FILES = {
    ".npmrc": "registry=https://r.example\n//r.example/:_authToken=npm_abc\n",
    "lib/.npmrc": "//r.example/:_password = c2VjcmV0\n",
    ".yarnrc.yml": 'npmAuthToken: "abc-def"\n',
    "pip.conf": "[global]\nindex-url = https://user:pass@pypi.example/simple\n",
    ".netrc": "machine example login me password x\n",
    "_netrc": "machine example login me password x\n",
    ".pypirc": "[pypi]\npassword = x\n",
    ".git-credentials": "https://me:x@github.example\n",
    ".pgpass": "db:5432:*:me:x\n",
    "id_rsa": _PRIVATE,
    "keys/ID_ED25519": _PRIVATE,
    "tls/server.key": _PRIVATE,
    "tls/server.pem": _CERTIFICATE + _PRIVATE,
    "deploy_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n",
    "tls/store.p12": "binary",
    "tls/store.pfx": "binary",
    "tls/store.jks": "binary",
    "tls/putty.ppk": "binary",
    ".ssh/known": "anything",
    ".aws/credentials": "[default]\naws_access_key_id = x\n",
    ".tccli/default.credential": "{}",
    ".docker/config.json": '{"auths": {}}',
    ".kube/config": "apiVersion: v1\n",
    "kubeconfig": "users:\n- user:\n    token: abc\n",
    "SecretKey.csv": "SecretId,SecretKey\n",
    "service-account.json": '{"type": "service_account", "private_key": "-----BEGIN"}',
    "application_default_credentials.json": "{}",
}
_OTHER_FILES = {
    "index.py": "",
    "web/.npmrc": "registry=https://r.example\nsave-exact=true\n",
    "ci/.npmrc": "//r.example/:_authToken=${NPM_TOKEN}\n",
    "lib/.yarnrc.yml": "nodeLinker: node-modules\nnpmAuthToken: ${NPM_TOKEN}\n",
    "lib/pip.conf": "[global]\nindex-url = https://pypi.example/simple\n",
    "certifi/cacert.pem": _CERTIFICATE,
    "tls/server.crt": _CERTIFICATE,
    "tls/id_rsa.pub": "ssh-rsa AAAA me",
    "i18n/de.key": "title=Titel",
    "monkey.py": "",
    "lib/key": "a word",
    "keyboard.json": "{}",
    "accounts.json": '{"private": true}',
    "docker/config.json": "{}",
    "kube/config": "",
}


@pytest.mark.parametrize("name", _KEY_FILES)
def test_key_file_in_folder_is_excluded_with_warning(tmp_path: Path, name: str) -> None:
    source = folder(write_tree(tmp_path / "code", {"index.py": "", name: _KEY_FILES[name]}))
    bundle, found = outcome(source, tmp_path / "cache")
    assert bundle is not None
    assert names(bundle) == ["index.py"]
    assert [one.rule for one in found] == ["key-file-left-out"]
    assert f'"{name}"' in found[0].detail


def test_files_without_keys_under_similar_names_are_packed(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", _OTHER_FILES))
    assert names(packed(source, tmp_path / "cache")) == sorted(_OTHER_FILES)


@pytest.mark.parametrize("name", _KEY_FILES)
def test_key_file_included_by_name_is_packed(tmp_path: Path, name: str) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", name: _KEY_FILES[name]})
    assert name in names(packed(folder(tree, include=(name,)), tmp_path / "cache"))


def test_key_file_below_included_folder_is_excluded(tmp_path: Path) -> None:
    write_tree(tmp_path / "shared", {"a.py": "", "tls/server.key": _PRIVATE})
    tree = write_tree(tmp_path / "code", {"index.py": ""})
    bundle, found = outcome(folder(tree, include=("../shared",)), tmp_path / "cache")
    assert bundle is not None
    assert names(bundle) == ["index.py", "shared/a.py"]
    assert '"shared/tls/server.key"' in found[0].detail


def test_link_to_key_file_under_another_name_is_excluded(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", "tls/server.key": _PRIVATE})
    (tree / "tls.pem").symlink_to("tls/server.key")
    bundle, _ = outcome(folder(tree), tmp_path / "cache")
    assert bundle is not None
    assert names(bundle) == ["index.py"]


def test_excluded_key_file_is_not_reported(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", ".netrc": "x"})
    _, found = outcome(folder(tree, exclude=(".netrc",)), tmp_path / "cache")
    assert not list(found)


def test_npmrc_that_gains_a_token_is_excluded(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", ".npmrc": "save-exact=true\n"})
    assert ".npmrc" in names(packed(folder(tree), tmp_path / "cache"))
    (tree / ".npmrc").write_text("//r.example/:_authToken=npm_abc\n")
    bundle, _ = outcome(folder(tree), tmp_path / "cache")
    assert bundle is not None
    assert names(bundle) == ["index.py"]


def test_many_key_files_are_counted_in_one_finding(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": ""} | {f"k{number:02}/.netrc": "x" for number in range(30)})
    _, found = outcome(folder(tree), tmp_path / "cache")
    assert len(list(found)) == 1
    assert "and 22 more" in found[0].detail


@pytest.mark.parametrize("name", _KEY_FILES)
def test_archive_with_key_file_is_packed_with_warning_each_time(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "app.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("index.py", "")
        file.writestr(name, _KEY_FILES[name])
    for _ in range(2):  # the second time the archive is known
        bundle, found = outcome(ArchiveSource(str(archive), Span.at("serverless.yml")), tmp_path / "cache")
        assert bundle is not None
        assert [one.rule for one in found] == ["key-file-in-archive"]
        assert f'"{name}"' in found[0].detail


def test_archive_without_keys_is_packed_without_warning(tmp_path: Path) -> None:
    archive = tmp_path / "app.zip"
    with ZipFile(archive, "w") as file:
        for name, text in {"index.py": "", "ca.pem": _CERTIFICATE, ".npmrc": "save-exact=true\n"}.items():
            file.writestr(name, text)
    _, found = outcome(ArchiveSource(str(archive), Span.at("serverless.yml")), tmp_path / "cache")
    assert list(found) == []
