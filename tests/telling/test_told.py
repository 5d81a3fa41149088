"""A night's run and a watch are told of by mail, hook, ping and text file, once each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_fd_to_metric_families

from archiver.durable import Lock
from archiver.progress import Silence
from archiver.reverify.run import LOCK, Run, Wish
from cli.telling import PASSWORD as PASSWORD_VARIABLE
from cli.telling import SMTP, Wished, about_a_run
from cli.telling import USER as USER_VARIABLE
from tests.cli.workbench import Said, run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene, spoil
from tests.telling.servers import PASSWORD, USER, certificate, mail_server, web_server


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An archive of two bags that are due."""
    monkeypatch.setenv("no_proxy", "*")
    for name in (SMTP, USER_VARIABLE, PASSWORD_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    made = Scene(tmp_path)
    made.seal("a", 3 << 20, 10, 10, 10)
    made.seal("b")
    made.pass_days(1)
    return made


def reverify(scene: Scene, *words: str | Path) -> Said:
    """Do a run by the command, at the time of the scene."""
    clock = f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
    return run("reverify", "-a", scene.archive.root, *words, ARCHIVER_CLOCK=clock)


def _spoiled(scene: Scene) -> None:
    for number in range(4):
        spoil(scene.archive.bag_path("a") / "data" / f"{number}.bin")


def test_one_mail_a_run_tells_the_damage_together_and_carries_the_checkpoint(scene: Scene) -> None:
    _spoiled(scene)
    with mail_server() as (server, box):
        said = reverify(scene, "--mail-to", "a@example.org", "--smtp", server, "--json")
    assert said.code == 3
    ((to, letter, encrypted),) = box.letters
    assert (to, encrypted) == (["a@example.org"], False)
    assert str(letter["subject"]).startswith("DAMAGE: re-verification of /")
    text = letter.get_content().replace("\r\n", "\n")  # type: ignore[attr-defined]
    assert "mismatch: 4 in 1 bag (damage)" in text
    assert "4 of 4 in the folder a/data" in text
    assert "checked 2 bags" in text
    checkpoint = said.record("run")["checkpoint"]
    assert f"audio-archiver/{scene.archive.identity}\n{checkpoint['size']}\n" in text
    assert run("log", "verify", "-a", scene.archive.root).code == 0


def test_a_password_goes_over_starttls_alone(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER_VARIABLE, USER)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    file = certificate(scene.place)
    with mail_server(file) as (server, box):
        untrusted = reverify(scene, "--mail-to", "a@example.org", "--smtp", server)
        assert "CERTIFICATE_VERIFY_FAILED" in untrusted.err
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert "not-told" not in reverify(scene, "--mail-to", "a@x.org", "--smtp", server).err
    ((_, _, encrypted),) = box.letters
    assert encrypted
    with mail_server() as (server, box):
        plain = reverify(scene, "--mail-to", "a@example.org", "--smtp", server)
    assert "no password goes without it" in plain.err
    assert not box.letters


def test_the_policy_names_who_is_told_of_what(scene: Scene) -> None:
    policy = scene.archive.policy_path
    text = policy.read_text().split("\n[notification]\n")[0]
    policy.write_text(f'{text}\n[notification]\nmail = ["p@example.org"]\non = ["damage"]\n')
    with mail_server() as (server, box):
        assert reverify(scene, "--smtp", server).code == 0
        assert box.letters == []
        _spoiled(scene)
        assert reverify(scene, "--smtp", server, "--all").code == 3
    assert [to for to, _, _ in box.letters] == [["p@example.org"]]


def test_a_ping_says_start_and_success_or_failure_with_the_digest(scene: Scene) -> None:
    with web_server() as (url, told):
        assert reverify(scene, "--ping", url).code == 0
        _spoiled(scene)
        assert reverify(scene, "--ping", f"{url}?create=1", "--all").code == 3
    assert [path for path, _ in told] == [
        "/ping/abc/start",
        "/ping/abc",
        "/ping/abc/start?create=1",
        "/ping/abc/fail?create=1",
    ]
    assert "checked 2 bags" in told[1][1]
    assert "mismatch: 4 in 1 bag" in told[3][1]


def test_a_run_that_another_keeps_from_beginning_tells_nobody(scene: Scene) -> None:
    with web_server() as (url, told), Lock(scene.archive.root / LOCK, "reverify", scene.now):
        assert reverify(scene, "--ping", url).code == 11
    assert told == []


def test_a_run_that_fails_half_way_is_told_of(scene: Scene) -> None:
    with web_server() as (url, told):
        assert reverify(scene, "--ping", url, "--bag", "nobody").code == 2
    assert [path for path, _ in told] == ["/ping/abc/start", "/ping/abc/fail"]
    assert "holds no bag 'nobody'" in told[1][1]


def test_a_night_that_finds_nothing_tells_of_the_incidents_that_are_open(scene: Scene) -> None:
    _spoiled(scene)
    assert reverify(scene).code == 3
    scene.pass_days(0.25)
    with web_server() as (url, told):
        said = reverify(scene, "--ping", url, "--json")
    assert (said.code, said.record("run")["incidents"]) == (0, 1)
    assert "1 incident is open" in told[1][1]


def test_what_a_run_found_before_it_was_stopped_is_told(scene: Scene) -> None:
    _spoiled(scene)
    night = Run(scene.archive, Wish(), scene.clock, AGENT, Silence())
    with (
        web_server() as (url, told),
        pytest.raises(KeyboardInterrupt),
        about_a_run(scene.archive, Wished((), None, None, url, None)) as account,
    ):
        for one in night.checks():
            account.take(one)
            raise KeyboardInterrupt("SIGTERM")
    ((path, text),) = told
    assert path == "/ping/abc/fail"
    assert "the run did not get to its end: SIGTERM" in text
    assert "mismatch: 4 in 1 bag (damage)" in text


def test_a_hook_gets_the_digest_as_json(scene: Scene) -> None:
    out = scene.place / "got it.json"
    _spoiled(scene)
    hook = f"""'{sys.executable}' -c 'import sys; open("{out}", "w").write(sys.stdin.read())'"""
    assert reverify(scene, "--hook", hook).code == 3
    record = json.loads(out.read_text())
    assert (record["type"], record["state"], record["bags"]) == ("run", "unsound", 2)
    (kind,) = record["failures"]
    assert (kind["code"], kind["number"], kind["bags"]) == ("mismatch", 4, 1)
    assert record["checkpoint"]["size"] > 0


def test_the_text_file_is_read_by_prometheus_own_parser(scene: Scene) -> None:
    file = scene.place / "archive.prom"
    _spoiled(scene)
    assert reverify(scene, "--textfile", file).code == 3
    with open(file) as stream:
        families = {family.name: family for family in text_fd_to_metric_families(stream)}
    findings = families["audio_archiver_last_run_findings"].samples
    archive = str(scene.archive.root)
    assert [(one.labels, one.value) for one in findings] == [
        ({"archive": archive, "code": "mismatch"}, 4.0)
    ]
    states = families["audio_archiver_last_run_state"].samples
    assert [one.labels["state"] for one in states if one.value] == ["unsound"]
    (ended,) = families["audio_archiver_last_run_end_timestamp_seconds"].samples
    assert ended.value == scene.now.timestamp()
    assert os.listdir(scene.place).count(".archive.prom.new") == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--ping", "http://127.0.0.1:1/"),
        ("--ping", "file:///etc/passwd"),
        ("--hook", "/nowhere/at/all"),
        ("--hook", "/bin/false"),
        ("--textfile", "/nowhere/x.prom"),
        ("--textfile", "x.txt"),
        ("--mail-to", "a@example.org", "--smtp", "127.0.0.1:1"),
        ("--mail-to", "a@", "--smtp", "127.0.0.1:1"),
        ("--mail-to", "a@example.org\nBcc: b@example.org", "--smtp", "127.0.0.1:1"),
    ],
)
def test_what_cannot_be_told_is_said_and_changes_no_verdict(
    scene: Scene, words: tuple[str, ...]
) -> None:
    said = reverify(scene, *words, "--json")
    assert said.code == 0
    assert {one["code"] for one in said.records("finding")} == {"not-told"}
    assert said.record("run")["state"] == "sound"


