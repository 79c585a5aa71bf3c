"""Erasmus student mobility: yearly flows between institutions, as counted groups without names.

A folder with ``institutions*.csv`` (code, name, country, city, coordinates) and
``flows_by_institution.csv`` (gzipped or not): students, sending and receiving code. Where a flow
could belong to several institutions, the file lists the candidates in place of a code. Such an
end is not guessed: the country stands in for it where all candidates share one.

Each receiving institution has one exchange visit a year, with a counted group of learners for
each sending one. Option ``year`` (``2013-14``) says which academic year it is.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from kg.errors import InputError, SettingsError
from kg.files import CsvRecords, read_csv
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.tables import InputTable, Problem, table_from_records
from kg.tables.countries import country_code

__all__ = ["read"]

_INSTITUTIONS = ["Institutional code", "Name of Organisation", "Country", "City", "coordinates"]
_FLOWS = [
    "students", "sending_code", "receiving_code", "sending_candidates", "receiving_candidates",
]  # fmt: skip
_COORDINATES = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)")
_YEAR = re.compile(r"((?:19|20)\d\d)-(\d\d)")
_PROGRAMME = "erasmus"


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a folder of institutions and flows.

    Raises
    ------
    SettingsError
        The option ``year`` is missing or no academic year.
    InputError
        A file is missing, or does not have the columns named above.
    """
    first, last = _years(settings)
    institutions_file = _file(settings.path, "institutions*.csv")
    flows_file = _file(settings.path, "flows_by_institution.csv*")
    institutions = _institutions(institutions_file)
    flows = _located(_flows(flows_file), institutions, f"{first}-{last % 100:02}")
    source, file = settings.id, str(flows_file)
    tables = (
        _organisations(institutions, settings.id, schema, institutions_file),
        table_from_records(
            [{"id": _PROGRAMME, "name": "Erasmus"}], source, schema.tables["programmes"], file
        ),
        InputTable(source, "trainings", file, _trainings(flows, institutions, first, last)),
        InputTable(
            source,
            "participations",
            file,
            _participations(flows),
            notes=_doubts(flows, settings, file),
        ),
    )
    return SourceTables(tables, (institutions_file, flows_file))


def _years(settings: SourceSettings) -> tuple[int, int]:
    stated = str(check_options(settings, ["year"]).get("year", ""))
    found = _YEAR.fullmatch(stated)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise SettingsError(
            f"[[source]] {settings.id}: year is {stated!r}. Accepted: the academic year of the "
            'flows, such as "2013-14".'
        )
    return int(found[1]), int(found[1]) + 1


