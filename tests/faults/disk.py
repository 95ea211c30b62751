"""A small disk that can be full: a file system in memory, where this user may mount one."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

CHUNK: Final = bytes(1 << 16)


class SmallDisk:
    """A mounted disk of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (len(CHUNK), 4096, 1):
                try:
                    while True:
                        file.write(CHUNK[:size])
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()


@contextmanager
def mounted(megabytes: int) -> Iterator[SmallDisk]:
    """A fresh small disk; `Unmountable` where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="drumbeat-disk-", dir="/tmp"))
    try:
        _do("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder)
        try:
            yield SmallDisk(folder)
        finally:
            _do("umount", "--lazy", folder)
    finally:
        with suppress(OSError):
            folder.rmdir()


class Unmountable(Exception):
    """No disk can be mounted here; the words say why."""


def _do(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unmountable(done.stderr.strip() or f"{command[0]} failed")


ALONE: Final = ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount")
"""Starts a program that may mount what nobody else sees, where the kernel lets every user do so."""


def may_mount() -> bool:
    """Whether this process may mount a disk."""
    try:
        with mounted(1):
            return True
    except Unmountable:
        return False


def with_mounts(command: list[str]) -> None:
    """Become `command` with the right to mount, if there is a way; return if there is none."""
    probe = [*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"]
    with suppress(FileNotFoundError):
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            os.execvp(ALONE[0], [*ALONE, *command])
