#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): bind() on ipc:// removes whatever stands at the path, even what is no socket.
# One expects: EADDRINUSE, as the kernel says of a Unix socket's path that exists, and as tcp:// says of a port. zmq_ipc(7)
#   takes one case out: a second process that binds to a bound endpoint takes the binding over.
# What happens: that, and a file of any other kind at the path is deleted too. The text in it is gone, without an error.
# Who is hurt: whoever mistypes a path in a configuration, and daemons that rely on bind() to keep a second one out: the
#   first goes on in the belief that it listens.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
a second bind to the same tcp:// port: EADDRINUSE
a second bind to the same ipc:// path: done
a client that connects then reaches: the second
bind to the path of a text file: done, and the text is gone
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import errno
import pathlib
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


first, second, third, client = (context.socket(kind) for kind in (zmq.PULL, zmq.PULL, zmq.PULL, zmq.PUSH))
port = first.bind_to_random_port("tcp://127.0.0.1")
print("a second bind to the same tcp:// port:", bind(second, f"tcp://127.0.0.1:{port}"))
bind(first, "ipc://game.sock")
print("a second bind to the same ipc:// path:", bind(second, "ipc://game.sock"))
client.connect("ipc://game.sock")
client.send(b"hello")
reached = "the second" if second.poll(3000) else "the first" if first.poll(1000) else "nobody"
print("a client that connects then reaches:", reached)
notes = pathlib.Path("notes.txt")
notes.write_text("a text")
told = bind(third, "ipc://notes.txt")
print(f"bind to the path of a text file: {told}, and the text is {'there' if notes.is_file() else 'gone'}")
context.destroy()
END
printf '%s\n' "--- came:"; cat seen
cmp -s expected seen && exit 0
printf '%s\n' "--- came when this was written:"; cat expected
exit 1
