"""What an admin does in a real chat, done in the sandbox: messages deleted, channels renamed and archived."""

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.office import Office, messages, type_line

POLL = '/poll "Tea?" "Yes" "No"'


async def test_a_message_is_deleted_for_everybody(office: Office) -> None:
    page = await office.enter("ana", "social")
    other = await office.enter("mara", "social")
    await type_line(page, POLL)
    await expect(messages(other).last).to_contain_text("Tea?")
    await messages(page).last.hover()
    await messages(page).last.get_by_role("button", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete message").click()
    await expect(messages(other).filter(has_text="Tea?")).to_have_count(0)
    await expect(messages(page).filter(has_text="Tea?")).to_have_count(0)


async def test_a_channel_is_renamed_by_keyboard(office: Office) -> None:
    page = await office.enter("dana", "social")
    await page.get_by_label("What can be done to this channel").press("Enter")
    await page.get_by_role("button", name="Rename channel").press("Enter")
    await page.get_by_label("New name").fill("Loose ends")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("loose-ends")


async def test_an_archived_channel_says_so(office: Office, tmp_path: Path) -> None:
    page = await office.enter("dana", "social")
    await page.get_by_label("What can be done to this channel").click()
    await page.screenshot(path=tmp_path / "menu.png")
    await page.get_by_role("button", name="Archive channel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Archive channel").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("archived")
    office.complaints.clear()
    await type_line(page, "Hello?")
    await expect(page.get_by_role("alert")).to_contain_text("archived")
    office.complaints.clear()  # the browser's own line about the refusal
