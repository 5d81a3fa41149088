"""Cases of sections 2.1.3, 2.2.1 and 2.4."""

from __future__ import annotations

from tests.bagit.bags import PAYLOAD, Files, line_of, manifest, seal
from tests.conformance.case import (
    Change,
    advice,
    both,
    breach,
    drop,
    entry,
    line,
    named,
    put,
    swap,
    tag_entry,
    valid,
)

M, T = "manifest-sha512.txt", "tagmanifest-sha512.txt"
A = PAYLOAD["data/a.txt"]
A_LINE = line_of("data/a.txt", A)
_LONG = "data/" + "/".join(["d" * 200] * 8)


def _in(*algorithms: str) -> Change:
    """The payload in these algorithms instead."""

    def change(files: Files) -> None:
        del files[M]
        files.update({f"manifest-{name}.txt": manifest(PAYLOAD, name) for name in algorithms})

    return change


def _tags_in(*algorithms: str) -> Change:
    """Tag manifests in these algorithms instead, over the same files."""

    def change(files: Files) -> None:
        del files[T]
        seal(files, algorithms)

    return change


def _also(algorithm: str) -> Change:
    return put(f"manifest-{algorithm}.txt", manifest(PAYLOAD, algorithm))


def _renamed(name: str) -> Change:
    return lambda files: files.update({name: files.pop(M)})


def _only_in_sha512(files: Files) -> None:
    files["manifest-sha256.txt"] = manifest({**PAYLOAD, "data/a.txt": A}, "sha256")
    files["manifest-sha256.txt"] = files["manifest-sha256.txt"].replace(
        line_of("data/a.txt", A, "sha256"), b""
    )


def _second_tag_manifest(without: str) -> Change:
    """A tag manifest in SHA-256 that leaves a file out."""

    def change(files: Files) -> None:
        own = {path: files[path] for path in files if not path.startswith("data/")}
        listed = {p: c for p, c in own.items() if p not in (without, T)}
        files["tagmanifest-sha256.txt"] = manifest(listed, "sha256")

    return change


def _untagged(path: str) -> Change:
    """The tag manifest without its line of a file."""

    def change(files: Files) -> None:
        files[T] = files[T].replace(line_of(path, files[path]), b"")

    return change


