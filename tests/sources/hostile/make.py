"""Hostile inputs that are too large, too odd or too binary to stand in cases.toml.

Each function writes one input into a folder and returns its path. None of them needs more than a
few MB of disk, unless what it makes is a file that is large on purpose.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import socket
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import xlsxwriter

__all__ = ["MAKERS"]

MIB = 1024 * 1024
ROWS = "id,name\na,A place\n"


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "places.csv")
    return folder / "places.csv"


def fifo_in_folder(folder: Path) -> Path:
    fifo(folder)
    return folder


def unix_socket(folder: Path) -> Path:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path may have 107 bytes only
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("places.csv")
    finally:
        os.chdir(here)
    return folder / "places.csv"


def endless_device(folder: Path) -> Path:
    return Path("/dev/zero")


def link_to_device(folder: Path) -> Path:
    (folder / "places.csv").symlink_to("/dev/zero")
    return folder / "places.csv"


def own_memory(folder: Path) -> Path:
    """A regular file to whoever asks, and no file at all to whoever reads."""
    (folder / "places.csv").symlink_to("/proc/self/mem")
    return folder / "places.csv"


def kernel_log(folder: Path) -> Path:
    """A regular file to whoever asks; reading it waits for the next message of the kernel."""
    (folder / "places.csv").symlink_to("/proc/kmsg")
    return folder / "places.csv"


def link_out_of_folder(folder: Path) -> Path:
    (folder / "places.csv").symlink_to("/etc/passwd")
    return folder


def folder_link_out(folder: Path) -> Path:
    (folder / "places.csv").write_text(ROWS)
    (folder / "more").symlink_to("/etc")
    return folder


def link_loop(folder: Path) -> Path:
    (folder / "places.csv").symlink_to("places.csv")
    return folder / "places.csv"


def folder_as_file(folder: Path) -> Path:
    (folder / "all" / "places.csv").mkdir(parents=True)
    return folder / "all"


def _zip(folder: Path, members: Iterable[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    path = folder / "tables.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


def zip_slip(folder: Path) -> Path:
    return _zip(folder, [("../../places.csv", ROWS.encode())])


def zip_absolute(folder: Path) -> Path:
    return _zip(folder, [("/tmp/places.csv", ROWS.encode())])


def zip_backslash(folder: Path) -> Path:
    info = zipfile.ZipInfo("x")
    info.filename = "..\\..\\places.csv"
    return _zip(folder, [(info, ROWS.encode())])


def _zip_of_mode(folder: Path, mode: int) -> Path:
    info = zipfile.ZipInfo("places.csv")
    info.external_attr = mode << 16
    return _zip(folder, [(info, b"/etc/passwd")])


def zip_link(folder: Path) -> Path:
    return _zip_of_mode(folder, 0o120777)


def zip_bomb(folder: Path) -> Path:
    return _zip(folder, [("places.csv", bytes(60 * MIB))])


def zip_overlap(folder: Path) -> Path:
    """Members that share one compressed block: small on disk, and larger with each name."""
    path = folder / "tables.zip"
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("places.0.csv", bytes(16 * MIB))
    raw = block.getvalue()
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry = raw[start:end]
    entries = b"".join(entry.replace(b"places.0", b"places.%c" % (48 + i)) for i in range(10))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, len(entries), start, 0)
    path.write_bytes(raw[:start] + entries + tail)
    return path


def zip_many(folder: Path) -> Path:
    return _zip(folder, [(f"{i}.csv", b"") for i in range(10_001)])


def zip_encrypted(folder: Path) -> Path:
    path = _zip(folder, [("places.csv", ROWS.encode())])
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    return path


def zip_cut_off(folder: Path) -> Path:
    path = _zip(folder, [("places.csv", os.urandom(5000))])
    path.write_bytes(path.read_bytes()[:3000])
    return path


def zip_in_zip(folder: Path) -> Path:
    inner = _zip(folder, [("places.csv", ROWS.encode())]).read_bytes()
    return _zip(folder, [("inner.zip", inner)])


def _gzip(folder: Path, content: bytes, name: str = "places.csv.gz") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def gzip_bomb(folder: Path) -> Path:
    return _gzip(folder, gzip.compress(bytes(60 * MIB)))


def gzip_members(folder: Path) -> Path:
    """Many members one after the other, each a bomb of its own."""
    return _gzip(folder, gzip.compress(bytes(20 * MIB)) * 20)


def gzip_cut_off(folder: Path) -> Path:
    return _gzip(folder, gzip.compress(ROWS.encode() * 1000)[:-20])


def gzip_in_gzip(folder: Path) -> Path:
    return _gzip(folder, gzip.compress(gzip.compress(bytes(MIB))), "places.csv.gz.gz")


def huge_cell(folder: Path) -> Path:
    (folder / "places.csv").write_text("id,name\na," + "x" * (100 * MIB) + "\n")
    return folder / "places.csv"


def huge_cell_in_json(folder: Path) -> Path:
    (folder / "a.json").write_text(json.dumps([{"a": "x" * (100 * MIB)}]))
    return folder / "a.json"


def open_quote(folder: Path) -> Path:
    (folder / "places.csv").write_text('id,name\na,"' + "x,y\n" * (8 * MIB))
    return folder / "places.csv"


def many_columns(folder: Path) -> Path:
    (folder / "places.csv").write_text(",".join(f"c{i}" for i in range(300_000)) + "\n")
    return folder / "places.csv"


def endless_line(folder: Path) -> Path:
    """A line of 2 GB that takes no place on the disk; every byte of it is NUL."""
    path = folder / "places.csv"
    path.write_text("id,name\n")
    os.truncate(path, 2048 * MIB)
    return path


def endless_line_of_rdf(folder: Path) -> Path:
    path = folder / "a.nt"
    path.write_text('<https://e.org/a> <https://e.org/b> "')
    with path.open("ab") as stream:
        for _ in range(700):
            stream.write(b"x" * MIB)
    return path


def deep_json(folder: Path) -> Path:
    (folder / "a.json").write_text("[" * 500_000 + "]" * 500_000)
    return folder / "a.json"


def deep_json_line(folder: Path) -> Path:
    (folder / "places.jsonl").write_text('{"id":' * 100_000 + "1" + "}" * 100_000)
    return folder / "places.jsonl"


def deep_json_ld(folder: Path) -> Path:
    (folder / "a.jsonld").write_text('{"@graph":[' * 300_000 + "]}" * 300_000)
    return folder / "a.jsonld"


def deep_xml(folder: Path) -> Path:
    head = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
    )
    (folder / "a.rdf").write_text(
        head + "<e:A><e:p>" * 300_000 + "</e:p></e:A>" * 300_000 + "</rdf:RDF>"
    )
    return folder / "a.rdf"


def deep_turtle_nodes(folder: Path) -> Path:
    (folder / "a.ttl").write_text("@prefix e: <https://e.org/> .\ne:a e:p " + "[ e:p " * 1_000_000)
    return folder / "a.ttl"


def deep_turtle_lists(folder: Path) -> Path:
    (folder / "a.ttl").write_text("@prefix e: <https://e.org/> .\ne:a e:p " + "(" * 1_000_000)
    return folder / "a.ttl"


def deep_triple_terms(folder: Path) -> Path:
    text = "<https://e.org/a> <https://e.org/p> "
    (folder / "a.nt").write_text((text + "<<( ") * 200_000 + text + '"x" ' + ")>> " * 200_000 + ".")
    return folder / "a.nt"


def _workbook(folder: Path, name: str = "places.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("places")
        for row, cells in enumerate((("id", "name"), ("a", "A place"))):
            sheet.write_row(row, 0, cells)
    return path


def _changed_workbook(folder: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    plain = _workbook(folder, "plain.xlsx")
    path = folder / "places.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == member else content)
    plain.unlink()
    return path


def xlsx_far_cell(folder: Path) -> Path:
    """Two cells at the ends of the largest sheet that there is: 17 thousand million cells."""

    def far(sheet: bytes) -> bytes:
        cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return sheet.replace(b"</sheetData>", cell).replace(b"A1:B2", b"A1:XFD1048576")

    return _changed_workbook(folder, "xl/worksheets/sheet1.xml", far)


def xlsx_bomb(folder: Path) -> Path:
    def grown(sheet: bytes) -> bytes:
        return sheet.replace(b"</sheetData>", b"</sheetData>" + b" " * (60 * MIB))

    return _changed_workbook(folder, "xl/worksheets/sheet1.xml", grown)


def xlsx_strings_bomb(folder: Path) -> Path:
    def grown(strings: bytes) -> bytes:
        item = b"<si><t>" + b"x" * (4 * MIB) + b"</t></si>"
        return strings.replace(b"</sst>", item * 30 + b"</sst>")

    return _changed_workbook(folder, "xl/sharedStrings.xml", grown)


def xlsx_entities(folder: Path) -> Path:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def with_entities(sheet: bytes) -> bytes:
        return sheet.replace(b"<worksheet", bomb + b"<worksheet", 1).replace(b"<v>", b"<v>&b;", 1)

    return _changed_workbook(folder, "xl/worksheets/sheet1.xml", with_entities)


def xlsx_cut_off(folder: Path) -> Path:
    path = _workbook(folder)
    path.write_bytes(path.read_bytes()[:2000])
    return path


def ods_repeated(folder: Path) -> Path:
    """One cell that says it stands there a million times a million times."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="places">'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="1000000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    path = folder / "places.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _parquet(folder: Path, change: Callable[[bytes], bytes]) -> Path:
    path = folder / "places.parquet"
    pl.DataFrame({"id": ["a"] * 1000, "name": ["A place"] * 1000}).write_parquet(path)
    path.write_bytes(change(path.read_bytes()))
    return path


