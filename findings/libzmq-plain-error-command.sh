#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): the PLAIN mechanism's command ERROR goes over the wire as `^RROR`.
# One expects: a server that refuses a password says ERROR (ZMTP 3.1 and 24/ZMTP-PLAIN), and a client that is told so
#   reports HANDSHAKE_FAILED_AUTH.
# What happens: the command begins with the byte 5E and the letters RROR (its length and its first letter were read as
#   one number), and a client that gets a right ERROR reports HANDSHAKE_FAILED_PROTOCOL. Between two of libzmq nobody notices.
# Who is affected: other implementations of ZMTP. Their clients cannot read why libzmq refused them, and libzmq's
#   clients take their refusal of a password for a broken protocol.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
libzmq's server refuses a password: b'^RROR\x03400'
libzmq's client is told b'\x05ERROR\x03400': HANDSHAKE_FAILED_PROTOCOL
libzmq's client is told b'^RROR\x03400': HANDSHAKE_FAILED_AUTH
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import socket
import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"PLAIN".ljust(20, b"\0") + bytes(32)


def read(peer, size):
    data = b""
    while len(data) < size:
        data += peer.recv(size - len(data))
    return data


def command(peer, body=None):  # a frame: 04, its size, its body
    if body is None:
        return read(peer, read(peer, 2)[1])
    peer.sendall(b"\x04" + bytes([len(body)]) + body)


print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
passwords = ThreadAuthenticator(context)
passwords.start()
passwords.configure_plain(passwords={"guest": "right"})
with context.socket(zmq.ROUTER) as server:
    server.linger, server.plain_server = 0, True
    with socket.create_connection(("127.0.0.1", server.bind_to_random_port("tcp://127.0.0.1"))) as peer:
        peer.sendall(GREETING)
        read(peer, 64)
        command(peer, b"\x05HELLO\x05guest\x05wrong")
        print("libzmq's server refuses a password:", command(peer))
passwords.stop()
for refusal in (b"\x05ERROR\x03400", b"^RROR\x03400"):
    with socket.create_server(("127.0.0.1", 0)) as listener, context.socket(zmq.DEALER) as client:
        client.linger, client.plain_username, client.plain_password = 0, b"guest", b"wrong"
        monitor = client.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
        client.connect(f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        peer, _ = listener.accept()
        with peer:
            peer.sendall(GREETING)
            read(peer, 64)
            command(peer)
            command(peer, refusal)
            name = recv_monitor_message(monitor)["event"].name if monitor.poll(5000) else "nothing"
            print(f"libzmq's client is told {refusal}: {name}")
        client.disable_monitor()
context.term()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
