"""Facts: what is known about one patient in one window, as intervals with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rtmaudit.facts import counts, papers
from rtmaudit.facts.alike import alike
from rtmaudit.facts.cohort import Cohort
from rtmaudit.facts.keys import Ints, Keys, Windows
from rtmaudit.facts.known import Known
from rtmaudit.facts.papers import Measure, paper_of, yes_no
from rtmaudit.model import DataDays, Fact, FactName, FactRef, Window


class Facts(Known):
    """Everything that was counted, and how to ask for it."""

    def measure(self, patient: str, ref: FactRef, window: Window) -> Fact:
        """One fact of one patient in one window."""
        return MEASURES[ref.name](self, patient, ref, window)

    def cohort(self, patients: Sequence[str]) -> Cohort:
        """Some patients, of whom the same will be asked."""
        return Cohort(self, patients)

    def alike(
        self,
        cohort: Cohort,
        ref: FactRef,
        count: int | None,
        who: Ints,
        windows: Windows,
    ) -> Keys:
        """Who of a cohort gets the same answer to `measure`, or to `day_reached` of a count."""
        return alike(cohort, ref, count, who, windows)

    def data_days(self, patient: str, ref: FactRef) -> DataDays | None:
        """The days with device data that a fact counts; None without an export of readings."""
        return counts.data_days(self, patient, ref)

    def day_reached(self, patient: str, ref: FactRef, count: int, window: Window) -> date | None:
        """The day on which a fact came to be: a count of days or of visits stood at `count` for
        the first time, or the visit after a discharge took place."""
        if ref.name is FactName.DAYS_TO_VISIT:
            return self.roster.any_line(patient, ref.program).day("visited_on")
        reached = counts.visit_day if ref.name is FactName.VISITS else counts.reading_day
        return reached(self, patient, ref, count, window)


MEASURES: Mapping[FactName, Measure] = {
    FactName.READING_DAYS: counts.reading_days,
    FactName.READINGS: counts.readings,
    FactName.MANAGEMENT_MINUTES: counts.management_minutes,
    FactName.LIVE_CONTACTS: counts.live_contacts,
    FactName.VISITS: counts.visits,
    FactName.ASSISTANT_PERCENT: counts.assistant_percent,
    FactName.DAYS_TO_VISIT: papers.days_to_visit,
    FactName.BUSINESS_DAYS_TO_CONTACT: papers.business_days_to_contact,
    FactName.MONITORED: papers.monitored,
    FactName.CHRONIC_CONDITIONS: papers.chronic_conditions,
    FactName.DIAGNOSES: papers.diagnoses,
    FactName.BILLER_TYPE: papers.biller_type,
    FactName.DISCIPLINE: papers.discipline,
    FactName.PLAN_OF_CARE: papers.plan_of_care,
    FactName.CONSENT_DATE: paper_of("consent_on"),
    FactName.ORDER_DATE: paper_of("order_on"),
    FactName.CARE_PLAN_DATE: paper_of("care_plan_on"),
    FactName.INITIATING_VISIT_DATE: paper_of("initiating_visit_on"),
    FactName.MDM: paper_of("mdm"),
    FactName.ESTABLISHED: yes_no("established"),
    FactName.HIGH_RISK: papers.high_risk,
    FactName.QMB: yes_no("qmb", empty=False),
    FactName.ALIVE: papers.alive,
    FactName.ENROLLED: papers.enrolled,
    FactName.PROGRAM_MONTH: papers.program_month,
    FactName.PLACE_OF_SERVICE: papers.place_of_service,
    FactName.SURGICAL_PERIOD: papers.surgical_period,
    FactName.THERAPY_AMOUNT: papers.therapy_amount,
}
"""How each fact is measured. A test holds these equal to the vocabulary."""

COUNTED = frozenset(
    {
        FactName.READING_DAYS,
        FactName.READINGS,
        FactName.MANAGEMENT_MINUTES,
        FactName.LIVE_CONTACTS,
        FactName.VISITS,
        FactName.ASSISTANT_PERCENT,
    }
)
"""What is counted of the lines about a patient; all else is looked up on the roster."""

OF_A_WINDOW = COUNTED | {
    FactName.ALIVE,
    FactName.PROGRAM_MONTH,
    FactName.SURGICAL_PERIOD,
    FactName.DAYS_TO_VISIT,
    FactName.BUSINESS_DAYS_TO_CONTACT,
}
"""What may differ from window to window."""
