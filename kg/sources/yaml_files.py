"""YAML as plain text values: no tags are obeyed, no alias can grow, every record knows its line.

Scalars stay as they are written: ``NO`` is no false, ``007`` no seven, ``2021-02-08`` no date
object. What is null becomes None.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kg.errors import InputError
from kg.files import read_utf8

__all__ = ["MAX_DEPTH", "MAX_VALUES", "Record", "read_yaml"]

MAX_DEPTH = 64
MAX_VALUES = 1_000_000  # values after every alias is written out
_NULL = "tag:yaml.org,2002:null"
# The C parser is ten times as fast; builds of PyYAML without it exist.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Record(dict[str, Any]):
    """A mapping, and the ``line`` on which it begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def read_yaml(path: Path) -> Any:
    """Return a YAML file as records, lists, texts and None.

    Raises
    ------
    InputError
        It is no YAML, repeats a key, uses merge keys, nests deeper than ``MAX_DEPTH`` or has
        aliases that unfold to more than ``MAX_VALUES`` values.
    """
    text = read_utf8(path)
    try:
        _check_depth(text, path)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{path}{place}: is not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is not YAML: {error}.") from error
    return None if root is None else _Reader(path).value(root, 0)


def _check_depth(text: str, path: Path) -> None:
    """Look at the nesting before the parser's own recursion meets it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _too_deep(path, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(path: Path, line: int) -> InputError:
    return InputError(f"{path}, line {line}: is nested deeper than {MAX_DEPTH} levels.")


class _Reader:
    """Turns nodes into values, within a budget of values."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = MAX_VALUES

    def value(self, node: yaml.Node, depth: int) -> Any:
        self._left -= 1
        line = node.start_mark.line + 1
        if self._left < 0:
            raise InputError(
                f"{self._path}, line {line}: its aliases unfold to more than {MAX_VALUES} values."
            )
        if depth > MAX_DEPTH:  # an alias inside of what it stands for
            raise _too_deep(self._path, line)
        if isinstance(node, yaml.MappingNode):
            return self._record(node, line, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return None if node.tag == _NULL else str(node.value)

    def _record(self, node: yaml.MappingNode, line: int, depth: int) -> Record:
        record = Record(line)
        for key, value in node.value:
            name = str(key.value)
            place = f"{self._path}, line {key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                raise InputError(f"{place}: found a key that is no plain text. Accepted: a name.")
            if name in record:
                raise InputError(f"{place}: the key {name!r} stands twice. Keep one of them.")
            record[name] = self.value(value, depth + 1)
        return record
