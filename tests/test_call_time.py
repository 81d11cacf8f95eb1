"""Calls as time: off unless the practice says so, and then only what the log does not hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtmaudit.cli import main

LOG = """patient_id,started_at,seconds,program,role,contact,staff_id
P1,2026-03-05T10:00,600,rtm,therapist,none,S1
"""
ROSTER = """patient_id,biller_type,enrolled_on,consent_on
P1,therapist,2026-03-02,2026-03-02
"""


def minutes(
    folder: Path, call: str, capsys: pytest.CaptureFixture[str], *, counted: bool = True
) -> tuple[int, Any]:
    (folder / "time_log.csv").write_text(LOG)
    (folder / "patients.csv").write_text(ROSTER)
    header = "patient_id,started_at,seconds,contact,program,staff_id\n"
    (folder / "calls.csv").write_text(header + call + "\n")
    word = "true" if counted else "false"
    config = f"timezone: America/New_York\ncalls_count_as_time: {word}\n"
    (folder / "rtmaudit.yaml").write_text(config)
    with pytest.MonkeyPatch.context() as patch:
        command = ["audit", str(folder), "--month", "2026-03", "--as-of", "2026-04-01"]
        patch.setattr("sys.argv", ["rtmaudit", *command, "--format", "json", "-q"])
        assert main() == 0
    document = json.loads(capsys.readouterr().out)
    needs = [
        need
        for finding in document["patients"][0]["findings"]
        if finding["code"] == "98980"
        for need in finding["needs"]
        if need["need"] == "minutes"
    ]
    return needs[0]["have"], needs[0]["have_at_most"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("P1,2026-03-05T14:00,600,live_audio,rtm,S1", (20, 20)),
        ("P1,2026-03-05T10:05,600,live_audio,rtm,S1", (15, 15)),
        ("P1,2026-03-05T10:00,600,live_audio,rtm,S1", (10, 10)),
        ("P1,2026-03-05,600,live_audio,rtm,S1", (10, 20)),
        ("P1,2026-03-05T14:00,600,voicemail,rtm,S1", (10, 10)),
        ("P1,2026-03-05T14:00,600,live_audio,rtm,S9", (10, 20)),
        ("P1,2026-03-05T14:00,,live_audio,rtm,S1", (10, 10)),
    ],
)
def test_a_call_adds_what_the_log_does_not_hold(
    call: str, expected: tuple[int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert minutes(tmp_path, call, capsys) == expected


def test_calls_add_no_minutes_unless_the_practice_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = "P1,2026-03-05T14:00,600,live_audio,rtm,S1"
    assert minutes(tmp_path, call, capsys, counted=False) == (10, 10)
