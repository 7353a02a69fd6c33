"""What a player does: each act is a few packets, and an answer when the server has carried it out. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from timmy_actors.errors import RefusedError
from timmy_actors.player_client.cells import cell_at
from timmy_actors.player_client.movement import (
    FLAGS,
    JUMPING,
    Journey,
    Pace,
    Point,
    units_per_second,
)
from timmy_actors.player_client.packets.packet import Packet
from timmy_actors.player_client.session import STILL, Phase, PlayerSession
from timmy_actors.player_client.view import Placement, change_inventory
from timmy_actors.player_client.ways import SeenWays

REACH = 192.0
"""How near a thing must be to be used, in game units: the game's own reach."""
ANSWER_WITHIN_S = 5.0
LONGEST_WAY_S = 600.0
MAX_POINTS = 1000
MAX_TEXT = 2000
SPEED, ATHLETICS = 4, 8
"""The numbers of an attribute and a skill."""
QUARTER = math.pi / 2
"""Straight down, in radians; as far as one can look."""
FORWARD = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)

Answer = dict[str, Any]
Done = Callable[[Answer | RefusedError], None]
Then: TypeAlias = Callable[[Mapping[str, Any]], Answer | RefusedError]
"""What follows from the thing that the server sent back."""
Act: TypeAlias = Callable[["Body", Mapping[str, Any], float, Done], None]
TAKEN = RefusedError("no_such_target", "another player took it first")
NO_ACTS: Mapping[str, Act] = {}


@dataclass
class _Later:
    """What is to be done at a time, unless the connection ends before."""

    at: float
    act: Callable[[], None]
    done: Done


@dataclass
class _Waiting:
    """An act that the server has not carried out yet."""

    name: str
    key: tuple[int, int] | None
    done: Done
    until: float
    then: Then


