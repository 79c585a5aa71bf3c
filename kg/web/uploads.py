"""Files in the body of a request: a form of a page, a form of a program, or the file itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from kg.checking.asking import file_name
from kg.errors import InputError
from kg.store.guard import RefusedError

__all__ = ["BODIES", "MOST_FILES", "refuse_other_sites", "sent_files"]

FORM = "multipart/form-data"
MOST_FILES = 50
BODIES: Mapping[str, str] = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
}
"""Media type of a body that is one file → the ending that its name gets."""


def refuse_other_sites() -> None:
    """Refuse a form that a page of another site sends in the name of its reader.

    Browsers say where a request comes from; programs say nothing, and may ask.

    Raises
    ------
    RefusedError
        It comes from another site.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = True
    if site:
        own = site in ("same-origin", "none")
    elif origin:
        own = urlsplit(origin).netloc == request.host
    if not own:
        raise RefusedError(
            "A page of another site sent this. Accepted: the form of this site, or a program."
        )


def sent_files() -> list[tuple[str, IO[bytes]]]:
    """Return names and contents of the files in the body.

    Raises
    ------
    InputError
        There is none, or one too many.
    UnsupportedMediaType
        The body or a file is of a kind that is not read.
    """
    found: list[tuple[str, IO[bytes]]]
    if request.mimetype == FORM:
        found = [(f.filename or "", f.stream) for f in request.files.getlist("file") if f.filename]
    elif request.mimetype in (*BODIES, "application/octet-stream"):
        found = [(_name(), io.BytesIO(request.get_data()))]
    else:
        raise UnsupportedMediaType(
            f"Found Content-Type {request.mimetype or 'none'}. Accepted: {FORM} with fields "
            f"'file', or one of {', '.join(BODIES)}."
        )
    if not found:
        raise InputError("file: there is no file in the request. Accepted: one or several.")
    if len(found) > MOST_FILES:
        raise InputError(f"file: found {len(found)} files. Accepted: {MOST_FILES} at a time.")
    try:
        return [(file_name(name), content) for name, content in found]
    except InputError as error:
        raise UnsupportedMediaType(str(error)) from error


def _name() -> str:
    """Return the name of a file that is the whole body: as the address gives it, or its table's."""
    named = request.args.get("name", "")
    if "." in named:
        return named
    stem = named or request.args.get("table", "") or "file"
    return stem + BODIES.get(request.mimetype, "")
