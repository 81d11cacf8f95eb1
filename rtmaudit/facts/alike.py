"""Which of many patients get the same answer to a question, before anybody is asked.

An answer hangs on little: a paper on a few cells of the roster, a count of days on its window and
on how many bits are set under a mask. Those with the same key get the same answer, which is made
once (`measure`); a patient about whom something is in doubt is asked alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from rtmaudit.facts import alike_counts as counts
from rtmaudit.facts import alike_papers as papers
from rtmaudit.facts.cohort import Alike, Cohort
from rtmaudit.facts.keys import Ints, Keys, Windows
from rtmaudit.model import FactName, FactRef


def alike(cohort: Cohort, ref: FactRef, count: int | None, who: Ints, windows: Windows) -> Keys:
    """The keys of a fact; with a `count`, of the day on which it was reached."""
    if count is None:
        return ALIKE[ref.name](cohort, ref, who, windows)
    if ref.name is FactName.READING_DAYS:
        return counts.day_reached(cohort, ref, count, who, windows)
    if ref.name is FactName.DAYS_TO_VISIT:
        return papers.cells("visited_on")(cohort, ref, who, windows)
    return ALIKE[ref.name](cohort, ref, who, windows)


ALIKE: Mapping[FactName, Alike] = {
    FactName.READING_DAYS: counts.reading_days,
    FactName.READINGS: counts.readings,
    FactName.MANAGEMENT_MINUTES: counts.minutes,
    FactName.LIVE_CONTACTS: counts.contacts,
    FactName.VISITS: counts.visits,
    FactName.ASSISTANT_PERCENT: counts.assistants,
    FactName.DAYS_TO_VISIT: papers.since_discharge("visited_on"),
    FactName.BUSINESS_DAYS_TO_CONTACT: papers.since_discharge("contacted_on"),
    FactName.MONITORED: papers.systems,
    FactName.CHRONIC_CONDITIONS: papers.cells("conditions"),
    FactName.DIAGNOSES: papers.cells("conditions"),
    FactName.BILLER_TYPE: papers.cells("biller_type"),
    FactName.DISCIPLINE: papers.cells("discipline", own=True),
    FactName.PLAN_OF_CARE: papers.cells("plan_of_care_from", "plan_of_care_to"),
    FactName.CONSENT_DATE: papers.cells("consent_on", own=True),
    FactName.ORDER_DATE: papers.cells("order_on"),
    FactName.CARE_PLAN_DATE: papers.cells("care_plan_on"),
    FactName.INITIATING_VISIT_DATE: papers.cells("initiating_visit_on"),
    FactName.MDM: papers.cells("mdm"),
    FactName.ESTABLISHED: papers.cells("established"),
    FactName.HIGH_RISK: papers.cells("high_risk"),
    FactName.QMB: papers.cells("qmb"),
    FactName.ALIVE: papers.cells("died_on", windowed=True),
    FactName.ENROLLED: papers.in_a_program,
    FactName.PROGRAM_MONTH: papers.program_month,
    FactName.PLACE_OF_SERVICE: papers.cells("place_of_service"),
    FactName.SURGICAL_PERIOD: papers.cells(
        "surgery_on", "global_days", "surgery_related", windowed=True
    ),
    FactName.THERAPY_AMOUNT: papers.cells("therapy_amount_to_date"),
}
"""By what each fact is alike. A test holds these equal to the vocabulary."""
