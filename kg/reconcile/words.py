"""Names as words that compare: folded, transliterated, abbreviations and plurals undone.

"Univ. of Technol., München" and "University of Technology, Munich" give the same words. What a
word could mean in another way (an abbreviation, a slip of the pen) is the index's business.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

__all__ = [
    "COMMON_WORDS",
    "STOP_WORDS",
    "Words",
    "domain_of",
    "fold_word",
    "read_keys",
    "read_words",
]

_WORD = re.compile(r"[^\W_]+(?:['’`´ʼ][^\W_]+)*")
_BREAK = re.compile(r"[,;:()\[\]{}/|\n\r\t<>\"“”«»•·、，；。]|\s[-–—]\s|[–—]")
_MARKUP = re.compile(r"</?[a-zA-Z]{1,6}/?>")
_CONTROL = re.compile(r"#[A-Z]{1,4}#")
_EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_URL = re.compile(r"(?:https?://|www\.)[^\s,;)]+")
_ELIDED = re.compile(r"^(?:d|l|dell|dall|all|nell|sull|qu|s|un)['’`´ʼ]", re.IGNORECASE)
_APOSTROPHE = re.compile(r"['’`´ʼ]")
_PLAIN = re.compile(r"[a-z0-9]+")
_FULL_WORD = 5  # letters; a stop after a word this long ends a sentence, else an abbreviation

_SMALL_WORDS = """
of the and for de la le les du des et d l und der die das den dem fur zu zur zum in at a an y e i
u o del della dei degli delle dello di da do dos das van het en on to by with bin al na no w we v
z as os el los las pour sur im am von ve och og ja fi li wa
"""
STOP_WORDS = frozenset(_SMALL_WORDS.split())
"""Words that carry no name; they never decide a match."""

# One word for each group: the first. Languages and abbreviations of registers and journals.
_GROUPS = """
university univ uni unv universitat universite universidad universidade universita universitas
  universiteit universitet universitetet universitetas universitate universitatea uniwersytet
  univerzita univerzitet univerziteta universitesi universiti univers universitaet universitario
  universitaria universitare universitair universitaire univesity unversity universtiy univerisity
  universty universitesinin sveuciliste univerza universitates universities
institute inst instituto institut istituto instytut instituut institutet institutul instit
  institutt ins intitut instituta enstitusu institutes
technology technol technolog tecnologia technologie tecnologica tecnologico technologies tehnologia
  technologii technologique
hospital hosp hopital ospedale hospitals hopitaux krankenhaus ziekenhuis szpital hospitalier
  hospitalar sjukhus spital
center ctr centre centro zentrum centrum centr centru centrul cent
college coll colegio collegio
academy acad academia akademie academie akademiya akademia accademia akademija
laboratory lab labs laboratoire laboratorio laborator labor laboratorium laboratories labo
  laboratorija laboratoriya
department dept dep departement departamento dipartimento departament abt dpt depart departments
school sch escuela ecole scuola skola szkola schule schools escola
faculty fac faculte facultad facultat fakultat faculdade facolta fakultas wydzial fakulta fakultet
  fakulteta fakultesi facultatea faculties
national natl nat nacional nationale nationaux nationales nazionale nasional narodowy narodni
  nationaal naz
science sci scis ciencia scienza sciences wissenschaft nauk nauka
research res recherche investigacion ricerca forschung pesquisa badan investigacao recherches
  investigaciones ricerche pesquisas onderzoek forskning
engineering eng engn engrg engr ingenieria ingenieur engineer ingegneria engg enginering
medicine medicina medecine medizin medycyna
medical medico medica medicale medizinische medizinischer medyczny
association assoc asociacion associazione associacao assn
foundation fdn fondation fundacion fondazione fundacao stiftung found
international int intl internat internacional internationale internazionale internationaler
federal fed federale
general gen generale
corporation corp
government govt gov
ministry min ministere ministerio ministero ministerium
public publ publique publico pubblica
company compagnie
state
saint st sankt sint
mount mt
fort ft
north nth
industry indust
management mgmt manag
development dev develop desarrollo developpement
polytechnic politecnico polytechnique politecnica polytech politechnika polytechnical
technical technische techn tech tecnica technischen technischer tecnico technique tekniska teknik
  teknologi tekniske technicka tehnic technika tekniske
