"""Slack's own charts, and the limits they have (docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from slackblocks import AxisConfig, BarChart, Block, DataPoint, DataSeries, DataVisualizationBlock

from adapters.slack.mrkdwn import clip
from bot.core.cards import Bars, Chart, Part, Prose
from bot.core.rich import Plain

CHARTS_A_MESSAGE: Final = 2
POINTS_A_CHART: Final = 20
LONGEST_TITLE: Final = 50
LONGEST_LABEL: Final = 20
NAMELESS: Final = "\u2013"
"""Slack refuses empty words."""


def drawable(parts: Iterable[Part]) -> Iterator[Part]:
    """Charts that are one too many for Slack, or too large, as bars."""
    left = CHARTS_A_MESSAGE
    for part in parts:
        if not isinstance(part, Chart):
            yield part
        elif left and 1 <= len(part.bars) <= POINTS_A_CHART:
            left -= 1
            yield part
        else:
            yield Prose((Plain(part.title, bold=True),))
            yield Bars(tuple(replace(bar, note=(), button=None) for bar in part.bars))


def drawn(chart: Chart, counted: str) -> Block:
    """A chart of one series; `counted` is what its figures are."""
    names = _distinct([bar.label for bar in chart.bars])
    points = [DataPoint(name, bar.count) for name, bar in zip(names, chart.bars, strict=True)]
    series = DataSeries(clip(counted, LONGEST_LABEL), points)
    return DataVisualizationBlock(_short(chart.title, LONGEST_TITLE), BarChart([series], AxisConfig(names)))


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels as short as Slack wants them; two that would be alike get a number."""
    found: list[str] = []
    for label in labels:
        short, number = _short(label, LONGEST_LABEL), 2
        while short in found:
            tail = f" {number}"
            short, number = clip(label, LONGEST_LABEL - len(tail)) + tail, number + 1
        found.append(short)
    return found


def _short(text: str, longest: int) -> str:
    return clip(text, longest) if text.strip() else NAMELESS
