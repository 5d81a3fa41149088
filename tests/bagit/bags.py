"""Bags written by hand with nothing but hashlib, so that no writer of ours vouches for itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from blake3 import blake3

from archiver.verify import BagVerification, Depth, verify_bag

Files = dict[str, bytes]
Change = Callable[[Files], None]

PAYLOAD = {"data/a.txt": b"alpha", "data/sub/b.txt": b"beta", "data/empty": b""}


def digest(algorithm: str, content: bytes) -> str:
    """Return the hex digest by hashlib, for BagIt's spelling of the algorithm."""
    names = {"sha3256": "sha3_256", "blake2b512": "blake2b"}
    if algorithm == "blake3":
        return str(blake3(content).hexdigest())
    return hashlib.new(names.get(algorithm, algorithm), content).hexdigest()


def manifest(files: Mapping[str, bytes], algorithm: str) -> bytes:
    """Return a manifest of ``files``, in byte order, with only CR, LF and % encoded."""
    lines = []
    for path in sorted(files):
        encoded = path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        lines.append(f"{digest(algorithm, files[path])}  {encoded}\n")
    return "".join(lines).encode()


def bag_files(
    payload: Mapping[str, bytes] = PAYLOAD,
    *,
    algorithms: Iterable[str] = ("sha512",),
    version: str = "1.0",
    info: str | None = None,
    blocks: bool = False,
) -> Files:
    """Return the files of a bag without its tag manifests."""
    declared = f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n"
    files = {**payload, "bagit.txt": declared.encode()}
    name = "package-info.txt" if version in ("0.93", "0.94", "0.95") else "bag-info.txt"
    files[name] = (oxum if info is None else info).encode()
    for algorithm in algorithms:
        files[f"manifest-{algorithm}.txt"] = manifest(payload, algorithm)
    if blocks:
        files["fixity/blake3.txt"] = b"".join(
            _b3sum(path, payload[path]) for path in sorted(payload)
        )
    return files


def _b3sum(path: str, content: bytes) -> bytes:
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "\\" if escaped != path else ""
    return f"{mark}{blake3(content).hexdigest()}  {escaped}\n".encode()


def seal(files: Files, algorithms: Iterable[str] = ("sha512",)) -> Files:
    """Add tag manifests over everything outside data/."""
    tags = {path: content for path, content in files.items() if not path.startswith("data/")}
    for algorithm in algorithms:
        files[f"tagmanifest-{algorithm}.txt"] = manifest(tags, algorithm)
    return files


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` below ``root``, with data/ even when there is no payload."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def check(root: Path | str, depth: Depth = Depth.FULL) -> BagVerification:
    """Verify with one worker, which is quickest for tiny bags."""
    return verify_bag(os.fspath(root), depth=depth, workers=1)


def codes(found: BagVerification) -> set[str]:
    """Return the codes of all findings."""
    return {finding.code for finding in found.findings}


def named(found: BagVerification, code: str) -> set[str | None]:
    """Return the paths a code was reported for."""
    return {finding.path for finding in found.findings if finding.code == code}


def line_of(path: str, content: bytes, algorithm: str = "sha512") -> bytes:
    """Return a manifest line with ``path`` as it stands."""
    return f"{digest(algorithm, content)}  {path}\n".encode()
