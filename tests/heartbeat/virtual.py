"""The core in virtual time: a test says what is perceived, decided and done, and reads the effects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from timmy_actors.heartbeat import Core, CoreOptions, PolicyFacts, Proposal, ToolCall, View
from timmy_actors.heartbeat.effects import Act, Done, Effect, End, Perceive, Think, Write
from timmy_actors.heartbeat.tools import Toolbox
from timmy_actors.protocol import PerceptionOutput, Position, Revision
from timmy_actors.recording import BeatRecord

E = TypeVar("E")
TIME = datetime(2026, 11, 30, tzinfo=UTC)
COMMANDS = ("teleport", "walk", "turn", "chat")
FAST, SLOW, PERSON = PolicyFacts("script"), PolicyFacts("model", is_slow=True), PolicyFacts("human", is_person=True)
BOOT = "boot-1"


def snapshot(x: float = 0.0, *, revision: int = 0, game_ms: int = 0, boot: str = BOOT) -> PerceptionOutput:
    """A perception of Timmy, who stands at `x`."""
    position = Position(cell="0, 0", region="", exterior=True, x=x, y=0.0, z=0.0, yaw=0.0, pitch=0.0)
    return PerceptionOutput(
        player="Timmy",
        pid=0,
        boot=boot,
        epoch=1,
        revision=revision,
        revisions={},
        game_ms=game_ms,
        position=position,
        timestamp=TIME,
    )


def walk(seconds: float = 1.0) -> ToolCall:
    """A valid call."""
    return ToolCall("walk", {"seconds": seconds})


def proposal(*calls: ToolCall, text: str = "") -> Proposal:
    """What a policy answers."""
    return Proposal(calls=calls, text=text)


class Virtual:
    """Runs a core; `now` is the virtual time in seconds."""

    def __init__(self, *policies: PolicyFacts, **options: Any) -> None:
        self.now = 0.0
        self.effects: list[Effect] = []
        toolbox = Toolbox(COMMANDS, player="Timmy", bindings=None)
        self.core = Core(CoreOptions(policies=policies or (FAST,), **options), toolbox, self.now)
        self.core.start("e", self.now)

    def add(self, effects: list[Effect]) -> list[Effect]:
        """Collect effects."""
        self.effects += effects
        return effects

    def take(self, kind: type[E]) -> E:
        """The only new effect of a kind."""
        matching = [effect for effect in self.effects if isinstance(effect, kind)]
        assert len(matching) == 1, self.effects
        self.effects = [effect for effect in self.effects if effect is not matching[0]]
        return matching[0]

    def has(self, kind: type[Any]) -> bool:
        """Whether there is such an effect."""
        return any(isinstance(effect, kind) for effect in self.effects)

    def tick(self, after_s: float = 0.0) -> list[Effect]:
        """Let the next beat become due, and `after_s` more pass."""
        due = self.core.next_due()
        self.now = max(self.now, self.now if due is None else due) + after_s
        return self.add(self.core.on_tick(self.now, TIME))

    def see(self, view: View | None = None, *, after_s: float = 0.01) -> list[Effect]:
        """Answer the beat's look."""
        self.now += after_s
        ticket = self.take(Perceive).ticket
        return self.add(self.core.on_perceived(ticket, view or View(snapshot()), self.now))

    def propose(self, *calls: ToolCall, after_s: float = 0.1, **fields: Any) -> list[Effect]:
        """Answer the policy's question."""
        self.now += after_s
        ticket = self.take(Think).ticket
        return self.add(self.core.on_proposed(ticket, Proposal(calls=calls, **fields), self.now))

    def done(self, code: str | None = None, *, after_s: float = 0.05, revision: int | None = None) -> list[Effect]:
        """Answer the action."""
        self.now += after_s
        ticket = self.take(Act).ticket
        shown = None if revision is None else Revision(boot=BOOT, number=revision)
        done = Done({}, revision=shown) if code is None else Done(code=code, message="no")
        return self.add(self.core.on_acted(ticket, done, self.now))

    def record(self) -> BeatRecord:
        """The beat that was just recorded."""
        return self.take(Write).record

    def end(self) -> End:
        """The end of the episode."""
        return self.take(End)

    def beat(self, *calls: ToolCall, view: View | None = None, code: str | None = None) -> BeatRecord:
        """A whole beat with these calls."""
        self.tick()
        self.see(view)
        self.propose(*calls)
        while self.has(Act):
            self.done(code)
        return self.record()