def parquet_cut_off(folder: Path) -> Path:
    return _parquet(folder, lambda raw: raw[:-100])


def parquet_long_footer(folder: Path) -> Path:
    return _parquet(folder, lambda raw: raw[:-8] + struct.pack("<I", 0x7FFFFFFF) + raw[-4:])


def parquet_damaged(folder: Path) -> Path:
    return _parquet(folder, lambda raw: raw[:4] + bytes(200) + raw[204:])


def parquet_bomb(folder: Path) -> Path:
    """A column of one repeated value: a few kB that are a thousand million cells."""
    path = folder / "places.parquet"
    rows = 60_000_000
    column = pl.Series("id", ["a"]).new_from_index(0, rows)
    pl.DataFrame({"id": column, "name": column}).write_parquet(path, compression="zstd")
    return path


def yaml_aliases(folder: Path) -> Path:
    """Nine levels of nine aliases: 387 million names in half a kB."""
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in itertools.pairwise(names)
    ]
    return _cohort(folder, "\n".join(lines) + "\n")


def yaml_depth(folder: Path) -> Path:
    return _cohort(folder, "[" * 100_000)


def yaml_code(folder: Path) -> Path:
    return _cohort(folder, "ada: !!python/object/apply:os.system [exit]\n")


def _cohort(folder: Path, people: str) -> Path:
    (folder / "yaml").mkdir()
    (folder / "yaml" / "people.yaml").write_text(people)
    return folder


MAKERS: dict[str, Callable[[Path], Path]] = {
    name: function
    for name, function in globals().items()
    if callable(function) and getattr(function, "__module__", "") == __name__ and name[0] != "_"
}
"""The functions above, by name."""
