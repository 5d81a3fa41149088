#!/usr/bin/env python3
"""Check a proof from `archiver log prove` with nothing but Python: PROOF.json [BAG_FOLDER]

Says "good" and exits 0 when the event in the proof is in the tree whose root the checkpoint
states, and, with a folder, when the bag's tag manifest is the one the event names. Compare the
checkpoint with the one you kept: without that, a proof shows only that it agrees with itself.
"""

import base64
import hashlib
import json
import os
import sys


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The algorithm of RFC 9162 2.1.3.2: from a leaf up its path to the root."""
    last, value = size - 1, leaf
    for step in path:
        if last == 0:
            raise ValueError("the path is too long")
        if index & 1 or index == last:
            value = hashlib.sha256(b"\x01" + step + value).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\x01" + value + step).digest()
        index, last = index >> 1, last >> 1
    if last != 0:
        raise ValueError("the path is too short")
    return value


def main(proof_file: str, bag: str | None = None) -> None:
    """Check the proof, and the bag where one is named. Raises ``ValueError``."""
    with open(proof_file, encoding="utf-8") as file:
        proof = json.load(file)
    if (proof["format"], proof["version"]) != ("audio-archiver/log-proof", 1):
        raise ValueError("this is no proof that this script knows")
    line, size, index = proof["line"].encode(), proof["size"], proof["index"]
    path = [bytes.fromhex(step) for step in proof["path"]]
    root = root_from(hashlib.sha256(b"\x00" + line).digest(), index, size, path)
    origin, stated_size, stated_root = proof["checkpoint"].split("\n")[:3]
    if int(stated_size) != size or base64.b64decode(stated_root) != root or index >= size:
        raise ValueError("the event is not in the log that the checkpoint stands for")
    event = json.loads(line)
    print(f"good: event {event['seq']} of {size} in {origin!a}")
    print(f"  {event['time']}  {event['type']!a}  {event['bag']!a}  root {root.hex()}")
    if bag is not None:
        with open(os.path.join(bag, "tagmanifest-sha512.txt"), "rb") as file:
            found = hashlib.sha512(file.read()).hexdigest()
        if found != event["detail"].get("tag_manifest_digest"):
            raise ValueError("the bag's tag manifest is not the one the event names")
        print("good: the bag's tag manifest is the one the event names")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (ValueError, KeyError, TypeError, IndexError, OSError) as error:
        sys.exit(f"not proven: {error}")
