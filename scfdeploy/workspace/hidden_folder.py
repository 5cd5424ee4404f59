"""Makes the folder `.scfdeploy`, which git and packages leave out."""

from __future__ import annotations

import os

NAME = ".scfdeploy"
_IGNORE_ALL = b"*\n"


def make_hidden_folder(folder: str) -> bool:
    """Make a folder that git ignores, its own .gitignore included; whether it is new. Raises OSError.

    An empty .gitignore is what a killed run or a full disk left: it is completed.
    """
    try:
        os.mkdir(folder)
        is_new = True
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
        is_new = False
    path = os.path.join(folder, ".gitignore")
    try:
        if os.path.getsize(path):
            return is_new
    except FileNotFoundError:
        pass
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        os.write(descriptor, _IGNORE_ALL)
    finally:
        os.close(descriptor)
    return is_new
