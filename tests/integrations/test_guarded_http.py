"""DESIGN 18: addresses that users gave lead to public machines only, and to bounded answers."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from integrations.guarded_addresses import is_public
from integrations.guarded_http import Credentials, GuardedHttp, Limits
from mentoring.errors import Refused, TryLater
from tests.certificates import certificate, serving
from tests.wires.web import Asked, Told, WebServer, web_server

PRIVATE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "198.18.0.1", "192.0.2.1", "203.0.113.9", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "::7f00:1", "2001:db8::1", "not an address", "",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e")
QUICK = Limits(connect_seconds=1, read_seconds=1, total_seconds=1.5, body_bytes=1_000_000, pause_seconds=0.01)


def http_to(server: WebServer, *others: WebServer, **settings: Any) -> GuardedHttp:
    settings.setdefault("limits", QUICK)
    return GuardedHttp(frozenset({each.host_port for each in (server, *others)}), **settings)


def ok(_: Asked) -> Told:
    return Told(body=b"fine")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_recognised(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_recognised(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [each for each in PRIVATE if each and " " not in each])
def test_a_name_that_leads_to_a_private_address_is_refused_before_anything_is_sent(address: str) -> None:
    http = GuardedHttp(resolver=lambda host, port: [address], limits=QUICK)
    with pytest.raises(Refused, match="private network"):
        http.request("GET", "http://calendar.example/feed.ics")


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    http = GuardedHttp(resolver=lambda host, port: ["93.184.215.14", "10.0.0.1"], limits=QUICK)
    with pytest.raises(Refused, match="private network"):
        http.request("GET", "http://calendar.example/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_address_in_any_spelling_is_refused(host: str) -> None:
    with web_server(ok) as server, pytest.raises(Refused):
        GuardedHttp(limits=QUICK).request("GET", f"http://{host}:{server.port}/")
    assert server.asked == []


def test_a_host_and_port_that_the_operator_allowed_is_visited_and_its_other_ports_are_not() -> None:
    with web_server(ok) as server, web_server(ok) as other:
        http = http_to(server)
        assert http.request("GET", server.url).body == b"fine"
        with pytest.raises(Refused, match="private network"):
            http.request("GET", other.url)
    assert other.asked == []


def test_the_host_is_looked_up_once_and_that_answer_is_connected_to() -> None:
    """Rebinding: a second look-up would be told another address. There is none."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return next(answers)

    with web_server(ok) as server:
        http = GuardedHttp(frozenset({f"calendar.example:{server.port}"}), resolver=rebinding, limits=QUICK)
        answer = http.request("GET", f"http://calendar.example:{server.port}/")
    assert answer.body == b"fine"
    assert looked_up == ["calendar.example"]
    assert server.asked[0].headers["Host"] == f"calendar.example:{server.port}"


def test_the_first_address_that_answers_is_taken() -> None:
    with web_server(ok) as server:
        http = GuardedHttp(
            frozenset({f"calendar.example:{server.port}"}),
            resolver=lambda host, port: ["::1", "127.0.0.1"],
            limits=QUICK,
        )
        assert http.request("GET", f"http://calendar.example:{server.port}/").status == 200


def test_a_redirect_to_a_private_address_is_refused() -> None:
    with (
        web_server(ok) as inside,
        web_server(lambda _: Told(302, headers={"Location": inside.url})) as outside,
        pytest.raises(Refused, match="private network"),
    ):
        http_to(outside).request("GET", outside.url)
    assert inside.asked == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org", "http://"])
def test_a_redirect_to_anything_but_the_web_is_refused(location: str) -> None:
    with web_server(lambda _: Told(302, headers={"Location": location})) as server, pytest.raises(Refused):
        http_to(server).request("GET", server.url)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://a.example/", "/feed.ics", "", "http://", "http://a:b@c.example/",
                "http://a b/", "http://a.example:99999/", "http://a.example:0/", "https://exa\nmple.org/"],
)  # fmt: skip
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        GuardedHttp(limits=QUICK, resolver=lambda host, port: ["10.0.0.1"]).request("GET", address)