class Body:
    """Carries out acts for a session; `done` receives the answer of each, once.

    Args:
        session: whose player acts, once it is in the world.
        acts: acts with things and in fights, besides the basic ones.
        combat: whether it may attack, cast and block: the protocol leaves hits to the attacker's own client.
        ways: where players were seen to walk, also over earlier connections; None: it learns no ways.
    """

    def __init__(
        self,
        session: PlayerSession,
        acts: Mapping[str, Act] = NO_ACTS,
        *,
        combat: bool = False,
        ways: SeenWays | None = None,
    ) -> None:
        self.session = session
        self.combat = combat
        self.ways = ways
        self._acts = {**self.BASIC, **acts}
        self._journey: tuple[Journey, Done] | None = None
        self._waiting: list[_Waiting] = []
        self._later: list[_Later] = []
        self._flags = self._drawn = 0
        self.now = 0.0
        """The time of the last act or advance."""

    def act(self, name: str, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Begin an act; a refusal is an answer too."""
        self.now = now
        act = self._acts.get(name, _unknown)
        try:
            require(self.session.phase is Phase.IN_WORLD, "unavailable", "the player is not in the world")
            require(not self.session.view.me.dead, "game_refused", "the player is dead")
            act(self, params, now, done)
        except RefusedError as refused:
            done(refused)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            done(RefusedError("bad_arguments", f"{name}: {error}"))

    def receive(self, packet: Packet) -> None:
        """Take a packet of the server: it may be what an act waits for.

        Everybody near receives what a player did to a thing; the packet's guid says who did it.
        """
        if self.ways is not None:
            self.ways.receive(packet, self.session.view)
        things = (packet.fields or {}).get("objects", ()) if packet.name.startswith(("OBJECT", "CONT", "DOOR")) else ()
        own = packet.guid == self.session.view.me.guid
        for thing in things:
            key = (thing.get("ref_num", 0), thing.get("mp_num", 0))
            for waiting in [each for each in self._waiting if each.name == packet.name and each.key in (None, key)]:
                if own or packet.name == "OBJECT_DELETE":
                    self._waiting.remove(waiting)
                    waiting.done(waiting.then(thing) if own else TAKEN)
                    break

    def advance(self, now: float) -> None:
        """Go on with what takes time."""
        self.now = now
        for later in [each for each in self._later if now >= each.at]:
            self._later.remove(later)
            later.act()
        for waiting in [each for each in self._waiting if now >= each.until]:
            self._waiting.remove(waiting)
            reason = f"the server did not carry it out within {ANSWER_WITHIN_S:g} s: its scripts may forbid it"
            waiting.done(RefusedError("game_refused", reason))
        if self._journey is not None and now >= self._next_step(self._journey[0]):
            self._go_on(*self._journey, now)

    def next_time(self) -> float:
        """When `advance` has something to do."""
        moving = math.inf if self._journey is None else self._next_step(self._journey[0])
        return min([moving, *(waiting.until for waiting in self._waiting), *(later.at for later in self._later)])

    def end(self, refused: RefusedError) -> None:
        """Answer everything that waits: the connection is over."""
        waiting: list[_Waiting | _Later] = [*self._waiting, *self._later]
        self._waiting, self._later = [], []
        for each in waiting:
            each.done(refused)
        if self._journey is not None:
            _, done = self._journey
            self._journey = None
            done(refused)

    # Acts.

    def _move(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Go along `points`, or for a `distance` to a `side` (degrees clockwise from where the player faces).

        At a `pace`, for at most some `seconds`.
        """
        if "side" in params:
            points = [self._point_beside(float(params["side"]), float(params["distance"]))]
        else:
            points = [point_of(point) for point in params["points"]]
        require(0 < len(points) <= MAX_POINTS, "bad_arguments", f"points: must be 1 to {MAX_POINTS}")
        pace: Pace = params.get("pace", "walk")
        require(pace in FLAGS, "bad_arguments", f"pace: must be one of {', '.join(FLAGS)}")
        seconds = float(params.get("seconds", LONGEST_WAY_S))
        require(0 < seconds <= LONGEST_WAY_S, "bad_arguments", f"seconds: must be at most {LONGEST_WAY_S:g}")
        self._stop("replaced")
        self._set_flags(FLAGS[pace])
        self._journey = (Journey(points, pace, self._units_per_second(pace), now, now + seconds), done)

    def _stop_moving(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Stand still."""
        del params, now
        self._stop("stopped")
        done(self.where())

    def _turn(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Face a `yaw`, in degrees clockwise from north, or turn `by` some; look up or down by `pitch`."""
        del now
        x, y, z, pitch, roll, yaw = self.placement()
        if params.get("yaw") is not None:
            yaw = math.radians(params["yaw"])
        yaw = math.remainder(yaw + math.radians(params.get("by") or 0.0), math.tau)
        if params.get("pitch") is not None:
            pitch = math.radians(params["pitch"])
        require(math.isfinite(yaw) and math.isfinite(pitch), "bad_arguments", "yaw, by and pitch: must be finite")
        pitch = min(QUARTER, max(-QUARTER, pitch))
        self.session.move_to((x, y, z, pitch, roll, yaw), self._cell())
        done(self.where())

    def _jump(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Jump on the spot."""
        del params, now
        self._set_flags(self._flags | JUMPING, jumping=True)
        self._set_flags(self._flags & ~JUMPING)
        done(self.where())

    def _say(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Say a `text` in the chat; a line that begins with a slash is a command of the server's scripts."""
        del now
        text = line(params["text"], "text")
        require(text != "", "bad_arguments", "text: must not be empty")
        self.session.send("CHAT_MESSAGE", text=text)
        done({})

    def _answer_dialog(self, params: Mapping[str, Any], now: float, done: Done) -> None:
        """Answer the oldest dialog of the server with `data`: the number of a button or entry, or a text."""
        del now
        if not self.session.dialogs:
            raise RefusedError("no_such_target", "no dialog waits for an answer")
        self.session.answer(self.session.dialogs[0], line(str(params["data"]), "data"))
        done({})

    BASIC: ClassVar[dict[str, Act]] = {
        "move": _move,
        "stop_moving": _stop_moving,
        "turn": _turn,
        "jump": _jump,
        "say": _say,
        "answer_dialog": _answer_dialog,
    }
    """The acts that need nothing but the player."""

    # Steps, for the acts.

    def _point_beside(self, side: float, distance: float) -> Point:
        x, y, z, _, _, yaw = self.placement()
        towards = yaw + math.radians(side)
        return point_of((x + distance * math.sin(towards), y + distance * math.cos(towards), z))

    @staticmethod
    def _next_step(journey: Journey) -> float:
        return min(journey.stop_at, journey.due)

    def _go_on(self, journey: Journey, done: Done, now: float) -> None:
        x, y, z, pitch, roll, yaw = self.placement()
        (x, y, z), faces = journey.advance((x, y, z), now)
        cell = self._cell()
        placement = (x, y, z, pitch, roll, yaw if faces is None else faces)
        ended = journey.arrived or now >= journey.stop_at
        self.session.move_to(placement, cell if cell.interior else cell_at(x, y), STILL if ended else FORWARD)
        if ended:
            self._journey = None
            self._set_flags(0)
            done({**self.where(), "covered": journey.walked, "ended_by": "arrival" if journey.arrived else "time"})

    def _stop(self, why: str) -> None:
        if self._journey is None:
            return
        journey, done = self._journey
        self._journey = None
        self.session.move_to(self.placement(), self._cell())
        self._set_flags(0)
        done({**self.where(), "covered": journey.walked, "ended_by": why})

    def _set_flags(self, flags: int, *, jumping: bool = False) -> None:
        if flags != self._flags:
            self._flags = flags
            self._send_stance(jumping=jumping)

    def draw(self, state: int) -> None:
        """Draw nothing (0), a weapon (1) or a spell (2)."""
        if state != self._drawn:
            self._drawn = state
            self._send_stance()

    def _send_stance(self, *, jumping: bool = False) -> None:
        self.session.send(
            "PLAYER_ANIM_FLAGS",
            movement_flags=self._flags,
            draw_state=self._drawn,
            jumping=jumping,
            flying=False,
            no_clip=False,
        )

    def _units_per_second(self, pace: Pace) -> float:
        skills = self.session.view.me.facts.get("PLAYER_SKILL", {}).get("skills", (5.0,) * 135)
        return units_per_second(pace, self.session.view.attribute(SPEED), skills[ATHLETICS * 5])

    def within_reach(self, unique_index: str) -> tuple[tuple[int, int], dict[str, Any]]:
        """A thing by its unique index.

        Raises:
            RefusedError: it is not known here, or too far away.
        """
        ref_num, _, mp_num = str(unique_index).partition("-")
        key = (int(ref_num), int(mp_num))
        view = self.session.view
        thing = view.objects.get(key) or view.actors.get(key)
        if thing is None or thing["in"] not in self.session.loaded:
            raise RefusedError("no_such_target", f"the server has not named {unique_index} here", "unique_index")
        place = thing.get("position")
        if place is not None and math.dist(place[:3], self.placement()[:3]) > REACH:
            raise RefusedError("game_refused", f"{unique_index} is out of reach: go nearer than {REACH:g} game units")
        return key, thing

    def own(self, ref_id: str, count: int) -> tuple[dict[str, Any], int]:
        """A stack of the inventory.

        Raises:
            RefusedError: there are not so many.
        """
        stack = next((item for item in self.session.view.inventory if item["ref_id"] == ref_id), None)
        if stack is None or not 0 < count <= stack["count"]:
            raise RefusedError("no_such_target", f"the inventory has not {count} of {ref_id}", "item")
        return dict(stack), count

    def receive_item(self, item: Mapping[str, Any], count: int) -> Answer:
        """Report an item that the player took."""
        return self._change_inventory(item, count, action=1)

    def lose_item(self, item: Mapping[str, Any], count: int) -> Answer:
        """Report an item that the player gave away."""
        return self._change_inventory(item, count, action=2)

    def _change_inventory(self, item: Mapping[str, Any], count: int, *, action: int) -> Answer:
        """The client itself reports what its player took or lost: a server checks little of it."""
        stack = {
            "ref_id": item["ref_id"],
            "count": count,
            "charge": item.get("charge", -1),
            "enchantment_charge": item.get("enchantment_charge", -1.0),
            "soul": item.get("soul", ""),
        }
        self.session.send("PLAYER_INVENTORY", action=action, items=[stack])
        change_inventory(self.session.view, stack, count if action == 1 else -count)
        return {"item": item["ref_id"], "count": count}

    def send_objects(self, name: str, thing: Mapping[str, Any], **fields: Any) -> None:
        """Send a packet about a thing in the own cell."""
        self.session.send(name, origin=0, **self._cell().fields(), **fields, objects=[thing])

    def wait(self, name: str, key: tuple[int, int] | None, done: Done, then: Then) -> None:
        """Answer when the server has sent the packet back, or refuse after a while."""
        self._waiting.append(_Waiting(name, key, done, self.now + ANSWER_WITHIN_S, then))

    def later(self, at: float, act: Callable[[], None], done: Done) -> None:
        """Do something at a time; `done` is answered instead if the connection ends before."""
        self._later.append(_Later(at, act, done))

    def placement(self) -> Placement:
        """Where the player stands, and which way it faces."""
        return self.session.view.me.placement or (0.0,) * 6

    def _cell(self) -> Any:
        return self.session.view.me.cell

    def where(self) -> Answer:
        """The same, in an answer."""
        x, y, z, _, _, yaw = self.placement()
        return {"cell": self._cell().description, "x": x, "y": y, "z": z, "yaw": math.degrees(yaw)}


def require(holds: bool, code: str, message: str) -> None:  # noqa: FBT001  a condition, not a flag
    """Check a condition of an act.

    Raises:
        RefusedError: it does not hold.
    """
    if not holds:
        raise RefusedError(code, message)


def line(text: Any, field: str) -> str:
    """A text that packets can carry."""
    if not isinstance(text, str) or len(text) > MAX_TEXT or "\n" in text or "\0" in text:
        raise RefusedError("bad_arguments", f"{field}: must be one line of at most {MAX_TEXT} characters", field)
    text.encode()  # a half of a surrogate pair is no character: UnicodeEncodeError, a ValueError
    return text


def point_of(point: Any) -> Point:
    """A point of an act's parameters."""
    x, y, z = map(float, point)
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError("points: must be finite")
    return x, y, z


def _unknown(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    del body, params, now
    done(RefusedError("unknown_command", "the player's client has no act of this name"))


def reference(key: tuple[int, int], thing: Mapping[str, Any]) -> dict[str, Any]:
    """A thing as packets name it; of an actor that others move, a client receives the place, but not the record."""
    return {"ref_id": thing.get("ref_id", ""), "ref_num": key[0], "mp_num": key[1]}


def unique_index(thing: Mapping[str, Any]) -> str:
    """A thing as everybody else names it."""
    return f"{thing['ref_num']}-{thing['mp_num']}"
