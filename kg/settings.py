"""The project file: which sources, where, base IRI, release folder, thresholds.

``rihla.toml`` is looked for in the folder given, then in its parents; ``RIHLA_PROJECT`` names
another file. Paths inside it are relative to the file. docs/project-file.md lists every key.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import SettingsError
from kg.files import shipped_folder
from kg.terms import DEFAULT_BASE

__all__ = [
    "PROJECT_FILE",
    "PROJECT_VARIABLE",
    "PUBLISH_RULES",
    "AnalyseSettings",
    "BuildSettings",
    "LoadSettings",
    "ProjectSettings",
    "ServeSettings",
    "Settings",
    "SourceSettings",
    "find_project",
    "is_url",
    "load_settings",
]

_T = TypeVar("_T")

PUBLISH_RULES: dict[str, str] = {
    "named": "everybody of this source is named, unless the person refused",
    "consented": "only people with the consent 'consented' are named; others are counted",
    "groups": "nobody of this source is named; people are counted",
}
"""What a source's ``publish`` may say; kg/privacy applies it."""

PROJECT_FILE = "rihla.toml"
PROJECT_VARIABLE = "RIHLA_PROJECT"
_LAST_PORT = 65_535
_IRI = r"https?://(?:[^\s<>\"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})+"


@dataclass(frozen=True)
class ProjectSettings:
    """``[project]``: what the graph is called and where things are."""

    title: str = "Rihla"
    base: str = DEFAULT_BASE
    releases: Path = Path("releases")
    ontology: Path | None = None
    default_bloc: str = "oic"
    forgotten: Path = Path("forgotten")
    decisions: Path = Path("decisions.csv")

    def __post_init__(self) -> None:
        """Refuse a base that cannot be the start of an IRI."""
        if not re.fullmatch(f"{_IRI}/", self.base):
            raise SettingsError(
                f"[project] base: found {self.base!r}. Accepted: an http(s) IRI that ends in '/', "
                f"such as {DEFAULT_BASE}."
            )


@dataclass(frozen=True)
class BuildSettings:
    """``[build]``: how strict a build is and what it keeps.

    ``suppress_below``: the headcount of a counted group smaller than this many people is not
    stored. ``partnerships``: how many of the strongest partnerships are stored as resources.
    """

    keep: int = 3
    suppress_below: int = 0
    partnerships: int = 100_000

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        _refuse_less(self, "[build]", keep=1, suppress_below=0, partnerships=0)


