"""What codes are estimated to pay, and what is at stake."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    command,
    findings,
    holds,
    one_sentence,
    readings,
    time_log,
)
from rulebooks import shipped_rules

from rtmaudit.config import Indices, Rates
from rtmaudit.fees import Fees, read_fees
from rtmaudit.rulebook.rates import read_rates
from rtmaudit.shipped import shipped

MARCH, AUGUST = date(2026, 3, 31), date(2026, 8, 31)
GPCI = """\
"ADDENDUM E. FINAL CY 2026 GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND LOCALITY",,,,,,,

Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,\
2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI
06302,WI,0,WISCONSIN,0.962,1.000,0.958,0.308
09102,FL,04,MIAMI,0.992,1.000,1.031,2.456
"""


def fees(folder: Path = Path(), **chosen: Any) -> Fees:
    return read_fees(shipped("rules"), Rates(**chosen), folder)


def amount(fees: Fees, code: str, place: str = "11", on: date = MARCH, payer: str = "") -> str:
    return str(fees.price(code, on, place, payer).each)


# ---- Medicare's rates: the amounts of the reference's section 9 ----


@pytest.mark.parametrize(
    ("code", "non_facility", "facility", "qualifying"),
    [
        ("98975", "21.71", "None", "21.82"),
        ("98976", "52.11", "None", "52.37"),
        ("98977", "51.44", "None", "51.69"),
        ("98979", "26.39", "11.36", "26.52"),
        ("98980", "54.11", "25.72", "54.38"),
        ("98981", "41.42", "25.38", "41.62"),
        ("99091", "55.45", "47.43", "55.72"),
        ("99457", "51.77", "26.39", "52.03"),
        ("99474", "18.37", "8.02", "18.46"),
        ("99487", "144.29", "79.16", "145.01"),
        ("99490", "66.13", "43.76", "66.46"),
        ("99496", "298.60", "166.34", "300.09"),
        ("G0556", "16.37", "11.02", "16.45"),
        ("G0568", "161.66", "81.83", "162.47"),
    ],
)
def test_national_amounts(code: str, non_facility: str, facility: str, qualifying: str) -> None:
    assert amount(fees(), code) == non_facility
    assert amount(fees(), code, place="22") == facility
    assert amount(fees(qualifying_apm=True), code) == qualifying


def test_a_locality_by_its_indices() -> None:
    """Wisconsin, as the payment facts of the reference compute it."""
    indices = Indices(work="1.000", practice_expense="0.958", malpractice="0.308")  # type: ignore[arg-type]
    mine = fees(locality=indices)
    assert [amount(mine, code) for code in ("99492", "99493", "99494")] == [
        "153.19",
        "138.71",
        "58.72",
    ]


@pytest.mark.parametrize("name", ["WI 00", "06302 00"])
def test_a_locality_of_the_file_of_cms_has_the_work_index_with_its_floor(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "GPCI2026.csv").write_text(GPCI)
    mine = fees(tmp_path, gpci="GPCI2026.csv", locality=name)
    assert amount(mine, "99492") == "153.19"
    assert f", {name}, non-facility" in mine.price("99492", MARCH, "11", "").basis


def test_a_locality_that_is_not_there_is_named_and_amounts_are_left_empty(tmp_path: Path) -> None:
    (tmp_path / "GPCI2026.csv").write_text(GPCI)
    mine = fees(tmp_path, gpci="GPCI2026.csv", locality="TX 11")
    assert mine.told == ["GPCI2026.csv has no locality TX 11; amounts are left empty"]
    assert amount(mine, "98980") == "None"


def test_indices_of_another_year_give_no_amount(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(GPCI.replace("2026 P", "2025 P").replace("2026 M", "2025 M"))
    mine = fees(tmp_path, gpci="g.csv", locality="WI 00")
    found = mine.price("98980", MARCH, "11", "")
    assert (found.each, found.basis) == (None, "the locality's indices are of 2025")


def test_contractor_priced_codes_and_codes_of_no_file_have_no_amount_and_say_so() -> None:
    mine = fees()
    assert mine.price("98978", MARCH, "11", "").basis.startswith("contractor-priced")
    assert mine.price("G0511", MARCH, "11", "").basis == "not in RVU26C, July 2026"
    assert mine.price("98980", date(2025, 12, 31), "11", "").basis == "no rates of 2025 at hand"
    assert [mine.price(c, MARCH, "11", "").each for c in ("98978", "G0511")] == [None, None]


def test_an_amount_says_whether_its_file_was_in_force_that_day() -> None:
    mine = fees()
    assert "was not at hand" in mine.price("98980", MARCH, "11", "").basis
    assert "was not at hand" not in mine.price("98980", AUGUST, "11", "").basis
    assert mine.price("98980", AUGUST, "11", "").basis.startswith("estimate")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("11", "national, non-facility"),
        ("10", "national, non-facility"),
        ("02", "national, facility"),
        ("22", "national, facility"),
        ("", "non-facility because the place of service is not on file"),
        ("the office", "non-facility because the place of service is no code of two digits"),
    ],
)
def test_the_place_of_service_chooses_the_expense(place: str, said: str) -> None:
    assert fees().price("98980", AUGUST, place, "").basis.endswith(said)


# ---- the practice's own schedule ----

SCHEDULE = """\
code,amount,payer,place,from,to
98980,60.00,,,,
98980,"$1,070.50",Blue Plan,,,
98980,40,,facility,,
98980,61.10,,,2026-04-01,
98981,,,,,
"""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ("60.00", 2)),
        ({"payer": "blue plan"}, ("1070.50", 3)),
        ({"place": "22"}, ("40.00", 4)),
        ({"place": "22", "payer": "Blue Plan"}, ("1070.50", 3)),
        ({"on": AUGUST}, ("61.10", 5)),
    ],
)
def test_the_schedule_overrides_and_its_most_exact_line_counts(
    tmp_path: Path, asked: dict[str, Any], expected: tuple[str, int]
) -> None:
    (tmp_path / "fees.csv").write_text(SCHEDULE)
    mine = fees(tmp_path, schedule="fees.csv")
    assert amount(mine, "98980", **asked) == expected[0]
    basis = mine.price(
        "98980", asked.get("on", MARCH), asked.get("place", "11"), asked.get("payer", "")
    ).basis
    assert basis == f"estimate by the practice's own schedule (fees.csv:{expected[1]})"


def test_a_code_that_the_schedule_lacks_is_named_and_left_empty(tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_text(SCHEDULE)
    mine = fees(tmp_path, schedule="fees.csv")
    assert amount(mine, "98977") == amount(mine, "98981") == "None"
    assert list(mine.lacking) == [
        ("98977", "not in fees.csv"),
        ("98981", "left empty in fees.csv:6"),
    ]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("code,price\n98980,1\n", ["fees.csv:1", "code and amount"]),
        ("code,amount\n98980,sixty\n", ["fees.csv:2", "amount", "like 51.44"]),
        ("code,amount\n98980,-3\n", ["fees.csv:2", "amount"]),
        ("code,amount\n98980,1.234\n", ["fees.csv:2", "amount"]),
        ("code,amount\n8980,60\n", ["fees.csv:2", "code"]),
        ("code,amount\n98980,60\n98980,61\n", ["fees.csv:3", "line 2"]),
        ("code,amount,from\n98980,60,March\n", ["fees.csv:2", "from", "2026-03-20"]),
        ("code,amount,place\n98980,60,office\n", ["fees.csv:2", "place", "non_facility"]),
        ("code,amount\n98980\n", ["fees.csv:2", "number of cells"]),
        (b"code,amount\n98980,\xff\n", ["fees.csv", "CSV"]),
        ("", ["fees.csv:1", "header"]),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_with_its_line(
    practice: Practice, content: str | bytes, parts: list[str]
) -> None:
    practice.write("fees.csv", content)
    practice.configure(ZONE + BY_MONTH + "rates: {schedule: fees.csv}\n")
    said = practice.refusal("--fees")
    one_sentence(said, *parts)
    assert "sixty" not in said


def test_a_schedule_that_is_not_there_is_refused(practice: Practice) -> None:
    practice.configure(ZONE + BY_MONTH + "rates: {schedule: none.csv}\n")
    one_sentence(practice.refusal("--fees"), "none.csv")


@pytest.mark.parametrize(
    ("rates", "part"),
    [
        ("{locality: WI 00}", "gpci file"),
        ("{gpci: g.csv}", "locality"),
        ("{locality: {work: '1', practice_expense: '0.958'}}", "malpractice"),
        ("{locality: {work: high, practice_expense: '1', malpractice: '1'}}", "work"),
        ("{locality: {work: '0', practice_expense: '1', malpractice: '1'}}", "work"),
    ],
)
def test_rates_that_make_no_sense_are_refused(practice: Practice, rates: str, part: str) -> None:
    practice.configure(ZONE + BY_MONTH + f"rates: {rates}\n")
    assert part in practice.fault("--fees")


@pytest.mark.parametrize("content", ["nothing\n", "", GPCI.replace("0.958", "dear"), b"\xff\n"])
def test_a_file_of_indices_that_is_none_is_refused(
    practice: Practice, content: str | bytes
) -> None:
    practice.write("g.csv", content)
    practice.configure(ZONE + BY_MONTH + "rates: {gpci: g.csv, locality: WI 00}\n")
    one_sentence(practice.refusal("--fees"), "g.csv")


# ---- the whole way ----


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path / "march")
    made.folder.mkdir()
    made.configure(ZONE + BY_MONTH)
    made.write("readings.csv", readings(*(f"P1,2026-03-{day:02}" for day in range(1, 17))))
    made.write("time_log.csv", time_log("P1,2026-03-03,25,rtm,live_audio"))
    return made


def test_nothing_is_estimated_unless_asked_for(practice: Practice) -> None:
    document = practice.document()
    assert document["amounts"] == []
    assert {each["amount"] for each in findings(document, "P1")} == {None}
    assert "$" not in practice.audit("--format", "table").out


def test_amounts_stand_in_the_document_the_views_and_on_the_terminal(practice: Practice) -> None:
    document = practice.document("--fees")
    (patient,) = document["patients"]
    ready = {f["code"]: f["amount"] for f in findings(document, "P1") if f["verdict"] == "ready"}
    assert ready == {"98977": "51.44", "98980": "54.11"}
    assert patient["amount_ready"] == "105.55"
    lower = {a["code"]: a["amount"] for f in findings(document, "P1") for a in f["alternatives"]}
    assert lower == {"98985": "51.44", "98979": "26.39"}
    assert document["amounts"][0].startswith("estimates, before coinsurance")
    (row,) = csv.DictReader(io.StringIO(practice.audit("--fees", "--view", "patients").out))
    assert (row["amount_ready"], row["amount_at_stake"]) == ("105.55", "")
    rows = list(csv.DictReader(io.StringIO(practice.audit("--fees", "--view", "codes").out)))
    assert rows[0]["alternatives"] == "98985 x1 $51.44"
    assert rows[0]["amount_basis"].startswith("estimate at Medicare's rates (RVU26C, July 2026;")
    table = practice.audit("--fees", "--format", "table").out
    assert "Ready $" in table
    assert "105.55" in table


def test_units_count_and_fees_may_stand_in_the_configuration(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,85,rtm,live_audio"))
    practice.configure(ZONE + BY_MONTH + "fees: true\n")
    document = practice.document()
    amounts = {f["code"]: f["amount"] for f in findings(document, "P1") if f["units"]}
    assert amounts["98981"] == "124.26"


def test_a_code_without_an_amount_is_told_once(practice: Practice) -> None:
    practice.write(
        "readings.csv",
        readings(
            *(
                f"{p},2026-03-{d:02},cognitive_behavioral"
                for p in ("P1", "P2")
                for d in range(1, 17)
            )
        ),
    )
    document = practice.document("--fees")
    told = [each for each in document["amounts"] if "98978" in each]
    assert told == ["none for 98978: contractor-priced: there is no national amount"]


def test_the_schedule_is_no_export_and_is_never_written_over(practice: Practice) -> None:
    path = practice.write("fees.csv", SCHEDULE)
    practice.configure(ZONE + BY_MONTH + "rates: {schedule: fees.csv}\n")
    run = practice.audit("--fees", "--format", "json")
    assert "Not read" not in run.err
    assert {f["code"]: f["amount"] for f in findings(run.document, "P1")}["98980"] == "60.00"
    one_sentence(practice.fault("--fees", "-o", path), "is one of the inputs")


# ---- what is at stake ----


def stake(practice: Practice, as_of: str) -> tuple[str | None, str | None]:
    practice.options = ["--month", "2026-03", "--as-of", as_of]
    (patient,) = practice.document("--fees")["patients"]
    return patient["amount_ready"], patient["amount_at_stake"]


def test_a_higher_tier_of_the_same_price_puts_nothing_at_stake(practice: Practice) -> None:
    """12 days by the 20th: 98985 is certain and 98977 pays the same; 25 minutes are 98980, and one
    unit of 98981 may still come."""
    practice.write("readings.csv", readings(*(f"P1,2026-03-{day:02}" for day in range(1, 13))))
    ready, at_stake = stake(practice, "2026-03-20")
    assert ready == "54.11"
    assert at_stake == str(Decimal("51.44") + Decimal("41.42"))


def test_ten_minutes_become_twenty(practice: Practice) -> None:
    """98979 is certain, 98980 pays more, and with it a unit of 98981: what may come is the best set
    less nothing, since none of it is ready."""
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,live_audio"))
    ready, at_stake = stake(practice, "2026-03-20")
    assert (ready, at_stake) == ("51.44", str(Decimal("54.11") + Decimal("41.42")))


def test_of_two_programs_that_may_not_stand_together_one_is_at_stake() -> None:
    run = command(
        "audit", shipped("samples") / "2026-04", "--month", "2026-04", "--as-of", "2026-05-01",
        "--fees", "--format", "json",
    )  # fmt: skip
    (patient,) = (p for p in run.document["patients"] if p["patient_id"] == "A26")
    assert patient["amount_at_stake"] == "67.80"
    assert patient["why"].endswith("; estimated: CCM $66.13, PCM $67.80")


def test_the_best_set_is_the_most_that_any_choice_pays() -> None:
    """Against trying every set of small cases."""
    from itertools import combinations

    from rtmaudit.fees.worth import _best

    values = {i: Decimal(v) for i, v in enumerate([5, 4, 4, 3, 7, 2])}
    edges = {(0, 1), (0, 2), (1, 3), (2, 4), (4, 5), (3, 4)}

    def against(one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in edges

    every = (
        sum((values[i] for i in chosen), Decimal())
        for size in range(7)
        for chosen in combinations(values, size)
        if not any(against(a, b) for a, b in combinations(chosen, 2))
    )
    assert _best(list(values), values, against) == max(every)


# ---- the rates that ship ----


def test_every_code_of_the_rules_that_is_in_force_has_a_line_in_the_rates() -> None:
    ((_, values),) = read_rates(shipped("rules")).files
    codes = {code for file in shipped_rules().files.values() for code in file.codes}
    assert codes - values.keys() == {"G0511", "G0512"}
    assert values.keys() <= codes


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        ("rates.yaml", 'factor: "33.4009"', "factor: 33.4009", ["rates.yaml", "put it in quotes"]),
        ("rates.yaml", 'factor: "33.4009"', 'factor: "dear"', ["conversion_factor"]),
        ("rates.yaml", "source: rvu26c", "source: rvu27", ["rvu27", "sources"]),
        ("rates-2026.csv", "0.62", "much", ["rates-2026.csv", "relative values"]),
        ("rates-2026.csv", "work_rvu", "work", ["rates-2026.csv", "relative values"]),
    ],
)
def test_rates_that_are_wrong_are_told_by_check(
    tmp_path: Path, file: str, old: str, new: str, parts: list[str]
) -> None:
    shutil.copytree(shipped("rules"), tmp_path / "rules")
    path = tmp_path / "rules/fees" / file
    path.write_text(path.read_text().replace(old, new))
    run = command("check", tmp_path / "rules", shipped("samples"))
    assert run.code == 2
    holds(run.err, *parts)


def test_rules_without_rates_estimate_nothing(tmp_path: Path) -> None:
    shutil.copytree(shipped("rules"), tmp_path / "rules", ignore=lambda *_: ["fees"])
    mine = read_fees(tmp_path / "rules", Rates(), tmp_path)
    assert mine.price("98980", MARCH, "11", "").basis == "no rates of 2026 at hand"


def test_on_eighty_columns_the_next_step_has_room_beside_the_amounts(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    practice.write("time_log.csv", time_log("P1,2026-03-03,9,rtm,live_audio"))
    plain, priced = (practice.audit("--format", "table", *w).out for w in ((), ("--fees",)))
    assert "Minutes" in plain
    assert "Minutes" not in priced
    assert "bill; 98979: 9 of" in priced
    assert max(map(len, priced.splitlines())) <= 80
