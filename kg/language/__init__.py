"""What a reader is told, in English, Arabic and French: messages, catalogues, numbers.

A layer that computes says things in English, by :func:`tell` where values stand in them. The doors
(pages, command line) put them into a language: :func:`spoken`, or all of it inside
:func:`speaking`.
"""

from __future__ import annotations

from kg.language.catalogue import FOLDER, LANGUAGES, RIGHT_TO_LEFT, TRANSLATED, message, plural
from kg.language.numbers import decimal, percent, whole
from kg.language.speaking import (
    gettext,
    language,
    named,
    ngettext,
    right_to_left,
    said,
    speaking,
    spoken_word,
    words,
)
from kg.language.told import Share, Told, alone, both, isolated, marked, spoken, tell, tell_number

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "RIGHT_TO_LEFT",
    "TRANSLATED",
    "Share",
    "Told",
    "alone",
    "both",
    "decimal",
    "gettext",
    "isolated",
    "language",
    "marked",
    "message",
    "named",
    "ngettext",
    "percent",
    "plural",
    "right_to_left",
    "said",
    "speaking",
    "spoken",
    "spoken_word",
    "tell",
    "tell_number",
    "whole",
    "words",
]