@dataclass(frozen=True)
class LoadSettings:
    """``[load]``: how outside files are taken in, and when a build stops for refused rows.

    A source is read in a process of its own, with ``memory_mib`` of address space and
    ``seconds`` of wall time; what URLs gave is kept in ``downloads``, each of at most
    ``max_download_mib``. Over all sources together at most the share ``max_refused`` (0 to 1) of
    rows and at most ``max_refused_rows`` may be refused. Nothing here changes what a release holds.
    """

    downloads: Path = Path("downloads")
    offline: bool = False
    memory_mib: int = 4096
    seconds: float = 600.0
    max_download_mib: int = 4096
    max_refused: float = 1.0
    max_refused_rows: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be read."""
        _refuse_less(self, "[load]", memory_mib=64, max_download_mib=1)
        if self.max_refused_rows is not None:
            _refuse_less(self, "[load]", max_refused_rows=0)
        if not 0 < self.seconds < math.inf:
            raise SettingsError(f"[load] seconds: found {self.seconds}. Accepted: more than 0.")
        if not 0 <= self.max_refused <= 1:
            raise SettingsError(f"[load] max_refused: found {self.max_refused}. Accepted: 0 to 1.")


_METRICS = ("local", "all", "off")


@dataclass(frozen=True)
class ServeSettings:
    """``[serve]``: address and limits of the endpoint.

    ``timeout_seconds`` bounds one query, ``long_seconds`` is when it makes room for quick ones;
    ``max_result_mib`` and ``max_result_rows`` bound an answer, ``memory_mib`` what a query takes
    while it runs. ``workers`` quick queries run at a time and as many long ones; ``max_waiting``
    may wait, of one client ``max_per_client`` in all (0: no limit). ``max_query_kb`` and
    ``max_nesting`` bound a query's text, ``max_body_mib`` a request's body. ``services`` are the
    addresses that SERVICE may ask. A server looks for a new release every ``reload_seconds``
    (0: never). ``metrics`` are for ``local`` clients, ``all`` or none (``off``); ``access_log``
    writes a line for each request; ``trusted_proxy`` is the address of a reverse proxy whose word
    on the client's address is taken.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    timeout_seconds: float = 10.0
    long_seconds: float = 1.0
    max_result_mib: int = 64
    max_result_rows: int = 1_000_000
    memory_mib: int = 2048
    max_waiting: int = 32
    max_per_client: int = 8
    max_query_kb: int = 100
    max_nesting: int = 64
    max_body_mib: int = 1
    services: tuple[str, ...] = ()
    reload_seconds: float = 2.0
    metrics: str = "local"
    access_log: bool = False
    trusted_proxy: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be served."""
        least = dict.fromkeys(
            ("workers", "max_result_mib", "max_result_rows", "max_query_kb", "max_nesting"), 1
        )
        none = dict.fromkeys(("port", "max_waiting", "max_per_client", "reload_seconds"), 0)
        _refuse_less(self, "[serve]", **least, **none, max_body_mib=1, memory_mib=64)
        if self.port > _LAST_PORT:
            raise SettingsError(f"[serve] port: found {self.port}. Accepted: 0 to {_LAST_PORT}.")
        for name in ("timeout_seconds", "long_seconds"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(
                    f"[serve] {name}: found {getattr(self, name)}. Accepted: more than 0."
                )
        if self.metrics not in _METRICS:
            raise SettingsError(
                f"[serve] metrics: found {self.metrics!r}. Accepted: {', '.join(_METRICS)}."
            )
        for service in self.services:
            if not re.fullmatch(_IRI, service):
                raise SettingsError(
                    f"[serve] services: found {service!r}. Accepted: the address of a SPARQL "
                    "endpoint, such as https://query.wikidata.org/sparql."
                )


@dataclass(frozen=True)
class AnalyseSettings:
    """``[analyse]``: below which data no number is given.

    ``least_trainings``: an analysis of fewer trainings is refused. ``least_coverage``: as is one
    where a smaller share (0 to 1) of participations can be placed; below ``good_coverage`` it
    is answered with a caveat. ``least_base``: a ratio on fewer people or trainings stays empty.
    ``suppress_below``: a count of fewer people, not all of them named by the sources, is withheld.
    """

    least_trainings: int = 3
    least_coverage: float = 0.1
    good_coverage: float = 0.8
    least_base: int = 5
    suppress_below: int = 5

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        _refuse_less(self, "[analyse]", least_trainings=1, least_base=1, suppress_below=0)
        for name in ("least_coverage", "good_coverage"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(
                    f"[analyse] {name}: found {getattr(self, name)}. Accepted: 0 to 1."
                )


@dataclass(frozen=True)
class SourceSettings:
    """One ``[[source]]``: where statements come from, and under which licence.

    ``path`` is the file or folder that the source's module reads. ``inputs`` are what the project
    file states, where that is more than one plain path: paths, globs and URLs; a module never
    sees them, ``path`` is then what they gave. ``sha256`` pins inputs to their content,
    ``media_type`` says what a server has to answer with, ``files`` names further files that a
    mapping looks things up in. ``max_refused`` is the share of rows
    (0 to 1) that may be refused before the build stops. ``publish`` says who of its people is
    named (:data:`PUBLISH_RULES`). ``options`` are further keys, read by the source's own module.
    """

    id: str
    kind: str
    path: Path
    title: str
    licence: str
    retrieved: dt.date
    homepage: str | None = None
    attribution: str | None = None
    max_refused: float = 0.0
    inputs: tuple[str, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    publish: str = "named"
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot stand in an IRI or as one, and a share that is none."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.id):
            raise SettingsError(
                f"[[source]] id: found {self.id!r}. Accepted: small letters, digits and hyphens."
            )
        if not 0 <= self.max_refused <= 1:
            raise SettingsError(
                f"[[source]] {self.id}: max_refused is {self.max_refused}. Accepted: 0 to 1."
            )
        if self.publish not in PUBLISH_RULES:
            raise SettingsError(
                f"[[source]] {self.id}: publish is {self.publish!r}. Accepted: "
                + "; ".join(f"{rule!r} ({meaning})" for rule, meaning in PUBLISH_RULES.items())
                + "."
            )
        for name in ("licence", "homepage"):
            value = getattr(self, name)
            if value is not None and not re.fullmatch(_IRI, value):
                raise SettingsError(
                    f"[[source]] {self.id}: {name} is {value!r}. Accepted: a web address, such as "
                    "https://creativecommons.org/licenses/by/4.0/."
                )


@dataclass(frozen=True)
class Settings:
    """A whole project file; every path in it is absolute."""

    file: Path
    project: ProjectSettings = field(default_factory=ProjectSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    load: LoadSettings = field(default_factory=LoadSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    analyse: AnalyseSettings = field(default_factory=AnalyseSettings)
    sources: tuple[SourceSettings, ...] = ()

    @property
    def ontology(self) -> Path:
        """The project's own ontology folder, or the one that came with the package."""
        return self.project.ontology or shipped_folder("ontology")


