"""Courses as curricula, their instances and events as trainings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.schema import Schema
from kg.sources.bioschemas.agents import Agents
from kg.sources.bioschemas.nodes import Graph, Node, items, local, text_of, types_of
from kg.sources.bioschemas.places import place_of
from kg.sources.collected import (
    Collected,
    Concepts,
    clean_text,
    joined,
    tagged,
    web_address,
)
from kg.sources.events import event_key, formats, language_code

__all__ = ["Trainings"]

_COURSES = {"Course"}
_INSTANCES = {"CourseInstance"}
_SERIES = {"EventSeries"}
_EVENTS = {
    "Event", "EducationEvent", "BusinessEvent", "PublicationEvent", "Hackathon", "ExhibitionEvent",
    "SocialEvent", "LiteraryEvent",
}  # fmt: skip
_TRAININGS = _COURSES | _INSTANCES | _SERIES | _EVENTS
_CALLED_OFF = {"EventCancelled", "EventPostponed"}
_KEYWORDS = ("keywords", "about", "scientificTopics", "topic", "teaches")
_ROLES = {"instructor": "educator", "performer": "educator", "organizer": "organiser"}
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?$")


class Trainings:
    """Takes documents in one after the other; ``found`` counts courses, instances and events."""

    def __init__(self, source: str, schema: Schema, collected: Collected) -> None:
        self._source = source
        self._schema = schema
        self._collected = collected
        self._concepts = Concepts(schema)
        self._agents = Agents(source, collected)
        self._number = 0
        self._unknown: dict[str, set[str]] = {}
        self.found = 0

    def take(self, graph: Graph) -> None:
        """Take in all courses, series and trainings of a document."""
        for name in graph.untyped:
            accepted = "a node with an @type, such as CourseInstance"
            self._collected.doubt("trainings", graph.file, graph.line, "name", name, accepted)
        courses = {id(n): n for n in graph.nodes if _COURSES & set(types_of(n))}
        instances = {
            id(instance): course
            for course in courses.values()
            for instance in graph.all(course, "hasCourseInstance")
            if isinstance(instance, dict)
        }
        parents = {
            id(part): node
            for node in graph.nodes
            for part in graph.all(node, "subEvent", "subEvents")
            if isinstance(part, dict)
        }
        for node in graph.nodes:
            kinds = set(types_of(node))
            if kinds & _TRAININGS:
                self.found += 1
                self._number += 1
            if kinds & _COURSES:
                self._add_course(node, graph)
            elif kinds & _SERIES:
                self._add_series(node, graph)
            elif kinds & (_INSTANCES | _EVENTS):
                self._add_training(node, graph, instances.get(id(node), {}), parents.get(id(node)))

    def finish(self) -> None:
        """Hand over the organisations, and say which keywords nobody knows."""
        self._agents.organisations.finish()
        for file, words in self._unknown.items():
            reading = "left out: no topic or method of the vocabulary has these names"
            text = f"{len(words)} keywords: {', '.join(sorted(words))}"
            self._collected.inform("trainings", file, 1, "topic", text, reading)

    def _add_course(self, node: Node, graph: Graph) -> None:
        name = clean_text(text_of(node.get("name")))
        row = {
            "id": self._key(node, graph),
            "name": tagged(name, _language(node)),
            "url": _page(node),
            **self._subjects(node, graph),
        }
        self._collected.add("curricula", graph.file, self._number, row)

    def _add_series(self, node: Node, graph: Graph) -> None:
        organisers = self._organisations(node, graph, "organizer", "provider")
        row = {
            "id": self._key(node, graph),
            "name": tagged(clean_text(text_of(node.get("name"))), _language(node)),
            "organiser": organisers,
            "url": _page(node),
        }
        self._collected.add("series", graph.file, self._number, row)

    def _add_training(self, node: Node, graph: Graph, course: Node, parent: Node | None) -> None:
        statuses = {local(status) for status in items(node.get("eventStatus"))}
        name = clean_text(text_of(node.get("name")) or text_of(course.get("name")))
        if statuses & _CALLED_OFF:
            status = ", ".join(sorted(statuses))
            self._collected.inform(
                "trainings", graph.file, self._number, "name", name or status, f"left out: {status}"
            )
            return
        key = self._key(node, graph, course)
        language = _language(node) or _language(course)
        start, end = _dates(node, graph)
        description = text_of([node.get("description"), node.get("abstract"),
                               course.get("description"), course.get("abstract")])  # fmt: skip
        organisers = self._organisations(node, graph, "organizer", "provider")
        organisers = organisers or self._organisations(course, graph, "provider", "creator")
        row = {
            "id": key,
            "name": tagged(name, language),
            "format": self._format(node),
            "curriculum": self._key(course, graph) if course else None,
            "start_date": start,
            "end_date": end,
            **place_of(node, graph, self._number, self._collected),
            "host": self._organisations(node, graph, "hostInstitution"),
            "organiser": organisers,
            "funder": self._organisations(node, graph, "funder", "sponsor"),
            "language": joined(_languages(node) or _languages(course)),
            "description": tagged(clean_text(description), language),
            "url": _page(node) or _page(course),
            **self._larger(node, graph, parent),
            **self._subjects(node, graph),
        }
        self._collected.add("trainings", graph.file, self._number, row)
        self._add_people(key, node, graph, course, organisers)

    def _add_people(
        self, key: str, node: Node, graph: Graph, course: Node, around: str | None
    ) -> None:
        for source in (node, course):
            for name, role in _ROLES.items():
                for value in graph.all(source, name):
                    if name == "organizer" and not _is_person(value):
                        continue
                    person = self._agents.person(value, graph, self._number, around)
                    if person:
                        part = {"training": key, "role": role, "person": person}
                        self._collected.add("participations", graph.file, self._number, part)

    def _larger(self, node: Node, graph: Graph, parent: Node | None) -> dict[str, str | None]:
        """Return ``series`` or ``part_of``, where the larger one is in the document too."""
        above = [*graph.all(node, "superEvent"), *([parent] if parent else [])]
        for larger in above:
            kinds = set(types_of(larger)) if isinstance(larger, dict) else set()
            if kinds & _SERIES:
                return {"series": self._key(larger, graph)}
            if kinds & (_EVENTS | _INSTANCES) and any(larger is n for n in graph.nodes):
                return {"part_of": self._key(larger, graph)}
        return {}

    def _organisations(self, node: Node, graph: Graph, *names: str) -> str | None:
        values = graph.all(node, *names)
        return joined(self._agents.organisation(v, graph, self._number) for v in values)

    def _subjects(self, node: Node, graph: Graph) -> dict[str, str | None]:
        words = list(dict.fromkeys(_keywords(node, graph)))
        unknown = self._concepts.unknown(words)
        if unknown:
            self._unknown.setdefault(graph.file, set()).update(unknown)
        return self._concepts.columns(words)

    def _format(self, node: Node) -> str | None:
        stated = [node.get(name) for name in ("additionalType", "learningResourceType",
                                              "eventType")]  # fmt: skip
        texts = [local(text_of(item) or "") for value in stated for item in items(value)]
        found = formats(self._schema, texts)
        if len(found) == 1:
            return found[0]
        return "Course" if _INSTANCES & set(types_of(node)) else None

    def _key(self, node: Node, graph: Graph, course: Node | None = None) -> str:
        """Return the key of a node: its ``@id``, else its page and start, else name and start.

        A page may announce one training after the other.
        """
        identity = node.get("@id")
        if isinstance(identity, str) and identity and not identity.startswith("_:"):
            # A fragment or relative one is of its file only.
            where = "" if "://" in identity else f"{graph.file.rpartition('/')[2]} "
            return event_key(self._source, where + identity)
        page = _page(node) or text_of(node.get("name")) or text_of((course or {}).get("name"))
        start = _dates(node, graph)[0]
        return event_key(self._source, f"{page or self._number} {start or ''}")


def _is_person(value: Any) -> bool:
    return isinstance(value, dict) and "Person" in types_of(value)


def _page(node: Node) -> str | None:
    """Return the address of a node's page."""
    return web_address(text_of(node.get("url"), "@id")) or web_address(text_of(node.get("@id")))


