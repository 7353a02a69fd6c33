"""Valve's Web API on this machine, at the outermost edge: a proxy that the real servers' TLS connections end at.

Whatever host a server asks for through the proxy is answered here, under a certificate of the test's own authority.
"""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "api.steampowered.com"
KEY = "0123456789ABCDEF0123456789ABCDEF"
USER = "76561197960287930"
RETRY_AFTER_S = 10
NEWS = {
    "gid": "1",
    "title": "Patch Notes v1.3",
    "url": "https://x/1",
    "date": 1774467000,
    "contents": "",
    "feedlabel": "",
}
GAME = {"appid": 261550, "name": "Bannerlord", "playtime_2weeks": 120, "playtime_forever": 8520}
EARNED = [{"apiname": f"A{number}", "achieved": int(number < 23), "unlocktime": 0} for number in range(96)]
STATS = [{"name": "battles_won", "value": 17}, {"name": "troops_recruited", "value": 230}]
PLAYER = {"steamID": USER, "gameName": "Bannerlord"}
ANSWERS: dict[str, Any] = {
    "/ISteamUserStats/GetNumberOfCurrentPlayers/v1/": {"response": {"player_count": 8421, "result": 1}},
    "/ISteamNews/GetNewsForApp/v2/": {"appnews": {"appid": 261550, "newsitems": [NEWS]}},
    "/IPlayerService/GetRecentlyPlayedGames/v1/": {"response": {"total_count": 1, "games": [GAME]}},
    "/ISteamUserStats/GetPlayerAchievements/v1/": {"playerstats": {**PLAYER, "success": True, "achievements": EARNED}},
    "/ISteamUserStats/GetUserStatsForGame/v2/": {"playerstats": {**PLAYER, "stats": STATS}},
}
KEYLESS = ("/ISteamUserStats/GetNumberOfCurrentPlayers/v1/", "/ISteamNews/GetNewsForApp/v2/")


class StandIn:
    """Answers like Valve's API. `status` is the HTTP status of every answer; while `hangs` is set, none is sent."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        certificate, key = _certificates(folder, self.authority)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked: list[str] = []
        self.status = 200
        self.hangs = False
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def environment(self) -> dict[str, str]:
        """The environment variables that direct a server to the stand-in."""
        trusted = str(self.authority)
        return {
            "HTTPS_PROXY": self.proxy,
            "https_proxy": self.proxy,
            "SSL_CERT_FILE": trusted,
            "REQUESTS_CA_BUNDLE": trusted,
        }

    def close(self) -> None:
        """Stop answering."""
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._accepting, *self._threads):
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            _head(connection)  # CONNECT host:443
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._tls.wrap_socket(connection, server_side=True) as secure:
                target = _head(secure).split(b" ")[1].decode()
                secure.sendall(self._answer(target))

    def _answer(self, target: str) -> bytes:
        self.asked.append(target)
        if self.hangs:
            self._closing.wait()
        parts = urlsplit(target)
        status, body = self.status, json.dumps(ANSWERS.get(parts.path, {}))
        if status == 200 and parts.path not in KEYLESS and parse_qs(parts.query).get("key") != [KEY]:
            status = 403
        if status != 200:
            body = f"<html>Forbidden: {target}</html>"
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        if status == 429:  # steam-mcp 1.19 asks three times more, each after so long: half a minute without an answer
            head += f"Retry-After: {RETRY_AFTER_S}\r\n"
        return (head + "Connection: close\r\n\r\n" + body).encode()


@contextmanager
def steam(folder: Path) -> Iterator[StandIn]:
    """Run a stand-in until the block ends."""
    running = StandIn(folder)
    try:
        yield running
    finally:
        running.close()


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(65_536)
        if not chunk:
            raise OSError("closed")
        head += chunk
    return head


def _certificates(folder: Path, authority: Path) -> tuple[Path, Path]:
    """A certificate for Valve's host and its key, signed by the test's own authority."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test's own authority")])
    ca = _builder(root, root, root_key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    root_certificate = ca.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("*.steampowered.com")])
    leaf = _builder(host, root, key).add_extension(names, critical=False).sign(root_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    authority.write_bytes(root_certificate.public_bytes(pem))
    certificate, key_file = folder / "steam.pem", folder / "steam.key"
    certificate.write_bytes(leaf.public_bytes(pem))
    plain = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return certificate, key_file


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