def find_project(start: Path | None = None) -> Path:
    """Return the project file: ``RIHLA_PROJECT``, else ``rihla.toml`` here or in a parent.

    Raises
    ------
    SettingsError
        There is none; the message says how to make one.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    if start is None and named:
        return Path(named).resolve()
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return candidate / PROJECT_FILE
    raise SettingsError(
        f"No {PROJECT_FILE} in {folder} or above it. Start a project with 'kg init FOLDER' "
        "(add --demo for the demo world), or name its file with --project."
    )


def load_settings(file: Path | None = None) -> Settings:
    """Read a project file.

    Raises
    ------
    SettingsError
        The file is missing, is not TOML, lacks a key, or has an unknown key or a bad value.
    """
    file = find_project() if file is None else file.resolve()
    if file.is_dir():
        file = file / PROJECT_FILE
    document = _read_toml(file)
    _refuse_unknown(
        document,
        {"project", "build", "load", "serve", "analyse", "source"},
        file,
        "a project file",
    )
    folder = file.parent
    return Settings(
        file=file,
        project=_section(ProjectSettings, document.get("project", {}), folder, file, "[project]"),
        build=_section(BuildSettings, document.get("build", {}), folder, file, "[build]"),
        load=_section(LoadSettings, document.get("load", {}), folder, file, "[load]"),
        serve=_section(ServeSettings, document.get("serve", {}), folder, file, "[serve]"),
        analyse=_section(AnalyseSettings, document.get("analyse", {}), folder, file, "[analyse]"),
        sources=_sources(document.get("source", []), folder, file),
    )


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{file}: there is no such project file. 'kg init FOLDER' makes one."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}") from error


def _sources(entries: Any, folder: Path, file: Path) -> tuple[SourceSettings, ...]:
    listed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not entries or not listed:
        raise SettingsError(
            f"{file}: there is no [[source]]. Accepted: at least one, with id, kind, path, title, "
            "licence and retrieved."
        )
    known = {f.name for f in fields(SourceSettings)} - {"options", "inputs"}
    sources = []
    for number, entry in enumerate(entries, start=1):
        options = {key: value for key, value in entry.items() if key not in known}
        where = f"[[source]] number {number} ({entry.get('id', 'without id')})"
        inputs = _inputs(entry, folder, f"{file}: {where}")
        plain = {key: value for key, value in entry.items() if key in known - {"sha256", "files"}}
        if inputs["inputs"]:
            plain["path"] = "."  # the module gets what the inputs give
        section = _section(SourceSettings, plain, folder, file, where)
        sources.append(SourceSettings(**{**_as_dict(section), **inputs, "options": options}))
    _refuse_repeated([s.id for s in sources], file)
    return tuple(sources)


def is_url(text: str) -> bool:
    """Return whether an input is a web address and no path."""
    return re.match(r"(?i)[a-z][a-z0-9+.-]+://", text) is not None


def _inputs(entry: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return ``inputs`` (empty for one plain path) and ``sha256`` of a source."""
    stated = entry.get("path")
    listed = stated if isinstance(stated, list) else [stated] if isinstance(stated, str) else []
    if isinstance(stated, list) and not (listed and all(isinstance(i, str) for i in listed)):
        raise SettingsError(f"{where} path: found {stated!r}. Accepted: paths and web addresses.")
    places = {i: i if is_url(i) else str(_path(i, folder, where)) for i in listed}
    several = isinstance(stated, list) or any(is_url(i) or set("*?[") & set(i) for i in listed)
    return {
        "inputs": tuple(places.values()) if several else (),
        "sha256": _pins(entry.get("sha256", {}), places, where),
        "files": _named_files(entry.get("files", {}), folder, where),
    }


