"""Take the pictures of the docs anew: `python -m tests.gallery [FOLDER]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.gallery.polls import cards, company
from tests.gallery.walls import WALLS
from tests.parts import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "polls"


async def main(folder: Path) -> None:
    """Ask every poll, hang it on every wall, and take its picture."""
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        async with company(scratch) as stage, async_playwright() as playwright:
            shown = await cards(stage)
            browser = await chromium.launch(playwright)
            for wall in WALLS:
                await wall(browser, shown, folder, scratch)
            await browser.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
