"""XML from elsewhere: read whole, and refused where a document type could make it grow."""

from __future__ import annotations

from pathlib import Path

from kg.errors import InputError

__all__ = ["read_xml"]


def read_xml(path: Path) -> bytes:
    """Return the bytes of an XML file in UTF-8 that declares no document type.

    Entities of a document type unfold to gigabytes or read other files; no format that we read
    needs one.

    Raises
    ------
    InputError
        There is one, or the file is not UTF-8 or cannot be read.
    """
    try:
        content = path.read_bytes()
        content.decode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not XML in UTF-8 (byte {error.start}).") from error
    for forbidden in (b"<!doctype", b"<!entity"):
        place = content.lower().find(forbidden)
        if place >= 0:
            line = content[:place].count(b"\n") + 1
            raise InputError(
                f"{path}, line {line}: found {forbidden.decode().upper()}. Accepted: XML without a "
                "document type; what such a declaration defines may unfold without end."
            )
    return content
