"""Where a query that the engine refused goes wrong, by the grammar of SPARQL.

The engine says how far it came at most, and what it tried there, which is often behind the place
that a person has to mend. Here a table-driven parser (lark) reads the same text token by token: the
first token that cannot stand where it stands is the fault, and the parser knows what could.
"""

from kg.store.grammar.diagnosis import Fault, fault_of, undeclared

__all__ = ["Fault", "fault_of", "undeclared"]
