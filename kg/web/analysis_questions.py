"""What each analysis asks, in words, by group: how the pages list them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["QUESTIONS"]

QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "One person, institution, country, topic or training": {
        "profile": "What has it to do with trainings, in numbers?",
        "appearances": "Which trainings has it to do with, alone or together with another?",
        "breakdown": "When, where, with whom and in what does it learn and teach?",
        "exchange": "Whom did it teach, and from whom did it learn?",
        "coverage": "What do the data say about it, and what do they leave open?",
    },
    "Who learns and who teaches": {
        "balance": "Who mostly teaches, who mostly learns, and how much goes both ways?",
        "flow-matrix": "Who taught whom, and how many learners?",
        "bloc-shares": "How much of a bloc's learning do its members teach, how much others?",
        "partners": "From whom outside does a bloc or country learn, and whom does it teach?",
        "dependence": "Whose learning rests on few sources?",
        "transitions": "How many who learned came to teach?",
    },
    "How methods and topics spread": {
        "arrivals": "When, where and from whom did each first have a method or topic?",
        "spreaders": "Who passed methods and topics on to others?",
        "survival": "How long from learning to teaching, or to the arrival of a method?",
        "stalled": "Which methods and topics stopped reaching anyone new?",
    },
    "Trainings over time": {
        "trends": "How many trainings and people were there each year?",
        "regularity": "Which series are held regularly, which have gaps, which lapsed?",
        "retention": "How many people come back after their first training?",
    },
    "Diversity and outcomes": {
        "diversity": "How mixed are the participants of trainings?",
        "outcome-association": "Do trainings with more diverse participants have more outcomes?",
    },
    "Gaps and likely partners": {
        "gap-map": "Which countries lack trainings in which sectors, topics or methods?",
        "specialisation": "Who does more, or less, of a topic, method or sector than expected?",
        "recommend": "With whom could one train who is no partner yet, and why?",
        "recommend-evaluation": "How well would such suggestions have foretold later partnerships?",
    },
    "Positions in the network": {
        "rank-intervals": "Who is central, and how sure is the rank?",
        "robustness": "How much does the ranking hang on single trainings?",
        "centrality-significance": "Who is more central than their number of trainings explains?",
        "edge-significance": "Which partnerships are closer than chance explains?",
    },
}
"""Group → name of an analysis → its question."""
