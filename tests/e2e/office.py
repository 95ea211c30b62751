"""A running sandbox, the windows people look at it through, and how they read and type there."""

import re
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from adapters.sandbox.app import SandboxAdapter


@dataclass
class Office:
    """A running sandbox and the windows people look at it through; `complaints` is what the browser found wrong."""

    address: str
    browser: Browser
    sandbox: SandboxAdapter
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def enter(self, account: str, room: str = "general", **context: object) -> Page:
        """Open a window as somebody, in a room."""
        self.contexts.append(await self.browser.new_context(**context))  # type: ignore[arg-type]
        page = await self.contexts[-1].new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(f"{self.address}/sandbox/#{account}/{room}")
        await expect(page.get_by_role("main").get_by_role("article").first).to_be_visible()
        return page


def box(page: Page) -> Locator:
    """The message box."""
    return page.get_by_role("combobox", name=re.compile("^(Message|Nachricht an) "))


def messages(page: Page) -> Locator:
    """The messages of the open room."""
    return page.get_by_role("main").get_by_role("article")


async def type_line(page: Page, line: str) -> None:
    await box(page).fill(line)
    await box(page).press("Enter")
