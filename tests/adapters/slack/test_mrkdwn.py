import html
import re
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.mrkdwn import ELLIPSIS, WORD_JOINER, ZERO_WIDTH_SPACE, clip, flow, literal, size, written
from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, When

TYPED = st.text(
    st.one_of(st.sampled_from("*_~`<>&|@#! \nab\u00e4\U0001f941"), st.characters(exclude_categories=["Cs"]))
)
TYPED = TYPED.filter(lambda text: not set(text) & {WORD_JOINER, ZERO_WIDTH_SPACE, *"\u2217\u02cd\u223c\u02cb"})

SPANS: st.SearchStrategy[Span] = st.one_of(
    st.builds(Plain, TYPED, st.booleans(), st.booleans()),
    st.builds(Mention, TYPED, st.sampled_from(["", "U1"])),
    st.builds(PlaceLink, TYPED, st.sampled_from(["", "C1"])),
    st.builds(Link, TYPED, st.sampled_from(["https://a.example/b?c=d&e", "javascript:x"])),
    st.builds(When, st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)), TYPED),  # noqa: DTZ001 -- hypothesis adds the zone
)

BORDER = r"\s?.,\-!^;:{(\[%$#+=\"\u2000-\u206F\u2E00-\u2E7F'"
MARKUP = [
    re.compile(rf"(?:^|[{BORDER}]){mark}(?:.*?\S *)?{mark}(?=$|[{BORDER})\]}}])", re.MULTILINE)
    for mark in (r"\*", "_", "~", "`")
]
"""How Slack's client finds bold, italics, strike and code: a marker opens behind a border and closes before one."""

TOKEN = re.compile(r"<[^<>]*>")


def as_typed(shown: str) -> str:
    """Read what is shown as a person does, who sees no joiner and no difference."""
    return html.unescape(shown.replace(WORD_JOINER, "").translate(str.maketrans("\u2217\u02cd\u223c\u02cb", "*_~`")))


@given(TYPED)
@example("*bold* _italic_ ~gone~ `code` ```block```")
@example("> quoted\n>>> more")
@example("<@U1> <!channel> <#C1> <https://a.example|b>")
@example("snake_case 2 * 3 * 4")
def test_what_is_typed_shows_as_typed(typed: str) -> None:
    shown = literal(typed)
    assert as_typed(shown) == html.unescape(html.escape(typed, quote=False))
    assert "<" not in shown
    assert ">" not in shown
    assert not any(line.lstrip().startswith("&gt;") for line in shown.split("\n"))
    assert not any(markup.search(shown) for markup in MARKUP)


@given(TYPED, st.integers(1, 40))
def test_clipped_text_fits(typed: str, longest: int) -> None:
    assert size(clip(typed, longest)) <= longest


@given(st.lists(SPANS, max_size=6).map(tuple), st.integers(80, 200))
def test_written_text_fits_and_breaks_no_token(text: tuple[Span, ...], longest: int) -> None:
    shown = written(text, longest)
    assert size(shown) <= longest or not text
    bare = TOKEN.sub("", shown)
    assert "<" not in bare
    assert ">" not in bare


@given(st.lists(st.builds(Plain, TYPED), max_size=4).map(tuple), st.integers(10, 50))
def test_a_long_paragraph_goes_on_in_the_next_piece(text: tuple[Plain, ...], longest: int) -> None:
    pieces = list(flow(text, longest))
    assert all(size(piece) <= longest for piece in pieces)
    together = as_typed("".join(pieces))
    assert together == html.unescape(html.escape("".join(span.text for span in text), quote=False))


def test_bold_against_a_letter_is_still_bold() -> None:
    assert written((Plain("Anna", bold=True), Plain("s"))) == f"*Anna*{ZERO_WIDTH_SPACE}s"


def test_bold_that_follows_bold_is_one() -> None:
    bold = (Plain("1", bold=True), Plain(". ", bold=True), Plain("Tea?", bold=True))
    assert written((*bold, Plain(" and cake"))) == "*1. Tea?* and cake"


def test_bold_lines_are_bold_one_by_one() -> None:
    assert written((Plain(" a \nb", bold=True),)) == " *a* \n*b*"


def test_code_keeps_its_own_quotes_out() -> None:
    assert written((Plain("/poll `x` <y>", code=True),)) == "`/poll \u02cbx\u02cb &lt;y&gt;`"


def test_a_person_without_an_account_is_named() -> None:
    assert written((Mention("Anna_B"),)) == "@Anna_B"
    assert written((Mention("Anna", "U1"),)) == "<@U1>"


def test_an_instant_shows_in_the_reader_s_zone() -> None:
    at = datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert (
        written((When(at, "Fri 17:00 | x"),))
        == f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|Fri 17:00  x>"
    )


def test_only_web_addresses_become_links() -> None:
    assert written((Link("here", "https://a.example/?a=1&b=2|3"),)) == "<https://a.example/?a=1&amp;b=2%7C3|here>"
    assert written((Link("here", "javascript:alert(1)"),)) == "here"


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert written((Plain("x" * 50),), 10) == "x" * 9 + ELLIPSIS
