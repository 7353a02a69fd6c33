#!/usr/bin/env bash
# httpx-sse 0.4.3: a block of a stream that has only `retry:` or `id:` comes out as an event with empty data.
# One expects: an event only where the stream has data. The standard (WHATWG HTML, server-sent events) sets the id or the
#   delay of such a block, and ends it without an event; browsers do so.
# What happens: iter_sse() yields ServerSentEvent(event="message", data="") for it. A comment alone yields none.
# Who is affected: clients of servers that begin with `retry: 3000`, or mark a place with `id:` alone: a client that parses the
#   data of each event as JSON ends at the first block with a JSONDecodeError.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet httpx-sse==0.4.3 httpx==0.28.1; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
httpx-sse 0.4.3
a comment, then data: ['{"n": 1}']
a retry time, then data: ['', '{"n": 1}']
an id, then data: ['', '{"n": 1}']
an event's name without data, then data: ['', '{"n": 1}']
the first of them with .json(): JSONDecodeError
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
from importlib.metadata import version
from json import JSONDecodeError

import httpx
import httpx_sse

print("httpx-sse", version("httpx-sse"))


def events(first):
    def answer(request):
        return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, text=f'{first}\n\ndata: {{"n": 1}}\n\n')

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        with httpx_sse.connect_sse(client, "GET", "http://stream.test/") as source:
            return list(source.iter_sse())


for what, block in (("a comment", ": hello"), ("a retry time", "retry: 3000"), ("an id", "id: 7"),
                    ("an event's name without data", "event: ping")):
    print(f"{what}, then data: {[event.data for event in events(block)]}")
try:
    told = events("retry: 3000")[0].json()
except JSONDecodeError as failure:
    told = type(failure).__name__
print("the first of them with .json():", told)
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
