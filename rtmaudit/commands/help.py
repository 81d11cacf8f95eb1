"""Help in plain text, with verbs and options in groups. Typer groups them only in the markup that
loads Rich, which would double the time that help takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

Rows = list[tuple[str, str]]

OTHERS = "Options"
"""Where an option stands that names no group."""


class Verbs(TyperGroup):
    """The application; its verbs stand in the groups that they name."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the verbs, group by group."""
        width = formatter.width - 6 - max(map(len, self.commands))
        groups: dict[str, Rows] = {}
        for name, verb in self.commands.items():
            group = getattr(verb, "rich_help_panel", None) or OTHERS
            groups.setdefault(group, []).append((name, verb.get_short_help_str(width)))
        _write(formatter, groups)


class Verb(TyperCommand):
    """A verb; its options stand in the groups that they name."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write arguments and options, group by group."""
        groups: dict[str, Rows] = {}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            if record is not None:
                argument = each.param_type_name == "argument"
                group = "Arguments" if argument else getattr(each, "rich_help_panel", None)
                groups.setdefault(group or OTHERS, []).append(record)
        _write(formatter, groups)


def _write(formatter: HelpFormatter, groups: Mapping[str, Rows]) -> None:
    for group, rows in groups.items():
        with formatter.section(group):
            formatter.write_dl(rows)


def examples(*lines: str) -> str:
    """What stands below the help of a verb: commands to copy, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  rtmaudit {line}" for line in lines)
