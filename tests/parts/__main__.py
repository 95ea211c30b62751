"""Install the peers of the tests: `python -m tests.parts`, quick when they are there."""

from tests.parts import chromium, npm

PARTS = {"npm packages": npm.install, "chromium": chromium.install}


def main() -> None:
    """Install what can be installed; the tests skip what cannot, and repeat why."""
    for name, install in PARTS.items():
        if trouble := install():
            print(f"{name}: not installed, the tests that need them are skipped.\n{trouble}")


main()