def test_redirects_end() -> None:
    with (
        web_server(lambda asked: Told(302, headers={"Location": asked.path + "a"})) as server,
        pytest.raises(Refused, match="too often"),
    ):
        http_to(server).request("GET", server.url + "/")
    assert len(server.asked) <= 6


def test_a_password_does_not_follow_a_redirect_to_another_host() -> None:
    with web_server(ok) as other, web_server(lambda _: Told(302, headers={"Location": other.url})) as server:
        http_to(server, other).request("GET", server.url, credentials=Credentials("ann", "secret"))
    assert "Authorization" in server.asked[0].headers
    assert "Authorization" not in other.asked[0].headers


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PUT", "DELETE"])
def test_a_verb_with_a_meaning_does_not_follow_to_another_host(method: str) -> None:
    with (
        web_server(ok) as other,
        web_server(lambda _: Told(307, headers={"Location": other.url})) as server,
        pytest.raises(Refused, match="give that address instead"),
    ):
        http_to(server, other).request(method, server.url, credentials=Credentials("ann", "secret"), body=b"x")
    assert other.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_a_redirect_within_the_host_keeps_verb_and_body(status: int, method: str) -> None:
    def answer(asked: Asked) -> Told:
        return Told(status, headers={"Location": "/there"}) if asked.path == "/here" else Told(207, b"found")

    with web_server(answer) as server:
        told = http_to(server).request(method, server.url + "/here", body=b"<q/>", credentials=Credentials("a", "b"))
    assert (told.status, told.url) == (207, server.url + "/there")
    assert [(each.method, each.body) for each in server.asked] == [(method, b"<q/>")] * 2
    assert all("Authorization" in each.headers for each in server.asked)


def test_a_password_is_not_sent_without_encryption_unless_the_operator_named_the_host() -> None:
    http = GuardedHttp(limits=QUICK, resolver=lambda host, port: ["93.184.215.14"])
    with pytest.raises(Refused, match="https"):
        http.request("GET", "http://calendar.example/", credentials=Credentials("ann", "secret"))


def test_a_body_that_is_too_large_is_refused_and_not_read_to_its_end() -> None:
    with web_server(lambda _: Told(body=b"x" * 3_000_000)) as server, pytest.raises(Refused, match="larger than"):
        http_to(server).request("GET", server.url)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_grows_when_decompressed_is_counted_decompressed(encoding: str) -> None:
    bomb = gzip.compress(bytes(50_000_000)) if encoding == "gzip" else zlib.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    with (
        web_server(lambda _: Told(body=bomb, headers={"Content-Encoding": encoding})) as server,
        pytest.raises(Refused, match="larger than"),
    ):
        http_to(server).request("GET", server.url)


def drip(file: Any) -> None:
    for _ in range(200):
        file.write(b"x")
        file.flush()
        time.sleep(0.05)


def test_a_server_that_drips_its_body_is_given_up_in_time() -> None:
    with web_server(lambda _: Told(stream=drip, headers={"Content-Length": "5000"})) as server:
        began = time.monotonic()
        with pytest.raises(TryLater, match="too long"):
            http_to(server).request("GET", server.url)
    assert time.monotonic() - began < 4


def test_a_dripped_body_without_a_length_is_not_taken_for_a_whole_one() -> None:
    with web_server(lambda _: Told(stream=drip)) as server, pytest.raises(TryLater, match="too long"):
        http_to(server).request("GET", server.url)


