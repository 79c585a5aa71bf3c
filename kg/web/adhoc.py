"""Any RDF file or store behind the endpoint, without a project: ``kg serve --data FILE``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.files import sha256
from kg.settings import ProjectSettings, ServeSettings, Settings
from kg.store.loader import Loaded, count_store, load_file
from kg.store.release import INDEX, Release
from kg.terms import DEFAULT_BASE

__all__ = ["opened_data"]


@contextmanager
def opened_data(
    path: Path, serve: ServeSettings | None = None
) -> Iterator[tuple[Settings, Release]]:
    """Yield settings and a release for a file or the folder of a store; both end with the block.

    A file is loaded into a store in the folder for temporary files, with an index for small
    queries. A store is opened as it is, without one, and nobody may write to it meanwhile.

    Raises
    ------
    InputError, ReleaseError
        The file or the store cannot be read.
    """
    folder = Path(tempfile.mkdtemp(prefix="rihla-"))
    try:
        if path.is_dir():
            release = _release(path, path, _counted(path), "store")
        else:
            loaded = load_file(path, folder / "store", folder / INDEX)
            release = _release(path, folder / "store", loaded, sha256(path)[:8])
        yield _settings(path, serve), release
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _counted(path: Path) -> Loaded:
    try:
        return count_store(ox.Store.read_only(str(path)))
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"{path}: cannot be opened as a store ({error}). Accepted: the folder of an Oxigraph "
            "store, or an RDF file."
        ) from error


def _release(path: Path, store: Path, loaded: Loaded, mark: str) -> Release:
    manifest = {
        "title": path.name,
        "base": DEFAULT_BASE,
        "triples": loaded.triples,
        "graphs": loaded.graphs,
        "quads": sum(loaded.graphs.values()) or loaded.triples,
    }
    return _Release(f"{path.name}-{mark}", store.parent, manifest, store)


class _Release(Release):
    """A release whose store stands anywhere."""

    def __init__(
        self, release_id: str, path: Path, manifest: dict[str, object], store: Path
    ) -> None:
        super().__init__(release_id, path, manifest)
        object.__setattr__(self, "_store", store)

    @property
    def store(self) -> Path:
        """The folder of the embedded store."""
        found: Path = self._store  # type: ignore[attr-defined]  # set above: it is frozen
        return found


def _settings(path: Path, serve: ServeSettings | None) -> Settings:
    return Settings(
        file=path,
        project=ProjectSettings(title=path.name),
        serve=serve or ServeSettings(),
    )
