#!/usr/bin/env bash
# libzmq 4.3.5 (in pyzmq 27.3.0): with ZMQ_IMMEDIATE=1 messages that have arrived are lost when the connection ends.
# One expects: ZMQ_IMMEDIATE is about sending (its manual: "Queue messages only to completed connections"), and what a
#   socket has received stays there until it is read, as it does without the option.
# What happens: the connection's pipe is dropped together with the received messages that nobody has read yet.
# Who is affected: a client that sets it so that no stale command waits for a new server. A server's last words before it
#   closes (an answer, a reason) reach the client's process, and are lost in it if it does not read them at once.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
IMMEDIATE=0: answers had arrived; after the server's end the client reads ['answer 0', 'answer 1', 'answer 2']
IMMEDIATE=1: answers had arrived; after the server's end the client reads []
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import zmq
from zmq.utils.monitor import recv_monitor_message

print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
for immediate in (0, 1):
    server, client = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
    client.linger, client.immediate = 0, immediate
    monitor = client.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
    client.connect(f"tcp://127.0.0.1:{server.bind_to_random_port('tcp://127.0.0.1')}")
    recv_monitor_message(monitor)  # the handshake is through
    client.send(b"question")
    name = server.recv_multipart()[0]
    for number in range(3):
        server.send_multipart([name, b"answer %d" % number])
    arrived = "had" if client.poll(5000) else "had not"
    server.close(linger=5000)
    recv_monitor_message(monitor)  # disconnected
    read = []
    while client.poll(500):
        read.append(client.recv().decode())
    print(f"IMMEDIATE={immediate}: answers {arrived} arrived; after the server's end the client reads {read}")
    client.disable_monitor()
    client.close()
context.term()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