MANIFESTS = (
    valid("every-file-listed", "in both", _also("sha256")),
    breach("every-file-listed", "in one of two", "not-in-every-manifest", _only_in_sha512),
    breach(
        "every-file-listed",
        "in none",
        "unexpected",
        both(put("data/new", b"named"), swap("bag-info.txt", b"9.3", b"14.4")),
    ),
    breach(
        "every-file-listed",
        "in none and hidden",
        "unexpected",
        both(put("data/.new", b"named"), swap("bag-info.txt", b"9.3", b"14.4")),
    ),
    valid("listed-once", "once"),
    breach("listed-once", "twice alike", "duplicate-entry", line(A_LINE)),
    breach(
        "listed-once",
        "twice in other case",
        "duplicate-entry",
        line(A_LINE[:128].upper() + A_LINE[128:]),
    ),
    breach("listed-once", "two digests", "conflicting-digests", entry("data/a.txt", b"other")),
    valid("several-manifests", "md5 and sha512", _also("md5"), after=_tags_in("md5", "sha512")),
    valid("line-form", "two blanks"),
    valid("line-form", "one blank", swap(M, b"  data/a", b" data/a")),
    valid("line-form", "tab", swap(M, b"  data/a", b"\tdata/a")),
    valid("line-form", "many blanks", swap(M, b"  data/a", b" \t  data/a")),
    valid("line-form", "blanks at the end of names", named("data/x \t\u3000", "data/x \t\u3000")),
    breach("line-form", "digest only", "unparsable-line", line(b"0" * 128 + b"\n")),
    breach("line-form", "digest and blanks", "unparsable-line", line(b"0" * 128 + b"  \n")),
    breach("line-form", "comment", "unparsable-line", line(b"# made by hand\n")),
    breach("line-form", "blank line", "unparsable-line", line(b"\n")),
    breach("line-form", "blanks before it", "unparsable-line", line(b" " + A_LINE)),
    breach("line-form", "digest short", "unparsable-line", swap(M, A_LINE[:5], A_LINE[:4])),
    breach("line-form", "not hex", "unparsable-line", swap(M, A_LINE[:5], b"g" + A_LINE[1:5])),
    breach("line-form", "NUL in path", "unparsable-line", entry("data/a\0b")),
    breach("line-form", "without end", "unparsable-line", line(b"0" * 3_000_000)),
    valid("hex-case", "upper", swap(M, A_LINE[:128], A_LINE[:128].upper())),
    valid("slash-separates", "plain"),
    breach("slash-separates", "dot", "unsafe-path", entry("data/./a.txt", A)),
    breach("slash-separates", "two slashes", "unsafe-path", entry("data//a.txt", A)),
    breach("slash-separates", "slash at the end", "unsafe-path", entry("data/sub/")),
    breach("slash-separates", "dot before", "unsafe-path", entry("./data/new")),
    valid("payload-only", "data/"),
    breach("payload-only", "tag file", "path-not-payload", entry("bagit.txt")),
    breach("payload-only", "folder like data", "path-not-payload", entry("database/x")),
    breach("payload-only", "Data", "path-not-payload", entry("Data/a.txt", A)),
    valid("no-folders", "files"),
    breach("no-folders", "a folder", "lists-a-folder", entry("data/sub")),
    valid("escapes", "LF", named("data/li\nne", "data/li%0Ane")),
    valid("escapes", "CR in lower case", named("data/Icon\r", "data/Icon%0d")),
    valid("escapes", "CR LF", named("data/a\r\nb", "data/a%0D%0Ab")),
    valid("escapes", "percent", named("data/100%", "data/100%25")),
    valid("escapes", "decoded once", named("data/a%0Ab", "data/a%250Ab")),
    valid("escapes", "nothing else", named("data/a b+c~\u00e9", "data/a b+c~\u00e9")),
    breach("escapes", "others", "undefined-escape missing", entry("data/gone%7E")),
    valid("escapes-lenient", "encoded", named("data/%7Ex", "data/%257Ex")),
    breach(
        "escapes-lenient", "as it stands", "escape-taken-literally", named("data/%7Ex", "data/%7Ex")
    ),
    breach(
        "escapes-lenient", "percent 25", "escape-taken-literally", named("data/x%25", "data/x%25")
    ),
    breach("escapes-lenient", "at the end", "escape-taken-literally", named("data/x%", "data/x%")),
    advice("long-paths", "1600 characters", "unportable-name", named(_LONG, _LONG)),
    valid("tag-manifest-there", "there"),
    breach("tag-manifest-there", "not there", "no-tag-manifest", after=drop(T)),
    valid("tag-manifest-form", "as it must be"),
    breach("tag-manifest-form", "garbled", "unparsable-line", after=line(b"garbled\n", T)),
    breach("tag-manifest-form", "climbs", "unsafe-path", after=tag_entry("../secret")),
    breach("tag-manifest-form", "its folder", "unsafe-path", after=tag_entry("./bagit.txt")),
    breach("tag-manifest-form", "its parent", "unsafe-path", after=tag_entry("..")),
    breach("tag-manifest-form", "absolute", "unsafe-path", after=tag_entry("/etc/passwd")),
    valid("lists-manifests", "all", _also("sha256"), after=_tags_in("sha256", "sha512")),
    breach("lists-manifests", "none", "tag-manifest-omits-manifest", after=_untagged(M)),
    breach(
        "lists-manifests",
        "one of two tag manifests",
        "tag-manifest-omits-manifest",
        after=_second_tag_manifest(M),
    ),
    valid("no-tag-manifests-listed", "none"),
    breach(
        "no-tag-manifests-listed", "itself", "tag-manifest-lists-tag-manifest", after=tag_entry(T)
    ),
    breach(
        "no-tag-manifests-listed",
        "another",
        "tag-manifest-lists-tag-manifest",
        after=tag_entry("tagmanifest-md5.txt"),
    ),
    valid("no-payload-listed", "none"),
    breach(
        "no-payload-listed",
        "one",
        "tag-manifest-lists-payload",
        after=tag_entry("data/a.txt", A),
    ),
    valid("tag-files-listed", "all", put("notes/a.txt", b"x")),
    breach("tag-files-listed", "later one", "tag-file-not-listed", after=put("later.txt", b"x")),
    breach("tag-files-listed", "bag-info", "tag-file-not-listed", after=_untagged("bag-info.txt")),
    breach("tag-files-listed", "bagit", "tag-file-not-listed", after=_untagged("bagit.txt")),
    valid("tag-manifests-alike", "alike", _also("md5"), after=_tags_in("sha512", "md5")),
    breach(
        "tag-manifests-alike",
        "one lacks a file",
        "tag-manifests-differ",
        after=_second_tag_manifest("bag-info.txt"),
    ),
    valid("same-algorithms", "the same"),
    advice(
        "same-algorithms",
        "others",
        "tag-manifest-algorithms-differ",
        after=_tags_in("sha256"),
    ),
    valid("algorithm-name", "sha512"),
    valid("algorithm-name", "sha3256", _in("sha3256"), after=_tags_in("sha3256")),
    valid("algorithm-name", "blake2b512", _in("blake2b512"), after=_tags_in("blake2b512")),
    breach("algorithm-name", "upper case", "algorithm-name", _renamed("manifest-SHA512.txt")),
    breach("algorithm-name", "hyphen", "algorithm-name", _renamed("manifest-sha-512.txt")),
    breach("algorithm-name", "underscore", "algorithm-name", _renamed("manifest-sha_512.txt")),
    valid("algorithm-registered", "sha256", _in("sha256"), after=_tags_in("sha256")),
    advice("algorithm-registered", "md5", "weak-algorithms", _in("md5"), after=_tags_in("md5")),
    advice("algorithm-registered", "sha1", "weak-algorithms", _in("sha1"), after=_tags_in("sha1")),
    advice(
        "algorithm-registered",
        "sha224",
        "unregistered-algorithm",
        _in("sha224"),
        after=_tags_in("sha224"),
    ),
)
