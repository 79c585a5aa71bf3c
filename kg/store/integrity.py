"""Whether the files of a release are those that the build wrote."""

from __future__ import annotations

from kg.errors import ReleaseError
from kg.files import sha256
from kg.store.release import Release

__all__ = ["check_files"]


def check_files(release: Release) -> None:
    """Check every file of a release against its checksum.

    Raises
    ------
    ReleaseError
        A file is missing, shortened or altered.
    """
    for name, expected in release.manifest["files"].items():
        path = release.path / name
        if not path.is_file():
            raise ReleaseError(f"{release.id}: {name} is missing. Go back with 'kg rollback'.")
        if sha256(path) != expected:
            raise ReleaseError(
                f"{release.id}: {name} is not what was built: its SHA-256 is another. "
                "Go back with 'kg rollback', or build again with 'kg build'."
            )
