"""Rules that the standard's tables imply: one for each table, field and kind, made from the data.

The code of a derived rule is ``<prefix>/<table>.<field>``. The prefix is fixed for its kind and
for ever, also where the rule cites a narrower clause:

========  ==================================================  ===================
prefix    demands                                             module
========  ==================================================  ===================
COM-001   required field is filled                            ``required``
COM-002   division code has its form                          ``divisions``
COM-003   division code is one the body may report            ``divisions``
COM-011   county's own key is unique in the batch             ``duplicates``
COM-012   business key is unique in the batch                 ``duplicates``
COM-013   code stands in its list                             ``codes``
COM-014   length, precision, scale                            ``lengths``
COM-015   date or time can be read                            ``types``
COM-016   time is not in the future                           ``times``
COM-017   unified social credit code                          ``identifiers``
COM-018   resident identity number                            ``identifiers``
COM-019   phone number                                        ``identifiers``
COM-020   required text is not a placeholder                  ``placeholders``
COM-023   number is not negative                              ``signs``
FLW-009   item is unique in its flow version                  ``duplicates``
PRO-007   parent is there                                     ``references``
STD-102   conditional field is filled                         ``conditional``
STD-103   number can be read                                  ``types``
STD-104   text has the form of its field or list              ``formats``
STD-106   text can be read                                    ``texts``
STD-107   text holds nothing that does not belong             ``texts``
LND-…     row was read without loss                           ``landing``
========  ==================================================  ===================

``STD-…`` are demands of the tables themselves for which no clause is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Standard, Table
from validators.derived import (
    codes,
    conditional,
    divisions,
    duplicates,
    formats,
    identifiers,
    landing,
    lengths,
    placeholders,
    references,
    required,
    signs,
    texts,
    times,
    types,
)
from validators.derived.draft import Draft
from validators.rule import Rule

KINDS = (
    landing,
    required,
    conditional,
    types,
    lengths,
    texts,
    codes,
    formats,
    identifiers,
    divisions,
    times,
    signs,
    placeholders,
    references,
    duplicates,
)
"""The kinds in the order in which findings of a record are told: how it was read comes first."""

IMPLIED = {
    required.IMPLIED.clause: required.IMPLIED.statement,
    conditional.EXPECTED.clause: conditional.EXPECTED.statement,
    types.IMPLIED_NUMBER.clause: types.IMPLIED_NUMBER.statement,
    formats.STATED.clause: formats.STATED.statement,
    landing.IMPLIED.clause: landing.IMPLIED.statement,
    texts.GARBLED.clause: texts.GARBLED.statement,
    texts.UNCLEAN.clause: texts.UNCLEAN.statement,
}
"""What the tables demand without a clause of their own, by the id that rules cite."""


def derive(standard: Standard, table: Table) -> Iterator[Rule]:
    """All rules that this table implies in this standard, kind by kind, in the order of fields."""
    draft = Draft(standard, table)
    for kind in KINDS:
        yield from kind.rules(draft)
