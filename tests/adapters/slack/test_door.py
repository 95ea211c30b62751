import json
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.door import _payload


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner)))
def test_a_payload_is_read_as_it_was_written(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False)
    assert _payload(urlencode({"payload": written}, errors="surrogatepass").encode()) == written


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
)
def test_a_form_that_holds_more_is_left_to_bolt(text: str, more: str) -> None:
    assert _payload(urlencode({"payload": text, "more": more}).encode()) == ""
    assert _payload(urlencode({"text": text}).encode()) == ""
