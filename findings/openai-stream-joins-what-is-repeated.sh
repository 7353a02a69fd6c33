#!/usr/bin/env bash
# openai 3.57.0 (the Python client): the stream helper joins what a server repeats: the call "look" is named "looklook".
# One expects: fields that hold one value for the whole message (the role, a call's id, type and function name, numbers) are
#   taken once, and only the text and the arguments are joined: so a chunk may say again what it belongs to.
# What happens: chat.completions.stream() joins all strings and adds all numbers, but index and type: a role in each chunk becomes
#   "assistantassistant", an id "call-1call-1", a server's own counter the sum of its values. No error, no warning.
# Who is affected: agents at local or proxied endpoints that repeat these fields in each chunk: the tool "looklook" does not
#   exist, and the answer's id matches no call. The plain create(stream=True) leaves the joining to the program.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet openai==3.57.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
openai 3.57.0
each field once: role assistant, id call-1, name look, arguments {"far": 1}, place 3
repeated in the second chunk: role assistantassistant, id call-1call-1, name looklook, arguments {"far": 1}, place 6
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import json
from importlib.metadata import version

import httpx2
import openai

print("openai", version("openai"))


def chunk(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return "data: " + json.dumps(whole)


def assembled(repeat):
    head, name = {"role": "assistant", "place": 3}, {"name": "look"}
    call = {"id": "call-1", "type": "function"}
    lines = [
        chunk({**head, "tool_calls": [{"index": 0, **call, "function": {**name, "arguments": '{"far"'}}]}),
        chunk({**(head if repeat else {}), "tool_calls": [
            {"index": 0, **(call if repeat else {}), "function": {**(name if repeat else {}), "arguments": ": 1}"}}]}),
        chunk({}, "tool_calls"), "data: [DONE]"]

    def answer(request):
        return httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, text="\n\n".join(lines) + "\n\n")

    transport = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = openai.OpenAI(api_key="none", base_url="http://model.test/v1", http_client=transport)
    with client.chat.completions.stream(model="m", messages=[]) as stream:
        message = stream.get_final_completion().choices[0].message
    made = message.tool_calls[0]
    return (f"role {message.role}, id {made.id}, name {made.function.name}, arguments {made.function.arguments}, "
            f"place {message.place}")


print("each field once:", assembled(repeat=False))
print("repeated in the second chunk:", assembled(repeat=True))
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
