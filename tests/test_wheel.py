"""The wheel, built from the tree and installed alone in a clean environment, does the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent

pytestmark = [pytest.mark.xdist_group("house"), pytest.mark.timeout(600)]


def _run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ARCHIVER"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed program; needs the package index for what it depends on."""
    place = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", place, HOUSE, cwd=place)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "venv", with_pip=True)
    python = place / "venv" / "bin" / "python"
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    done = subprocess.run(install, cwd=place, capture_output=True, text=True, check=False)
    if (
        done.returncode != 0
        and not os.environ.get("CI")
        and "Could not find a version" in (done.stderr)
    ):
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr
    return python.with_name("archiver")


def test_it_packages_and_verifies(program: Path, tone_folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    _run(program, "package", tone_folder, "-a", archive, "--basis", "own-production", cwd=tmp_path)
    (bag,) = archive.glob("bags/*/*")
    assert _run(program, "verify", bag, cwd=tmp_path).startswith("valid: ")
    assert (bag / "data" / "First" / "01 A.wav").read_bytes() == (
        tone_folder / "First" / "01 A.wav"
    ).read_bytes()


def test_it_carries_its_licence_and_nothing_of_the_tests(program: Path) -> None:
    (site,) = program.parent.parent.glob("lib/python*/site-packages")
    assert not (site / "tests").exists()
    assert list(site.glob("audio_archiver-*.dist-info/**/LICENSE"))