def _named_files(stated: Any, folder: Path, where: str) -> dict[str, str]:
    if not isinstance(stated, dict) or not all(isinstance(v, str) for v in stated.values()):
        raise SettingsError(
            f"{where} files: found {stated!r}. Accepted: paths by name, such as "
            '{ codes = "codes.csv" }.'
        )
    return {name: i if is_url(i) else str(_path(i, folder, where)) for name, i in stated.items()}


def _pins(stated: Any, places: Mapping[str, str], where: str) -> dict[str, str]:
    pins = dict.fromkeys(places, stated) if isinstance(stated, str) and len(places) == 1 else stated
    if not isinstance(pins, dict) or set(pins) - set(places):
        raise SettingsError(
            f"{where} sha256: found {stated!r}. Accepted: 64 hexadecimal digits for one input; for "
            'several, each as it stands in path, such as { "https://example.org/a.csv" = "…" }.'
        )
    for value in pins.values():
        if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise SettingsError(
                f"{where} sha256: found {value!r}. Accepted: 64 hexadecimal digits."
            )
    return {places[name]: value.lower() for name, value in pins.items()}


def _refuse_less(section: object, name: str, **least: int) -> None:
    for key, smallest in least.items():
        value = getattr(section, key)
        if value < smallest:
            raise SettingsError(f"{name} {key}: found {value}. Accepted: {smallest} or more.")


def _refuse_repeated(ids: list[str], file: Path) -> None:
    repeated = sorted({i for i in ids if ids.count(i) > 1})
    if repeated:
        raise SettingsError(f"{file}: more than one [[source]] is called {', '.join(repeated)}.")


def _as_dict(section: Any) -> dict[str, Any]:
    return {f.name: getattr(section, f.name) for f in fields(section)}


def _section(kind: type[_T], values: Mapping[str, Any], folder: Path, file: Path, name: str) -> _T:
    """Make one section's dataclass from its table, naming whatever does not fit."""
    if not isinstance(values, Mapping):
        raise SettingsError(f"{file}: {name} is {values!r}. Accepted: a section with keys.")
    specification = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    _refuse_unknown(values, set(specification), file, name)
    missing = [
        key
        for key, f in specification.items()
        if key not in values and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise SettingsError(f"{file}: {name} lacks {', '.join(missing)}.")
    converted = {
        key: _converted(value, str(specification[key].type), folder, f"{file}: {name} {key}")
        for key, value in values.items()
    }
    # A default path is as relative to the project file as one that is written there.
    defaults = {
        key: folder / f.default for key, f in specification.items() if isinstance(f.default, Path)
    }
    return kind(**{**defaults, **converted})


_ACCEPTED: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "a text in quotes"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
    "Path": ((str,), "a path in quotes"),
    "dt.date": ((dt.date,), "a date without quotes, such as 2026-11-20"),
}


def _converted(value: Any, annotation: str, folder: Path, where: str) -> Any:
    name = annotation.removesuffix(" | None")
    if name == "tuple[str, ...]":
        return _texts(value, where)
    types, accepted = _ACCEPTED[name]
    odd = isinstance(value, dt.datetime) or (isinstance(value, bool) and name != "bool")
    if not isinstance(value, types) or odd:
        raise SettingsError(f"{where}: found {value!r}. Accepted: {accepted}.")
    return _path(str(value), folder, where) if name == "Path" else value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise SettingsError(f"{where}: found {value!r}. Accepted: a list of texts in quotes.")
    return tuple(value)


def _path(value: str, folder: Path, where: str) -> Path:
    expanded = os.path.expandvars(value)
    if "$" in expanded:
        raise SettingsError(
            f"{where}: {value!r} names an environment variable that is not set. Set it, or write "
            "the path out."
        )
    return (folder / expanded).resolve()


def _refuse_unknown(values: Mapping[str, Any], known: set[str], file: Path, name: str) -> None:
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingsError(
            f"{file}: {name} does not know {', '.join(unknown)}. "
            f"Accepted: {', '.join(sorted(known))}."
        )
