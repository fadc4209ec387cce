"""The published JSON Schema of a report: what ``exchange check --format json`` prints per file.

The schema is strict: a key that is not named is an error, so that the shape cannot drift unseen.
"""

from __future__ import annotations

from typing import Any, get_args

from validators.rule import Consequence, Owner

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
OPTIONAL_TEXT = {"type": ["string", "null"]}
COUNT = {"type": "integer", "minimum": 0}


def report_schema() -> dict[str, Any]:
    """The schema of one report object."""
    return {
        "$schema": DIALECT,
        "title": "数据校验报告",
        "description": "One judged file; exchange check --format json prints one object a line.",
        **_object(
            {
                "stamp": _stamp(),
                "input": _object({"file": TEXT, "table": TEXT, "rows": COUNT, "sha256": _hex(64)}),
                "self_check": {"type": "string", "pattern": "^ZC1-"},
                "counts": _object(
                    dict.fromkeys(("pass", "fail", "not_applicable", "not_checked"), COUNT)
                ),
                "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
            },
            # findings of a long file that are counted (counts.fail has all) and not listed
            not_listed={"type": "integer", "minimum": 1},
        ),
        "$defs": {"finding": finding_schema()},
    }


def finding_schema() -> dict[str, Any]:
    """The schema of a finding, the same in reports, in the store and in notices."""
    texts = {"type": "array", "items": TEXT}
    return {
        "description": "One rule that one record failed. Personal values are masked.",
        **_object(
            {
                "rule": TEXT,
                "version": {"type": "integer", "minimum": 1},
                "consequence": {"enum": list(get_args(Consequence))},
                "table": TEXT,
                "table_name": TEXT,
                "row": {"type": "integer"},
                "key": {"type": "object", "additionalProperties": OPTIONAL_TEXT},
                "fields": texts,
                "field_names": texts,
                "value": OPTIONAL_TEXT,
                "expected": OPTIONAL_TEXT,
                "message": TEXT,
                "why": TEXT,
                "fix": TEXT,
                "where": TEXT,
                "clause": TEXT,
                "owner": {"enum": list(get_args(Owner))},
                "siblings": texts,
                "waived": {"anyOf": [{"type": "null"}, _waived()]},
            }
        ),
    }


def _waived() -> dict[str, Any]:
    return _object(
        {
            "consequence": {"enum": ["reject", "rectify"]},
            "reason": TEXT,
            "signer": TEXT,
            "from": {"type": "string", "format": "date"},
            "until": {"type": "string", "format": "date"},
        }
    )


def _stamp() -> dict[str, Any]:
    return _object(
        {
            "standard": TEXT,
            "overlay": TEXT,
            "ruleset": _hex(16),
            "codelists": TEXT,
            "engine": TEXT,
        }
    )


def _hex(length: int) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[0-9a-f]{{{length}}}$"}


def _object(properties: dict[str, Any], **optional: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**properties, **optional},
        "required": list(properties),
        "additionalProperties": False,
    }
