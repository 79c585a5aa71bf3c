"""OpenDocument sheets: a workbook in the parts that a reader looks at."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from kg.ontology import Ontology
from kg.tables import read_table

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def cell(value: str) -> str:
    kind, _, typed = value.partition(":")
    if kind == "date":
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{typed}">'
            f"<text:p>{typed}</text:p></table:table-cell>"
        )
    if kind == "number":
        return (
            f'<table:table-cell office:value-type="float" office:value="{typed}">'
            f"<text:p>{typed}</text:p></table:table-cell>"
        )
    if not value:
        return "<table:table-cell/>"
    return (
        f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p>'
        "</table:table-cell>"
    )


def write_ods(path: Path, sheet: str, rows: list[list[str]]) -> None:
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES} '
        f'office:version="1.3"><office:body><office:spreadsheet><table:table table:name="{sheet}">'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", MIMETYPE)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)


def test_a_sheet_loads_as_the_same_rows_in_csv_do(tmp_path: Path, ontology: Ontology) -> None:
    schema = ontology.schema.tables["trainings"]
    write_ods(
        tmp_path / "trainings.ods",
        "trainings",
        [
            ["id", "name", "format", "start_date", "country", "latitude"],
            ["t1", "ورشة & <كتابة>@ar", "Workshop", "date:2019-04-03", "Égypte", "number:30.5"],
            ["", "", "", "", "", ""],
            ["t2", "Second", "Course", "2020", "TR", ""],
        ],
    )
    (tmp_path / "trainings.csv").write_text(
        "id,name,format,start_date,country,latitude\n"
        "t1,ورشة & <كتابة>@ar,Workshop,2019-04-03,Égypte,30.5\n"
        ",,,,,\n"
        "t2,Second,Course,2020,TR,\n",
        encoding="utf-8",
    )
    from_ods = read_table(tmp_path / "trainings.ods", "own", schema)
    from_csv = read_table(tmp_path / "trainings.csv", "own", schema)
    assert from_ods.frame.equals(from_csv.frame)
    assert from_ods.sheet == "trainings"
    assert from_ods.frame["_row"].to_list() == [2, 4]
