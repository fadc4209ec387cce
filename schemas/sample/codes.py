"""Numbers with right check digits: organisations, persons, projects, certificates, permits.

Every number is drawn from the given random, or made from the division and a name where the same
office must keep its number; none is taken from life.
"""

from __future__ import annotations

from datetime import datetime
from random import Random
from zlib import crc32

from schemas import check_digits
from schemas.sample.places import place

_CERTIFICATE_ROOT = "1.2.156.3005.2"
#: The body that owns the list of certificate types, a published example code.
_CERTIFICATE_OWNER = "11100000000013338W"
_PERMITS = {
    "land": "地字第{division}{year}YG{number:07d}号",
    "planning": "建字第{division}{year}GG{number:07d}号",
    "construction": "{division}{day}{pair:02d}01",
    "drawings": "{division}ST{day}{number:05d}",
    "completion": "{division}JG{day}{number:05d}",
    "fire_filing": "{division}XF{day}{number:05d}",
    "sale": "（{year}）房预售证第{number}号",
}


def key(rng: Random) -> str:
    """A key of 32 hexadecimal digits, as local systems give rows and files."""
    return f"{rng.getrandbits(128):032x}"


def serial(rng: Random, division: str, at: datetime, sort: str) -> str:
    """A number of a local register: division, sort (BJ case, ST review, …), day, sequence."""
    return f"{division}{sort}{at:%Y%m%d}{rng.randrange(10**8):08d}"


def company(rng: Random, division: str) -> str:
    """The unified social credit code of an enterprise registered in the division."""
    body = "MA" + "".join(rng.choice(check_digits.USCC_ALPHABET) for _ in range(6))
    return _credit("91" + division, body)


def department(division: str, office: str) -> str:
    """The full name of an office of a division, as in 某县水利局."""
    return place(division).name + office


def office(division: str, name: str) -> str:
    """The unified social credit code of an organ of the state; the same name keeps its code."""
    return _credit("11" + division, f"{crc32(name.encode()) % 10**8:08d}")


def resident(rng: Random, division: str) -> str:
    """A resident identity number of an adult."""
    born = f"{rng.randint(1960, 1999)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = f"{division}{born}{rng.randint(1, 999):03d}"
    return body + check_digits.resident(body)


def mobile(rng: Random) -> str:
    """A mobile number of eleven digits."""
    return f"1{rng.choice('35789')}{rng.randrange(10**9):09d}"


def project(rng: Random, division: str, at: datetime) -> str:
    """The unified project code of 24 characters, given in the month of ``at``."""
    body = f"{at:%y%m}{division}04{rng.choice(('01', '05'))}{rng.randrange(10**5):05d}"
    digits = body + check_digits.mod_11_10(body)
    return "-".join((digits[:4], digits[4:10], digits[10:12], digits[12:14], digits[14:]))


def unit_of(project_code: str) -> str:
    """The engineering code of the first unit of a project."""
    return f"{project_code}-01"


def building(project_code: str, number: int) -> str:
    """The code of a single work; the same in every stage."""
    return f"{project_code.replace('-', '')}{number:03d}"


def item(division: str, number: int) -> str:
    """The local code of an approval item."""
    return f"{division}SX{number:03d}"


def material(item_code: str, number: int) -> str:
    """The catalogue number of a material of an item."""
    return f"{item_code}-{number:02d}"


def document(rng: Random, at: datetime) -> str:
    """A document number after GB/T 9704: letters of the office, year, number."""
    office_letters = rng.choice(("建审批", "自然资许", "发改审批"))
    return f"{office_letters}\u3014{at.year}\u3015{rng.randint(1, 99999)}号"


def permit(rng: Random, division: str, at: datetime, sort: str) -> str:
    """The number of a permit or filing; ``sort`` is a key of the table above."""
    return _PERMITS[sort].format(
        division=division,
        year=at.year,
        day=f"{at:%Y%m%d}",
        number=rng.randint(1, 99999),
        pair=rng.randint(1, 99),
    )


def certificate(rng: Random, issuer: str, at: datetime) -> str:
    """An electronic certificate identifier after GB/T 36904."""
    parts = (
        f"{_CERTIFICATE_OWNER}{rng.randint(1, 200):03d}",
        issuer,
        f"{at:%Y%m%d}{rng.randrange(10**6):06d}",
        "001",
    )
    check = check_digits.mod_37_36("".join(parts))
    return ".".join((_CERTIFICATE_ROOT, *parts, check))


def real_estate(rng: Random, division: str) -> str:
    """A real-estate unit code of 28 characters."""
    land = f"{division}{rng.randint(1, 99):03d}{rng.randint(1, 99):03d}GB"
    return f"{land}{rng.randint(1, 99999):05d}F{rng.randint(1, 99999999):08d}"


def _credit(head: str, body: str) -> str:
    """A credit code from its first eight characters and eight of the organisation."""
    code = head + body + check_digits.organisation(body)
    return code + check_digits.uscc(code)
