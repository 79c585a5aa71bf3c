"""Parameters of calls, as OpenAPI has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.analysis.base import Parameter as AnalysisParameter
from kg.network import FILTERS, LEVELS
from kg.queries import Parameter
from kg.web.language import said, told
from kg.web.query_api import ACCEPTED

__all__ = ["filters", "flag", "of_analysis", "of_query", "path", "query", "several", "whole"]

Schema = dict[str, Any]
_MOST = 10**9 - 1
_TEXT: Schema = {"type": "string"}
_TYPES: Mapping[str, Schema] = {
    "count": {"oneOf": [{"type": "integer", "minimum": 1, "maximum": _MOST}, {"const": "any"}]},
    "date": {"type": "string", "format": "date"},
    "decimal": {"type": "number"},
    "integer": {"type": "integer"},
    "iri": {"type": "string", "minLength": 1},
    "string": {"type": "string"},
    "year": {"type": "integer", "minimum": 1000, "maximum": 2999},
}
_YEARS: Schema = {
    "type": "string",
    "pattern": r"^([0-9]{4}(-([0-9]{4})?)?|-[0-9]{4})$",
    "examples": ["2012-2020"],
}


def path(name: str, values: Sequence[str] | None = None, description: str = "") -> Schema:
    """Return a part of the address; ``values`` are all that there are."""
    schema = {"type": "string", "enum": list(values)} if values else {"type": "string"}
    return _stated(name, schema, description, place="path", required=True)


def query(
    name: str, schema: Schema | None = None, description: str = "", required: bool = False
) -> Schema:
    """Return a parameter behind the question mark."""
    return _stated(name, schema or _TEXT, description, required=required)


def several(name: str, item: Schema | None = None, description: str = "") -> Schema:
    """Return a parameter that may stand there more than once: any of the values may hold."""
    return _stated(name, {"type": "array", "items": item or _TEXT}, description, explode=True)


def whole(name: str, description: str = "", least: int = 0, most: int = _MOST) -> Schema:
    """Return a parameter that is a whole number."""
    return query(name, {"type": "integer", "minimum": least, "maximum": most}, description)


def flag(name: str, description: str = "") -> Schema:
    """Return a parameter that is true or false."""
    return query(name, {"type": "boolean"}, description)


def of_query(parameter: Parameter) -> Schema:
    """Return a parameter of a named query."""
    item = dict(_TYPES[parameter.type])
    if parameter.values:
        item["enum"] = list(parameter.values)
    items: Schema = {"type": "array", "items": item}
    items |= {"minItems": 1} if parameter.required else {}
    items |= {"maxItems": 1} if parameter.type == "count" else {}
    default = "" if parameter.required else f" {said('Without it:')} {parameter.default}."
    stated = _stated(
        parameter.name,
        items,
        f"{told(parameter.labels) or parameter.name}: {said(ACCEPTED[parameter.type])}.{default}",
        required=parameter.required,
        explode=True,
    )
    return stated | {"example": [_example(parameter)]}


def _example(parameter: Parameter) -> str | int | float:
    if parameter.type in ("count", "integer", "year"):
        return int(parameter.example)
    return float(parameter.example) if parameter.type == "decimal" else parameter.example


def of_analysis(name: str, parameter: AnalysisParameter) -> Schema:
    """Return a parameter of an analysis."""
    if parameter.kind == "choice":
        schema: Schema = {"type": "string", "enum": list(parameter.choices)}
    elif parameter.kind == "flag":
        schema = {"type": "boolean"}
    elif parameter.kind in ("integer", "number"):
        schema = {"type": parameter.kind}
        bounds = {"minimum": parameter.least, "maximum": parameter.most}
        schema |= {key: value for key, value in bounds.items() if value is not None}
    else:
        schema = dict(_TEXT)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return query(name, schema, parameter.help)


def filters(names: Iterable[str] = FILTERS) -> list[Schema]:
    """Return the filters of networks and analyses; a thing is meant by name, code, key or IRI."""
    own = _own()
    return [
        own.get(name) or several(name, None, "Name, code, key, CURIE or IRI.") for name in names
    ]


def _stated(
    name: str,
    schema: Schema,
    description: str,
    *,
    place: str = "query",
    required: bool = False,
    explode: bool = False,
) -> Schema:
    stated: Schema = {"name": name, "in": place, "required": required, "schema": schema}
    if description:
        stated["description"] = said(description)
    if explode:
        stated |= {"style": "form", "explode": True}
    return stated


def _own() -> Mapping[str, Schema]:
    """Return the filters that mean no thing."""
    return {
        "years": query("years", _YEARS, "2015, 2012-2020, 2012- or -2020."),
        "within": flag("within", "Both ends inside the bloc or country."),
        "min_headcount": whole("min_headcount", "Trainings with at least so many people."),
        "level": query("level", {"type": "string", "enum": list(LEVELS)}, "What the nodes are."),
        "weight": query("weight", None, "Which weight ties have; 'unweighted' for none."),
        "roles": several("roles", None, "Only involvements in these roles."),
        "isolates": flag("isolates", "Keep nodes without ties."),
        "loops": flag("loops", "Keep ties of a node with itself."),
    }
