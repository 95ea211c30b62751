"""The browser: one already on the machine, else Debian's, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Screenshots are looked at by people: letters, symbols and emoji must be drawn.
FONTS = ("fonts-dejavu-core", "fonts-liberation", "fonts-noto-color-emoji", "fonts-noto-core")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE: Final = 60_000
"""Milliseconds: only what never comes takes that long, on however busy a machine."""


def find() -> Path | None:
    """Return the machine's own browser; without one, Playwright starts what it installed itself."""
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)


async def launch(playwright: Playwright) -> Browser:
    """Start the browser; from then on `expect` waits as long as our patience lasts."""
    expect.set_options(timeout=PATIENCE)
    return await playwright.chromium.launch(executable_path=find(), args=list(FLAGS))


def install() -> str:
    """Install a browser and fonts unless they are there; return what went wrong, or nothing."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        wanted = [font for font in FONTS if not _has_package(font)]
        wanted += [] if find() else ["chromium"]
        return _apt(wanted) if wanted else ""
    if find():
        return ""
    return _tell([sys.executable, "-m", "playwright", "install", "chromium"])


def _has_package(name: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


def _apt(packages: list[str]) -> str:
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    return _tell([*apt, "update"]) or _tell([*apt, "install", "-y", "--no-install-recommends", *packages])


def _tell(command: list[str]) -> str:
    done = subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else f"{' '.join(command)}: {done.stdout.strip()}"
