"""One run for all who ask the same at once, and its answer for those who come later."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest

from kg.errors import LimitError, QueryError
from kg.store.workers import Answer
from kg.web.answers import Answers, KeptAnswer, is_repeatable, key_of
from kg.web.cache import Cache

MIB = 1024 * 1024
KEY = key_of("SELECT * { ?s ?p ?o }", "text/csv")


def made(content: bytes = b"n\r\n1\r\n") -> Answer:
    return Answer("text/csv", 0.5, len(content), io.BytesIO(content))


class Query:
    """A query that runs until it is let go, and counts how often it did."""

    def __init__(self, *outcomes: Exception | bytes) -> None:
        self.outcomes = list(outcomes) or [b"n\r\n1\r\n"]
        self.runs = 0
        self.running = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> Answer:
        self.runs += 1
        self.running.set()
        assert self.may_end.wait(120)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return made(outcome)


def together(
    answers: Answers, query: Query, count: int, ready: Callable[[], bool]
) -> list[tuple[str, bytes] | Exception]:
    """Ask ``count`` times at once; the run ends when all are there."""
    results: list[tuple[str, bytes] | Exception] = []

    def ask(client: str) -> None:
        try:
            with answers.answer(KEY, query, client=client) as answer:
                how = answer.how if isinstance(answer, KeptAnswer) else "alone"
                results.append((how, answer.read()))
        except (LimitError, QueryError) as error:
            results.append(error)

    threads = [threading.Thread(target=ask, args=(f"c{n}",)) for n in range(count)]
    threads[0].start()
    assert query.running.wait(120)
    for thread in threads[1:]:
        thread.start()
    while not ready():
        threading.Event().wait(0.005)
    query.may_end.set()
    for thread in threads:
        thread.join(120)
    return results


def waiting(answers: Answers, count: int) -> Callable[[], bool]:
    return lambda: answers._followers.total() == count


def test_the_second_answer_comes_from_memory() -> None:
    answers = Answers(Cache(MIB), 1)
    runs: list[int] = []

    def run() -> Answer:
        runs.append(1)
        return made()

    first, second = answers.answer(KEY, run), answers.answer(KEY, run)
    assert isinstance(first, KeptAnswer) and isinstance(second, KeptAnswer)
    assert (first.how, second.how, len(runs)) == ("miss", "hit", 1)
    assert first.read() == second.read() == b"n\r\n1\r\n"
    assert answers.answer(key_of("other"), run).read()
    assert len(runs) == 2


def test_those_who_ask_at_once_share_one_run() -> None:
    answers, query = Answers(Cache(MIB), 1), Query()
    results = together(answers, query, 8, waiting(answers, 7))
    assert query.runs == 1
    assert sorted(results) == [("miss", b"n\r\n1\r\n")] + [("shared", b"n\r\n1\r\n")] * 7  # type: ignore[type-var]
    assert not answers._flights and not answers._followers


def test_an_error_of_the_query_is_everybodys() -> None:
    answers, query = Answers(Cache(MIB), 1), Query(LimitError("too long", status=504))
    results = together(answers, query, 4, waiting(answers, 3))
    assert query.runs == 1
    assert [str(error) for error in results] == ["too long"] * 4
    assert len({id(error) for error in results}) == 4, "each raises his own"


@pytest.mark.parametrize("status", [429, 499, 503])
def test_an_error_of_the_one_who_ran_it_is_his(status: int) -> None:
    answers, query = Answers(Cache(MIB), 1), Query(LimitError("yours", status=status), b"done")
    results = together(answers, query, 4, waiting(answers, 3))
    assert query.runs == 2
    assert sum(isinstance(result, LimitError) for result in results) == 1
    found = sorted(r[0] for r in results if isinstance(r, tuple))
    assert found.count("miss") == 1 and set(found[:2]) <= {"hit", "shared", "miss"}


def test_an_error_is_not_kept() -> None:
    answers, query = Answers(Cache(MIB), 1), Query(QueryError("no"), b"yes")
    query.may_end.set()
    with pytest.raises(QueryError):
        answers.answer(KEY, query)
    assert answers.answer(KEY, query).read() == b"yes"


def test_what_is_too_large_is_run_by_each() -> None:
    answers, query = Answers(Cache(8 * 1024), 1), Query(b"x" * 2048)
    results = together(answers, query, 3, waiting(answers, 2))
    assert query.runs == 3
    assert results == [("alone", b"x" * 2048)] * 3
    assert answers.cache.figures().entries == 0


def test_those_who_wait_are_not_without_number() -> None:
    answers, query = Answers(Cache(MIB), 1, max_waiting=2), Query()
    done: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: done.append(answers.answer(KEY, query).read()))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert query.running.wait(120)
    while not waiting(answers, 2)():
        threading.Event().wait(0.005)
    with pytest.raises(LimitError, match="2 queries are waiting") as caught:
        answers.answer(KEY, query)
    assert caught.value.status == 503
    query.may_end.set()
    for thread in threads:
        thread.join(120)
    assert len(done) == 3


def test_one_client_may_wait_so_often_only() -> None:
    answers, query = Answers(Cache(MIB), 1, max_per_client=1), Query()
    threads = [
        threading.Thread(target=lambda: answers.answer(KEY, query, client="a")) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    while not waiting(answers, 1)():
        threading.Event().wait(0.005)
    with pytest.raises(LimitError, match="1 queries of yours") as caught:
        answers.answer(KEY, query, client="a")
    assert caught.value.status == 429
    query.may_end.set()
    for thread in threads:
        thread.join(120)


def test_who_hangs_up_waits_no_longer() -> None:
    answers, query = Answers(Cache(MIB), 1), Query()
    leader = threading.Thread(target=lambda: answers.answer(KEY, query))
    leader.start()
    assert query.running.wait(120)
    with pytest.raises(LimitError, match="hung up"):
        answers.answer(KEY, query, is_gone=lambda: True)
    query.may_end.set()
    leader.join(120)


def test_patience_ends() -> None:
    answers, query = Answers(Cache(MIB), 1), Query()
    leader = threading.Thread(target=lambda: answers.answer(KEY, query))
    leader.start()
    assert query.running.wait(120)
    assert answers.answer(KEY, made, patience_s=0.01).read()
    query.may_end.set()
    leader.join(120)


def test_without_a_budget_each_runs_his_own() -> None:
    answers = Answers()
    assert not isinstance(answers.answer(KEY, made), KeptAnswer)


def test_compressed_forms_are_kept_and_counted() -> None:
    answers = Answers(Cache(MIB), 1)
    text = b"the same again, " * 1000
    answer = answers.answer(KEY, lambda: made(text))
    assert isinstance(answer, KeptAnswer)
    before = answers.cache.figures().bytes
    packed = answer.kept.as_encoded("gzip")
    assert answer.kept.as_encoded("gzip") is packed
    assert answers.cache.figures().bytes == before + len(packed)
    answers.cache.drop(1)
    assert answer.kept.as_encoded("zstd") is not answer.kept.as_encoded("zstd")


@pytest.mark.parametrize(
    ("query", "lasting"),
    [
        ("SELECT * { ?s ?p ?o }", True),
        ("SELECT (NOW() AS ?t) {}", False),
        ("SELECT (rand ( ) AS ?t) {}", False),
        ("SELECT ?now { ?now ?p ?o }", True),
        ("SELECT (STRUUID() AS ?u) {}", False),
    ],
)
def test_what_is_the_same_each_time(query: str, lasting: bool) -> None:
    assert is_repeatable(query) is lasting


def test_keys_tell_lists_from_texts() -> None:
    keys = [key_of("a", ["b"]), key_of("a", "b"), key_of("a", ["b", ""]), key_of(["a"], "b")]
    assert len(set(keys)) == 4
    assert key_of("\ud800") == key_of("\ud800")
