"""Where a graph is asked: a release on disk, or a SPARQL endpoint elsewhere; one interface."""

from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from kg.store.release import Release, current_release, list_releases, open_release
from kg.store.remote import RemoteStore

__all__ = [
    "EmbeddedStore",
    "Release",
    "RemoteStore",
    "Store",
    "current_release",
    "list_releases",
    "open_release",
]
