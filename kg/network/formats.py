"""Networks as files: what Gephi, Cytoscape, VOSviewer, R and spreadsheets read.

The same network gives the same bytes: nodes and edges in the order of their IRIs, no date.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kg.network.layout import layout
from kg.network.picture import picture

if TYPE_CHECKING:
    import networkx as nx

    from kg.network.graph import Network

__all__ = ["FORMATS"]

# Characters that XML 1.0 cannot hold, in any spelling.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _graphml(network: Network) -> bytes:
    from networkx import write_graphml_xml

    buffer = io.BytesIO()
    write_graphml_xml(_for_xml(network), buffer)
    return buffer.getvalue()


def _gexf(network: Network) -> bytes:
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(_for_xml(network))
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)  # today's date, whatever the release
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _csv(network: Network) -> bytes:
    """Return the edges, with the labels of their ends."""
    buffer = io.BytesIO()
    network.edge_frame().write_csv(buffer)
    return buffer.getvalue()


def _json(network: Network) -> bytes:
    """Return the node-link form that networkx (``edges="links"``), d3 and sigma.js read."""
    document = {
        "directed": network.directed,
        "multigraph": False,
        "graph": dict(network.meta),
        "nodes": network.nodes.rename({"node": "id"}).to_dicts(),
        "links": network.edge_frame().drop("source_label", "target_label").to_dicts(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()


def _vosviewer(network: Network) -> bytes:
    """Return the JSON of VOSviewer: items with places and clusters, links with strengths.

    https://app.vosviewer.com/docs/file-types/json-file-type/
    """
    placed, matrix = layout(network), network.adjacency()
    links = (matrix + matrix.T if network.directed else matrix).tocsr()
    items = [
        {
            "id": code + 1,
            "label": node["label"],
            "url": node["node"],
            "x": placed.x[code] / 1000,
            "y": placed.y[code] / 1000,
            "cluster": int(placed.community[code]),
            "weights": {
                "Links": int(links.indptr[code + 1] - links.indptr[code]),
                "Total link strength": float(f"{links[[code]].sum():.12g}"),
            },
        }
        for code, node in enumerate(network.nodes.iter_rows(named=True))
    ]
    edges = network.weighted(network.weight).sort("source", "target")
    strengths = [
        {"source_id": int(a) + 1, "target_id": int(b) + 1, "strength": weight}
        for a, b, weight in edges.select("source", "target", "weight").iter_rows()
        if a != b
    ]
    document = {"network": {"items": items, "links": strengths}}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _svg(network: Network) -> bytes:
    return picture(network).encode()


def _for_xml(network: Network) -> nx.Graph[Any]:
    """Return the networkx graph without characters that XML cannot hold."""
    graph = network.to_networkx()
    for _, data in graph.nodes(data=True):
        for name, value in data.items():
            data[name] = _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value
    return graph


FORMATS: dict[str, Callable[[Network], bytes]] = {
    "graphml": _graphml,
    "gexf": _gexf,
    "csv": _csv,
    "json": _json,
    "svg": _svg,
    "vosviewer": _vosviewer,
}
"""The formats that :meth:`Network.export` and, by suffix, :meth:`Network.write` accept."""
