"""Whole lives of projects: order, references, process rules, the tables they pass through."""

from collections import Counter, defaultdict
from datetime import datetime
from random import Random

import pytest

import schemas
from schemas.calendar import china
from schemas.sample import Event, UnknownKindError, flow_setup, kinds, story
from schemas.sample.life.courses import Course, steps
from schemas.standard import Standard

DIVISION = "420602"
START = datetime(2024, 3, 5, 9, 0)  # noqa: DTZ001 – wall time, as records have it
SETUP = datetime(2024, 1, 5, 9, 0)  # noqa: DTZ001 – wall time, as records have it
VERSIONS = ("2.0", "3.0")
LAST = {"2", "4", "5", "11", "12", "13", "14"}


World = tuple[Standard, list[Event], list[list[Event]]]


def lives(version: str, *, seeds: int = 3) -> list[list[Event]]:
    """Lives of every kind."""
    standard = schemas.load(version)
    return [
        story(standard, DIVISION, Random(seed), START, kind=kind)
        for kind in kinds()
        for seed in range(seeds)
    ]


@pytest.fixture(scope="module", params=VERSIONS)
def world(request: pytest.FixtureRequest) -> World:
    """A version with its set-up and a few lives of every kind."""
    standard = schemas.load(request.param)
    return standard, flow_setup(standard, DIVISION, Random(1), SETUP), lives(request.param)


def filled(record: dict[str, str | None]) -> dict[str, str]:
    """The record with empty text for empty cells."""
    return {code: text or "" for code, text in record.items()}


def steps_of(events: list[Event]) -> dict[str, list[tuple[str, str]]]:
    """The steps of each case, in the order in which they were written."""
    cases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event in events:
        if event.table == "SPGL_XMSPSXBLXXXXB":
            record = filled(event.record)
            cases[record["SPSXSLBM"]].append((record["BLZT"], record["BLSJ"]))
    return cases


def test_events_stand_in_order_of_time(world: World) -> None:
    """Events of a set-up and of a story never go back in time."""
    _, setup, stories = world
    for events in (setup, *stories):
        moments = [event.at for event in events]
        assert moments == sorted(moments)


def test_references_point_to_rows_told_before(world: World) -> None:
    """Every filled reference names a valid row of the set-up or of the same story, told before."""
    standard, setup, stories = world
    for events in stories:
        told: dict[str, set[object]] = defaultdict(set)
        for event in (*setup, *events):
            table = standard.table(event.table)
            for reference in table.references:
                values = tuple(event.record[code] for code in reference.fields)
                if all(values):
                    assert (reference.to_fields, values) in told[reference.table], event
            for child in standard.tables.values():
                for reference in child.references:
                    if reference.table == table.code:
                        key = tuple(event.record[code] for code in reference.to_fields)
                        told[table.code].add((reference.to_fields, key))


def test_business_keys_are_unique_among_valid_rows(world: World) -> None:
    """A business key and a local key occur once among the valid rows of a table."""
    standard, setup, stories = world
    for events in stories:
        keys: Counter[object] = Counter()
        locals_: Counter[object] = Counter()
        withdrawn: Counter[object] = Counter()
        for event in (*setup, *events):
            key = (event.table, *(event.record[code] for code in standard.table(event.table).key))
            if event.record["SJYXBS"] == "0":
                withdrawn[key] += 1
                continue
            keys[key] += 1
            locals_[event.table, event.record["DFSJZJ"]] += 1
        assert all(keys[key] <= 1 + withdrawn[key] for key in keys)
        assert sum(count > 1 for count in locals_.values()) == len(withdrawn)


def test_business_times_are_not_after_their_event(world: World) -> None:
    """What a row says has happened lies not after the moment it was written."""
    standard, setup, stories = world
    for event in (*setup, *(event for events in stories for event in events)):
        for field in standard.table(event.table).fields:
            text = event.record[field.code]
            if field.type == "datetime" and text:
                assert datetime.strptime(text, "%Y-%m-%d %H:%M:%S") <= event.at


def test_cases_follow_the_process_rules(world: World) -> None:
    """PRC-001 to PRC-013 hold for every case of every story."""
    _, _, stories = world
    for events in stories:
        for told in steps_of(events).values():
            codes = [code for code, _ in told]
            times = [time for _, time in told]
            assert times == sorted(set(times))
            assert codes[0] == "1"
            assert codes.count("1") == 1
            assert set(codes[-1:]) & LAST or codes[-2:] == ["11", "15"]
            assert not LAST & set(codes[:-1]) or codes[-1] == "15"
            assert not ({"11", "12", "13"} & set(codes)) or "3" in codes
            assert not ({"4", "5"} & set(codes)) or "3" not in codes
            assert codes.count("9") == codes.count("10")
            assert "8" not in codes or codes.index("8") > codes.index("3")
            assert "7" not in codes or codes.index("7") > codes.index("6")


