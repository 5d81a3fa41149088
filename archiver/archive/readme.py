"""The README in an archive's root, for a stranger in thirty years."""

README = b"""\
THIS FOLDER IS AN ARCHIVE OF AUDIO
==================================

It was made by a program called audio-archiver (command: archiver), but no
program is needed to read it. Everything is plain files.

What lies where
---------------
  bags/XX/NAME/     One sealed "bag" each: a collection of recordings as it was
                    received, with digests of every file. A bag is never changed
                    once it is here. XX is only there to keep folders short:
                    the first two digits of  printf %s NAME | sha256sum
  log/              What happened to the bags, when, and by whom: text, one line
                    an event (JSON), oldest first. Files named torn-* hold what
                    a run was writing when it died; they count for nothing.
  policy.toml       The rules in force when new bags were made. Each bag also
                    holds the rules it was made under.
  archive.toml      The identity of this archive.
  catalogue.sqlite  An index made from bags/ and log/, for speed. It holds
                    nothing that they do not hold. It may be deleted and built
                    anew (archiver rebuild).
  .staging/         Unfinished work. Nothing in it has ever been promised.
  .quarantine/      Damaged copies kept for study after a repair.

How to read a bag
-----------------
The recordings are in the bag's folder data/, with the names and folders they
came with. The bag follows the BagIt standard (RFC 8493), which many programs
read. README.txt in each bag says more.

How to check a bag by hand
--------------------------
In the bag's folder, with tools that every Unix system has:

    sha512sum -c manifest-sha512.txt       is each recording unharmed?
    sha512sum -c tagmanifest-sha512.txt    is each other file unharmed?
    find data -type f | wc -l              as many files as the manifest has lines?

(Where a name in a manifest holds %25, %0A or %0D, the real name has a percent
sign, a line feed or a carriage return there: check those files one by one.)

How to check the whole archive by hand
--------------------------------------
Nothing in a bag vouches for tagmanifest-sha512.txt itself. The log does: the
line with "type":"seal" and the bag's name has "tag_manifest_digest", which is
what  sha512sum tagmanifest-sha512.txt  prints in that bag. A bag in bags/ of
which the log knows nothing, or a bag in the log that is not in bags/, is a
reason to ask.

Each line of the log holds in "prev" the SHA-256 of the line before it, without
the line's end; the first holds zeros. To check one line against the next:

    sed -n 7p log/000001.jsonl | tr -d '\\n' | sha256sum
    sed -n 8p log/000001.jsonl | grep -o '"prev":"[0-9a-f]*"'

log/head.json holds the number and the SHA-256 of the last line.
"""
