"""What is shown of a patient who is asked for by id, beside the findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rtmaudit.exports import Tables
from rtmaudit.facts import COUNTED, Facts, Frames
from rtmaudit.facts.behind import Lines
from rtmaudit.facts.roster import NOBODY
from rtmaudit.facts.shown import Shown, shown
from rtmaudit.judge import Question
from rtmaudit.judge.checks import checks_of
from rtmaudit.judge.readings import of_payer
from rtmaudit.model import (
    Count,
    DataDays,
    Disposition,
    FactName,
    FactRef,
    Finding,
    Program,
    ReasonKind,
    Tally,
    Verdict,
    Window,
)
from rtmaudit.report.chart import Chart, Enrolled, FileLines, SourceTold, Strip
from rtmaudit.rulebook import Rulebook
from rtmaudit.rulebook.schema import SourceNote
from rtmaudit.tables import PATIENTS

Asked = Mapping[tuple[FactRef, Window], None]
_NO_RULE = (ReasonKind.NOT_IN_FORCE, ReasonKind.NOT_PAID)


@dataclass(frozen=True, slots=True)
class Charts:
    """Makes the chart of one patient after the other."""

    book: Rulebook
    tables: Tables
    frames: Frames
    facts: Facts
    lines: Lines

    def of(self, patient: str, question: Question, findings: Sequence[Finding]) -> Chart:
        """Everything that stands behind the findings of a patient."""
        facts, asked = self.facts, _asked(findings)
        question = replace(
            question, measure=lambda ref, window: facts.measure(patient, ref, window)
        )
        told = shown(facts, self.frames, patient)
        files = tuple(files_of(self.tables, patient))
        return Chart(
            roster=tuple(
                (f.name, n) for f in files if f.role == PATIENTS for n in f.became.get("used", ())
            ),
            has_roster=facts.roster.columns is not None,
            enrolled={str(p): self._enrolled(patient, p) for p in question.programs},
            checks={
                i: checks_of(self.book, question, finding) for i, finding in enumerate(findings)
            },
            counts=tuple(self._counts(patient, asked)),
            strips=tuple(self._strips(patient, asked)),
            time=told.time,
            tallies=tuple(_tallies(told, asked)),
            calls=told.calls,
            heard=tuple(
                told.heard(ref, w) for ref, w in asked if ref.name is FactName.LIVE_CONTACTS
            ),
            files=files,
            titles={f.code: self.book.files[f.program].codes[f.code].title for f in findings},
            sources=tuple(self._sources(question, findings)),
        )

    def _enrolled(self, patient: str, program: Program) -> Enrolled:
        line = self.facts.roster.enrolment(patient, program)
        if line is NOBODY:
            return Enrolled()
        place = self.frames.place(PATIENTS, line.cells)
        return Enrolled((place,), line.episode.start, line.episode.end)

    def _counts(self, patient: str, asked: Asked) -> Iterator[Count]:
        for ref, window in asked:
            fact = self.facts.measure(patient, ref, window)
            yield Count(ref, window, fact, self.lines.behind(patient, (ref,), window))

    def _strips(self, patient: str, asked: Asked) -> Iterator[Strip]:
        """The calendars that differ; of systems without any day of data only the first."""
        told: list[tuple[Program, DataDays]] = []
        refs = dict.fromkeys(ref for ref, _ in asked if ref.name is FactName.READING_DAYS)
        strips = [(ref, self.facts.data_days(patient, ref)) for ref in refs]
        strips.sort(key=lambda each: not (each[1] and (each[1].seen or each[1].doubtful)))
        for ref, days in strips:
            empty = days is not None and not days.seen and not days.doubtful
            if days is None or (ref.program, days) in told or (empty and told):
                continue
            told.append((ref.program, days))
            yield Strip(ref.program, ref.systems, days)

    def _sources(self, question: Question, findings: Sequence[Finding]) -> Iterator[SourceTold]:
        """The sources of what is applicable, each once; of all where nothing is."""
        applied = [f for f in findings if f.verdict is not Verdict.NOT_APPLICABLE]
        found = {
            (key, note.title): note
            for finding in applied or findings
            for key, note in self._notes(question, finding)
        }
        for key, title in sorted(found):
            note = found[key, title]
            dated = f"published {note.published}" if note.published else ""
            where = tuple(part for part in (note.cite, note.url, dated) if part)
            yield SourceTold(key, title, where, note.confidence)

    def _notes(self, question: Question, finding: Finding) -> Iterator[tuple[str, SourceNote]]:
        """What the rulebook says of each source of a finding: its own program first."""
        book = of_payer(self.book, question, finding.program, finding.window.end)
        files = [*book.files.values(), book.files[finding.program]]
        known = dict(self.book.concurrency.sources)
        for file in files:
            known |= file.sources
        yield from ((key, known[key]) for key in finding.sources)


def _asked(findings: Sequence[Finding]) -> dict[tuple[FactRef, Window], None]:
    """Every counted fact behind the findings, each once, in their order."""
    return {
        (ref, finding.window): None
        for finding in findings
        if not any(reason.kind in _NO_RULE for reason in finding.reasons)
        for ref in finding.refs
        if ref.name in COUNTED
    }


def _tallies(told: Shown, asked: Asked) -> Iterator[Tally]:
    for ref, window in asked:
        if ref.name is FactName.MANAGEMENT_MINUTES:
            yield from told.tallies(ref, window)


def files_of(tables: Tables, patient: str) -> Iterator[FileLines]:
    """The patient's lines in every file, by what became of them."""
    for role, data in tables.data.items():
        mine = data.frame[data.frame["patient_id"] == patient]
        became: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        columns = (mine[column] for column in ("file", "line", "disposition", "kind"))
        for file, line, disposition, kind in zip(*columns, strict=True):
            counted = disposition in (Disposition.USED, Disposition.DUPLICATE)
            word = str(disposition if counted else f"{disposition}: {kind}")
            became[file][word].append(int(line))
        for file, words in became.items():
            kinds = {word: tuple(lines) for word, lines in words.items()}
            yield FileLines(role, data.files[file].name, kinds)
