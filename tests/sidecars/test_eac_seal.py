"""The checksum under logs of Exact Audio Copy, against values eac-logchecker 0.8.1 came to."""

from __future__ import annotations

import pytest

from archiver.sidecars import Kind, parse_sidecar
from archiver.sidecars.forms.eac_seal import eac_checksum

FIRST = """Exact Audio Copy V1.0 beta 3 from 29. August 2011

EAC extraction logfile from 1. March 2012, 10:00

Müller / Lied – eins

Track  1

     Copy OK
"""
FIRST_SUM = "E72E0C209E8275005624DA1A2FA98949CF5F8DD604DF49024042F8894E8B1AFC"
SECOND = """Exact Audio Copy V1.0 beta 3 from 29. August 2011

No errors occurred
"""
SECOND_SUM = "B0DAC36BA26DEFBC4DC3C25D53D531E74AE8518810DB11695DC989E80CD9AE57"
# One cipher block of zeros, and two, out of pprp 0.2.6.
ZEROS = {
    1: "8119e049f09e65e29a75774e9c4fa06e755ee09a66a79dec7726036c188eb346",
    2: "f42f171afbb4bd5b2ca3a347cade3b7f67ce87ed96636e89ef85c8b523f6a220",
}


def sealed(text: str, checksum: str) -> str:
    return f"{text}\n==== Log checksum {checksum} ====\n"


def results(data: bytes) -> list[tuple[str, str | None]]:
    found = parse_sidecar("rip.log", Kind.RIP_LOG, data).assertions
    return [(str(one.result), one.reason) for one in found if one.algorithm == "log-checksum"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "utf-16-le"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_an_unedited_log_is_verified_in_whatever_encoding_it_was_saved(
    encoding: str, end: str
) -> None:
    log = sealed(FIRST, FIRST_SUM).replace("\n", end)
    assert results(log.encode(encoding)) == [("verified", None)]


def test_an_edited_log_is_not() -> None:
    for edited in (FIRST.replace("Copy OK", "Copy 0K"), FIRST + " ", FIRST[1:].join("e ")):
        log = "Exact Audio Copy V1.0\n" * (edited[0] == "e") + sealed(edited, FIRST_SUM)
        ((result, reason),) = results(log.encode("utf-16"))
        assert result == "unverifiable"
        assert reason is not None and "edited" in reason


def test_each_of_two_logs_in_one_file_has_its_own_checksum() -> None:
    both = sealed(FIRST, FIRST_SUM) + "\n" + "-" * 60 + "\n\n" + sealed(SECOND, SECOND_SUM)
    assert results(both.encode("utf-16")) == [("verified", None)] * 2
    edited = both.replace("No errors", "Few errors").encode("utf-16")
    assert [result for result, _ in results(edited)] == ["verified", "unverifiable"]


@pytest.mark.parametrize("blocks", ZEROS)
def test_the_cipher_is_rijndael_with_blocks_of_256_bits(blocks: int) -> None:
    assert eac_checksum("\0" * 16 * blocks) == ZEROS[blocks]


def test_a_log_without_measure_costs_no_more_than_a_long_one() -> None:
    seals = ("==== Log checksum " + "0" * 64 + " ====\n") * 5_000
    hashes = ("SHA-256 hash: " + "0" * 64 + "\n") * 20_000
    for data in (seals, hashes, sealed("x" * 600_000, FIRST_SUM)):
        found = results(("Exact Audio Copy V1.0\n" + data).encode())
        assert len(found) <= 16
        assert {result for result, _ in found} == {"unverifiable"}
