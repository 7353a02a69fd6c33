#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): a TCP port above 65535 is taken, modulo 65536.
# One expects: an endpoint whose port does not exist is refused with EINVAL, as the port -1 is.
# What happens: bind("tcp://127.0.0.1:99999") listens on port 34463; a client of the same endpoint finds it there.
# Who is affected: whoever mistypes a port. Both sides of one configuration work, a firewall or a monitor that goes by
#   the port does not, and the number may hit a port that is somebody else's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
port -1: refused, EINVAL
the port of an ordinary listener plus 65536: a message came through
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import errno
import zmq

print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
with context.socket(zmq.PULL) as listener, context.socket(zmq.PUSH) as sender:
    sender.linger = 0
    try:
        sender.connect("tcp://127.0.0.1:-1")
    except zmq.ZMQError as error:
        print("port -1: refused,", errno.errorcode[error.errno])
    port = listener.bind_to_random_port("tcp://127.0.0.1")
    told = "a message came through"
    try:
        sender.connect(f"tcp://127.0.0.1:{port + 65536}")
        sender.send(b"hello")
        if not listener.poll(5000):
            told = "nothing came through"
    except zmq.ZMQError as error:
        told = f"refused, {errno.errorcode[error.errno]}"
    print("the port of an ordinary listener plus 65536:", told)
context.term()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
