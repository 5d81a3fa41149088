"""The wheel, built from the tree and installed alone in a clean environment, does the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent


def _attempt(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ARCHIVER"))}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def _run(*command: str | Path, cwd: Path) -> str:
    done = _attempt(*command, cwd=cwd)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The installed program. What it depends on comes from the package index."""
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path, HOUSE,
         cwd=tmp_path)  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    done = _attempt(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    if "No matching distribution found" in done.stderr and not os.environ.get("CI"):
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr
    return python.with_name("archiver")


@pytest.mark.timeout(600)
def test_the_wheel_alone_packages_and_verifies(
    program: Path, tone_folder: Path, tmp_path: Path
) -> None:
    (site,) = program.parent.parent.glob("lib/python*/site-packages")
    assert not (site / "tests").exists()
    assert list(site.glob("audio_archiver-*.dist-info/**/LICENSE"))

    archive = tmp_path / "archive"
    _run(program, "package", tone_folder, "-a", archive, "--basis", "own-production", cwd=tmp_path)
    (bag,) = archive.glob("bags/*/*")
    assert _run(program, "verify", bag, cwd=tmp_path).startswith("valid: ")
    original = tone_folder / "First" / "01 A.wav"
    assert (bag / "data" / "First" / "01 A.wav").read_bytes() == original.read_bytes()
