"""What each kind of page shows: its facts, its panels, and what they are called.

A panel is one line of a registry; its question and its reason are texts of the catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kg.web.panels import BLOC, SUBJECT, Panel

__all__ = ["COMPARED", "KINDS", "Kind", "kind_of"]


def _(message: str) -> str:
    """Mark a text for translation."""
    return message


@dataclass(frozen=True)
class Kind:
    """A kind of profile.

    Attributes
    ----------
    name:
        As in the entities of a release.
    classes:
        Local names of the classes whose members it shows, the narrowest kinds first.
    word:
        What one is called.
    facts:
        Properties whose values stand at the top, in this order.
    panels:
        What is asked about it.
    form:
        Which sentence tells it in numbers: ``party``, ``described``, ``training`` or none.
    """

    name: str
    classes: tuple[str, ...]
    word: str
    facts: tuple[str, ...]
    panels: tuple[Panel, ...]
    form: str = "described"


_NO_TRAINING = _("No training in the data has to do with it.")
_NO_YEAR = _("None of its trainings has a year.")
_NO_OUTCOME = _("No outcome in the data is credited to it.")
_PAGE = ("dcterms:description", "schema:url", "dcterms:source")


def _years(question: str, who: str = "own") -> Panel:
    return Panel(
        "years", question, "breakdown", {"subject": SUBJECT, "by": "year", "who": who}, _NO_YEAR,
        ("group", "trainings", "learned", "taught", "hosted"), drawing="years", shown=40,
    )  # fmt: skip


def _by(
    key: str, question: str, by: str, empty: str, who: str = "own", drawing: str = "",
    needs: str = "", columns: tuple[str, ...] = ("trainings", "learned", "taught"),
) -> Panel:  # fmt: skip
    given = {"subject": SUBJECT, "by": by, "who": who}
    return Panel(
        key, question, "breakdown", given, empty, ("group", *columns), drawing=drawing, needs=needs
    )


def _exchange(key: str, question: str, level: str) -> Panel:
    return Panel(
        key, question, "exchange", {"subject": SUBJECT, "level": level},
        _("Nobody else is recorded in its trainings."),
        ("partner", "trainings", "given", "received", "first_year", "last_year"),
        drawing="exchange",
    )  # fmt: skip


def _trainings(question: str, columns: tuple[str, ...]) -> Panel:
    return Panel(
        "trainings", question, "appearances", {"subject": SUBJECT}, _NO_TRAINING,
        ("training", "start", "held_in", *columns, "learned", "taught", "outcomes"), shown=12,
    )  # fmt: skip


def _credited(question: str, empty: str = _NO_OUTCOME) -> Panel:
    return Panel(
        "outcomes", question, "outcomes/credited", {"thing": SUBJECT}, empty,
        ("outcome", "type", "date", "training", "grade"), door="queries",
    )  # fmt: skip


_MISSING = Panel(
    "missing", _("What do the data say, and what do they leave open?"), "coverage",
    {"subject": SUBJECT}, _NO_TRAINING, ("aspect", "of", "total", "known", "missing", "share"),
    shown=20,
)  # fmt: skip
_NO_METHOD = _("None of its trainings names a method.")
_NO_TOPIC = _("None of its trainings names a topic.")
_NO_COUNTRY = _("Nobody in its trainings has a known country.")
_NO_INSTITUTION = _("Nobody in its trainings has a known institution.")
_SEATS = ("trainings", "learned", "taught")
_COMPARED = (*_SEATS, "quotient")

_METHODS = _by(
    "methods", _("Which methods did its people learn and teach, and which more than usual?"),
    "method", _NO_METHOD, drawing="sides", columns=_COMPARED,
)  # fmt: skip
_TOPICS = _by(
    "topics", _("In which topics did its people learn and teach, and in which more than usual?"),
    "topic", _NO_TOPIC, columns=_COMPARED,
)  # fmt: skip
_FUNDERS = _by(
    "funders", _("Who paid for the trainings?"), "institution",
    _("No training names who paid for it."), who="others", needs="funded",
    columns=("funded", "first_year", "last_year"),
)  # fmt: skip
_PROGRAMMES = _by(
    "programmes", _("Through which programmes?"), "programme", _("No training names a programme.")
)
_INSTITUTIONS = _by(
    "institutions", _("Which institutions learn and teach here?"), "institution", _NO_INSTITUTION,
    who="all", drawing="sides", columns=(*_SEATS, "hosted", "first_year"),
)  # fmt: skip
_COUNTRIES = _by(
    "countries", _("Which countries learn and teach here, and since when?"), "country",
    _NO_COUNTRY, who="all", drawing="sides", columns=(*_SEATS, "first_year", "last_year"),
)  # fmt: skip

_SEEN_FROM = Panel(
    "seen-from", _("Seen from %(bloc)s: which of its countries learn and teach here?"),
    "breakdown", {"subject": SUBJECT, "by": "country", "who": "all", "bloc": BLOC},
    _("Nobody from there is recorded in its trainings."),
    ("group", *_SEATS, "first_year", "last_year"),
)  # fmt: skip


def _later(panels: tuple[Panel, ...], *keys: str) -> tuple[Panel, ...]:
    """Let some panels be asked when they are opened: of a bloc they take long."""
    return tuple(replace(panel, lazy=panel.key in keys or panel.lazy) for panel in panels)


def _arrivals(level: str) -> Panel:
    return Panel(
        "arrivals", _("Which methods arrived, when, and from where?"), "arrivals",
        {"level": level, "country": SUBJECT, "of": "method"}, _NO_METHOD,
        ("value", "kind", "year", "source", "training", "teaches_since"), shown=12, lazy=True,
        only="node",
    )  # fmt: skip


_AREA = (
    _years(_("How did learning and teaching develop over the years?")),
    _exchange(
        "partners", _("With which countries does it exchange knowledge, and which way?"), "country"
    ),
    _by(
        "sectors", _("In which sectors does it learn and teach?"), "sector",
        _("None of its trainings names a sector."), drawing="sides", columns=_COMPARED,
    ),
    _METHODS,
    _TOPICS,
    _by(
        "institutions", _("Which of its institutions take part most?"), "institution",
        _NO_INSTITUTION, columns=(*_SEATS, "hosted"),
    ),
    _exchange(
        "teachers", _("Which institutions teach its people, and whom do its people teach?"),
        "institution",
    ),
)  # fmt: skip
_END = (_FUNDERS, _trainings(_("Which trainings has it to do with?"), ("capacity",)), _MISSING)
_DESCRIBED_END = (_trainings(_("Which trainings are these?"), ()), _MISSING)
_OVER_TIME = _years(_("How many learned and taught here, year by year?"), who="all")

_INSTITUTION = (
    _years(_("How did learning and teaching develop over the years?")),
    _exchange("partners", _("Whom does it teach, and from whom does it learn?"), "institution"),
    _exchange("partner-countries", _("With which countries?"), "country"),
    _METHODS,
    _TOPICS,
    _by(
        "people", _("Which of its people take part most?"), "person",
        _("No source names any of its people."), columns=_SEATS,
    ),
    _FUNDERS,
    _credited(_("Which outcomes are credited to it?")),
    Panel(
        "position", _("How central is it among the institutions that train together?"),
        "partnership/degree", {}, _("It shares no training with another institution."),
        ("node", "score", "rank"), door="network", only="node", lazy=True,
    ),
    _trainings(_("Which trainings has it to do with?"), ("capacity",)),
    _MISSING,
)  # fmt: skip

_PERSON = (
    Panel(
        "trainings", _("Which trainings, in which role, from where?"), "people/trainings",
        {"person": SUBJECT}, _NO_TRAINING,
        ("training", "role", "start", "country", "host", "organisation"), door="queries", shown=20,
    ),
    _years(_("From learning to teaching: when?")),
    _by(
        "methods", _("Which methods were learned, and which taught?"), "method", _NO_METHOD,
        drawing="sides", columns=(*_SEATS, "first_year", "last_year"),
    ),
    _exchange("teachers", _("Who taught this person, and whom did this person teach?"), "person"),
    _by(
        "companions", _("Who was at the same trainings?"), "person",
        _("No source names anybody else at these trainings."), who="others",
        columns=(*_SEATS, "first_year", "last_year"),
    ),
    _by("affiliations", _("From which institutions?"), "institution",
        _("No participation of this person names an institution."),
        columns=(*_SEATS, "first_year", "last_year")),
    _credited(_("Which outcomes are credited to this person?")),
    _MISSING,
)  # fmt: skip

_TRAINING = (
    _by("roles", _("Who took part in which role?"), "role",
        _("Nobody is recorded at this training."), who="all",
        columns=("learned", "taught")),
    _by("people", _("Whom do the sources name?"), "person",
        _("No source names anybody who took part."), who="all", columns=("learned", "taught")),
    _by("countries", _("From which countries?"), "country", _NO_COUNTRY, who="all",
        drawing="sides", columns=("learned", "taught")),
    _by("institutions", _("From which institutions, and who hosted, organised and paid?"),
        "institution", _NO_INSTITUTION, who="all",
        columns=("learned", "taught", "hosted", "organised", "funded")),
    Panel(
        "outcomes", _("What came of it, and on what evidence?"), "outcomes/of-training",
        {"training": SUBJECT}, _("No outcome in the data is attributed to it."),
        ("outcome", "type", "date", "grade", "timing", "people"), door="queries",
    ),
    _MISSING,
)  # fmt: skip

_SERIES = (
    Panel(
        "cadence", _("How regular is it: cadence, gaps, lapsed?"), "regularity",
        {"series": SUBJECT}, _("None of its trainings has a date."),
        ("trainings", "first", "last", "cadence", "median_gap", "longest_gap", "missed",
         "months_since_last", "lapsed"),
    ),
    _trainings(_("Which editions were there?"), ()),
    _OVER_TIME,
    _COUNTRIES,
    _SEEN_FROM,
    _INSTITUTIONS,
    _by("methods", _("Which methods does it teach?"), "method", _NO_METHOD, who="all",
        columns=_COMPARED),
    _FUNDERS,
    _MISSING,
)  # fmt: skip

_PROGRAMME = (
    _OVER_TIME,
    _COUNTRIES,
    _SEEN_FROM,
    _INSTITUTIONS,
    _by("series", _("Which series belong to it?"), "series",
        _("None of its trainings belongs to a series."), who="all"),
    _by("methods", _("Which methods does it teach?"), "method", _NO_METHOD, who="all",
        columns=_COMPARED),
    _by("topics", _("About which topics?"), "topic", _NO_TOPIC, who="all", columns=_COMPARED),
    _FUNDERS,
    *_DESCRIBED_END,
)  # fmt: skip

_SUBJECT_MATTER = (
    _OVER_TIME,
    _COUNTRIES,
    _SEEN_FROM,
    _INSTITUTIONS,
    _by("together", _("Which methods are taught with it?"), "method",
        _("Its trainings name no other method."), who="all", columns=_COMPARED),
    _PROGRAMMES,
    *_DESCRIBED_END,
)  # fmt: skip

_IDS = ("rihla:ror", "rihla:grid", "rihla:wikidata")
_CONCEPT = ("skos:definition", "skos:broader", "rihla:usedIn", "skos:exactMatch", "skos:closeMatch",
            "skos:scopeNote")  # fmt: skip
_EVENT = (
    "rihla:startDate", "rihla:endDate", "rihla:heldIn", "rihla:place", "rihla:venue", "rihla:mode",
    "rihla:hostedBy", "rihla:organisedBy", "rihla:fundedBy", "rihla:inSeries", "rihla:inProgramme",
    "rihla:partOfTraining", "rihla:followsCurriculum", "rihla:topic", "rihla:teachesMethod",
    "dcterms:language", *_PAGE,
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("person", ("Person",), _("Person"), ("rihla:orcid", *_PAGE), _PERSON, "party"),
        Kind(
            "organisation", ("Organisation",), _("Institution"),
            ("rihla:country", "rihla:city", "org:subOrganizationOf", "rihla:foundingDate", *_IDS,
             "rihla:status", "rihla:succeededBy", "rihla:replacedBy", *_PAGE),
            _INSTITUTION, "party",
        ),
        Kind(
            "country", ("Country",), _("Country"),
            ("rihla:iso2", "rihla:iso3", "rihla:wikidata", "rihla:memberOfBloc", *_PAGE),
            (*_AREA, _arrivals("country"), *_END), "party",
        ),
        Kind(
            "bloc", ("Bloc",), _("Bloc"), ("rihla:wikidata", *_PAGE),
            (
                *_later(_AREA, "topics", "teachers"),
                _by("members", _("Which members take part?"), "country", _NO_COUNTRY),
                *_later(_END, "funders"),
            ),
            "party",
        ),
        Kind("training", ("Training",), _("Training"), _EVENT, _TRAINING, "training"),
        Kind(
            "series", ("TrainingSeries",), _("Series"),
            ("rihla:partOfProgramme", "rihla:runBy", "rihla:organisedBy", "rihla:cadenceMonths",
             *_PAGE), _SERIES,
        ),
        Kind(
            "programme", ("Programme",), _("Programme"),
            ("rihla:partOfProgramme", "rihla:runBy", "rihla:organisedBy", "rihla:fundedBy", *_PAGE),
            _PROGRAMME,
        ),
        Kind("sector", ("Sector",), _("Sector"), _CONCEPT, _SUBJECT_MATTER),
        Kind("topic", ("Topic",), _("Topic"), _CONCEPT, _SUBJECT_MATTER),
        Kind("method", ("Method",), _("Method"), _CONCEPT, _SUBJECT_MATTER),
        Kind(
            "outcome", ("Outcome",), _("Outcome"),
            ("rihla:date", "rihla:creditedTo", "rihla:creditedOrganisation", "rihla:adoptsMethod",
             "rihla:topic", "rihla:supportedBy", "rihla:awardNumber", "rihla:doi", *_PAGE),
            (
                Panel(
                    "trainings", _("To which trainings is it attributed, and on what evidence?"),
                    "outcomes/attributed", {"outcome": SUBJECT},
                    _("No training in the data is named as what it came of."),
                    ("training", "start", "grade", "timing", "source", "note"), door="queries",
                ),
            ),
            "",
        ),
        Kind(
            "source", ("Source",), _("Source"),
            ("dcterms:license", "schema:creditText", "dcat:landingPage", *_PAGE),
            (
                Panel(
                    "loads", _("What was read from it, and what of that was kept?"),
                    "quality/loads", {"source": SUBJECT},
                    _("Nothing was read from it in this release."),
                    ("load", "graph", "date", "read", "kept", "merged", "refused"), door="queries",
                ),
            ),
            "",
        ),
    )
}  # fmt: skip
"""Kind → what its page shows; anything else keeps the page of its statements."""


def kind_of(classes: set[str]) -> Kind | None:
    """Return the kind of a thing by the local names of its classes."""
    return next((kind for kind in KINDS.values() if classes & set(kind.classes)), None)


COMPARED = (
    "trainings", "first_year", "last_year", "learned", "taught", "people", "partners", "countries",
    "topics", "methods", "hosted", "organised", "funded", "outcomes",
)  # fmt: skip
"""The measures of a comparison: columns of the analysis profile."""
