#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): a second bind() to an ipc:// path in the same process takes the endpoint over.
# One expects: EADDRINUSE, as the kernel reports for a Unix socket's path that exists, and as tcp:// reports for a port.
#   zmq_ipc(7) describes the takeover for a second process only.
# What happens: the second bind succeeds, without an error or an event for the first. New clients reach the second socket.
# Who is affected: daemons that rely on bind() to keep a second one out. The first still believes that it listens.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
a second bind to the same tcp:// port: EADDRINUSE
a second bind to the same ipc:// path: done
a client that connects then reaches: the second
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import errno
import zmq

print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
context.setsockopt(zmq.LINGER, 0)


def bind(socket, endpoint):
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        return errno.errorcode[error.errno]
    return "done"


first, second, client = (context.socket(kind) for kind in (zmq.PULL, zmq.PULL, zmq.PUSH))
port = first.bind_to_random_port("tcp://127.0.0.1")
print("a second bind to the same tcp:// port:", bind(second, f"tcp://127.0.0.1:{port}"))
bind(first, "ipc://game.sock")
print("a second bind to the same ipc:// path:", bind(second, "ipc://game.sock"))
client.connect("ipc://game.sock")
client.send(b"hello")
reached = "the second" if second.poll(3000) else "the first" if first.poll(1000) else "neither"
print("a client that connects then reaches:", reached)
context.destroy()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
