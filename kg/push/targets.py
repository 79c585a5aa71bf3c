"""How triples get into a server: by the Graph Store Protocol, or by its own bulk loader."""

from __future__ import annotations

import gzip
import http.client
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode

from kg.errors import LimitError, SettingsError
from kg.push.graphs import GraphFile, batches
from kg.store.remote import RemoteOptions
from kg.store.remote.access import split_address
from kg.store.remote.refusals import PASSING, no_endpoint, refusal, retry_after
from kg.store.remote.writing import write

__all__ = ["BULK_LOADERS", "GraphStore", "Target", "VirtuosoLoader"]

_NT = "application/n-triples"
_PROGRAMS = ("isql-vt", "isql-v", "isql")


class Target(Protocol):
    """Something that graphs can be written to."""

    def put(self, graph: GraphFile, tell: Callable[[int], None]) -> None:
        """Replace a graph; ``tell`` is told how many of its triples were sent so far."""
        ...

    def put_text(self, name: str, triples: str) -> None:
        """Replace a graph by a few triples in N-Triples."""
        ...

    def drop(self, name: str) -> None:
        """Delete a graph; one that is not there is no error."""
        ...


class GraphStore:
    """A graph store by the SPARQL 1.1 Graph Store HTTP Protocol.

    Parameters
    ----------
    url:
        Its address; the graph is named in the field ``graph``.
    options:
        How it is asked; None takes them from the environment.
    pause:
        Waits some seconds between two tries.
    """

    def __init__(
        self,
        url: str,
        options: RemoteOptions | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = split_address(url)
        self._options = options or RemoteOptions.for_address(url)
        self._pause = pause

    def put(self, graph: GraphFile, tell: Callable[[int], None]) -> None:
        """Replace a graph by one PUT, and a POST for each further piece."""
        sent, method = 0, "PUT"
        for body, triples in batches(graph):
            self._send(method, graph.name, body)
            sent, method = sent + triples, "POST"
            tell(sent)

    def put_text(self, name: str, triples: str) -> None:
        """Replace a graph by a few triples."""
        self._send("PUT", name, triples.encode())

    def drop(self, name: str) -> None:
        """Delete a graph."""
        self._send("DELETE", name, b"")

    def _send(self, method: str, name: str, body: bytes) -> None:
        url = f"{self.url}{'&' if '?' in self.url else '?'}{urlencode({'graph': name})}"
        for attempt in range(1, self._options.attempts + 1):
            try:
                write(method, url, body, _NT, self._options)
                return
            except HTTPError as error:
                if method == "DELETE" and error.code == 404:
                    error.close()
                    return
                asked_for = retry_after(error)
                trouble = refusal(self.url, error)
                if error.code not in PASSING or attempt == self._options.attempts:
                    raise trouble from error
            except (OSError, http.client.HTTPException) as error:
                asked_for = None
                if attempt == self._options.attempts:
                    raise no_endpoint(self.url, str(error)) from error
            self._pause(min(self._options.longest_wait_s, asked_for or 2 ** (attempt - 1)))


class VirtuosoLoader:
    """Virtuoso's bulk loader, driven through isql: files in a folder that the server reads.

    Parameters
    ----------
    address:
        Host and port of its SQL port, such as ``127.0.0.1:1111``.
    folder:
        A folder that both this program and the server see under the same path; the server's
        ``DirsAllowed`` has to list it.
    options:
        User and password; None takes them from the environment.
    seconds:
        How long one graph may take.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:1111",
        folder: Path = Path(),
        options: RemoteOptions | None = None,
        seconds: float = 86_400.0,
    ) -> None:
        found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        if found is None:
            raise SettingsError(
                f"Virtuoso's bulk loader needs its program isql ({', '.join(_PROGRAMS)}). Install "
                "it (Debian: virtuoso-opensource-7), or push without --bulk."
            )
        access = (options or RemoteOptions.for_address(f"http://{address}/")).access
        self._command = [found, address, access.user or "dba", access.password or "dba",
                         "errors=stdout", "verbose=off", "banner=off", "prompt=off"]  # fmt: skip
        self._address, self._folder, self._seconds = address, folder.resolve(), seconds

    def put(self, graph: GraphFile, tell: Callable[[int], None]) -> None:
        """Replace a graph by the triples of a file."""
        self._load(graph.name, graph.path.read_bytes())
        tell(graph.triples)

    def put_text(self, name: str, triples: str) -> None:
        """Replace a graph by a few triples."""
        self._load(name, triples.encode())

    def drop(self, name: str) -> None:
        """Delete a graph."""
        self._run(f"log_enable(3,1);\n{_clear(name)}")

    def _load(self, name: str, triples: bytes) -> None:
        file = self._folder / f"rihla-{secrets.token_hex(8)}.nt.gz"
        file.write_bytes(gzip.compress(triples, 1))
        try:
            file.chmod(0o644)  # the server may be another user
            told = self._run(
                "log_enable(3,1);\n"
                f"{_clear(name)}"
                f"ld_dir({_text(str(self._folder))}, {_text(file.name)}, {_text(name)});\n"
                "rdf_loader_run();\n"
                "checkpoint;\n"
                "SELECT 'state', ll_state, coalesce(ll_error, 'none') FROM DB.DBA.load_list "
                f"WHERE ll_file = {_text(str(file))};\n"
                f"DELETE FROM DB.DBA.load_list WHERE ll_file = {_text(str(file))};\n"
            )
        finally:
            file.unlink(missing_ok=True)
        state = re.search(r"^state\s+(\d+)\s+(.*)$", told, re.MULTILINE)
        if state is None:
            raise SettingsError(
                f"Virtuoso at {self._address} does not find files in {self._folder}. Accepted: a "
                "folder of its machine that DirsAllowed in its virtuoso.ini lists."
            )
        if state[1] != "2" or state[2].strip() != "none":
            raise LimitError(f"Virtuoso could not load <{name}>: {state[2].strip()}.", status=502)

    def _run(self, script: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the program that was found, no shell
                self._command,
                input=script,
                capture_output=True,
                text=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LimitError(
                f"Virtuoso at {self._address} took longer than {self._seconds:g} s.", status=504
            ) from error
        told = done.stdout + done.stderr
        wrong = re.search(r"\*\*\* Error .*", told)
        if done.returncode or wrong:
            shown = wrong[0] if wrong else told.strip()[:400]
            raise SettingsError(
                f"isql to Virtuoso at {self._address} says: {shown}. Set RIHLA_SPARQL_USER and "
                "RIHLA_SPARQL_PASSWORD to a user who may load, and --isql to host:port."
            )
        return told


def _clear(name: str) -> str:
    return f"SPARQL CLEAR GRAPH <{name}>;\n"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


BULK_LOADERS: Mapping[str, Callable[..., Target]] = {"virtuoso": VirtuosoLoader}
"""Bulk loaders by the name of the server."""
