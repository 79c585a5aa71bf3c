"""Who asks: from the environment or the address, and to nobody else."""

from __future__ import annotations

import hashlib
import re

import pytest

from kg.errors import SettingsError
from kg.store import RemoteStore
from kg.store.remote import Access, RemoteOptions
from kg.store.remote.access import split_address
from tests.store.remote.conftest import Plan, Reply, Request, rows

ONE = rows(7)
URL = "https://example.org/sparql"


def test_nobody_is_said_to_ask_without_a_reason() -> None:
    assert Access.for_address(URL, {}) == Access()
    assert Access().header() is None


def test_user_and_password_are_basic_unless_something_else_is_said() -> None:
    given = {"RIHLA_SPARQL_USER": "ada", "RIHLA_SPARQL_PASSWORD": "lövelace"}
    access = Access.for_address(URL, given)
    assert access.header() == "Basic YWRhOmzDtnZlbGFjZQ=="
    digest = Access.for_address(URL, {**given, "RIHLA_SPARQL_AUTH": "Digest"})
    assert digest.kind == "digest"
    assert digest.header() is None


def test_a_token_is_a_bearer() -> None:
    assert Access.for_address(URL, {"RIHLA_SPARQL_TOKEN": "abc"}).header() == "Bearer abc"


def test_the_address_may_name_the_user() -> None:
    access = Access.for_address("https://ada:p%40ss@example.org/sparql", {})
    assert (access.kind, access.user, access.password) == ("basic", "ada", "p@ss")
    assert split_address("https://ada:p%40ss@example.org:8890/sparql#x") == (
        "https://example.org:8890/sparql"
    )


def test_secrets_are_shown_nowhere() -> None:
    store = RemoteStore("http://ada:hunter2@127.0.0.1:9/sparql", RemoteOptions())
    access = Access("bearer", token="hunter2")
    assert "hunter2" not in repr(access) + repr(RemoteOptions(access=access)) + store.url
    with pytest.raises(SettingsError) as caught:
        split_address("ftp://ada:hunter2@example.org/")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("hosts", "is_sent"),
    [("", True), ("example.org", True), ("a.org example.org", True), ("a.org", False)],
)
def test_hosts_say_to_whom_secrets_go(hosts: str, is_sent: bool) -> None:
    environ = {"RIHLA_SPARQL_TOKEN": "abc", "RIHLA_SPARQL_HOSTS": hosts}
    assert bool(Access.for_address(URL, environ).header()) is is_sent


@pytest.mark.parametrize(
    "environ",
    [
        {"RIHLA_SPARQL_AUTH": "kerberos", "RIHLA_SPARQL_USER": "ada"},
        {"RIHLA_SPARQL_AUTH": "bearer"},
        {"RIHLA_SPARQL_AUTH": "digest"},
        {"RIHLA_SPARQL_TOKEN": "abc\r\nX-Evil: 1"},
    ],
)
def test_what_cannot_be_sent_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Access.for_address(URL, environ)


@pytest.mark.parametrize("address", ["sparql", "ftp://example.org/", "http://", "http://a:b/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="no address of a SPARQL endpoint"):
        RemoteStore(address, RemoteOptions())


def test_the_header_goes_along(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE)]
    plan.store("/sparql", access=Access("bearer", token="abc")).table("SELECT ?n {}")
    assert plan.asked[-1].headers["Authorization"] == "Bearer abc"


def test_digest_answers_the_servers_challenge(plan: Plan) -> None:
    def guarded(request: Request) -> Reply:
        answer = request.headers.get("Authorization", "")
        if not answer:
            told = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
            return Reply("", 401, headers=told)
        parts = dict(re.findall(r'(\w+)="?([^",]*)', answer))
        secret = hashlib.md5(b"ada:r:secret").hexdigest()
        path = hashlib.md5(b"POST:/sparql").hexdigest()
        whole = f"{secret}:n:{parts['nc']}:{parts['cnonce']}:auth:{path}"
        right = hashlib.md5(whole.encode()).hexdigest()
        return Reply(ONE) if parts["response"] == right else Reply("", 401)

    plan.replies["/sparql"] = guarded
    table = plan.store("/sparql", access=Access("digest", "ada", "secret")).table("SELECT ?n {}")
    assert list(table) == [(7,)]
    with pytest.raises(SettingsError):
        plan.store("/sparql", access=Access("digest", "ada", "wrong")).table("SELECT ?n {}")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_the_query_along(plan: Plan, status: int) -> None:
    plan.replies["/old"] = [Reply("", status, headers={"Location": "/new"})]
    plan.replies["/new"] = [Reply(ONE)]
    store = plan.store("/old", access=Access("bearer", token="abc"))
    assert list(store.table("SELECT ?n {}")) == [(7,)]
    assert plan.asked[-1].path == "/new"
    assert plan.asked[-1].query == "SELECT ?n {}"
    assert plan.asked[-1].headers["Authorization"] == "Bearer abc"


def test_a_redirect_to_another_server_takes_no_secret_along(plan: Plan) -> None:
    elsewhere = plan.address.replace("127.0.0.1", "localhost")
    plan.replies["/old"] = [Reply("", 307, headers={"Location": f"{elsewhere}/new"})]
    plan.replies["/new"] = [Reply(ONE)]
    plan.store("/old", access=Access("bearer", token="abc")).table("SELECT ?n {}")
    assert "Authorization" not in plan.asked[-1].headers


@pytest.mark.parametrize(
    "environ",
    [
        {"RIHLA_SPARQL_TIMEOUT": "soon"},
        {"RIHLA_SPARQL_TIMEOUT": "0"},
        {"RIHLA_SPARQL_ATTEMPTS": "0"},
        {"RIHLA_SPARQL_DEFAULT_GRAPH": "union <urn:a>"},
        {"RIHLA_SPARQL_DEFAULT_GRAPH": "everything"},
    ],
)
def test_options_that_mean_nothing_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        RemoteOptions.for_address(URL, environ)


def test_options_come_from_the_environment() -> None:
    environ = {
        "RIHLA_SPARQL_TIMEOUT": "120",
        "RIHLA_SPARQL_ATTEMPTS": "2",
        "RIHLA_SPARQL_DEFAULT_GRAPH": "urn:x-arq:UnionGraph",
    }
    options = RemoteOptions.for_address(URL, environ)
    assert (options.timeout_s, options.attempts) == (120, 2)
    assert options.default_graph == "urn:x-arq:UnionGraph"
    assert RemoteOptions.for_address(URL, environ, timeout_s=1.5).timeout_s == 1.5