def _file(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        raise InputError(
            f"{folder}: found {len(found)} files {pattern}. Accepted: a folder with one "
            "institutions*.csv and one flows_by_institution.csv or .csv.gz."
        )
    return found[0]


def _key(code: pl.Expr) -> pl.Expr:
    """Return a key for an Erasmus code: ``B  BRUXEL82`` becomes ``b-bruxel82``."""
    return code.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")


def _institutions(path: Path) -> pl.DataFrame:
    """Return ``key``, ``name``, ``country``, ``city``, ``coordinates``, ``row`` by institution."""
    records: CsvRecords = read_csv(path)
    _check_header(records.header, _INSTITUTIONS, path)
    frame = pl.DataFrame(
        [(*cells, row) for row, cells in records.rows],
        schema=["code", "name", "country", "city", "coordinates", "row"],
        orient="row",
    )
    codes = {code: country_code(code) or code for code in frame["country"].unique()}
    return frame.with_columns(pl.col("country").replace(codes), key=_key(pl.col("code")))


def _flows(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path}: cannot be read as CSV: {error}.") from error
    _check_header(frame.columns, _FLOWS, path)
    return frame.with_row_index("_row", offset=2)


def _check_header(header: list[str], expected: list[str], path: Path) -> None:
    if header != expected:
        raise InputError(
            f"{path}, row 1: found the columns {', '.join(header)}. Accepted: "
            f"{', '.join(expected)}."
        )


def _located(flows: pl.DataFrame, institutions: pl.DataFrame, year: str) -> pl.DataFrame:
    """Add, for both ends, ``<end>`` (key or null) and ``<end>_country``; and the ``training``."""
    for end in ("sending", "receiving"):
        known = institutions.select(pl.col("key").alias(end), known=True)
        flows = flows.with_columns(_key(pl.col(f"{end}_code")).alias(end))
        flows = flows.join(known, on=end, how="left", maintain_order="left")
        flows = flows.with_columns(pl.when("known").then(end).alias(end)).drop("known")
        flows = flows.join(_countries(flows, institutions, end), on="_row", how="left",
                           maintain_order="left")  # fmt: skip
    place = pl.coalesce(
        "receiving",
        pl.format("unidentified-{}", pl.col("receiving_country").str.to_lowercase()),
        pl.lit("unidentified"),
    )
    return flows.with_columns(training=pl.format("erasmus-{}-{}", pl.lit(year), place))


def _countries(flows: pl.DataFrame, institutions: pl.DataFrame, end: str) -> pl.DataFrame:
    """Return ``_row`` and the country that all candidates for an end share."""
    candidates = flows.select("_row", key=pl.col(f"{end}_candidates").str.split("|")).explode("key")
    found = candidates.with_columns(_key(pl.col("key"))).join(
        institutions.select("key", "country").unique("key"), on="key"
    )
    shared = found.group_by("_row").agg(pl.col("country").unique())
    return shared.filter(pl.col("country").list.len() == 1).select(
        "_row", pl.col("country").list.first().alias(f"{end}_country")
    )


def _organisations(
    institutions: pl.DataFrame, source: str, schema: Schema, path: Path
) -> InputTable:
    records = []
    for row in institutions.iter_rows(named=True):
        place = _COORDINATES.fullmatch(row["coordinates"].strip())
        records.append(
            {
                "id": f"erasmus-{row['key']}",
                "type": "University",
                "name": row["name"],
                "alias": row["code"],
                "country": row["country"],
                "city": row["city"],
                "latitude": place[1] if place else None,
                "longitude": place[2] if place else None,
            }
        )
    table = schema.tables["organisations"]
    return table_from_records(records, source, table, str(path), institutions["row"].to_list())


def _trainings(
    flows: pl.DataFrame, institutions: pl.DataFrame, first: int, last: int
) -> pl.DataFrame:
    held = flows.group_by("training", maintain_order=True).agg(
        pl.col("_row", "receiving", "receiving_country").first()
    )
    names = institutions.select("key", "name").unique("key")
    named = held.join(names, left_on="receiving", right_on="key", how="left", maintain_order="left")
    where = pl.coalesce(
        pl.format("at {}", pl.col("name").str.strip_chars()),
        pl.format("in {}, institution not identified", "receiving_country"),
        pl.lit("at an unidentified institution"),
    )
    return named.select(
        "_row",
        id="training",
        name=pl.format("Erasmus student exchange {}, {}-{}@en", where, pl.lit(first), pl.lit(last)),
        format=pl.lit("ExchangeVisit"),
        programme=pl.lit(_PROGRAMME),
        start_date=pl.lit(str(first)),
        end_date=pl.lit(str(last)),
        country="receiving_country",
        host=pl.format("erasmus-{}", "receiving"),
    ).select(pl.exclude("_row"), pl.col("_row").cast(pl.UInt32))


def _participations(flows: pl.DataFrame) -> pl.DataFrame:
    """Return a counted group a flow.

    Each has a key of its own: two codes may turn out to be one institution, and both flows stay.
    """
    pair = pl.coalesce("sending", pl.format("row-{}", "_row"))
    pair = pl.when(pl.col("receiving").is_null()).then(pl.format("row-{}", "_row")).otherwise(pair)
    candidates = pl.format("One of: {}", pl.col("sending_candidates").str.replace_all(r"\|", ", "))
    return flows.select(
        id=pl.format("{}-from-{}", "training", pair),
        training="training",
        role=pl.lit("learner"),
        organisation=pl.format("erasmus-{}", "sending"),
        country=pl.when(pl.col("sending").is_null()).then("sending_country"),
        headcount=pl.col("students"),
        note=pl.when(pl.col("sending").is_null()).then(candidates),
        _row=pl.col("_row").cast(pl.UInt32),
    )


def _doubts(flows: pl.DataFrame, settings: SourceSettings, file: str) -> tuple[Problem, ...]:
    """Return a doubt for each end that several institutions could be."""
    return tuple(
        Problem(settings.id, file, "participations", row, f"{end}_code", candidates, "ambiguous",
                "the code of one institution; the flow is kept by country", "warning")
        for end in ("sending", "receiving")
        for row, candidates in flows.filter(pl.col(end).is_null())
        .select("_row", f"{end}_candidates").iter_rows()
    )  # fmt: skip
