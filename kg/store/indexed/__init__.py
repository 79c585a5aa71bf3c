"""Small queries from an index of a release, in the process that is asked.

A query that touches a few hundred triples costs less than the way to a worker and back. Here the
triples of a release stand as numbers in a file that is mapped into memory, with each term's text
as JSON answers have it. Which queries are answered so is a short list (kg/store/indexed/forms.py),
and what they may touch has a hard limit (kg/store/indexed/joining.py). No engine runs over
the data here; whatever is not known to be small is the workers'.
"""

from kg.store.indexed.answering import MOST_BYTES, IndexAnswers
from kg.store.indexed.index import Index
from kg.store.indexed.of_store import write_index
from kg.store.indexed.writing import TripleIndex

__all__ = ["MOST_BYTES", "Index", "IndexAnswers", "TripleIndex", "write_index"]
