import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house.tree import ROOT, tracked

PACKAGES = {"adapters", "bot", "scheduler"}


def test_the_wheel_carries_every_file_of_the_three_packages(tmp_path: Path) -> None:
    """Templates, scripts, translations and migrations are used at run time as much as code is."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    assert {str(path) for path in tracked() if path.parts[0] in PACKAGES} - carried == set()
