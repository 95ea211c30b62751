import pytest

from tests.adapters.sandbox.conftest import Visit


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("say", {"room": "nowhere", "text": "Hi"}),
        ("say", {"room": "D-mara", "text": "Hi"}),
        ("say", {"room": "social", "text": 7}),
        ("say", {"room": "social", "text": "x" * 12_001}),
        ("say", {"room": "social", "text": "Hi", "delivery": "x" * 65}),
        ("submit", {"room": "social", "address": "polls.create", "values": ["a"]}),
        ("submit", {"room": "social", "address": "polls.create", "values": {"question": {"a": 1}}}),
        ("submit", {"room": "social", "address": "polls.create", "values": {"question": "x" * 20_001}}),
        ("submit", {"room": "social", "address": "polls.create", "values": {str(n): "" for n in range(61)}}),
        ("react", {"room": "social", "message": "m1", "emoji": "💣"}),
        ("react", {"room": "social", "message": "nothing", "emoji": "👍"}),
        ("clock", {"step": "year"}),
        ("colleagues", {"wish": "leave"}),
        ("direct", {"with": "tomas"}),
        ("direct", {"with": "nobody"}),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(door: Visit, path: str, body: dict[str, object]) -> None:
    answer = await door.ask(path, "tomas", **body)
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"as"', b"[" * 100_000, b'{"as": ["tomas"]}', b"\xff"])
async def test_a_body_that_is_no_request_is_refused_with_a_sentence(door: Visit, content: bytes) -> None:
    answer = await door.client.post("/sandbox/say", content=content, headers={"x-sandbox-token": door.token})
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")


@pytest.mark.parametrize("path", ["/sandbox/state", "/sandbox/live?as=nobody", "/sandbox/state?as="])
async def test_only_a_member_looks_in(door: Visit, path: str) -> None:
    assert (await door.client.get(path)).status_code == 400


async def test_a_private_chat_is_shown_to_its_two_people_alone(door: Visit) -> None:
    room = (await door.ask("direct", "mara", **{"with": "ana"})).json()["room"]
    await door.ask("say", "mara", room=room, text="Between us")
    assert room in (await door.state("ana"))["messages"]
    assert room not in (await door.state("tomas"))["messages"]
    assert (await door.ask("say", "tomas", room=room, text="Hi")).status_code == 400
