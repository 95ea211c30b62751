"""What befalls the calls to a pretend platform: drawn from a seed, so that the same calls meet the same fate again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Fate(StrEnum):
    """What becomes of a call. Where a name says TAKEN the message is there, though nobody hears of it."""

    FINE = "fine"
    SLOW = "slow"
    LIMITED = "limited"
    LIMITED_BARE = "limited_without_retry_after"
    BUSY = "busy"
    BROKEN = "broken"
    BROKEN_TAKEN = "broken_taken"
    SILENT = "silent"
    SILENT_TAKEN = "silent_taken"
    RESET = "reset"
    RESET_TAKEN = "reset_taken"
    HALF_TAKEN = "half_an_answer_taken"


Odds = Mapping[Fate, float]

ROUGH: Final[Odds] = {
    Fate.SLOW: 0.10,
    Fate.BUSY: 0.02,
    Fate.BROKEN: 0.02,
    Fate.BROKEN_TAKEN: 0.02,
    Fate.SILENT: 0.01,
    Fate.SILENT_TAKEN: 0.02,
    Fate.RESET: 0.02,
    Fate.RESET_TAKEN: 0.02,
    Fate.HALF_TAKEN: 0.02,
}
"""A bad day: one call in four goes wrong or drags."""


@dataclass(frozen=True, slots=True)
class Storm:
    """From `begins` for `lasts` (seconds after the weather was set) a share of the calls meets one fate."""

    fate: Fate
    begins: float
    lasts: float
    share: float = 1.0
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances by fate (the rest is fine), and storms on top of them."""

    seed: int = 0
    odds: Odds = field(default_factory=dict)
    storms: Sequence[Storm] = ()

    def fate(self, platform: str, verb: str, mark: str, count: int, elapsed: float) -> tuple[Fate, random.Random]:
        """What befalls the `count`th call of a verb about a mark, and the chance that draws its details."""
        chance = random.Random(f"{self.seed}:{platform}:{verb}:{mark}:{count}")
        drawn = chance.random()
        for storm in self.storms:
            blows = storm.begins <= elapsed < storm.begins + storm.lasts and storm.platform in ("", platform)
            if blows and drawn < storm.share:
                return storm.fate, chance
        for fate, odds in self.odds.items():
            drawn -= odds
            if drawn < 0:
                return fate, chance
        return Fate.FINE, chance

    def written(self) -> dict[str, Any]:
        """As JSON has it."""
        storms = [[each.fate.value, each.begins, each.lasts, each.share, each.platform] for each in self.storms]
        return {"seed": self.seed, "odds": {fate.value: odds for fate, odds in self.odds.items()}, "storms": storms}


def parsed(written: Mapping[str, Any]) -> Weather:
    """The weather that `written` tells."""
    storms = [Storm(Fate(fate), *rest) for fate, *rest in written["storms"]]
    return Weather(written["seed"], {Fate(fate): odds for fate, odds in written["odds"].items()}, storms)


FAIR: Final = Weather()
