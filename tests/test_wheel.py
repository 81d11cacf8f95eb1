"""The wheel carries all it needs: installed in a fresh environment, away from the checkout, it
works. Nothing here uses the network: the libraries are lent by the environment of the tests.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet"]


def run(*command: str | Path, cwd: Path) -> str:
    """The standard output of a command that must succeed, without PYTHON* variables."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    run(*PIP, *build, folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment that holds the wheel."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    run(*PIP, "--python", python, "install", "--no-index", "--no-deps", wheel, cwd=home)
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    lent = "\n".join(sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    (Path(purelib.strip()) / "lent.pth").write_text(lent, encoding="utf-8")
    return home / "bin"


def relative_files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("rtmaudit", "rtmaudit"),
        ("rules", "rtmaudit/_shipped/rules"),
        ("samples", "rtmaudit/_shipped/samples"),
        ("tests/scenarios", "rtmaudit/_shipped/scenarios"),
    ],
)
def test_the_wheel_holds_each_file(wheel: Path, source: str, target: str) -> None:
    files = relative_files(ROOT / source)
    assert files
    assert {f"{target}/{file}" for file in files} <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    roots = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert roots == {"rtmaudit", wheel.name.split("-py3")[0] + ".dist-info"}


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    where = "import rtmaudit; print(rtmaudit.__file__)"
    found = run(installed / "python", "-c", where, cwd=tmp_path).strip()
    assert Path(found).is_relative_to(installed.parent)


def test_it_tells_how_it_is_used(installed: Path, tmp_path: Path) -> None:
    assert "audit" in run(installed / "rtmaudit", "--help", cwd=tmp_path)
    assert "audit" in run(installed / "python", "-m", "rtmaudit", "--help", cwd=tmp_path)


def test_its_rulebook_is_sound(installed: Path, tmp_path: Path) -> None:
    run(installed / "rtmaudit", "check", cwd=tmp_path)


def test_it_audits_the_sample_practice(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "rtmaudit", "demo", "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(told, newline="")))
    assert rows
    assert all(row["patient_id"] for row in rows)
    strangers = [row for row in rows if not row["verdict"]]
    assert {row["why"][:17] for row in strangers} == {"Not on the roster"}
    assert len(strangers) < len(rows) / 10
    assert list(tmp_path.iterdir()) == []