def test_a_server_that_answers_with_an_error_was_not_told(scene: Scene) -> None:
    with web_server(500) as (url, told):
        said = reverify(scene, "--ping", url, "--quiet")
    assert said.code == 0
    assert "not-told" in said.err
    assert len(told) == 2


@pytest.mark.parametrize("words", [("--smtp", "host:port"), ("--hook", "'open")])
def test_mistaken_ways_are_refused_before_anything_is_read(
    scene: Scene, words: tuple[str, str]
) -> None:
    assert reverify(scene, *words).code == 2
    assert list(scene.events("reverify")) == []


def test_a_watch_mails_when_there_is_silence_and_only_then(scene: Scene) -> None:
    file = scene.place / "watch.prom"
    with mail_server() as (server, box):
        words = ("watch", "-a", scene.archive.root, "--mail-to", "a@example.org", "--smtp", server)
        for within, code in (("25h", 0), ("23h", 6)):
            clock = f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
            more = ("--within", within, "--textfile", file)
            assert run(*words, *more, ARCHIVER_CLOCK=clock).code == code
    ((_, letter, _),) = box.letters
    assert str(letter["subject"]).startswith("late: watch of /")
    assert "no run has ended since the archive was made" in letter.get_content()  # type: ignore[attr-defined]
    with open(file) as stream:
        families = {family.name: family for family in text_fd_to_metric_families(stream)}
    assert families["audio_archiver_silent"].samples[0].value == 1.0
