"""A store elsewhere: any SPARQL 1.1 endpoint, asked through SPARQLWrapper."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPException
from urllib.error import HTTPError

from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
)

from kg.errors import KgError, LimitError, QueryError, ReleaseError
from kg.results import ResultTable
from kg.store.base import JSON_RESULTS, table_from_json

__all__ = ["RemoteStore"]

_TIMEOUT_SECONDS = 60
_LIMIT_STATUSES = {413, 429, 502, 503, 504}


class RemoteStore:
    """Answers queries by asking the endpoint at ``url``."""

    def __init__(self, url: str, timeout_seconds: int = _TIMEOUT_SECONDS) -> None:
        self.url = url
        self._timeout = timeout_seconds

    @property
    def release_id(self) -> str:
        """The endpoint's address: what it serves is its own affair."""
        return self.url

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type; see :class:`kg.store.base.Store`."""
        wrapper = SPARQLWrapper(self.url)
        wrapper.setQuery(sparql)
        wrapper.setMethod("POST")
        wrapper.setTimeout(self._timeout)
        wrapper.addCustomHttpHeader("Accept", media_type)
        wrapper.setOnlyConneg(True)
        try:
            with closing(wrapper.query().response) as response:
                return bytes(response.read())
        except (HTTPError, SPARQLWrapperException) as error:
            raise self._refusal(error) from error
        except (HTTPException, OSError, ValueError) as error:
            raise self._no_endpoint(error) from error

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table."""
        document = self.serialise(sparql, JSON_RESULTS)
        try:
            return table_from_json(document, {"release": self.release_id})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._no_endpoint(error) from error

    def _refusal(self, error: HTTPError | SPARQLWrapperException) -> KgError:
        """Return our error for an answer that is none; SPARQLWrapper names some statuses itself."""
        cause = error if isinstance(error, HTTPError) else error.__context__
        if isinstance(cause, HTTPError):
            cause.close()
        if isinstance(error, EndPointNotFound):
            return self._no_endpoint(error)
        if isinstance(error, QueryBadFormed):
            return QueryError(f"{self.url} refuses the query: {error}")
        if isinstance(error, HTTPError):
            return _from_status(self.url, error)
        return LimitError(f"{self.url} could not answer: {error}", status=502)

    def _no_endpoint(self, error: Exception) -> ReleaseError:
        return ReleaseError(
            f"{self.url} does not answer as a SPARQL endpoint: {error}. Check the address, and "
            "that the server runs."
        )


def _from_status(url: str, error: HTTPError) -> QueryError | LimitError:
    message = f"{url} answers {error.code}: {error.reason}"
    if error.code in _LIMIT_STATUSES:
        return LimitError(message, status=error.code)
    return QueryError(message)
