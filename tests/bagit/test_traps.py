"""What bagit-python 1.9.0 gets wrong, with bagit-python itself as the witness where it can be."""

from __future__ import annotations

import contextlib
import logging
import os
import unicodedata
from pathlib import Path

import bagit
import pytest

from tests.bagit.bags import bag_files, check, codes, digest, line_of, named, seal, write


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("bagit").setLevel(logging.CRITICAL)


def _bagit_says(root: Path) -> str:
    """Return bagit-python's verdict: "valid", "invalid" or the name of what it raises."""
    try:
        bagit.Bag(os.fspath(root)).validate()
    except bagit.BagError:
        return "invalid"
    except Exception as crash:  # noqa: BLE001 (whatever it dies of is the witness's answer)
        return type(crash).__name__
    return "valid"


PLAIN_BAGS = [
    {"algorithms": ["md5"]},
    {"algorithms": ["sha256", "sha512"]},
    {"version": "0.97"},
    {"payload": {"data/\u00e9/\u4e2d": b"x", "data/a b": b"y", "data/c\nd": b"z"}},
]


@pytest.mark.parametrize("how", PLAIN_BAGS)
def test_on_ordinary_bags_sound_or_damaged_both_agree(
    how: dict[str, object], tmp_path: Path
) -> None:
    files = seal(bag_files(**how))  # type: ignore[arg-type]
    root = write(tmp_path / "bag", files)
    assert (check(root).verdict, _bagit_says(root)) == ("valid", "valid")
    for path in sorted(files):
        if path.startswith("tagmanifest") or not files[path]:
            continue
        (root / path).write_bytes(files[path] + b"x")
        assert (check(root).verdict, path) == ("invalid", path)
        assert _bagit_says(root) != "valid", path
        (root / path).write_bytes(files[path])


def test_bags_that_bagit_python_makes_are_valid(tmp_path: Path) -> None:
    write(tmp_path, {"one": b"1", "sub/two": b"2", "Icon\r": b"", "sub/\u00e9": b"3"})
    (tmp_path / "data").rmdir()
    bagit.make_bag(os.fspath(tmp_path), {"Contact-Name": "N", "Title": "\u00e9"})
    found = check(tmp_path)
    assert (found.verdict, found.findings) == ("valid", ())


def test_a_blake3_manifest_is_checked_and_not_ignored(tmp_path: Path) -> None:
    files = bag_files()
    files["manifest-blake3.txt"] = b"0" * 64 + b"  data/a.txt\n"
    root = write(tmp_path, seal(files))
    assert _bagit_says(root) == "valid"
    found = check(root)
    assert named(found, "manifests-disagree") == {"data/a.txt"}
    assert named(found, "not-in-every-manifest") == {"data/sub/b.txt", "data/empty"}


@pytest.mark.parametrize("name", ["manifest-k12.txt", "tagmanifest-shake_128.txt"])
def test_an_algorithm_unknown_is_never_plain_valid(name: str, tmp_path: Path) -> None:
    files = bag_files()
    if name.startswith("manifest"):
        files[name] = b"".join(b"ab  %s\n" % path.encode() for path in files if "/" in path)
        seal(files)
    else:
        seal(files)
        files[name] = files["tagmanifest-sha512.txt"]
    found = check(write(tmp_path, files))
    assert named(found, "manifest-not-checked") == {name}
    assert found.algorithms_not_checked == (name,)
    assert found.verdict == ("not-checked" if name.startswith("manifest") else "invalid")


def test_an_unknown_manifest_alone_is_not_checked(tmp_path: Path) -> None:
    files = bag_files(algorithms=[])
    files["manifest-k12.txt"] = b"".join(
        b"ab  %s\n" % path.encode() for path in files if "/" in path
    )
    found = check(write(tmp_path, seal(files)))
    assert (found.verdict, found.checked_files, found.listed_files) == ("not-checked", 0, 3)


def test_a_manifest_in_upper_case_is_seen_and_checked(tmp_path: Path) -> None:
    files = bag_files()
    files["manifest-SHA256.txt"] = b"".join(
        line_of(path, b"wrong", "sha256") for path in files if path.startswith("data/")
    )
    found = check(write(tmp_path, seal(files)))
    assert {"algorithm-name", "manifests-disagree"} == codes(found)


def test_a_listed_path_to_a_sibling_of_the_bag_is_never_opened(tmp_path: Path) -> None:
    write(tmp_path / "bag-evil", {"f": b"secret"})
    files = bag_files(info="A: b\n")
    files["manifest-sha512.txt"] += line_of("../bag-evil/f", b"secret")
    root = write(tmp_path / "bag", seal(files))
    assert _bagit_says(root) == "valid"
    found = check(root)
    assert named(found, "unsafe-path") == {"manifest-sha512.txt"}
    assert found.verdict == "invalid"


