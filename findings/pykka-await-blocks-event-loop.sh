#!/usr/bin/env bash
# pykka 4.5.0: `await` on a future stops the event loop until the actor has answered.
# One expects: "call Future.get() or await the future" (its documentation) makes the task wait, and the others go on.
# What happens: after one turn of the loop __await__ calls get(), which blocks the loop's thread. No other task runs, and
#   no timeout around the await (asyncio.wait_for) can end it.
# Who is affected: programs on asyncio that ask an actor: one slow actor freezes every connection they serve.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pykka==4.5.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pykka 4.5.0
another task ran while a thread was awaited (asyncio.to_thread): often
another task ran while an actor was awaited: not once, or once
wait_for with 0.1 s around an answer of 1 s ended: after the answer
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import asyncio
import time
from importlib.metadata import version

import pykka


class Slow(pykka.ThreadingActor):
    def on_receive(self, message):
        time.sleep(1)
        return message


async def turns_while(waiting):
    turns = 0

    async def turn():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    other = asyncio.create_task(turn())
    await asyncio.sleep(0.05)
    before = turns
    await waiting()
    ran = turns - before
    other.cancel()
    return "often" if ran > 10 else "not once, or once" if ran <= 1 else f"{ran} times"


async def main():
    print("pykka", version("pykka"))
    actor = Slow.start()
    told = await turns_while(lambda: asyncio.to_thread(time.sleep, 1))
    print("another task ran while a thread was awaited (asyncio.to_thread):", told)

    async def ask():
        return await actor.ask("hello", block=False)

    print("another task ran while an actor was awaited:", await turns_while(ask))
    began = time.monotonic()
    try:
        await asyncio.wait_for(ask(), 0.1)
    except asyncio.TimeoutError:
        pass
    print("wait_for with 0.1 s around an answer of 1 s ended:", "after the answer"
          if time.monotonic() - began > 0.9 else "in time")
    actor.stop()


asyncio.run(main())
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
