"""What people read, kept as files: a difference is either a mistake or a decision.

``SPGL_WRITE_GOLDENS=1 pytest …`` writes the files anew; look at the difference before committing.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """Assert that the text is that of ``tests/golden/<name>``."""
    path = FOLDER / name
    if os.environ.get("SPGL_WRITE_GOLDENS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"differs from tests/golden/{name}"
