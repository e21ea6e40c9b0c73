"""Show that tokens and people are known by what only they hold, that guessing is slowed, that tampering shows."""

import json
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click import Command, Group
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cli.main import main
from server.identity.accounts import FILE, Unfit
from server.identity.audit import HEAD, LOG, Audit
from server.identity.people import ADDRESS, PAIR, NotSignedIn, People
from server.identity.throttle import TooManyTries, neighbourhood
from server.identity.tokens import NoSuchToken, NoToken, Tokens

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def test_a_token_is_known_by_its_secret_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    _, secret = tokens.create("Ana", "submitter", ["seed"], WHEN)
    assert secret.startswith("m4sd_")
    assert tokens.find(secret, WHEN).actor.name == "Ana"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert secret.rpartition("_")[2].encode() not in kept
    assert sha256(secret.encode()).digest() in kept
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("wrong", ["", "m4sd_", "m4sd_00000000_x", "nothing", "m4sd_" + "x" * 5000, "m4sd_é_\x00"])
def test_what_is_no_token_is_refused(tmp_path: Path, wrong: str) -> None:
    tokens = Tokens(tmp_path)
    tokens.create("Ana", "submitter", ["seed"], WHEN)
    with pytest.raises(NoToken):
        tokens.find(wrong, WHEN)


