"""Property tests: the invariants of a `SupervisorState` for any events, in any order, at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.supervision.stage import BUG, EXPECTED, ONE_FOR_ALL, ONE_FOR_ONE, TEMPORARY, LinkGoneError, spec
from timmy_actors.errors import GaveUpError, SpecError, StartFailedError, TooManyAbandonedError
from timmy_actors.supervision import AutoShutdown, ChildSpec, ChildState, Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import (
    Abandon,
    Acknowledge,
    Effect,
    Ended,
    Exit,
    Launch,
    Restarting,
    Started,
    Stop,
)
from timmy_actors.supervision.state_machine import SupervisorState

PERIOD_S = 5.0
REASONS: list[BaseException | None] = [None, BUG, BUG, EXPECTED, EXPECTED, TooManyAbandonedError("below")]
ALLOWED_AT_THE_END = (Stop, Abandon, Ended, Exit)

specs = st.builds(
    lambda restart, start_s, shutdown_s, significant: {
        "restart": restart,
        "start_s": start_s,
        "shutdown_s": shutdown_s,
        "significant": significant and restart is not RestartType.PERMANENT,
    },
    st.sampled_from(RestartType),
    st.sampled_from([1.0, 3.0, None]),
    st.sampled_from([0.0, 1.0, 4.0]),
    st.booleans(),
)
steps = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 11)), max_size=60)


@dataclass
class Actors:
    """Simulates the children and checks every effect."""

    plan: SupervisorState
    strategy: Strategy
    failures: int
    now: float = 0.0
    running: dict[str, int] = field(default_factory=dict)
    """The running children by generation, in launch order."""
    up: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    """The children asked to stop."""
    doomed: set[str] = field(default_factory=set)
    """The children that must end before any child starts again."""
    removed: set[str] = field(default_factory=set)
    not_before: dict[str, float] = field(default_factory=dict)
    counted: list[float] = field(default_factory=list)
    stable: dict[str, float] = field(default_factory=dict)
    streak: dict[str, int] = field(default_factory=dict)
    last_end: Ended | None = None
    acknowledged: int = 0
    closing: bool = False
    exits: list[BaseException | None] = field(default_factory=list)

    @property
    def order(self) -> list[str]:
        return [child.id for child in self.plan.children]

    def carry_out(self, effects: Iterable[Effect]) -> None:
        """Check and record each effect."""
        for effect in effects:
            assert self.exits == [], f"{effect} after the end"
            assert not self.closing or isinstance(effect, ALLOWED_AT_THE_END), f"{effect} while closing"
            match effect:
                case Launch(name, generation):
                    self._launch(name, generation)
                case Started(name, generation):
                    assert self.running[name] == generation
                case Stop(name):
                    self._stop(name)
                case Ended():
                    self._end(effect)
                case Restarting(name, delay_s):
                    self._restart(name, delay_s)
                case Acknowledge():
                    self.acknowledged += 1
                    assert self.acknowledged == 1
                case Exit(reason):
                    assert self.running == {}
                    self.exits.append(reason)
        self.closing = self.closing or self._was_told_to_close()

    def _was_told_to_close(self) -> bool:
        return self.plan._closing

    def _launch(self, name: str, generation: int) -> None:
        assert name not in self.running, "two generations alive"
        assert not self.doomed & set(self.running), "it starts while one of its group still runs"
        assert self.now >= self.not_before.get(name, 0.0), "its backoff was cut short"
        order, at = self.order, self.order.index(name)
        if self.strategy is not ONE_FOR_ONE:
            later = [other for other in order[at + 1 :] if other in self.running and other not in self.removed]
            assert later == [], "one that builds on it runs already"
            resting = {child.id for child in self.plan.children if child.state is ChildState.DOWN}
            before = set(order[:at]) - self.up - resting - self.removed
            assert before == set(), "one that it builds on is not up"
        assert generation == self.generations.get(name, 0) + 1
        self.generations[name] = generation
        self.running[name] = generation
        self.stable.pop(name, None)

    generations: dict[str, int] = field(default_factory=dict)

    def _stop(self, name: str) -> None:
        assert name in self.running
        assert name not in self.asked, "asked twice"
        if name not in self.removed:
            closing = self._was_told_to_close()
            assert closing or name in self.doomed, "there was no reason to stop it"
            stopping = set(self.running) if closing else self.doomed & set(self.running)
            order = self.order
            later = {other for other in order[order.index(name) + 1 :] if other in stopping} - self.removed
            if closing and self._is_independent(name):
                later = {other for other in later if not self._is_independent(other)}
            assert later == set(), "one that builds on it still runs"
        self.asked.add(name)

    def _is_independent(self, name: str) -> bool:
        return self.strategy is ONE_FOR_ONE and name.startswith("added")

    def _end(self, effect: Ended) -> None:
        name = effect.child
        assert self.running.pop(name) == effect.generation, "an end without its launch"
        assert effect.asked == (name in self.asked)
        self.last_end = effect
        self.up.discard(name)
        self.asked.discard(name)
        self.doomed.discard(name)
        self.removed.discard(name)
        if self.plan.child(name) is None:
            self.not_before.pop(name, None)
            self.streak.pop(name, None)
            self.generations.pop(name, None)

    def _restart(self, name: str, delay_s: float) -> None:
        end = self.last_end
        assert end is not None
        assert (end.child, end.asked) == (name, False)
        child = self.plan.child(name)
        assert child is not None
        assert child.spec.restart is not TEMPORARY
        if not isinstance(end.reason, LinkGoneError):
            self.counted.append(self.now)
            within = [then for then in self.counted if self.now < then + PERIOD_S]
            assert len(within) <= self.failures, "it should have given up"
        began = self.stable.get(name)
        if began is not None and self.now - began >= child.spec.backoff.stable_after_s:
            self.streak[name] = 0
        streak = self.streak.get(name, 0)
        assert 0.0 <= delay_s <= child.spec.backoff.ceiling(streak)
        self.streak[name] = streak + 1
        self.not_before[name] = self.now + delay_s
        if self.strategy is not ONE_FOR_ONE:
            order = self.order
            concerned = order if self.strategy is ONE_FOR_ALL else order[order.index(name) :]
            self.doomed |= set(concerned) & set(self.running) - self.removed

    # Events.

    def start(self, choice: int) -> None:
        starting = [name for name in self.running if name not in self.up]
        if starting:
            name = starting[choice % len(starting)]
            if name not in self.asked:
                self.up.add(name)
                self.stable[name] = self.now
            self.carry_out(self.plan.started(name, self.running[name], self.now))

    def end(self, choice: int, reason: BaseException | None) -> None:
        if self.running:
            name = list(self.running)[choice % len(self.running)]
            self.carry_out(self.plan.ended(name, self.running[name], reason, self.now))

    def answer_stop(self, choice: int) -> None:
        if self.asked:
            name = sorted(self.asked)[choice % len(self.asked)]
            self.carry_out(self.plan.ended(name, self.running[name], None if choice % 3 else BUG, self.now))

    def hang(self, choice: int) -> None:
        if self.running:
            name = list(self.running)[choice % len(self.running)]
            self.carry_out(self.plan.hung(name, self.running[name], self.now))

    def tick(self) -> None:
        due = self.plan.due()
        if due is not None:
            assert due >= self.now
            self.now = due
            effects = self.plan.tick(self.now)
            self.carry_out(effects)
            after = self.plan.due()
            assert effects or after is None or after > self.now, "what was due is due still"

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.plan.due()) is not None and due <= until:
            self.tick()
        self.now = until
        self.carry_out(self.plan.tick(self.now))

    def tell_old_news(self, choice: int) -> None:
        for name in self.order:
            old = self.generations.get(name, 0) - 1 - choice % 2
            for effects in (
                self.plan.started(name, old, self.now),
                self.plan.ended(name, old, BUG, self.now),
                self.plan.hung(name, old, self.now),
            ):
                assert effects == []

    def add(self, choice: int) -> None:
        try:
            effects = self.plan.add(spec(f"added {choice % 3}", list(RestartType)[choice % 3], start_s=2.0), self.now)
        except SpecError:
            return
        self.carry_out(effects)

    def remove(self, choice: int) -> None:
        if self.order:
            name = self.order[choice % len(self.order)]
            if name in self.running:
                self.removed.add(name)
                self.doomed.discard(name)  # a child that does not restart is not waited for
            else:
                self.not_before.pop(name, None)
                self.streak.pop(name, None)
                self.generations.pop(name, None)
            self.carry_out(self.plan.remove(name, self.now))

    def close(self) -> None:
        self.carry_out(self.plan.close(self.now))

    def check(self) -> None:
        """Check that all unfinished work has a due time or an expected event."""
        states = {child.state for child in self.plan.children}
        outstanding = len(self.running) > len(self.up) or self.asked
        if self.exits:
            assert states <= {ChildState.DOWN}
            assert self.plan.due() is None
        elif self.closing:
            assert self.asked, "it closes without waiting for a child"
        elif states & {ChildState.WAITING, ChildState.UNSTARTED} or not self.acknowledged:
            assert outstanding or self.plan.due() is not None, "it has nothing to wait for"
        assert {child.id for child in self.plan.children if child.alive} == set(self.running)
        in_turn = {name for name in self.asked - self.removed if not (self.closing and self._is_independent(name))}
        assert len(in_turn) <= 1, "two at once are asked to stop"
        assert not in_turn or in_turn == self.asked - self.removed, "one is stopped before those that came later are"


def happen(actors: Actors, kind: int, choice: int) -> None:
    """One random event."""
    match kind:
        case 0 | 1 | 2 | 3:
            actors.start(choice)
        case 4 | 5:
            actors.end(choice, REASONS[choice % (len(REASONS) - (kind == 4))])
        case 6 | 7:
            actors.answer_stop(choice)
        case 8:
            actors.hang(choice)
        case 9:
            actors.tick()
        case 10:
            actors.pass_time(choice * 1.1)
        case 11:
            actors.add(choice)
        case 12:
            actors.remove(choice)
        case _:
            actors.tell_old_news(choice)
            if choice == 11:
                actors.close()


@settings(max_examples=400)
@given(
    declared=st.lists(specs, max_size=6),
    strategy=st.sampled_from(Strategy),
    failures=st.integers(0, 4),
    auto_shutdown=st.sampled_from(AutoShutdown),
    seed=st.integers(0, 1000),
    story=steps,
)
def test_the_invariants_hold_for_any_events(  # noqa: PLR0917  hypothesis gives them by name
    declared: list[dict[str, object]],
    strategy: Strategy,
    failures: int,
    auto_shutdown: AutoShutdown,
    seed: int,
    story: list[tuple[int, int]],
) -> None:
    significant = auto_shutdown is not AutoShutdown.NEVER
    children: list[ChildSpec] = [
        spec(str(number), **{**how, "significant": significant and how["significant"]})  # type: ignore[arg-type]
        for number, how in enumerate(declared)
    ]
    window = Intensity(failures=failures, period_s=PERIOD_S)
    plan = SupervisorState(
        children, strategy=strategy, intensity=window, auto_shutdown=auto_shutdown, random=Random(seed)
    )
    actors = Actors(plan, strategy, failures)
    actors.carry_out(plan.begin(0.0))
    actors.check()
    for kind, choice in story:
        happen(actors, kind, choice)
        actors.check()
    wind_up(actors)


def wind_up(actors: Actors) -> None:
    """Stop the supervisor; children that do not answer are abandoned in time, and it ends exactly once."""
    actors.close()
    actors.check()
    for _ in range(100):
        if actors.exits:
            break
        if len(actors.asked) % 2:
            actors.tick()
        else:
            actors.answer_stop(1)
        actors.check()
    assert len(actors.exits) == 1
    [reason] = actors.exits
    assert reason is None or isinstance(reason, GaveUpError | StartFailedError | TooManyAbandonedError)
    if isinstance(reason, GaveUpError):
        assert len(actors.plan.window.seen) == actors.failures + 1
    assert actors.plan.close(actors.now) == actors.plan.tick(actors.now) == []
