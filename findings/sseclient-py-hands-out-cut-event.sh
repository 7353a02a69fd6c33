#!/usr/bin/env bash
# sseclient-py 1.9.0: what a connection had sent of an event when it ended is handed out as a whole event.
# One expects: an event is complete at its empty line. The standard (WHATWG HTML, server-sent events) says to discard the
#   rest when the stream ends before it, and httpx-sse, like browsers, does.
# What happens: events() yields the rest. If the end came in the middle of a line, the data is cut there, and if that was inside a
#   number it is valid JSON with another value.
# Who is affected: bots that read a state or a price from a stream: after a lost connection they act on a value that nobody sent.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet sseclient-py==1.9.0 httpx-sse==0.4.3 httpx==0.28.1; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
sseclient-py 1.9.0, httpx-sse 0.4.3
a stream that ends within 'data: 1250':
sseclient-py: ['1100', '12']
httpx-sse: ['1100']
a stream that ends between the two lines of an event:
sseclient-py: ['1100', '{"health": 5,']
httpx-sse: ['1100']
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
from importlib.metadata import version

import httpx
import httpx_sse
import sseclient

print(", ".join(f"{name} {version(name)}" for name in ("sseclient-py", "httpx-sse")))


def by_httpx_sse(stream):
    def answer(request):
        return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=stream)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        with httpx_sse.connect_sse(client, "GET", "http://stream.test/") as source:
            return [event.data for event in source.iter_sse()]


for what, stream in (("within 'data: 1250'", b"data: 1100\n\ndata: 12"),
                     ("between the two lines of an event", b'data: 1100\n\ndata: {"health": 5,\n')):
    print(f"a stream that ends {what}:")
    print("sseclient-py:", [event.data for event in sseclient.SSEClient(iter([stream])).events()])
    print("httpx-sse:", by_httpx_sse(stream))
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
