"""Help in groups with examples, completion in a shell, a suggestion for what is mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice import ZONE, Practice, Run, command, holds, one_sentence, readings, time_log

from rtmaudit.cli import _VERBS
from rtmaudit.rulebook import load_rules
from rtmaudit.shipped import shipped

NAMES = [verb.__name__ for verb, _, _ in _VERBS]


def test_verbs_and_options_stand_in_groups() -> None:
    shown = command("--help").out
    holds(shown, "Every month:", "To begin:", "The rules:")
    assert all(f"\n  {name} " in shown for name in NAMES)
    options = command("audit", "--help").out
    holds(options, "What to audit:", "Whose rules:", "What to show:", "How to run:", "  --fees")


@pytest.mark.parametrize("verb", NAMES)
def test_each_verb_shows_examples_of_itself_that_parse(verb: str) -> None:
    """No option in an example is mistyped; the folders in them are not there, which is told."""
    shown = command(verb, "--help").out
    _, _, below = shown.partition("Examples:\n")
    lines = [line.split() for line in below.splitlines() if line.strip()]
    assert lines
    for words in lines:
        assert words[:2] == ["rtmaudit", verb]
        run = command(*words[1:], *(["-o", "/nowhere/x.csv"] if verb == "demo" else []))
        assert "Usage" not in run.err, words


# ---- completion ----


def asked_of_shell(words: tuple[str, ...], instruction: str) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_RTMAUDIT_COMPLETE", instruction)
        patch.setenv("COMP_WORDS", " ".join(["rtmaudit", *words]))
        patch.setenv("COMP_CWORD", str(len(words)))
        return command()


def completed(*words: str) -> list[str]:
    run = asked_of_shell(words, "complete_bash")
    assert (run.code, run.err) == (0, "")
    return run.out.split()


def test_verbs_codes_and_payers_complete() -> None:
    assert completed("wor") == ["worklist"]
    book = load_rules(shipped("rules"))
    assert completed("rule", "9898") == sorted(
        code for file in book.files.values() for code in file.codes if code.startswith("9898")
    )
    assert completed("rule", "98985", "--payer", "med") == ["medicare"]
    assert completed("audit", ".", "--payer", "unitedh") == ["unitedhealthcare"]


def test_closed_lists_complete_also_after_a_comma() -> None:
    assert completed("audit", ".", "--view", "b") == ["billing"]
    assert completed("worklist", ".", "--by", "") == ["practitioner", "staff"]
    assert completed("audit", ".", "--fail-on", "short,re") == ["short,review"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    run = asked_of_shell((), f"source_{shell}")
    assert run.code == 0
    assert f"_RTMAUDIT_COMPLETE=complete_{shell}" in run.out


# ---- suggestions ----


def test_a_mistyped_verb() -> None:
    run = command("audti", ".")
    assert run.code == 2
    holds(run.err, "Did you mean 'audit'?")


@pytest.mark.parametrize(
    ("configured", "suggested"),
    [
        ("tables: {readings: {columns: {recorded_att: Day}}}\n", "did you mean recorded_at?"),
        ("tables: {readings: {columns: {recorded_at: recorded}}}\n", "did you mean recorded_at?"),
        ("timezome: UTC\n", "did you mean timezone?"),
    ],
)
def test_a_mistyped_column_or_key(tmp_path: Path, configured: str, suggested: str) -> None:
    practice = Practice(tmp_path)
    practice.write("readings.csv", readings("P1,2026-03-01"))
    practice.write("time_log.csv", time_log("P1,2026-03-03,5,rtm,none"))
    practice.configure(ZONE + configured)
    run = practice.audit()
    assert run.code in (2, 4)
    one_sentence(run.err, suggested)