health sante salud salute saude gesundheit
agriculture agricultura agricola
education educ educacion educacao
society soc societe sociedad societa gesellschaft
council consejo consiglio conselho conseil
advanced adv
applied appl apl aplicadas aplicada appliquees
southern sud
physics phys physik physique fisica
chemistry chem chim chemie chimie quimica chimica
biology biol biologia biologie
mathematics math maths mathematik mathematiques matematica
computer comput computing informatica
electrical elect elec
electronics electron
information inf
system sys syst
munich munchen muenchen
vienna wien
cologne koln koeln
rome roma
milan milano
turin torino
florence firenze
naples napoli
venice venezia
genoa genova
prague praha
warsaw warszawa
krakow cracow krakowie
lisbon lisboa
moscow moskva moscou
brussels bruxelles brussel
antwerp antwerpen
ghent gent
leuven louvain
geneva geneve genf
basel bale
bern berne
zurich zuerich
copenhagen kobenhavn
gothenburg goteborg
seville sevilla
athens athinai
beijing peking
nanjing nanking
guangzhou canton
mumbai bombay
kolkata calcutta
chennai madras
kyiv kiev
istanbul constantinople
tehran teheran
cairo caire
algiers alger
saopaulo
mexico mejico
brazil brasil
spain espana
italy italia
germany deutschland
poland polska
france frankreich
switzerland schweiz suisse svizzera
austria osterreich oesterreich
tuebingen tubingen
luebeck lubeck
goettingen gottingen
wuerzburg wurzburg
saarbruecken saarbrucken
duesseldorf dusseldorf
nuernberg nuremberg nurnberg
"""


def _read_groups() -> dict[str, str]:
    joined = _GROUPS.replace("\n  ", " ")
    groups = [line.split() for line in joined.splitlines() if line.strip()]
    return {word: group[0] for group in groups for word in group}


_SAME = _read_groups()
COMMON_WORDS = frozenset(_SAME.values())
"""The words that stand for a group; most are common in names."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, as parallel lists; stop words stand among them.

    ``keys`` are the folded words, ``short`` says that a full stop follows (it may be an
    abbreviation), ``upper`` that it was written in capitals, ``segments`` numbers the parts
    between commas and the like. ``domains`` are those of mail and web addresses in the text.
    """

    keys: list[str]
    short: list[bool]
    upper: list[bool]
    segments: list[int]
    domains: tuple[str, ...] = ()


def domain_of(address: str) -> str | None:
    """Return the host of a web address without ``www.``.

    >>> domain_of("https://www.uni-bonn.de/en"), domain_of("none")
    ('uni-bonn.de', None)
    """
    found = re.match(r"(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)", address.strip().lower())
    return found.group(1) if found else None


@lru_cache(maxsize=400_000)
def fold_word(word: str) -> tuple[str, ...]:
    """Return the comparable forms of one written word: several where it is several words.

    >>> fold_word("Universität"), fold_word("d’Histoire"), fold_word("Xi'an"), fold_word("Физика")
    (('university',), ('d', 'histoire'), ('xian',), ('fizika',))
    """
    elided = _ELIDED.match(word)
    if elided and elided.end() < len(word):
        return (*fold_word(word[: elided.end() - 1]), *fold_word(word[elided.end() :]))
    joined = _APOSTROPHE.sub("", word)
    plain = joined if joined.isascii() else anyascii(joined)
    return tuple(_canonical(part) for part in _PLAIN.findall(plain.lower()))


def _canonical(word: str) -> str:
    if word in _SAME:
        return _SAME[word]
    if len(word) >= _FULL_WORD and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        singular = f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
        return _SAME.get(singular, singular)
    return word


def read_words(text: str) -> Words:
    """Read a name or a whole affiliation."""
    text, domains = _cleaned(text)
    words = Words([], [], [], [], domains)
    segment, end = 0, 0
    for found in _WORD.finditer(text):
        gap = text[end : found.start()]
        if end and words.keys:
            segment += _is_break(gap, text[:end], words)
        end = found.end()
        written = found.group()
        short = end < len(text) and text[end] == "."
        for key in fold_word(written):
            words.keys.append(key)
            words.short.append(short)
            words.upper.append(len(written) > 1 and written.isupper())
            words.segments.append(segment)
    return words


def read_keys(name: str) -> list[str]:
    """Read a name's words alone, without their places: what an index needs, at a third of the time.

    >>> read_keys("Univ. of Bonn")
    ['university', 'of', 'bonn']
    """
    return [key for written in _WORD.findall(_decomposed(name)) for key in fold_word(written)]


def _is_break(gap: str, before: str, words: Words) -> bool:
    if gap == " " or gap == "-":
        return False
    if _BREAK.search(gap):
        return True
    if gap.startswith(". "):
        # "Fakultas Ekonomi. Universitas …" ends a part; "Comput. Sci." does not.
        return before[-_FULL_WORD:].islower() and words.keys[-1] in _SAME.values()
    return False


def _cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    if "&" in text:
        text = html.unescape(text)
    if "#" in text:
        text = _CONTROL.sub(" , ", text)
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    domains: tuple[str, ...] = ()
    if "@" in text or "www" in text or "http" in text:
        domains = tuple(_domains(text))
        text = _URL.sub(" , ", _EMAIL.sub(" , ", text))
    return _decomposed(text), domains


def _decomposed(text: str) -> str:
    if text.isascii():
        return text
    # Marks stand on their own after NFKD, where they would split words.
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _domains(text: str) -> Iterator[str]:
    yield from (found.lower() for found in _EMAIL.findall(text))
    for address in _URL.findall(text):
        domain = domain_of(address)
        if domain:
            yield domain