def test_an_unlisted_twin_does_not_hide_behind_a_listed_name(tmp_path: Path) -> None:
    files = seal(bag_files({"data/\u00e9": b"x"}))
    twin = "data/" + unicodedata.normalize("NFD", "\u00e9")
    files[twin] = b"hidden"
    del files["bag-info.txt"]
    files = seal({path: files[path] for path in files if not path.startswith("tagmanifest")})
    found = check(write(tmp_path, files))
    assert named(found, "unexpected") == {twin}
    assert "look-alike-names" in codes(found)


def test_a_name_in_another_normal_form_is_found_and_its_bytes_are_checked(tmp_path: Path) -> None:
    files = seal(bag_files({"data/e\u0301": b"x"}))
    files["data/\u00e9"] = files.pop("data/e\u0301")
    root = write(tmp_path, files)
    assert (check(root).verdict, codes(check(root))) == ("valid", {"name-form-differs"})
    (root / "data/\u00e9").write_bytes(b"y")
    assert named(check(root), "mismatch") == {"data/\u00e9"}


def test_two_normal_forms_listed_and_one_on_disk_are_not_guessed_at(tmp_path: Path) -> None:
    payload = {"data/\u212b": b"x", "data/A\u030a": b"x"}
    files = seal(bag_files(payload, info="A: b\n"))
    files["data/\u00c5"] = files.pop("data/\u212b")
    del files["data/A\u030a"]
    found = check(write(tmp_path, files))
    assert named(found, "missing") == set(payload)
    assert named(found, "unexpected") == {"data/\u00c5"}


def test_one_normal_form_listed_and_two_others_on_disk_are_not_guessed_at(tmp_path: Path) -> None:
    files = seal(bag_files({"data/\u212b": b"x"}, info="A: b\n"))
    files["data/\u00c5"] = files["data/A\u030a"] = files.pop("data/\u212b")
    found = check(write(tmp_path, files))
    assert named(found, "missing") == {"data/\u212b"}
    assert named(found, "unexpected") == {"data/\u00c5", "data/A\u030a"}


def test_a_wrong_oxum_does_not_hide_which_file_is_bad(tmp_path: Path) -> None:
    files = seal(bag_files(info="Payload-Oxum: 1.1\n"))
    files["data/a.txt"] = b"other"
    found = check(write(tmp_path, files))
    assert named(found, "mismatch") == {"data/a.txt"}
    assert "oxum-mismatch" in codes(found)


@pytest.mark.parametrize("name", ["tagmanifest-bag", "manifest-sha256.txt", "bag%0A\n", "\u2028 "])
def test_the_bags_own_name_means_nothing(name: str, tmp_path: Path) -> None:
    root = write(tmp_path / name / "data", seal(bag_files()))
    assert check(root).findings == ()


NAMES_THAT_BREAK_BAGIT = [
    "trailing ",
    "nbsp\u00a0",
    "wide\u3000",
    "ls\u2028",
    "nel\x85",
    "vt\x0b",
    "fs\x1c",
    "100%",
    "a%0Ab",
    "three%0D%0D%0D",
    "cr\r\r\r",
    "ps\u2029ff\x0c",
]


@pytest.mark.parametrize("name", NAMES_THAT_BREAK_BAGIT)
def test_names_that_break_bagit_python_are_plain_names_here(name: str, tmp_path: Path) -> None:
    files = seal(bag_files({f"data/{name}": b"x", f"data/dir{name}/y": b"y"}))
    found = check(write(tmp_path, files))
    assert (found.verdict, found.findings) == ("valid", ())


@pytest.mark.parametrize("name", ["trailing ", "100%", "a%7Eb", "nel\x85x"])
def test_bags_whose_maker_encoded_nothing_are_valid_here(name: str, tmp_path: Path) -> None:
    files = bag_files({f"data/{name}": b"x"}, version="0.97")
    files["manifest-sha512.txt"] = line_of(f"data/{name}", b"x")
    assert check(write(tmp_path, seal(files))).verdict == "valid"


CRASHES = {
    "Oxum without a point": {"bag-info.txt": b"Payload-Oxum: 123\n"},
    "fetch.txt with a blank line": {"fetch.txt": b"\n"},
    "manifest not UTF-8": {"manifest-sha512.txt": b"\xff\xfe\n"},
    "bag-info not UTF-8": {"bag-info.txt": b"\xff: \xfe\n"},
    "shake": {"manifest-shake_128.txt": b"00  data/a.txt\n"},
}


@pytest.mark.parametrize("case", CRASHES)
def test_what_crashes_bagit_python_is_a_finding_here(case: str, tmp_path: Path) -> None:
    files = bag_files()
    files.update(CRASHES[case])
    root = write(tmp_path, seal(files))
    assert _bagit_says(root) != "valid" or case == "Oxum without a point"
    found = check(root)
    assert found.verdict == "invalid"
    assert next(iter(CRASHES[case])) in {finding.path for finding in found.findings}


