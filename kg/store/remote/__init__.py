"""A store elsewhere: any SPARQL 1.1 endpoint, asked over HTTP through SPARQLWrapper."""

from kg.store.remote.access import Access
from kg.store.remote.dataset import Dataset
from kg.store.remote.options import RemoteOptions
from kg.store.remote.store import RemoteStore

__all__ = ["Access", "Dataset", "RemoteOptions", "RemoteStore"]
