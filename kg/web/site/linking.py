"""Links of a page: from addresses of the application to files beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import quote

from kg.language import message
from kg.web.site.addresses import Target, file_of, link_between, target_of
from kg.web.site.order import DATA, Order, Thing

__all__ = ["ASKING", "Links", "rooted", "without_scripts"]

ASKING = "server.html"
"""The page that says what takes a server."""

# Attributes that lead somewhere. A quotation mark in a text is written as an entity.
_LINKS = re.compile(r'(?<=[\s"])(href|src|action|data-index|data-completion)="([^"]*)"')
_FORMS = re.compile(rf'<form\b(?=[^>]*?action="([^"]*{ASKING})")')
_DEAD = re.compile(rf'<link rel="(?:alternate|preload)"[^>]*href="[^"]*{ASKING}"[^>]*>\n?')
_ASKING_LINKS = re.compile(rf'<a (?=[^>]*?href="[^"]*{ASKING}")')
_SCRIPTS = re.compile(
    r"<script src=\"[^\"]*static/(?:combobox|search|editor|network)\.js[^>]*></script>"
)
_ELSEWHERE = ("http://", "https://", "#", "data:", "mailto:")


def _(text: str) -> str:
    """Mark a text for translation."""
    return text


_NOTE = _("This form takes a server.")


class _Goal(NamedTuple):
    """Where a link leads: the file, quoted (None: not known yet), the place in it, the address."""

    file: str | None
    fragment: str
    address: str


class Links:
    """Turns the links of pages.

    Parameters
    ----------
    order:
        What is written.
    known:
        Address → its file, or nothing where it takes a server.
    things:
        The things that have a page and data.
    is_whole:
        Whether ``known`` knows all there is: an address that is not in it takes a server.
    """

    def __init__(
        self,
        order: Order,
        known: Mapping[str, str],
        things: Collection[Thing],
        is_whole: bool = False,
    ) -> None:
        self._order = order
        self._known = known
        # the search of a copy has files of its own (kg/web/site/searching.py)
        self._search = {f"{p}/search": f"{p}/search/index.html"[1:] for p in order.prefixes}
        self._things = things
        self._is_whole = is_whole
        self._goals: dict[tuple[str, bool, bool], _Goal | None] = {}

    def turned(self, address: str, file: str, text: str) -> tuple[str, list[str]]:
        """Return a page with its links turned, and the addresses of which nothing is known yet.

        Parameters
        ----------
        address:
            Of the page, with its language and its parameters.
        file:
            What it becomes, relative to the folder of the site.
        text:
            The page as the application answers it.
        """
        path, source = address.partition("?")[0], quote(file)
        of_thing = "/page/" in path
        unknown: dict[str, None] = {}

        def turn(found: re.Match[str]) -> str:
            name, link = found.groups()
            if link.startswith("#"):
                return found[0]
            goal = self._goal(link, path, of_thing, name == "action")
            if goal is None:
                return found[0]
            if goal.file is None:
                unknown[goal.address] = None
                return found[0]
            return f'{name}="{link_between(source, goal.file)}{goal.fragment}"'

        made = _LINKS.sub(turn, text)
        return self._noted(made, address), list(unknown)

    def _goal(self, link: str, path: str, of_thing: bool, is_form: bool) -> _Goal | None:
        """Return where a link leads; None for the web."""
        key = (link, of_thing, is_form)
        if key in self._goals:
            return self._goals[key]
        target = target_of(unescape(link), path, self._order.origin, self._order.release)
        goal = None if target is None else self._goal_of(target, of_thing, is_form)
        if link.startswith(("/", "http")):  # it leads there from every page
            self._goals[key] = goal
        return goal

    def _goal_of(self, target: Target, of_thing: bool, is_form: bool) -> _Goal:
        asks = _Goal(ASKING, "", target.address)
        if is_form and not self._order.spoken(target.address)[1].startswith("/search"):
            return asks
        file = self._file(target, of_thing)
        if file is None:
            return _Goal(None, "", target.address)
        fragment = f"#{escape(target.fragment)}" if target.fragment else ""
        return _Goal(quote(file), fragment, target.address) if file else asks

    def _file(self, target: Target, of_thing: bool) -> str | None:
        """Return the file of an address, nothing where it takes a server, None where unknown."""
        address = target.address
        if address in self._search:
            return self._search[address]
        if address in self._known:
            return self._known[address]
        thing, is_page = self._thing(address)
        if thing in self._things:
            return file_of(address, is_page)
        if self._is_whole or not self._order.is_written(target):
            return ""
        # the files of each panel of each thing would be many times the pages
        plain, asked, _query = address.partition("?")
        return "" if of_thing and asked and not plain.endswith(".svg") else None

    def _thing(self, address: str) -> tuple[Thing, bool]:
        """Return the thing whose page or data an address is, and whether it is the page."""
        code, plain = self._order.spoken(address)
        if code in self._order.languages and plain.startswith("/page/"):
            return plain.removeprefix("/page/"), True
        thing, _dot, suffix = plain.removeprefix("/data/").rpartition(".")
        is_data = code == "en" and plain.startswith("/data/") and suffix in DATA
        return (thing if is_data else ""), False

    def _noted(self, text: str, address: str) -> str:
        """Say in place what takes a server, and take out links of the head that lead nowhere."""
        if ASKING not in text:
            return text
        text = _DEAD.sub("", text)
        note = escape(message(_NOTE, self._order.spoken(address)[0]))
        text = _FORMS.sub(
            rf'<p class="takes-server"><a href="\1">{note}</a></p>\n<form inert', text
        )
        told = ' aria-describedby="takes-server"' if 'id="takes-server"' in text else ""
        return _ASKING_LINKS.sub(f"<a data-server{told} ", text)


def rooted(text: str, root: str) -> str:
    """Return a page of the topmost folder with links that work at any address of the host."""

    def turn(found: re.Match[str]) -> str:
        if found[2].startswith(_ELSEWHERE):
            return found[0]
        return f'{found[1]}="{root}/{found[2]}"'

    return _LINKS.sub(turn, text)


def without_scripts(text: str) -> str:
    """Return a page without the scripts that ask a server."""
    return _SCRIPTS.sub("", text)
