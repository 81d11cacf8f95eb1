"""Where each canonical column of one file comes from: a vendor's columns -> ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rtmaudit.config import Config, Joined, Nth, Source, TableMap, names_of
from rtmaudit.errors import Fault, meant
from rtmaudit.exports.cells import is_one_of
from rtmaudit.exports.grid import normal
from rtmaudit.exports.strict import RawFile
from rtmaudit.tables import SUMMARY, TABLES, Kind

_COUNTS = (Kind.NUMBER, Kind.DURATION)


class Plan:
    """Where each canonical column of one file comes from, and what its cells are written like."""

    def __init__(self, raw: RawFile, name: str, mapping: TableMap, config: Config) -> None:
        self.raw, self.name, self.mapping = raw, name, mapping
        self.table = TABLES[name]
        self.names = [normal(column) for column in raw.header]
        self.numbered = any(map(str.isdigit, "".join(self.names)))
        self.columns: dict[str, Source] = {
            c: mapping.columns.get(c, c)
            for c in self.table.columns
            if c in mapping.columns or (normal(c) in self.names and c not in mapping.constants)
        }
        self.constants = dict(mapping.constants)
        for column in ("system", "program"):
            default = getattr(config.defaults, column)
            if column in self.table.columns and column not in self.columns and default:
                self.constants.setdefault(column, str(default))
        own = mapping.zone or config.timezone
        local = config.local_zone or own
        self.own_zone = ZoneInfo(own) if own else None
        self.zone = ZoneInfo(local) if own and local else None
        self.formats: dict[str, str] = {}
        self.empty = {"", *mapping.empty}
        self.places = {c: self._places(source) for c, source in self.columns.items()}
        self.cells = {c: self._cell_of(c) for c in self.columns}

    def _places(self, source: Source) -> list[int]:
        """Where in a record the columns of a source stand; -1 for one that is not there."""
        if isinstance(source, Nth):
            found = [i for i, name in enumerate(self.names) if name == normal(source.column)]
            return [found[source.nth - 1]] if len(found) >= source.nth else [-1]
        return [self.place(name) for name in names_of(source)]

    def place(self, column: str) -> int:
        """The first place of a column of the export, or -1."""
        name = normal(column)
        return self.names.index(name) if name in self.names else -1

    def fault(self, sentence: str, line: int = 0, place: str = "") -> Fault:
        """A reason why this file cannot be trusted as a whole."""
        return Fault(self.raw.name, line, place, sentence)

    def ignored(self) -> list[str]:
        """Columns that nothing reads."""
        used = {place for places in self.places.values() for place in places}
        used |= {self.place(key) for key in (*self.mapping.keep, *self.mapping.drop)}
        return [name for i, name in enumerate(self.raw.header) if name and i not in used]

    def written(self, column: str) -> str:
        """What a canonical column is called in the export."""
        return " and ".join(names_of(self.columns[column]))

    def cell(self, row: Sequence[str], column: str) -> str:
        """The text of a canonical column in a record; empty where the vendor's word for nothing
        stands, in any of several columns that hold one value and in all that hold a list. An id is
        what stands there, to the byte."""
        return self.cells[column](row)

    def _cell_of(self, column: str) -> Callable[[Sequence[str]], str]:
        """How the text of a column is taken from a record."""
        places, empty = self.places[column], self.empty
        source, kind = self.columns[column], self.table.columns[column].kind
        place = places[0]

        def to_the_byte(row: Sequence[str]) -> str:
            return "" if row[place].strip() in empty else row[place]

        def stripped(row: Sequence[str]) -> str:
            text = row[place].strip()
            return "" if text in empty else text

        def joined(row: Sequence[str]) -> str:
            texts = [row[each].strip() for each in places]
            if kind in (Kind.CODES, Kind.WORDS):
                texts = [text for text in texts if text not in empty]
            if not texts or any(text in empty for text in texts):
                return ""
            return source.with_.join(texts) if isinstance(source, Joined) else texts[0]

        if len(places) > 1:
            return joined
        return to_the_byte if kind is Kind.ID else stripped

    def patient(self, row: Sequence[str]) -> str:
        """The patient that a record of any width names, or nothing; the only one of a file that is
        of one."""
        if "patient_id" not in self.columns:
            return self.constants.get("patient_id", "")
        places = self.places["patient_id"]
        return "".join(row[place].strip() for place in places if place < len(row))

    def filled(self, row: Sequence[str]) -> Iterator[bool]:
        """For each column that must be filled, whether it is; of a summary, whether it tells any
        count at all."""
        for column in self.columns:
            if self.table.columns[column].filled:
                yield bool(self.cell(row, column).strip())
        if self.name == SUMMARY:
            counts = (c for c in self.columns if self.table.columns[c].kind in _COUNTS)
            yield any(self.cell(row, column) for column in counts)

    def kept(self, row: Sequence[str]) -> bool:
        """Whether the mapping keeps a whole record by the values in it."""
        keep = self.mapping.keep
        return all(
            is_one_of(row[self.place(each)].strip(), values) for each, values in keep.items()
        )

    def dropped(self, row: Sequence[str]) -> bool:
        """Whether a record of any width has a value by which the mapping drops it."""
        places = ((self.place(each), values) for each, values in self.mapping.drop.items())
        return any(
            place < len(row) and is_one_of(row[place].strip(), values) for place, values in places
        )

    def check(self) -> Iterator[Fault]:
        """What is wrong with the columns before any line is read."""
        there = ", ".join(name for name in self.raw.header if name) or "none"
        yield from self._not_there(there)
        yield from self._twice()
        for column, spec in self.table.columns.items():
            if spec.required and column not in self.columns and column not in self.constants:
                yield self.fault(self._missing(column, there))
        wanted = self.table.one_of
        there_or_said = self.columns.keys() | self.constants.keys()
        if "reading_days" in self.columns and "system" not in there_or_said:
            yield self.fault(self._missing("system", there))
        if wanted and not any(column in there_or_said for column in wanted):
            yield self.fault(
                f"has none of the columns {', '.join(wanted)}; its columns are {there}"
            )
        if not any(map(any, self.raw.rows[self.raw.above :])) and not self.table.may_be_empty:
            yield self.fault("has a header and no lines; export it again")

    def _not_there(self, there: str) -> Iterator[Fault]:
        named = [
            (column, name, place)
            for column, source in self.columns.items()
            for name, place in zip(names_of(source), self.places[column], strict=True)
        ]
        named += [(k, k, self.place(k)) for k in (*self.mapping.keep, *self.mapping.drop)]
        for column, name, place in named:
            if place < 0:
                yield self.fault(
                    f"has no column {name}, which rtmaudit.yaml names for {column}; "
                    f"its columns are {there}{meant(name, self.raw.header)}"
                )

    def _twice(self) -> Iterator[Fault]:
        """A name that stands twice is a fault only where it is read: which of the two is meant?"""
        times = Counter(name for name in self.names if name)
        read = [s for s in self.columns.values() if not isinstance(s, Nth)]
        names = [name for source in read for name in names_of(source)]
        names += [*self.mapping.keep, *self.mapping.drop]
        if twice := sorted({name for name in names if times[normal(name)] > 1}):
            yield self.fault(
                f"names a column twice ({', '.join(twice)}); rename one in the export, or say "
                f"which in rtmaudit.yaml, as `{{column: {twice[0]}, nth: 1}}`",
                self.raw.header_line,
            )

    def _missing(self, column: str, there: str) -> str:
        if column in ("system", "program"):
            return (
                f"does not say {column}; add `defaults: {{{column}: ...}}` to rtmaudit.yaml, or "
                f"map a column under `tables: {self.name}: columns:`; its columns are {there}"
            )
        return (
            f"has no column {column}; name the column that holds it in rtmaudit.yaml, as "
            f"`tables: {{{self.name}: {{columns: {{{column}: ...}}}}}}`; its columns are {there}"
        )
