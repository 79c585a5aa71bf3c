"""A store elsewhere: what it asks, what it takes for an answer, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.analysis.graph import Graph
from kg.columns import COLUMNS
from kg.errors import KgError, LimitError, QueryError, ReleaseError, SettingsError
from kg.store import RemoteStore
from kg.store.remote import Dataset, RemoteOptions
from tests.store.remote.conftest import JSON, Plan, Reply, Request, packed, rows

ONE = rows(7)


def test_a_question_is_posted_and_answered(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE)]
    store = plan.store("/sparql")
    table = store.table("SELECT (7 AS ?n) {} # é&=")
    assert (table.columns, list(table)) == (("n",), [(7,)])
    assert table.meta == {"release": store.release_id} == {"release": f"{plan.address}/sparql"}
    asked = plan.asked[-1]
    assert (asked.method, asked.path) == ("POST", "/sparql")
    assert asked.fields == {"query": ["SELECT (7 AS ?n) {} # é&="]}
    assert asked.headers["Accept"] == JSON
    assert asked.headers["User-Agent"].startswith("rihla-kg/")


def test_a_comment_with_a_word_of_updates_is_still_a_query(plan: Plan) -> None:
    # SPARQLWrapper takes the first such word for the form, and would send an update.
    plan.replies["/sparql"] = [Reply(ONE)]
    text = '#+ question: {en: "Which address was dropped?"}\n#+ note: add, load\nASK {}'
    plan.store("/sparql").table(text)
    assert plan.asked[-1].fields == {"query": [text]}


def test_the_media_type_is_the_one_that_was_asked(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply("<urn:a> a <urn:b> .", kind="text/turtle;charset=utf-8")]
    document = plan.store("/sparql").serialise("DESCRIBE <urn:a>", "text/turtle")
    assert document == b"<urn:a> a <urn:b> ."
    assert plan.asked[-1].headers["Accept"] == "text/turtle"


def test_a_compressed_answer_is_unpacked(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(packed(ONE), headers={"Content-Encoding": "gzip"})]
    assert list(plan.store("/sparql").table("SELECT ?n {}")) == [(7,)]
    assert plan.asked[-1].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(ONE, cut=5),
        Reply(packed(ONE), headers={"Content-Encoding": "gzip"}, cut=12),
    ],
    ids=["plain", "gzip"],
)
def test_an_answer_that_breaks_off_is_asked_for_again(plan: Plan, reply: Reply) -> None:
    plan.replies["/sparql"] = [Reply(ONE), reply, Reply(ONE)]
    store = plan.store("/sparql")
    assert list(store.table("SELECT ?n {}")) == [(7,)]
    plan.replies["/sparql"] = [reply]
    with pytest.raises(LimitError, match="broke off") as caught:
        store.table("SELECT ?n {}")
    assert caught.value.status == 502


def test_the_dataset_goes_along_unless_the_query_has_its_own(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE)]
    store = plan.store("/sparql")
    store.dataset = Dataset(("urn:a", "urn:b"), ("urn:a",))
    store.table("SELECT ?n { ?s ?p ?n }")
    fields = plan.asked[-1].fields
    assert fields["default-graph-uri"] == ["urn:a", "urn:b"]
    assert fields["named-graph-uri"] == ["urn:a"]
    store.table("SELECT ?n FROM <urn:c> { ?s ?p ?n }")
    assert set(plan.asked[-1].fields) == {"query"}
    store.fetch("SELECT ?n { ?s ?p ?n }", JSON, dataset=Dataset(("urn:d",))).close()
    assert plan.asked[-1].fields["default-graph-uri"] == ["urn:d"]


@pytest.mark.parametrize("status", [413, 429, 500, 502, 503, 504])
def test_a_server_that_cannot_answer_now_is_a_limit(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply("too much", status, "text/plain")]
    with pytest.raises(LimitError, match="too much") as caught:
        plan.store("/sparql", attempts=1).table("SELECT * {}")
    assert plan.address in str(caught.value)
    # An endpoint that fails inside looks to our own clients like a bad gateway.
    assert caught.value.status == (502 if status == 500 else status)


@pytest.mark.parametrize("status", [400, 406, 414, 415, 418])
def test_a_server_that_refuses_the_query_is_a_query_error(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply("no", status, "text/plain")]
    with pytest.raises(QueryError, match=plan.address):
        plan.store("/sparql").table("SELECT nonsense")


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (
            "text/plain",
            "Virtuoso 37000 Error SP030: SPARQL compiler, line 3: syntax error at 'x'\n\n"
            "SPARQL query:\n" + "SELECT " * 900,
            "SP030: SPARQL compiler, line 3: syntax error at 'x'",
        ),
        ("application/problem+json", '{"title": "t", "detail": "at line 3"}', "at line 3"),
        (
            "text/html",
            "<html><style>a</style><h1>No &amp; no</h1> line 3</html>",
            "No & no line 3",
        ),
    ],
    ids=["virtuoso", "problem", "html"],
)
def test_what_the_server_says_is_told_in_short(plan: Plan, kind: str, body: str, said: str) -> None:
    plan.replies["/sparql"] = [Reply(ONE), Reply(body, 400, kind)]
    store = plan.store("/sparql")
    store.look()
    with pytest.raises(QueryError, match=re.escape(said)) as caught:
        store.table("SELECT nonsense")
    assert caught.value.line == 3
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_wants_to_know_who_asks_names_the_variables(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply("", status)]
    with pytest.raises(SettingsError, match="RIHLA_SPARQL_USER"):
        plan.store("/sparql").table("SELECT * {}")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404),
        Reply(status=410),
        Reply(status=405),
        Reply("<html>Welcome</html>", kind="text/html"),
        Reply("[1, 2]"),
        Reply('{"head": {}}'),
        Reply('{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": '),
    ],
    ids=["404", "410", "405", "page", "list", "half", "open"],
)
def test_what_is_no_endpoint_is_named(plan: Plan, reply: Reply) -> None:
    plan.replies["/sparql"] = [reply]
    with pytest.raises(ReleaseError, match="does not answer as a SPARQL endpoint"):
        plan.store("/sparql").table("SELECT * {}")


def test_a_page_in_the_place_of_an_endpoint_is_told_how_addresses_end(plan: Plan) -> None:
    plan.replies["/"] = [Reply("POST is not for this page.", 405)]
    with pytest.raises(ReleaseError, match=r"405.*end in /sparql"):
        plan.store("/").table("SELECT * {}")


@pytest.mark.parametrize("status", [301, 402, 999])
def test_every_other_status_is_an_error_of_ours(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply("", status)]
    with pytest.raises(KgError):
        plan.store("/sparql").table("SELECT * {}")


def test_an_answer_that_does_not_come_in_time_is_named(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE, slow=True)]
    with pytest.raises(LimitError, match=r"no whole answer in 0\.3 s") as caught:
        plan.store("/sparql", timeout_s=0.3).table("SELECT * {}")
    assert caught.value.status == 504


def test_a_client_that_has_gone_ends_the_question(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE), Reply(ONE, slow=True)]
    store = plan.store("/sparql")
    store.look()
    with pytest.raises(LimitError) as caught:
        store.fetch("SELECT ?n {}", JSON, is_gone=lambda: True)
    assert caught.value.status == 499


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ReleaseError, match="Check the address"):
        RemoteStore("http://127.0.0.1:9/sparql", RemoteOptions()).table("SELECT * {}")


def test_an_answer_above_its_limit_of_bytes_is_refused(plan: Plan) -> None:
    big = rows(*range(900))
    plan.replies["/sparql"] = [Reply(ONE), Reply(packed(big), headers={"Content-Encoding": "gzip"})]
    store = plan.store("/sparql", max_bytes=10_000)
    store.look()
    with pytest.raises(LimitError, match="larger than") as caught:
        store.table("SELECT ?n {}")
    assert caught.value.status == 413


def test_an_answer_above_its_limit_of_rows_is_refused(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(rows(1, 2, 3))]
    store = plan.store("/sparql")
    with store.fetch("SELECT ?n {}", JSON, max_rows=3) as answer:
        assert answer.size
    with pytest.raises(LimitError, match="more than 2 rows"):
        store.fetch("SELECT ?n {}", JSON, max_rows=2)


def test_a_part_that_the_server_calls_a_part_is_refused(plan: Plan) -> None:
    told = {"X-SQL-State": "S1TAT", "X-SQL-Message": "Returning incomplete results"}
    plan.replies["/sparql"] = [Reply(ONE), Reply(ONE, headers=told)]
    store = plan.store("/sparql")
    store.look()
    with pytest.raises(LimitError, match="S1TAT Returning incomplete") as caught:
        store.table("SELECT ?n {}")
    assert caught.value.status == 504


class Capped:
    """A server with so many rows that gives at most ``cap`` at a time."""

    def __init__(self, total: int, cap: int, tells: bool = True, server: str = "") -> None:
        self.total, self.cap = total, cap
        self.headers = {"X-SPARQL-MaxRows": str(cap)} if tells else {}
        self.server = {"Server": server} if server else {}
        self.counted: int | None = None

    def __call__(self, request: Request) -> Reply:
        text = request.query
        if "COUNT(*)" in text:
            few = re.search(r"LIMIT (\d+)", text)
            number = min(self.total, int(few[1])) if few else self.total
            number = number if self.counted is None else self.counted
            return Reply(rows(number, name="rows"), headers=self.server)
        wanted = re.search(r"LIMIT (\d+)(?: OFFSET (\d+))?\s*$", text)
        limit, offset = (int(g or 0) for g in wanted.groups()) if wanted else (self.total, 0)
        given = range(self.total)[offset : offset + limit]
        cut = given[: self.cap]
        told = self.headers if len(given) > len(cut) else {}
        if request.headers["Accept"] == "text/csv":
            body = "n\r\n" + "".join(f"{n}\r\n" for n in cut)
            return Reply(body, kind="text/csv", headers={**told, **self.server})
        return Reply(rows(*cut), headers={**told, **self.server})


@pytest.mark.parametrize("tells", [True, False], ids=["in a header", "by nothing"])
@pytest.mark.parametrize("total", [1000, 2000, 2500])
def test_a_capped_answer_is_put_together_from_pages(plan: Plan, total: int, tells: bool) -> None:
    plan.replies["/sparql"] = Capped(total, 1000, tells)
    table = plan.store("/sparql").table("SELECT ?n WHERE { ?s ?p ?n } ORDER BY DESC(?s)")
    assert table.column("n") == list(range(total))
    pages = [q for q in plan.queries() if "OFFSET" in q]
    assert all("ORDER BY DESC(?s)\n\n?n\nLIMIT" in q for q in pages)


def test_a_whole_answer_with_a_round_number_of_rows_is_asked_about_once(plan: Plan) -> None:
    plan.replies["/sparql"] = Capped(3000, 10_000, tells=False)
    assert len(plan.store("/sparql").table("SELECT ?n { ?s ?p ?n }")) == 3000
    assert plan.queries()[-1].rstrip().endswith("LIMIT 1 OFFSET 3000")
    assert len(plan.queries()) == 3


def test_as_many_rows_as_were_asked_for_are_whole(plan: Plan) -> None:
    plan.replies["/sparql"] = Capped(5000, 1000)
    assert len(plan.store("/sparql").table("SELECT ?n { ?s ?p ?n } LIMIT 1000")) == 1000
    assert len(plan.queries()) == 1
    assert len(plan.store("/sparql").table("SELECT ?n { ?s ?p ?n } LIMIT 2500")) == 2500


def test_a_capped_answer_in_another_format_is_whole_too(plan: Plan) -> None:
    plan.replies["/sparql"] = Capped(2500, 1000)
    document = plan.store("/sparql").serialise("SELECT ?n { ?s ?p ?n }", "text/csv")
    assert document.decode().split() == ["n", *map(str, range(2500))]


def test_pages_that_do_not_make_up_the_answer_are_refused(plan: Plan) -> None:
    capped = Capped(2500, 1000)
    capped.counted = 2501
    plan.replies["/sparql"] = capped
    with pytest.raises(LimitError, match="gave 2,500 rows in pages, and counts 2,501"):
        plan.store("/sparql").table("SELECT ?n { ?s ?p ?n }")


def test_a_limit_of_rows_holds_for_pages(plan: Plan) -> None:
    plan.replies["/sparql"] = Capped(9000, 1000)
    with pytest.raises(LimitError, match="more than 3,000 rows"):
        plan.store("/sparql").fetch("SELECT ?n { ?s ?p ?n }", JSON, max_rows=3000)
    assert len([q for q in plan.queries() if "OFFSET" in q]) == 4


def test_virtuoso_sorts_for_far_pages_in_a_query_inside(plan: Plan) -> None:
    plan.replies["/sparql"] = Capped(2500, 1000, server="Virtuoso/07.20.3229 (Linux)")
    assert len(plan.store("/sparql").table("SELECT ?n { ?s ?p ?n }")) == 2500
    assert any(
        re.search(r"ORDER BY\n\?n\n\s*\} \}\nLIMIT 1000 OFFSET 1000$", q) for q in plan.queries()
    )


def test_a_graph_that_virtuoso_may_have_cut_is_checked(plan: Plan) -> None:
    total = 50

    def answer(request: Request) -> Reply:
        server = {"Server": "Virtuoso/07.20.3229"}
        if request.headers["Accept"] == "text/csv":
            told = {"X-SPARQL-MaxRows": "100"} if total > 100 else {}
            return Reply("one\n" + "1\n" * min(total, 100), kind="text/csv", headers=told | server)
        return Reply("<urn:a> <urn:b> <urn:c> .", kind="application/n-triples", headers=server)

    plan.replies["/sparql"] = answer
    store = plan.store("/sparql")
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert store.serialise(text, "application/n-triples")
    assert " ".join(plan.queries()[-1].split()) == "SELECT (1 AS ?one) WHERE { ?s ?p ?o }"
    total = 500
    with pytest.raises(LimitError, match="gives 100 rows at most") as caught:
        store.serialise(text, "application/n-triples")
    assert caught.value.status == 413


def test_columns_are_pulled_from_elsewhere_too(plan: Plan) -> None:
    def empty(request: Request) -> Reply:
        names = sorted({n for cs in COLUMNS.values() for n in cs if f"?{n}" in request.query})
        head = ", ".join(f'"{name}"' for name in names)
        return Reply(f'{{"head": {{"vars": [{head}]}}, "results": {{"bindings": []}}}}')

    plan.replies["/sparql"] = empty
    graph = Graph(plan.store("/sparql"))
    assert graph.columns("facets").schema == COLUMNS["facets"]
    asked = len(plan.queries())
    assert asked == 1  # the others are not needed
    assert graph.network("partnership").centrality("degree").rows == []
    assert len(plan.queries()) == asked + 4


def test_a_pull_reads_nothing_from_this_disk(plan: Plan, tmp_path: Path) -> None:
    plan.replies["/sparql"] = [
        Reply("", 302, headers={"Location": f"file://{tmp_path}/secret"}),
    ]
    with pytest.raises(KgError, match="file:"):
        plan.store("/sparql").table("SELECT * {}")