def test_an_nfd_name_in_a_tag_manifest_that_is_missing_is_a_finding(tmp_path: Path) -> None:
    files = seal(bag_files())
    files["tagmanifest-sha512.txt"] += line_of("e\u0301.txt", b"")
    assert named(check(write(tmp_path, files)), "missing") == {"e\u0301.txt"}


def test_a_version_turned_down_does_not_switch_the_tag_manifests_off(tmp_path: Path) -> None:
    files = seal(bag_files(version="0.97"))
    files["bagit.txt"] = files["bagit.txt"].replace(b"0.97", b"0.95")
    assert "bagit.txt" in named(check(write(tmp_path, files)), "mismatch")


def test_one_very_long_line_is_read_at_once(tmp_path: Path) -> None:
    files = bag_files()
    files["manifest-sha512.txt"] += b"a" * 20_000_000
    found = check(write(tmp_path, seal(files)))
    assert codes(found) == {"unparsable-line"}


def _links(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root.parent / "outside/f").write_bytes(b"x")
    (root / "data/to-file").symlink_to("a.txt")
    (root / "data/to-folder").symlink_to(root.parent / "outside")
    (root / "data/loop").symlink_to(".")
    (root / "data/dangling").symlink_to("nowhere")
    (root / "linked.txt").symlink_to("/etc/passwd")


def test_every_link_in_a_bag_is_named_and_none_followed(tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files()))
    _links(root)
    found = check(root)
    assert codes(found) == {"link-in-bag"}
    assert len(named(found, "link-in-bag")) == 5


def test_a_link_in_place_of_a_listed_file_does_not_pass_for_it(tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files()))
    (root / "data/a.txt").rename(root / "copy")
    (root / "data/a.txt").symlink_to("../copy")
    assert _bagit_says(root) == "valid"
    assert named(check(root), "link-in-bag") == {"data/a.txt"}


@pytest.mark.parametrize("name", ["bagit.txt", "manifest-sha512.txt", "data", "bag-info.txt"])
def test_a_link_in_place_of_a_part_of_the_bag_is_not_followed(name: str, tmp_path: Path) -> None:
    root = write(tmp_path / "bag", seal(bag_files()))
    (root / name).rename(tmp_path / "elsewhere")
    (root / name).symlink_to(tmp_path / "elsewhere")
    found = check(root)
    assert named(found, "link-in-bag") == {name}
    assert found.verdict == "invalid"


@pytest.mark.parametrize("name", ["data/pipe", "pipe", "manifest-md5.txt", "fetch.txt"])
def test_a_pipe_is_named_and_nobody_waits_for_it(name: str, tmp_path: Path) -> None:
    root = write(tmp_path, seal(bag_files()))
    os.mkfifo(root / name)
    assert named(check(root), "special-file-in-bag") == {name}


def test_a_pipe_in_place_of_a_listed_file_is_named(tmp_path: Path) -> None:
    root = write(tmp_path, seal(bag_files()))
    for name in ("data/a.txt", "bag-info.txt", "bagit.txt"):
        (root / name).unlink()
        os.mkfifo(root / name)
    found = check(root)
    assert named(found, "special-file-in-bag") == {"data/a.txt", "bag-info.txt", "bagit.txt"}
    assert "no-declaration" in codes(found)


def test_a_name_that_is_not_utf8_is_shown_escaped(tmp_path: Path) -> None:
    root = write(tmp_path, seal(bag_files(info="A: b\n")))
    with contextlib.suppress(OSError):  # some file systems refuse such names
        (Path(os.fsdecode(os.fsencode(root) + b"/data/\xff"))).write_bytes(b"")
        assert named(check(root), "unexpected") == {"data/\\xff"}


def test_sha256_confirms_what_sha512_contradicts_and_the_entry_is_named(tmp_path: Path) -> None:
    files = bag_files(algorithms=["sha256", "sha512"])
    wrong = digest("sha512", b"never").encode()
    right = digest("sha512", b"alpha").encode()
    files["manifest-sha512.txt"] = files["manifest-sha512.txt"].replace(right, wrong)
    found = check(write(tmp_path, seal(files)))
    assert codes(found) == {"manifests-disagree"}
    assert found.findings[0].detail["list"] == "manifest-sha512.txt"


def test_what_is_said_of_many_files_is_held_once(tmp_path: Path) -> None:
    bag = write(tmp_path, seal(bag_files({"data/a": b"1", "data/b": b"2"})))
    for name in ("a", "b"):
        (bag / "data" / name).write_bytes(b"3")
    one, other = (finding for finding in check(bag).findings if finding.code == "mismatch")
    assert one.message is other.message
    assert one.clause is other.clause
