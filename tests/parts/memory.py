"""Where tests keep their files: in memory if they can, since nothing of a test has to survive a power cut."""

import os
import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")
ENOUGH: Final = 2 << 30
"""Bytes that must be free there: many containers have 64 MB, and a run takes some hundreds."""


def roomy() -> bool:
    """Tell whether there is a file system in memory with room for a run, from which programs can be started."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(MEMORY).free >= ENOUGH


def briskest() -> Path:
    """Give the folder for temporary files that is fastest here; its name is short enough for a socket in it."""
    return MEMORY if roomy() else Path("/tmp")
