"""The files of this house, as git knows them."""

import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]


@cache
def tracked() -> tuple[PurePosixPath, ...]:
    """Return every file that git tracks, leaving out what was just removed."""
    listing = ["git", "ls-files", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(PurePosixPath(name) for name in names.split("\0") if name and (ROOT / name).is_file())
