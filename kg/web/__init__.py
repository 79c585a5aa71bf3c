"""The web application: SPARQL endpoint, calls for programs, linked data, pages.

Thin by intent: a view parses the request, calls one function of the package and renders.
"""

from kg.web.app import close_app, create_app
from kg.web.serving import make_server, serve

__all__ = ["close_app", "create_app", "make_server", "serve"]
