"""The exchange standard as data: tables, fields, code lists, identifiers, divisions, policy.

Nothing here reads a clock, a network or a database; what is asked for is read from the files
beside this one and kept.
"""

from schemas.standard import (
    CodeList,
    Condition,
    Field,
    Reference,
    Standard,
    Table,
    UnknownStandardError,
    UnknownTableError,
    in_force,
    load,
    table_of,
    versions,
)

__all__ = [
    "CodeList",
    "Condition",
    "Field",
    "Reference",
    "Standard",
    "Table",
    "UnknownStandardError",
    "UnknownTableError",
    "in_force",
    "load",
    "table_of",
    "versions",
]