def _languages(node: Node) -> list[str]:
    found = (
        language_code(text_of(item, "alternateName", "name") or "")
        for item in items(node.get("inLanguage"))
    )
    return [code for code in found if code]


def _language(node: Node) -> str | None:
    """Return the language of a node's texts, where it is one."""
    found = _languages(node)
    return found[0] if len(found) == 1 else None


def _dates(node: Node, graph: Graph) -> tuple[str | None, str | None]:
    """Return first and last day, as the source writes them; those of its schedule without own."""
    for holder in (node, *graph.all(node, "courseSchedule", "eventSchedule")):
        if isinstance(holder, dict) and text_of(holder.get("startDate")):
            return _day(holder.get("startDate")), _day(holder.get("endDate"))
    return None, None


def _day(value: Any) -> str | None:
    text = text_of(value)
    found = _ISO_DAY.match(text or "")
    return found[1] if found else text


def _keywords(node: Node, graph: Graph) -> Iterator[str]:
    for value in graph.all(node, *_KEYWORDS):
        text = text_of(value, "name", "termCode")
        if isinstance(value, dict):
            if text and not _TRAININGS & set(types_of(value)):
                yield text
        else:
            words = re.split("[,;]", clean_text(str(value)) or "")
            yield from (stripped for word in words if (stripped := word.strip()))
