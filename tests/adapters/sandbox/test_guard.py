import httpx2
import pytest

from tests.adapters.sandbox.conftest import Visit

SAY = {"as": "tomas", "room": "social", "text": "Hello"}


async def forged(door: Visit, **headers: str) -> httpx2.Response:
    known = {"x-sandbox-token": door.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await door.client.post("/sandbox/say", json=SAY, headers=known)


async def test_the_page_itself_may_write(door: Visit) -> None:
    answer = await forged(door, origin="http://127.0.0.1:8080", sec_fetch_site="same-origin")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"x_sandbox_token": "guessed"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"host": "rebound.example"},
        {"host": "127.0.0.1.rebound.example"},
        {"host": "[::1"},
    ],
)
async def test_a_foreign_page_may_not_write(door: Visit, headers: dict[str, str]) -> None:
    answer = await forged(door, **headers)
    assert (answer.status_code, list(answer.json())) == (403, ["sentence"])


async def test_a_rebound_name_may_not_even_read(door: Visit) -> None:
    answer = await door.client.get("/sandbox/state", params={"as": "mara"}, headers={"host": "rebound.example"})
    assert answer.status_code == 403


async def test_another_machine_is_not_served(door: Visit) -> None:
    transport = door.client._transport
    assert isinstance(transport, httpx2.ASGITransport)
    transport.client = ("192.0.2.7", 50_000)
    answer = await door.client.get("/sandbox/")
    transport.client = ("127.0.0.1", 50_000)
    assert answer.status_code == 403


async def test_a_body_without_end_is_cut_off(door: Visit) -> None:
    headers = {"x-sandbox-token": door.token}
    answer = await door.client.post("/sandbox/say", content=b"x" * 600_000, headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/sandbox/", "/sandbox/static/app.js", "/sandbox/state?as=mara"])
async def test_every_answer_carries_the_strict_policy(door: Visit, path: str) -> None:
    answer = await door.client.get(path)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_has_no_script_of_its_own_and_loads_nothing_from_elsewhere(door: Visit) -> None:
    page = (await door.client.get("/sandbox/")).text
    assert page.count("<script") == page.count('<script type="module" src="static/')
    assert "style=" not in page
    assert "//" not in page.replace("<!doctype", "")