def test_passed_cases_have_documents_and_procedures_their_rows(world: World) -> None:
    """A pass leaves a document unless the item has none; a start of a special procedure its row."""
    _, _, stories = world
    for events in stories:
        rows = defaultdict(set)
        for event in events:
            rows[event.table].add(event.record.get("SPSXSLBM"))
        without_result = 0
        for case, told in steps_of(events).items():
            codes = {code for code, _ in told}
            if codes & {"11", "12"} and case not in rows["SPGL_XMSPSXPFWJXXB"]:
                without_result += 1
            assert ("9" in codes) == (case in rows["SPGL_XMSPSXBLTBCXXXB"])
        assert without_result <= 1


def test_permits_agree_with_the_project() -> None:
    """Land, areas and codes of permits are those of project and buildings (PER-010 to PER-018)."""
    for events in lives("3.0"):
        rows = defaultdict(list)
        for event in events:
            rows[event.table].append(filled(event.record))
        project = rows["SPGL_XMJBXXB"][0]
        land = rows["SPGL_JSYDGHXKXXB"][0]
        assert (land["YDMJ"], land["TDHQFS"]) == (project["YDMJ"], project["TDHQFS"])
        for permit in rows["SPGL_JZGCSGXKXXB"] + rows["SPGL_JSGCJGYSBAXXB"]:
            own = [row for row in rows["SPGL_XMDTXXB"] if row["SPSXSLBM"] == permit["SPSXSLBM"]]
            assert own
            if permit["ZJZMJ"]:
                areas = [float(row["JZMJ"]) for row in own]
                assert float(permit["ZJZMJ"]) == pytest.approx(sum(areas), abs=0.01)
        for row in rows["SPGL_XMDTXXB"]:
            assert row["GCYT"][:2] == project["GCHYFL"].zfill(2)


def test_stories_cover_the_tables_promised() -> None:
    """A few stories and the set-up pass through at least 20 tables of 3.0 and 12 of 2.0."""
    for version, promised in (("3.0", 30), ("2.0", 15)):
        standard = schemas.load(version)
        tables = {event.table for event in flow_setup(standard, DIVISION, Random(1), SETUP)}
        for events in lives(version, seeds=2):
            tables |= {event.table for event in events}
        assert len(tables) >= promised


def test_people_work_on_working_days(world: World) -> None:
    """Steps are taken on working days in office hours."""
    _, _, stories = world
    for events in stories:
        for told in steps_of(events).values():
            for _, text in told:
                at = datetime.fromisoformat(text)
                assert china().is_working(at.date())
                assert 8 <= at.hour < 18


def test_same_seed_same_story() -> None:
    """The same seed tells the same story, event by event."""
    standard = schemas.load("3.0")
    first, again = (story(standard, DIVISION, Random(9), START) for _ in range(2))
    assert first == again


def test_a_story_can_end_early() -> None:
    """A life told up to a stage has no rows of later ones and is not marked as finished."""
    standard = schemas.load("3.0")
    events = story(standard, DIVISION, Random(2), START, kind="private_building", stages=2)
    assert {event.record.get("XMSFWQBJ") for event in events} <= {None, "0"}
    assert "SPGL_JZGCSGXKXXB" not in {event.table for event in events}


def test_every_course_keeps_to_its_end() -> None:
    """Each course ends with its own last status, within the promised time."""
    ends = {course: steps(Random(1), course, START, 10)[-1][0] for course in Course}
    assert ends == {
        Course.PASSED: "11",
        Course.CORRECTED: "11",
        Course.SPECIAL: "11",
        Course.DEFICIENT: "12",
        Course.FAILED: "13",
        Course.WITHDRAWN: "2",
        Course.DECLINED: "4",
        Course.REFUSED: "5",
        Course.TAKEN_BACK: "14",
        Course.REVOKED: "15",
    }


def test_an_unknown_kind_is_refused() -> None:
    """A kind that is not in the catalogue is an error that lists those there are."""
    with pytest.raises(UnknownKindError, match="government_building"):
        story(schemas.load("3.0"), DIVISION, Random(1), START, kind="castle")
