#!/usr/bin/env bash
# pyzmq 27.3.0: the first parts of a message that send_multipart refused are sent as the beginning of the next message.
# One expects: a call that raises has sent nothing. send_multipart looks at all parts before it sends the first one, and a
#   str among them is refused like that: nothing is left behind.
# What happens: a buffer that is not contiguous (every second column of a picture) passes that look and is refused when its
#   turn comes. The parts before it are in the socket, as "more follows", and the next message is appended to them.
# Who is affected: programs that catch the error and go on: the receiver gets the next message with a foreign head, and what
#   reads parts by position (a topic, a routing id) takes the wrong ones.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pyzmq==27.3.0 numpy==2.4.6; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pyzmq 27.3.0, libzmq 4.3.5
sent ['topic', 'a str']: TypeError; the next message arrives as [b'next', b'message']
sent ['topic', 'a slice of an array']: ValueError; the next message arrives as [b'topic', b'next', b'message']
sent ['topic', 'a slice of a memoryview']: BufferError; the next message arrives as [b'topic', b'next', b'message']
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import numpy
import zmq

print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}")
context = zmq.Context()
picture = numpy.zeros((2, 4), numpy.uint8)
for what, part in (("a str", "text"), ("a slice of an array", picture[:, ::2]),
                   ("a slice of a memoryview", memoryview(b"abcd")[::2])):
    receiver, sender = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    receiver.rcvtimeo, sender.linger = 5000, 0
    sender.connect(f"tcp://127.0.0.1:{receiver.bind_to_random_port('tcp://127.0.0.1')}")
    try:
        sender.send_multipart([b"topic", part])
        told = "sent"
    except (TypeError, ValueError, BufferError) as failure:
        told = type(failure).__name__
    sender.send_multipart([b"next", b"message"])
    print(f"sent ['topic', {what!r}]: {told}; the next message arrives as {receiver.recv_multipart()}")
    sender.close()
    receiver.close()
context.term()
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
