"""Where a training is held: schema.org's many ways of writing a location."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.sources.bioschemas.nodes import Graph, Node, items, local, text_of, types_of
from kg.sources.collected import Collected, clean_text, tagged
from kg.sources.events import country_at_end, is_online

__all__ = ["place_of"]

_ONLINE, _HERE = frozenset({"online"}), frozenset({"in-person"})
_ATTENDANCE = {
    "OnlineEventAttendanceMode": _ONLINE,
    "OfflineEventAttendanceMode": _HERE,
    "MixedEventAttendanceMode": _ONLINE | _HERE,
}
_COURSE_MODES = {
    **dict.fromkeys(("online", "distance", "virtual"), _ONLINE),
    **dict.fromkeys(("onsite", "on-site", "offline", "face-to-face", "in-person"), _HERE),
    **dict.fromkeys(("blended", "hybrid"), _ONLINE | _HERE),
}
_VIRTUAL = "VirtualLocation"
_MOVED_ONLINE = "EventMovedOnline"


def place_of(node: Node, graph: Graph, number: int, collected: Collected) -> dict[str, str | None]:
    """Return ``mode``, ``venue``, ``country``, ``latitude`` and ``longitude`` of a training."""
    places = graph.all(node, "location")
    mode = _mode(node, places)
    real = [p for p in places if not _is_virtual(p)]
    if mode == "online" or not real:
        return {"mode": mode}
    place = real[0]
    latitude, longitude = _coordinates(place, graph)
    return {
        "mode": mode,
        "venue": tagged(clean_text(_venue(place, graph))),
        "country": _country(place, graph, number, collected),
        "latitude": latitude,
        "longitude": longitude,
    }


def _mode(node: Node, places: list[Any]) -> str | None:
    said: set[str] = set()
    for value in items(node.get("eventAttendanceMode")):
        said |= _ATTENDANCE.get(local(value), frozenset())
    for value in items(node.get("courseMode")) if not said else ():
        said |= _COURSE_MODES.get(local(value).lower().replace(" ", "-"), frozenset())
    if any(local(status) == _MOVED_ONLINE for status in items(node.get("eventStatus"))):
        said = {"online"}
    if not said:
        said = {"online" if _is_virtual(place) else "in-person" for place in places}
    return "hybrid" if len(said) > 1 else next(iter(said), None)


def _is_virtual(place: Any) -> bool:
    if isinstance(place, dict):
        name = text_of(place.get("name")) or ""
        return _VIRTUAL in types_of(place) or ("address" not in place and is_online(name))
    return is_online(str(place))


def _addresses(place: Any, graph: Graph) -> Iterator[Any]:
    if isinstance(place, dict):
        if "PostalAddress" in types_of(place):
            yield place
        yield from graph.all(place, "address")


def _venue(place: Any, graph: Graph) -> str | None:
    if not isinstance(place, dict):
        return str(place)
    parts = [text_of(place.get("name"))]
    for address in _addresses(place, graph):
        if isinstance(address, dict):
            parts += [text_of(address.get(n)) for n in ("streetAddress", "addressLocality")]
        else:
            parts.append(str(address))
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _country(place: Any, graph: Graph, number: int, collected: Collected) -> str | None:
    """Return the country of an address; of a text that it ends with."""
    for address in _addresses(place, graph):
        if isinstance(address, dict):
            stated = text_of(graph.all(address, "addressCountry"), "name", "identifier")
            if stated:
                return collected.country("trainings", graph.file, number, stated)
    text = _venue(place, graph) or ""
    return country_at_end(text)


def _coordinates(place: Any, graph: Graph) -> tuple[str | None, str | None]:
    if not isinstance(place, dict):
        return None, None
    for point in [*graph.all(place, "geo"), place]:
        if isinstance(point, dict):
            found = text_of(point.get("latitude")), text_of(point.get("longitude"))
            if all(found):
                return found
    return None, None
