from __future__ import annotations

import pyoxigraph as ox
from rdflib import RDFS, BNode, Graph, Literal, URIRef

from kg.quads import QUAD, quads_of_graph

THING = URIRef("https://example.org/thing")


def test_quads_are_sorted_terms_of_one_graph() -> None:
    graph = Graph()
    graph.add((THING, RDFS.label, Literal("two\nlines", lang="en")))
    graph.add((THING, RDFS.label, Literal("a")))
    frame = quads_of_graph(graph, "https://example.org/g")
    assert frame.schema == QUAD
    assert frame["o"].to_list() == ['"a"', '"two\\nlines"@en']
    assert frame["g"].unique().to_list() == ["<https://example.org/g>"]


def test_every_row_is_a_line_of_n_quads() -> None:
    graph = Graph()
    graph.add((THING, RDFS.comment, Literal('"\\\t\r\n\u0001😀')))
    (row,) = quads_of_graph(graph, "https://example.org/g").iter_rows()
    (quad,) = ox.parse(f"{' '.join(row)} .".encode(), format=ox.RdfFormat.N_QUADS)
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.value == '"\\\t\r\n\u0001😀'


def test_blank_nodes_have_the_same_names_in_every_reading() -> None:
    def reading() -> Graph:
        graph = Graph()
        first, second = BNode(), BNode()
        graph.add((THING, RDFS.seeAlso, first))
        graph.add((first, RDFS.seeAlso, second))
        graph.add((second, RDFS.label, Literal("end")))
        return graph

    frames = [quads_of_graph(reading(), "https://example.org/g") for _ in range(2)]
    assert frames[0].equals(frames[1])


def test_an_empty_graph_gives_an_empty_frame() -> None:
    assert quads_of_graph(Graph(), "https://example.org/g").schema == QUAD
