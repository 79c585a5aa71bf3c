"""What programs can ask, described once: for the OpenAPI document and for the page about it.

Everything is read from where it is declared: named queries from their headers, networks and
analyses from their registries. What is listed in ``calls`` is one :class:`Call` an address.
"""

from kg.web.openapi.calls import Call, all_calls
from kg.web.openapi.document import document

__all__ = ["Call", "all_calls", "document"]