def test_a_secret_with_one_sign_changed_is_refused(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    _, secret = tokens.create("Ana", "submitter", ["seed"], WHEN)
    for at in range(len(secret)):
        with pytest.raises(NoToken):
            tokens.find(secret[:at] + ("x" if secret[at] != "x" else "y") + secret[at + 1 :], WHEN)


def test_a_token_ends_at_its_time_and_when_it_is_revoked(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    short, secret = tokens.create("Ana", "submitter", ["seed"], WHEN, days=1)
    assert tokens.find(secret, WHEN + timedelta(hours=23)).state(WHEN) == "good"
    with pytest.raises(NoToken):
        tokens.find(secret, WHEN + timedelta(days=1))
    long, other = tokens.create("Ana", "submitter", ["seed"], WHEN, label="laptop")
    tokens.revoke(long.id, WHEN)
    with pytest.raises(NoToken):
        tokens.find(other, WHEN)
    states = {token.id: token.state(WHEN + timedelta(days=2)) for token in tokens.list()}
    assert states == {short.id: "expired", long.id: "revoked"}
    with pytest.raises(NoSuchToken):
        tokens.revoke("nobody", WHEN)


def test_the_last_use_of_a_token_is_kept_to_the_minute(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    _, secret = tokens.create("Ana", "submitter", ["seed"], WHEN)
    for seconds in (0, 30, 90):
        tokens.find(secret, WHEN + timedelta(seconds=seconds))
    assert tokens.list()[0].used == "2026-01-01T00:01:30.000Z"


@pytest.mark.parametrize(
    ("name", "role", "datasets"),
    [("", "reader", []), ("a\nb\x07", "reader", []), ("a", "king", []), ("a", "anyone", []), ("a", "reader", ["../x"])],
)
def test_a_token_for_nobody_or_nothing_is_not_made(tmp_path: Path, name: str, role: str, datasets: list[str]) -> None:
    with pytest.raises(Unfit):
        Tokens(tmp_path).create(name, role, datasets, WHEN)


def test_somebody_signs_in_with_her_own_password_only(tmp_path: Path) -> None:
    people = People(tmp_path)
    people.create("Ana Diallo", "reviewer", ["seed"], PASSWORD, WHEN)
    found = people.sign_in("ana  diallo", PASSWORD, "192.0.2.1", WHEN)
    assert (found.actor.name, found.role) == ("Ana Diallo", "reviewer")
    for name, password in (("Ana Diallo", "wrong horse battery"), ("Bo", PASSWORD), ("Ana Diallo", "")):
        with pytest.raises(NotSignedIn):
            people.sign_in(name, password, "192.0.2.1", WHEN)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_a_password_is_long_and_not_the_name_and_a_name_is_ones_own(tmp_path: Path) -> None:
    people = People(tmp_path)
    for password in ("short", "x" * 1001, "my name is ana"):
        with pytest.raises(Unfit):
            people.create("Ana", "reader", [], password, WHEN)
    people.create("Ana", "reader", [], PASSWORD, WHEN)
    with pytest.raises(Unfit, match="already"):
        people.create("ＡＮＡ ", "reader", [], PASSWORD, WHEN)


def test_a_weak_hash_is_made_anew_at_the_next_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("server.identity.people._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        People(tmp_path).create("Ana", "reader", [], PASSWORD, WHEN)
    People(tmp_path).sign_in("Ana", PASSWORD, "192.0.2.1", WHEN)
    with People(tmp_path)._file.reading() as database:
        kept = database.execute("SELECT password FROM person").fetchone()[0]
    assert not PasswordHasher().check_needs_rehash(kept)


def test_sessions_end_when_the_account_changes_or_is_disabled(tmp_path: Path) -> None:
    people = People(tmp_path)
    before = people.create("Ana", "reader", [], PASSWORD, WHEN)
    assert people.find("Ana", before.stamp) == before
    after = people.change("Ana", WHEN, role="reviewer")
    assert people.find("Ana", before.stamp) is None
    people.change("Ana", WHEN, disabled=True)
    assert people.find("Ana", after.stamp) is None
    with pytest.raises(NotSignedIn):
        people.sign_in("Ana", PASSWORD, "192.0.2.1", WHEN)


def guess(people: People, name: str, address: str, when: datetime = WHEN) -> str:
    try:
        people.sign_in(name, "wrong horse battery", address, when)
    except (NotSignedIn, TooManyTries) as error:
        return type(error).__name__
    raise AssertionError


def test_guessing_is_held_off_and_a_restart_forgives_nothing(tmp_path: Path, quick: None) -> None:
    People(tmp_path).create("Ana", "reader", [], PASSWORD, WHEN)
    tries = [guess(People(tmp_path), "Ana", "192.0.2.1") for _ in range(PAIR.most + 1)]
    assert tries == ["NotSignedIn"] * PAIR.most + ["TooManyTries"]
    with pytest.raises(TooManyTries):
        People(tmp_path).sign_in("Ana", PASSWORD, "192.0.2.1", WHEN)
    assert People(tmp_path).sign_in("Ana", PASSWORD, "192.0.2.2", WHEN).name == "Ana", "nobody locks her out"
    later = WHEN + timedelta(seconds=PAIR.seconds + 1)
    assert People(tmp_path).sign_in("Ana", PASSWORD, "192.0.2.1", later).name == "Ana"


def test_one_address_cannot_try_many_names(tmp_path: Path, quick: None) -> None:
    people = People(tmp_path)
    tries = [guess(people, f"name {number}", "2001:db8::1") for number in range(ADDRESS.most + 2)]
    assert tries.count("TooManyTries") == 2
    assert guess(people, "another", "2001:db8::ffff") == "TooManyTries", "the same network"
    assert guess(people, "another", "2001:db8:1::1") == "NotSignedIn"


def test_signing_in_rightly_does_not_use_up_the_tries_of_an_office(tmp_path: Path, quick: None) -> None:
    people = People(tmp_path)
    people.create("Ana", "reader", [], PASSWORD, WHEN)
    for number in range(ADDRESS.most + 5):
        people.sign_in("Ana", PASSWORD, "192.0.2.1", WHEN + timedelta(seconds=number))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a cheap hash where only the counting of tries is looked at."""
    monkeypatch.setattr("server.identity.people._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr("server.identity.people._nobodys", lambda: PasswordHasher(1, 8, 1).hash("nobody"))


def test_an_address_is_counted_by_its_network() -> None:
    found = [neighbourhood(each) for each in ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::5%eth0", "x" * 99)]
    assert found == ["192.0.2.1", "192.0.2.1", "2001:0db8:0000:0000", "x" * 60]


def test_a_typed_password_in_the_place_of_the_name_is_kept_nowhere(tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn):
        People(tmp_path).sign_in(PASSWORD, "", "192.0.2.1", WHEN)
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_the_audit_log_tells_of_tokens_and_of_people(tmp_path: Path) -> None:
    tokens, people = Tokens(tmp_path), People(tmp_path)
    token, _ = tokens.create("Ana", "submitter", ["seed"], WHEN, by="root")
    tokens.revoke(token.id, WHEN, by="root")
    people.create("Bo", "reviewer", ["*"], PASSWORD, WHEN, by="root")
    people.sign_in("Bo", PASSWORD, "192.0.2.1", WHEN)
    with pytest.raises(NotSignedIn):
        people.sign_in("Bo", "wrong horse battery", "192.0.2.1", WHEN)
    told = [(line.what, line.who, line.about) for line in Audit(tmp_path).lines()]
    assert told == [
        ("create token", "root", token.id),
        ("revoke token", "root", token.id),
        ("create person", "root", "Bo"),
        ("sign in", "Bo", "192.0.2.1"),
        ("sign-in failed", "Bo", "192.0.2.1"),
    ]
    assert Audit(tmp_path).verify() == ()


def some_lines(folder: Path, count: int = 6) -> Path:
    for number in range(count):
        Audit(folder).write("decide", "Ana", f"submission {number}", note="a\nb\u202e")
    return folder / "audit" / LOG


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_log_in_which_any_one_sign_is_changed_says_where(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("audit")
    log = some_lines(folder)
    text = bytearray(log.read_bytes())
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.integers(33, 126).filter(lambda sign: sign != text[at]))
    line = text[:at].count(b"\n") + 1
    text[at] = new
    log.write_bytes(bytes(text))
    found = Audit(folder).verify()
    assert found
    assert found[0].line in (line, line + 1)


def test_a_line_taken_out_put_in_or_moved_shows(tmp_path: Path) -> None:
    log = some_lines(tmp_path)
    lines = log.read_bytes().splitlines(keepends=True)
    for changed in (lines[:2] + lines[3:], lines[:3] + lines[2:], [*lines[:2], lines[3], lines[2], *lines[4:]]):
        log.write_bytes(b"".join(changed))
        assert Audit(tmp_path).verify()[0].line in (3, 4)


def test_a_log_cut_at_its_end_shows_and_a_log_done_anew_shows_to_a_witness(tmp_path: Path) -> None:
    log = some_lines(tmp_path)
    witness = Audit(tmp_path).head()
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:4]))
    assert [found.line for found in Audit(tmp_path).verify()] == [5]
    for name in (LOG, HEAD):
        (tmp_path / "audit" / name).unlink()
    some_lines(tmp_path)
    assert Audit(tmp_path).verify() == ()
    assert [found.line for found in Audit(tmp_path).verify(witness)] == [6]


def test_a_line_that_a_crash_cut_short_shows_and_the_log_goes_on(tmp_path: Path) -> None:
    log = some_lines(tmp_path, 2)
    log.write_bytes(log.read_bytes() + b'{"number": 3, "at"')
    Audit(tmp_path).write("decide", "Ana")
    assert [line.number for line in Audit(tmp_path).lines()] == [1, 2, 3]
    assert [found.line for found in Audit(tmp_path).verify()] == [3]


def test_each_entry_is_one_line_of_ascii(tmp_path: Path) -> None:
    lines = some_lines(tmp_path, 3).read_bytes().splitlines()
    assert len(lines) == 3
    assert all(line.isascii() and json.loads(line) for line in lines)


def write_many(folder: Path, who: str) -> None:
    for number in range(25):
        Audit(folder).write("decide", who, str(number))


def test_several_processes_write_one_whole_log(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    processes = [context.Process(target=write_many, args=(tmp_path, f"p{number}")) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = list(Audit(tmp_path).lines())
    assert [line.number for line in lines] == list(range(1, 101))
    assert Audit(tmp_path).verify() == ()


def run(folder: Path, *words: str, typed: str = "") -> Result:
    """Run the command on a folder, as somebody at a terminal does."""
    return CliRunner().invoke(
        main, ["--lang", "en", *words], input=typed, env={"M4SD_STORE": str(folder), "USER": "root"}
    )


def test_a_token_is_made_listed_and_revoked_at_the_command_line(tmp_path: Path) -> None:
    made = run(tmp_path, "token", "create", "--role", "submitter", "--name", "Ana", "--dataset", "seed")
    secret = made.stdout.strip()
    token = Tokens(tmp_path).find(secret)
    assert (token.name, token.role, token.datasets) == ("Ana", "submitter", ("seed",))
    assert secret not in made.stderr
    listed = run(tmp_path, "token", "list").stdout
    assert listed.split("\t")[:5] == [token.id, "good", "submitter", "Ana", "seed"]
    assert secret not in listed
    assert run(tmp_path, "token", "revoke", token.id).exit_code == 0
    with pytest.raises(NoToken):
        Tokens(tmp_path).find(secret)
    assert run(tmp_path, "token", "revoke", "nobody").exit_code == 1
    assert [line.who for line in Audit(tmp_path).lines()] == ["root at the command line"] * 2


def test_the_folder_may_be_named_at_the_command_line(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    made = run(tmp_path, "token", "create", "--role", "reader", "--name", "Ana", "--store", str(elsewhere))
    assert Tokens(elsewhere).find(made.stdout.strip()).name == "Ana"
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
    (tmp_path / "file").touch()
    assert run(tmp_path, "token", "list", "--store", str(tmp_path / "file")).exit_code == 2


def leaves(command: Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Command]]:
    """Yield the commands that do something, by their names."""
    if isinstance(command, Group):
        for name, each in command.commands.items():
            yield from leaves(each, (*path, name))
    else:
        yield " ".join(path), command


def test_every_command_of_a_store_takes_its_folder() -> None:
    without = {name for name, each in leaves(main) if not any("--store" in parameter.opts for parameter in each.params)}
    assert without == {"check", "doctor"}  # they read no store


def test_an_account_is_made_and_changed_at_the_command_line(tmp_path: Path) -> None:
    invented = run(tmp_path, "person", "create", "Ana", "--role", "reviewer").stdout.strip()
    assert People(tmp_path).sign_in("Ana", invented, "192.0.2.1").role == "reviewer"
    assert run(tmp_path, "person", "password", "Ana", typed=f"{PASSWORD}\n").stdout == ""
    assert People(tmp_path).sign_in("Ana", PASSWORD, "192.0.2.1").name == "Ana"
    assert run(tmp_path, "person", "role", "Ana", "admin", "--dataset", "*").exit_code == 0
    assert run(tmp_path, "person", "list").stdout.split("\t")[:4] == ["Ana", "good", "admin", "*"]
    assert run(tmp_path, "person", "disable", "Ana").exit_code == 0
    assert "disabled" in run(tmp_path, "person", "list").stdout
    assert run(tmp_path, "person", "create", "Bo", "--role", "reader", typed="short\n").exit_code == 1
