"""The files of a release: all statements, and flat tables; the way for what no query may send."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, Response, jsonify, send_file, url_for

from kg.errors import NotFoundError
from kg.language import tell
from kg.web import headers
from kg.web.service import service

__all__ = ["MEDIA_TYPES", "blueprint", "public_files"]

blueprint = Blueprint("files", __name__)

MEDIA_TYPES = {".gz": "application/gzip", ".parquet": "application/vnd.apache.parquet"}
"""Suffixes of what is sent; the rest of a release is for its stewards."""


def public_files() -> dict[str, str]:
    """Return the files that anyone may take: path in the release → SHA-256."""
    listed = service().release.manifest.get("files", {})
    return {
        name: digest
        for name, digest in sorted(listed.items())
        if name == "data.nq.gz" or PurePosixPath(name).match("columns/*.parquet")
    }


@blueprint.get("/files")
def files() -> Response:
    """List the files with their size and SHA-256."""
    folder = service().release.path
    found = [
        {
            "name": name,
            "address": url_for("files.file", name=name, _external=True),
            "media_type": MEDIA_TYPES[PurePosixPath(name).suffix],
            "bytes": (folder / name).stat().st_size,
            "sha256": digest,
        }
        for name, digest in public_files().items()
    ]
    response = jsonify({"release": service().release.id, "files": found})
    return headers.revalidated(response, headers.etag(response.get_data(as_text=True)))


@blueprint.get("/files/<path:name>")
def file(name: str) -> Response:
    """Send one file; ranges are served, so that a download can be resumed."""
    digest = public_files().get(name)
    if digest is None:
        known = ", ".join(public_files()) or "none"
        raise NotFoundError(
            tell(
                "There is no file %(name)s here. Accepted: %(known)s.",
                name=repr(name[:200]),
                known=known,
            )
        )
    suffix = PurePosixPath(name).suffix
    response = send_file(
        service().release.path / name,
        mimetype=MEDIA_TYPES[suffix],
        etag=digest[:32],
        conditional=True,
    )
    response.headers["X-Rihla-Release"] = service().release.id
    response.headers["Cache-Control"] = (
        f"public, max-age={headers.MAX_AGE_SECONDS}, must-revalidate"
    )
    return response
