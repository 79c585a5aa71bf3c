from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDFS, BNode, Graph, Literal, URIRef

from kg.quads import QUAD, lines, quads_of_dataset, quads_of_graph, sorted_lines

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


WORDS = st.text('ab \\"\n<>é٣', max_size=4)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=20))
def test_lines_come_in_the_order_of_their_text(rows: list[tuple[str, str, str]]) -> None:
    dataset = ox.Dataset()
    for first, second, third in rows:
        subject = ox.NamedNode(f"https://e.org/{quote(first)}")
        value = ox.Literal(second, language="en") if third else ox.Literal(second)
        dataset.add(ox.Quad(subject, ox.NamedNode("https://e.org/p"), value))
        dataset.add(ox.Quad(ox.BlankNode(f"b{len(first)}"), ox.NamedNode("https://e.org/p"), value))
    quads = quads_of_dataset(dataset, "https://e.org/g")
    shuffled = quads.sample(fraction=1, shuffle=True, seed=1)
    found = b"".join(sorted_lines(shuffled)).decode().split("\n")
    assert found.pop() == ""
    assert found == sorted(b"".join(lines(quads)).decode().split("\n")[:-1])
    assert len(found) == quads.height
