"""What grants of MariaDB and MySQL say about writing."""

from __future__ import annotations

import pytest

from connectors.account_rights import _mysql


@pytest.mark.parametrize(
    ("grant", "found"),
    [
        ("GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD '*AB'", []),
        ("GRANT SELECT, SHOW VIEW ON `front`.* TO `r`@`%`", []),
        ("GRANT SELECT (`A`, `B`) ON `front`.`T` TO `r`@`%`", []),
        ("GRANT ALL PRIVILEGES ON `front`.* TO `r`@`%`", ["ALL PRIVILEGES on `front`.*"]),
        ("GRANT SELECT, INSERT (`A`) ON `front`.`T` TO `r`@`%`", ["INSERT on `front`.`T`"]),
        ("GRANT PROCESS, SUPER ON *.* TO `r`@`%`", ["SUPER on *.*"]),
    ],
)
def test_rights(grant: str, found: list[str]) -> None:
    """Reading and looking on are harmless, everything else is named with its place."""
    assert _mysql([grant]) == (found, [])


def test_roles_are_unclear() -> None:
    """Rights by a role cannot be told from the grant itself: a person is asked."""
    found, unclear = _mysql(["GRANT `clerk` TO `r`@`%`", "SET DEFAULT ROLE `clerk` FOR `r`@`%`"])
    assert found == []
    assert len(unclear) == 1