def test_a_server_that_drips_its_headers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def slow() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(200):
                    try:
                        connection.sendall(f"X-{number}: a\r\n".encode())
                    except OSError:
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=slow, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(TryLater, match="too long"):
            GuardedHttp(frozenset({f"127.0.0.1:{port}"}), limits=QUICK).request("GET", f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 4
        thread.join(5)


def test_a_read_is_tried_again_after_a_cut_answer_and_a_write_is_not() -> None:
    def first_cut(count: list[int]) -> Any:
        def answer(_: Asked) -> Told:
            count.append(1)
            return Told(body=b"x" * 100, cut=10) if len(count) < 3 else Told(body=b"x" * 100)

        return answer

    with web_server(first_cut([])) as server:
        assert len(http_to(server).request("GET", server.url).body) == 100
        assert len(server.asked) == 3
    with web_server(first_cut([])) as server:
        http = http_to(server)
        with pytest.raises(TryLater):
            http.request("PUT", server.url, body=b"y")
        assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_tried_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TryLater):
        GuardedHttp(frozenset({f"127.0.0.1:{port}"}), limits=QUICK).request("GET", f"http://127.0.0.1:{port}/")


def test_a_write_that_was_never_sent_is_told_apart_from_one_that_may_have_been_taken() -> None:
    with web_server(lambda _: Told(raw=b"")) as server:
        http = http_to(server)
        with pytest.raises(TryLater) as perhaps:
            http.request("POST", server.url)
    with pytest.raises(TryLater) as never:
        http.request("POST", server.url)
    assert (perhaps.value.without_effect, never.value.without_effect) == (False, True)


def test_a_name_that_does_not_exist_is_refused_and_a_failing_name_service_is_tried_later() -> None:
    def failing(errno: int) -> Any:
        def look_up(host: str, port: int) -> list[str]:
            raise socket.gaierror(errno, "no")

        return look_up

    with pytest.raises(Refused, match="no server called"):
        GuardedHttp(resolver=failing(socket.EAI_NONAME), limits=QUICK).request("GET", "https://nowhere.example/")
    with pytest.raises(TryLater):
        GuardedHttp(resolver=failing(socket.EAI_AGAIN), limits=QUICK).request("GET", "https://nowhere.example/")


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with web_server(ok) as server:
        assert http_to(server).request("GET", server.url).status == 200
    assert "Authorization" not in server.asked[0].headers


def test_accounts_do_not_share_cookies() -> None:
    with web_server(lambda _: Told(headers={"Set-Cookie": "session=ann"})) as server:
        http = http_to(server)
        http.request("GET", server.url)
        http.request("GET", server.url)
    assert "Cookie" not in server.asked[1].headers


def test_the_path_and_the_password_are_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with web_server(lambda _: Told(body=b"x" * 10, cut=1)) as server:
        with pytest.raises(TryLater) as caught:
            http_to(server).request("GET", server.url + "/plantedpath", credentials=Credentials("ann", "plantedword"))
        said = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "planted" not in said + caplog.text + repr(Credentials("ann", "plantedword"))


def test_the_certificate_is_held_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    path = certificate(tmp_path, "calendar.example")
    with web_server(ok, serving(path)) as server:
        allowed = frozenset({f"calendar.example:{server.port}", f"other.example:{server.port}"})
        http = GuardedHttp(allowed, resolver=lambda host, port: ["127.0.0.1"], limits=QUICK, ca_bundle=str(path))
        assert http.request("GET", f"https://calendar.example:{server.port}/").body == b"fine"
        with pytest.raises(Refused, match="certificate"):
            http.request("GET", f"https://other.example:{server.port}/")
        strict = GuardedHttp(allowed, resolver=lambda host, port: ["127.0.0.1"], limits=QUICK)
        with pytest.raises(Refused, match="certificate"):
            strict.request("GET", f"https://calendar.example:{server.port}/")


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    path = certificate(tmp_path, "calendar.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with web_server(ok) as plain, web_server(lambda _: Told(302, headers={"Location": plain.url}), context) as server:
        http = GuardedHttp(
            frozenset({f"calendar.example:{server.port}", plain.host_port}),
            resolver=lambda host, port: ["127.0.0.1"],
            limits=QUICK,
            ca_bundle=str(path),
        )
        with pytest.raises(Refused, match="https to http"):
            http.request("GET", f"https://calendar.example:{server.port}/")
    assert plain.asked == []
