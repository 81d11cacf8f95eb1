"""Who may import whom: the contracts in pyproject.toml hold, and a breach of each is noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in a folder."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "rtmaudit", tmp_path / "rtmaudit", ignore=ignore)
    return tmp_path


def test_every_contract_is_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Contracts: 8 kept, 0 broken." in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("errors.py", "from rtmaudit import cli", "Each room imports only from the rooms below it"),
        ("facts/__init__.py", "import rtmaudit.rulebook", "Each room imports only from"),
        ("attic.py", "", "Each room imports only from the rooms below it"),
        ("windows.py", "import yaml", "Only strict_yaml imports yaml"),
        ("judge/__init__.py", "import pandas", "Only exports, facts and the pipeline"),
        ("report/__init__.py", "from typer import Typer", "Only cli and commands import typer"),
        ("report/words.py", "import jinja2", "Only formats imports jinja2"),
        ("formats/__init__.py", "import rich.table", "Only cli, commands and the tables"),
        ("formats/separated.py", "import xlsxwriter", "Only formats.workbook and its sheets"),
    ],
)
def test_a_breach_is_noticed(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / "rtmaudit" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), result.stdout + result.stderr
