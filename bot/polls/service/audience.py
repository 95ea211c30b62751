"""Whom a poll asks, in words for somebody of its organisation."""

from bot.core.directory import store as directory
from bot.core.feature import Scene
from bot.core.places import Place, PlaceKind
from bot.core.rich import PlaceLink, Text, plain
from bot.polls.model.poll import Poll
from bot.polls.store import asking


def audience(scene: Scene, poll: Poll) -> Text:
    """Its channels, then its groups, then everybody: `#social, @design and everybody`."""
    places = directory.places_by_id(scene.connection, asking.audience(scene.connection, poll.id)).values()
    ordered = sorted(places, key=lambda place: (place.kind is PlaceKind.PEOPLE, place.name, place.id))
    everybody = [plain(scene.t("everybody"))] if poll.everybody else []
    return scene.t.every_rich([*(_named(scene, place) for place in ordered), *everybody])


def _named(scene: Scene, place: Place) -> Text:
    match place.kind:
        case PlaceKind.PEOPLE:
            return plain(f"@{place.name or place.key}")
        case PlaceKind.DIRECT:
            return plain(scene.t("our chat"))
        case PlaceKind.GROUP | PlaceKind.CHANNEL if place.workspace == scene.workspace.id:
            return (PlaceLink(place.name, place.key),)
        case PlaceKind.GROUP | PlaceKind.CHANNEL:
            return plain(f"#{place.name or place.key}")
