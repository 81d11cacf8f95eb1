"""The rulebook, its scenarios and the samples are found, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from rtmaudit import shipped as module
from rtmaudit.errors import InvariantError
from rtmaudit.shipped import Shipped, shipped

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDERS = {"rules": "rules", "samples": "samples", "scenarios": "tests/scenarios"}


@pytest.mark.parametrize("name", get_args(Shipped))
def test_a_checkout_uses_its_own_folders(name: Shipped) -> None:
    assert shipped(name) == CHECKOUT / FOLDERS[name]


@pytest.mark.parametrize("name", get_args(Shipped))
def test_an_installed_package_uses_what_it_carries(
    name: Shipped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "rtmaudit"
    carried, beside = package / "_shipped" / name, tmp_path / FOLDERS[name]
    carried.mkdir(parents=True)
    beside.mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", package)
    assert shipped(name) == carried


def test_where_there_is_neither_the_program_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "rtmaudit")
    with pytest.raises(InvariantError, match="the samples that come with rtmaudit are not there"):
        shipped("samples")
