"""What the documentation says of its own, in the languages it is written in.

The terms' labels and definitions come from the ontology; here are the headings and small words
around them.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DIRECTIONS", "LANGUAGES", "say", "subject_name"]

LANGUAGES: Mapping[str, str] = {"en": "English", "ar": "العربية", "fr": "Français"}
"""The languages of the documentation, each by its own name; others fall back on the first."""

DIRECTIONS: Mapping[str, str] = {"en": "ltr", "ar": "rtl", "fr": "ltr"}

_ORDER = tuple(LANGUAGES)

# English, Arabic, French. Braces are filled in: {0} is a term, a list or a number.
_WORDS: Mapping[str, tuple[str, str, str]] = {
    # Headings and navigation
    "ontology": ("Ontology", "الأنطولوجيا", "Ontologie"),
    "skip": ("Skip to the content", "تخطَّ إلى المحتوى", "Aller au contenu"),
    "languages": ("Languages", "اللغات", "Langues"),
    "contents": ("Contents", "المحتويات", "Sommaire"),
    "version": ("Version {0}", "الإصدار {0}", "Version {0}"),
    "prefix": ("Prefix", "البادئة", "Préfixe"),
    "namespace": ("Namespace", "فضاء الأسماء", "Espace de noms"),
    "licence": ("Licence", "الرخصة", "Licence"),
    "files": ("As data", "كبيانات", "En données"),
    # Search
    "search": ("Search the terms", "ابحث في المصطلحات", "Chercher un terme"),
    "search-help": (
        "A label in any language, or a name such as rihla:Training",
        "تسمية بأي لغة، أو اسم مثل rihla:Training",
        "Un libellé dans une langue quelconque, ou un nom comme rihla:Training",
    ),
    "search-none": (
        "No term has this name.",
        "لا مصطلح بهذا الاسم.",
        "Aucun terme ne porte ce nom.",
    ),
    "search-some": ("Terms found: {0}", "عدد المصطلحات: {0}", "Termes trouvés : {0}"),
    "copy": ("Copy", "نسخ", "Copier"),
    "copied": ("Copied", "نُسخ", "Copié"),
    # Kinds of terms
    "class": ("Class", "صنف", "Classe"),
    "object-property": ("Relation", "علاقة", "Relation"),
    "datatype-property": ("Property with values", "خاصية ذات قيم", "Propriété à valeurs"),
    "annotation-property": ("Annotation", "حاشية", "Annotation"),
    "concept": ("Concept", "مفهوم", "Concept"),
    "scheme": ("Concept scheme", "نظام مفاهيم", "Schéma de concepts"),
    "classes": ("Classes", "الأصناف", "Classes"),
    "object-properties": ("Relations", "العلاقات", "Relations"),
    "datatype-properties": ("Properties with values", "الخصائص ذات القيم", "Propriétés à valeurs"),
    "annotation-properties": ("Annotations", "الحواشي", "Annotations"),
    "tables": ("Tables", "الجداول", "Tables"),
    "schemes": ("Concept schemes", "نظم المفاهيم", "Schémas de concepts"),
    "concepts": ("Concepts", "المفاهيم", "Concepts"),
    "mappings": ("Other vocabularies", "مفردات أخرى", "Autres vocabulaires"),
    "concept-count": ("{0} concepts", "عدد المفاهيم: {0}", "{0} concepts"),
    # The diagrams
    "diagram": ("Class diagram", "مخطط الأصناف", "Diagramme des classes"),
    "diagram-all": (
        "All classes by subject: subclasses under their class, main relations with an arrow.",
        "جميع الأصناف بحسب الموضوع: الأصناف الفرعية تحت صنفها، والعلاقات الرئيسة بسهم.",
        "Toutes les classes par sujet : les sous-classes sous leur classe, les relations "
        "principales avec une flèche.",
    ),
    "diagram-one": (
        "{0} and the classes that it is linked with: what leads to it, and where it leads.",
        "{0} والأصناف المرتبطة به: ما يؤدي إليه وما يؤدي هو إليه.",
        "{0} et les classes qui lui sont liées : ce qui y mène, et où elle mène.",
    ),
    "centre": ("At the centre", "في المركز", "Au centre"),
    "by-subject": ("By subject", "بحسب الموضوع", "Par sujet"),
    # Parts of a term's page
    "definition": ("Definition", "التعريف", "Définition"),
    "example": ("Example", "مثال", "Exemple"),
    "note": ("Note", "ملاحظة", "Note"),
    "status": ("Status", "الحالة", "État"),
    "subject": ("Subject", "الموضوع", "Sujet"),
    "address": ("IRI", "المعرّف IRI", "IRI"),
    "deprecated": ("Deprecated", "متروك", "Obsolète"),
    "deprecated-text": (
        "This term is no longer used.",
        "لم يعد هذا المصطلح مستعملًا.",
        "Ce terme n'est plus employé.",
    ),
    "replaced-by": ("Use instead: {0}.", "استعمل بدلًا منه: {0}.", "À employer : {0}."),
    "replaces": ("Replaces", "يحل محل", "Remplace"),
    "superclasses": ("Superclasses", "الأصناف الأعم", "Superclasses"),
    "subclasses": ("Subclasses", "الأصناف الفرعية", "Sous-classes"),
    "equivalent": ("Equivalent to", "مكافئ لـ", "Équivalent à"),
    "conditions": ("Every one of them is", "كل واحد منها هو", "Chacune est"),
    "disjoint": ("Excludes", "يستبعد", "Exclut"),
    "superproperties": ("Superproperties", "الخصائص الأعم", "Superpropriétés"),
    "subproperties": ("Subproperties", "الخصائص الفرعية", "Sous-propriétés"),
    "domain": ("Domain", "المجال", "Domaine"),
    "range": ("Range", "المدى", "Portée"),
    "inverse": ("Inverse", "العكس", "Inverse"),
    "characteristics": ("Characteristics", "السمات", "Caractéristiques"),
    "chains": ("Follows from", "يُستنتج من", "Se déduit de"),
    "chain-reading": ("read: {0}", "يُقرأ: {0}", "se lit : {0}"),
    "then": ("then", "ثم", "puis"),
    "used-in-chains": ("Leads on to", "يؤدي إلى", "Mène à"),
    "any": ("anything", "أي شيء", "toute chose"),
    "properties": ("Properties", "الخصائص", "Propriétés"),
    "values-of": ("Value of", "قيمة لـ", "Valeur de"),
    "inherited": ("From {0}", "من {0}", "De {0}"),
    "in-tables": ("Columns", "الأعمدة", "Colonnes"),
    "in-schemes": ("Its concepts", "مفاهيمه", "Ses concepts"),
    # Tables
    "table": ("Table {0}", "الجدول {0}", "Table {0}"),
    "table-above": (
        "Rows of it stand in the table {0}.",
        "تقع صفوفه في الجدول {0}.",
        "Ses lignes se trouvent dans la table {0}.",
    ),
    "column": ("Column", "العمود", "Colonne"),
    "accepted": ("Accepted", "المقبول", "Accepté"),
    "required": ("Required", "مطلوب", "Obligatoire"),
    "yes": ("yes", "نعم", "oui"),
    "no": ("no", "لا", "non"),
    "help": ("Meaning", "المعنى", "Sens"),
    "property": ("Property", "الخاصية", "Propriété"),
    "one-of": (
        "At least one of these is filled: {0}.",
        "يُملأ واحد على الأقل من: {0}.",
        "Au moins une est remplie : {0}.",
    ),
    "key": ("IRI of a row", "معرّف الصف", "IRI d'une ligne"),
    "several": ("{0}; several with {1}", "{0}؛ وعدة قيم بالفاصل {1}", "{0} ; plusieurs avec {1}"),
    "key-of": ("key of {0}", "مفتاح {0}", "clé de {0}"),
    "name-of-class": (
        "name of a class under {0}",
        "اسم صنف تحت {0}",
        "nom d'une classe sous {0}",
    ),
    "web-address": ("web address", "عنوان ويب", "adresse web"),
    "text-language": ("text, or text@language", "نص، أو نص@لغة", "texte, ou texte@langue"),
    "text-in": ("text in {0}", "نص باللغة {0}", "texte en {0}"),
    "at_least": ("{0}, at least {1}", "{0}، {1} على الأقل", "{0}, au moins {1}"),
    "more_than": ("{0}, more than {1}", "{0}، أكثر من {1}", "{0}, plus de {1}"),
    "at_most": ("{0}, at most {1}", "{0}، {1} على الأكثر", "{0}, au plus {1}"),
    "less_than": ("{0}, less than {1}", "{0}، أقل من {1}", "{0}, moins de {1}"),
    "identifier": ("identifier: {0}", "معرّف: {0}", "identifiant : {0}"),
    "date-not-after": ("{0}, not after {1}", "{0}، لا يتجاوز {1}", "{0}, pas après {1}"),
    "string": ("text", "نص", "texte"),
    "langString": ("text", "نص", "texte"),
    "date": ("date", "تاريخ", "date"),
    "gYearMonth": ("month", "شهر", "mois"),
    "gYear": ("year", "سنة", "année"),
    "dateTime": ("date and time", "تاريخ ووقت", "date et heure"),
    "integer": ("whole number", "عدد صحيح", "nombre entier"),
    "nonNegativeInteger": (
        "whole number from 0",
        "عدد صحيح من 0",
        "nombre entier à partir de 0",
    ),
    "positiveInteger": ("whole number from 1", "عدد صحيح من 1", "nombre entier à partir de 1"),
    "decimal": ("number", "عدد", "nombre"),
    "boolean": ("true or false", "true أو false", "true ou false"),
    "anyURI": ("web address", "عنوان ويب", "adresse web"),
    # Mappings and alignments
    "mapping": ("Relation", "الصلة", "Relation"),
    "term": ("Term", "المصطلح", "Terme"),
    "confidence": ("Confidence", "درجة الثقة", "Confiance"),
    "comment": ("Comment", "تعليق", "Commentaire"),
    "vocabulary": ("Set", "المجموعة", "Ensemble"),
    "exactMatch": ("means the same as", "يطابق", "équivaut à"),
    "closeMatch": ("is close to", "قريب من", "est proche de"),
    "broadMatch": ("is narrower than", "أضيق من", "est plus étroit que"),
    "narrowMatch": ("is broader than", "أوسع من", "est plus large que"),
    "relatedMatch": ("is related to", "ذو صلة بـ", "est lié à"),
    "subClassOf": ("is a kind of", "نوع من", "est une sorte de"),
    "subPropertyOf": ("is a special case of", "حالة خاصة من", "est un cas de"),
    "equivalentClass": ("means the same as", "يطابق", "équivaut à"),
    "equivalentProperty": ("means the same as", "يطابق", "équivaut à"),
    "alignments": ("Elsewhere", "في مواضع أخرى", "Ailleurs"),
    "broader": ("Under", "تحت", "Sous"),
    "see": ("see {0}", "انظر {0}", "voir {0}"),
    "also-called": ("Also called", "ويسمى أيضًا", "Aussi appelé"),
    # Class expressions, for people
    "chain": ("{0}", "{0}", "{0}"),
    "and": ("and", "و", "et"),
    "or": ("or", "أو", "ou"),
    "not": ("not {0}", "ليس {0}", "pas {0}"),
    "value": (
        "whatever has the value {1} for {0}",
        "كل ما قيمة {0} له هي {1}",
        "ce qui a la valeur {1} pour {0}",
    ),
    "self": (
        "linked to itself by {0}",
        "مرتبط بنفسه عبر {0}",
        "lié à soi-même par {0}",
    ),
    "some": (
        "whatever has at least one {1} for {0}",
        "كل ما له في {0} واحد على الأقل من {1}",
        "ce qui a au moins un élément de {1} pour {0}",
    ),
    "only": (
        "whatever has nothing but {1} for {0}",
        "كل ما ليس له في {0} سوى {1}",
        "ce qui n'a que des éléments de {1} pour {0}",
    ),
    "min": (
        "whatever has {0} at least {1} times",
        "كل ما له {0} {1} مرات على الأقل",
        "ce qui a {0} au moins {1} fois",
    ),
    "max": (
        "whatever has {0} at most {1} times",
        "كل ما له {0} {1} مرات على الأكثر",
        "ce qui a {0} au plus {1} fois",
    ),
    "exactly": (
        "whatever has {0} exactly {1} times",
        "كل ما له {0} {1} مرات بالضبط",
        "ce qui a {0} exactement {1} fois",
    ),
    "inverse-of": ("the inverse of {0}", "عكس {0}", "l'inverse de {0}"),
    "complex": (
        "a condition that the data files state",
        "شرط مذكور في ملفات البيانات",
        "une condition que disent les fichiers de données",
    ),
    # Characteristics and states
    "TransitiveProperty": ("transitive", "متعدية", "transitive"),
    "SymmetricProperty": ("symmetric", "متناظرة", "symétrique"),
    "AsymmetricProperty": ("asymmetric", "غير متناظرة", "asymétrique"),
    "ReflexiveProperty": ("reflexive", "انعكاسية", "réflexive"),
    "IrreflexiveProperty": ("irreflexive", "غير انعكاسية", "irréflexive"),
    "FunctionalProperty": ("one value at most", "قيمة واحدة على الأكثر", "une valeur au plus"),
    "InverseFunctionalProperty": (
        "identifies its subject",
        "تحدد موضوعها",
        "identifie son sujet",
    ),
    "stable": ("stable", "مستقر", "stable"),
    "testing": ("testing", "قيد التجربة", "à l'essai"),
    "unstable": ("unstable", "غير مستقر", "instable"),
    "archaic": ("archaic", "مهجور", "archaïque"),
}

# Files of vocabulary/ that are not called after one of their classes.
_SUBJECTS: Mapping[str, tuple[str, str, str]] = {
    "annotation": ("Annotations of the tables", "حواشي الجداول", "Annotations des tables"),
    "network": ("Partnerships", "الشراكات", "Partenariats"),
    "provenance": ("Provenance", "المصادر", "Provenance"),
}


def say(key: str, language: str, *parts: object) -> str:
    """Return a word of the pages; a key that has no words stands for itself.

    Examples
    --------
    >>> say("version", "fr", "1.0.0")
    'Version 1.0.0'
    >>> say("xsd:token", "ar")
    'xsd:token'
    """
    words = _WORDS.get(key)
    text = key if words is None else words[_ORDER.index(language)]
    return text.format(*parts) if parts else text


def subject_name(stem: str, labels: Mapping[str, str], language: str) -> str:
    """Return a subject's heading: its words, the class it is called after, or its file's name."""
    words = _SUBJECTS.get(stem)
    if words:
        return words[_ORDER.index(language)]
    return labels.get(language) or labels.get("en") or stem.replace("-", " ").capitalize()
