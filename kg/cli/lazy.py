"""Commands that are loaded when they are called: ``kg query`` loads nothing of ``kg build``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click

__all__ = ["Commands", "LazyGroup"]


class Commands(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is looked at.

    Parameters
    ----------
    places:
        Where each is, as ``module:attribute``, and what it does in a line.
    """

    def __init__(self, places: Mapping[str, tuple[str, str]]) -> None:
        self.places = dict(places)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = self.places[name][0].partition(":")
            self._loaded[name] = getattr(import_module(module), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command
        self.places[name] = ("", command.get_short_help_str(_WIDTH))

    def __delitem__(self, name: str) -> None:
        del self.places[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, name: object) -> bool:
        return name in self.places  # without loading it


_WIDTH = 200  # a summary is cut where it is shown


class LazyGroup(click.Group):
    """A group of :class:`Commands` whose help loads none of them."""

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        assert isinstance(self.commands, Commands)
        room = formatter.width - 6 - max(map(len, self.commands))
        with formatter.section("Commands"):
            formatter.write_dl([
                (name, click.Command(name, help=summary).get_short_help_str(room))
                for name, (_, summary) in sorted(self.commands.places.items())
            ])  # fmt: skip
