#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): a ROUTER's second client of the same routing id is connected, and never heard.
# One expects: what the manual says of ZMQ_ROUTER_HANDOVER=0, that ROUTER "shall reject clients": the connection ends or
#   fails in its handshake, somebody is told, and the client, which connects again by itself, gets in later.
# What happens: both sides report HANDSHAKE_SUCCEEDED, the client's messages go out, and the server reads none of them:
#   not even after the first client has left, as the connection stays.
# Who is affected: a client with an identity of its own that restarts before the server has noticed the end of its old
#   connection. It looks connected for ever, and neither side's monitor says otherwise.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
first client: the server reads True; events: CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED
second client: the server reads False; events: CONNECT_DELAYED CONNECTED HANDSHAKE_SUCCEEDED
server's events: ACCEPTED HANDSHAKE_SUCCEEDED ACCEPTED HANDSHAKE_SUCCEEDED
the first has left: DISCONNECTED
second client again: the server reads False; events: none
END
timeout 40 env/bin/python - >seen 2>&1 <<'END'
import zmq
from zmq.utils.monitor import recv_monitor_message

print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
context.setsockopt(zmq.LINGER, 0)
server = context.socket(zmq.ROUTER)
seen = server.get_monitor_socket(zmq.EVENT_ALL & ~zmq.EVENT_LISTENING)
port = server.bind_to_random_port("tcp://127.0.0.1")


def events(monitor):
    names = []
    while monitor.poll(1000):
        names.append(recv_monitor_message(monitor)["event"].name)
    return " ".join(names) or "none"


def client():
    socket = context.socket(zmq.DEALER)
    socket.routing_id = b"player"
    monitor = socket.get_monitor_socket()
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket, monitor


def say(who, socket, monitor):
    socket.send(b"hello")
    read = bool(server.poll(3000)) and server.recv_multipart() == [b"player", b"hello"]
    print(f"{who}: the server reads {read}; events: {events(monitor)}")


first = client()
say("first client", *first)
second = client()
say("second client", *second)
print("server's events:", events(seen))
first[0].disable_monitor()
first[0].close()
print("the first has left:", events(seen))
say("second client again", *second)
context.destroy()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
