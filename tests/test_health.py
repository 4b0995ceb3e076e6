"""GET /healthz: from memory alone, before anything heavy, and honest about the gateway."""

import errno
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import health
from health import CONNECTIONS, GRACE, SILENCE, Health, serve

LITTLE = 0.1


class Clock:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(health, "time", clock)
    return clock


def test_a_start_may_take_its_time_but_not_for_ever(clock):
    one = Health()
    clock.now += GRACE - LITTLE
    assert one.well
    clock.now += LITTLE
    assert not one.well
    one.up(0)
    assert one.well


def test_a_loop_that_stands_still_is_not_well(clock):
    one = Health()
    one.beat()
    clock.now += SILENCE - LITTLE
    assert one.well
    clock.now += LITTLE
    assert not one.well
    one.beat()
    assert one.well


def test_a_gateway_may_be_gone_for_a_while(clock):
    one = Health()
    one.up(0)
    one.down(0)
    clock.now += SILENCE - LITTLE
    one.beat()
    one.down(0)  # it tried and failed: gone since the first time
    assert one.well
    clock.now += LITTLE
    assert not one.well
    one.up(0)
    assert one.well


def test_every_gateway_of_several_must_be_up(clock):
    one = Health()
    for shard in (0, 1, 2):
        one.up(shard)
    one.down(1)
    clock.now += SILENCE
    one.up(0)
    one.up(2)
    assert not one.well
    one.up(1)
    assert one.well


def test_one_that_ends_is_not_well(clock):
    one = Health()
    one.up(0)
    one.close()
    assert not one.well


@pytest.fixture
def served() -> Iterator[tuple[Health, str]]:
    one = Health()
    server = serve(one, 0, "127.0.0.1")
    yield one, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def status(url: str, method: str = "GET") -> tuple[int, bytes]:
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_check_is_answered_from_memory(served):
    one, url = served
    assert status(f"{url}/healthz") == (200, b"ok\n")
    assert status(f"{url}/healthz?from=here") == (200, b"ok\n")
    assert status(f"{url}/healthz", "HEAD") == (200, b"")
    one.close()
    assert status(f"{url}/healthz") == (503, b"no gateway\n")
    assert status(f"{url}/healthz", "HEAD") == (503, b"")


def test_a_database_that_did_not_answer_is_counted(served):
    one, url = served
    one.timeouts = lambda: 3
    told = b"database: did not answer in time 3 times\n"
    assert status(f"{url}/healthz") == (200, b"ok\n" + told)  # a restart would not mend it
    one.close()
    assert status(f"{url}/healthz") == (503, b"no gateway\n" + told)


@pytest.mark.parametrize("path", ["/", "/health", "/healthz/", "/healthz.json", "/../healthz"])
def test_there_is_nothing_else_to_ask_for(served, path):
    _, url = served
    assert status(f"{url}{path}")[0] == 404
    assert status(f"{url}/healthz", "POST")[0] == 501


def test_a_check_leaves_no_line_behind(served, capfd):
    status(f"{served[1]}/healthz")
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_told(served):
    port = int(served[1].rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        serve(Health(), port, "127.0.0.1")


def test_connections_that_ask_nothing_do_not_take_all_descriptors(served, monkeypatch):
    monkeypatch.setattr(health, "LIMIT", 0.6)
    address = ("127.0.0.1", int(served[1].rpartition(":")[2]))
    idle = [socket.create_connection(address) for _ in range(CONNECTIONS)]
    dripping = idle[0]
    with socket.create_connection(address) as one_more:
        one_more.settimeout(60)
        assert one_more.recv(1) == b"", "closed at once"
    with suppress(OSError):  # once it is closed
        for _ in range(600):
            dripping.send(b"G")  # never done, and never still
            time.sleep(0.1)
        pytest.fail("still open")
    for one in idle:
        with one:
            one.settimeout(60)
            with suppress(ConnectionResetError):
                assert one.recv(1) == b""
    assert status(f"{served[1]}/healthz") == (200, b"ok\n")


def test_the_answer_does_not_say_what_it_is_written_in(served):
    with urllib.request.urlopen(f"{served[1]}/healthz", timeout=60) as response:
        assert response.headers["Server"] == "mokumoku-bot"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_it_is_answered_by_ipv4_and_ipv6(host):
    if host == "[::1]" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    server = serve(Health(), 0)
    try:
        assert status(f"http://{host}:{server.server_port}/healthz") == (200, b"ok\n")
    finally:
        server.shutdown()
        server.server_close()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_machine_without_ipv6_answers_by_ipv4(monkeypatch):
    bind = health.Server.server_bind

    def refuse(server: health.Server) -> None:
        if server.address_family == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "no IPv6 here")
        bind(server)

    monkeypatch.setattr(health.Server, "server_bind", refuse)
    test_it_is_answered_by_ipv4_and_ipv6("127.0.0.1")


def test_nothing_heavy_is_imported_before_the_port_is_open():
    heavy = {"disnake", "aiohttp", "peewee", "psycopg2", "asyncpg", "PIL", "models", "database"}
    code = f"import sys, main; print(sorted({heavy!r} & set(sys.modules)))"
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
