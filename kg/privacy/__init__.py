"""Who is named: consent, the sources' publish rules and tombstones; everybody else is counted."""

from kg.privacy.groups import count_groups
from kg.privacy.people import People, people_of
from kg.privacy.protect import Protection, protect

__all__ = ["People", "Protection", "count_groups", "people_of", "protect"]
