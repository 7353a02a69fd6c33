"""A player in the stand-in server's world, whose body the tests act through in virtual time."""

from __future__ import annotations

from typing import Any

from benchmarks.stand_in.game import SPAWN, SPAWN_PLACE, Guest
from tests.player_client.logins import Host
from timmy_actors.errors import RefusedError
from timmy_actors.player_client.body import Answer, Body
from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.combat_acts import COMBAT_ACTS
from timmy_actors.player_client.item_acts import ITEM_ACTS
from timmy_actors.player_client.packets.packet import Packet
from timmy_actors.player_client.recovery_acts import RECOVERY_ACTS
from timmy_actors.player_client.session import Received

X, Y, Z = SPAWN_PLACE[:3]
DOOR, BARREL, GUARD = "501-0", "502-0", "503-0"
INSIDE = Cell("Seyda Neen, Census and Excise Office")
SHIELD = {"ref_id": "iron_shield", "count": 1, "charge": -1, "enchantment_charge": -1.0}


class Played:
    """A player that is in the world, with a body."""

    def __init__(self, *, combat: bool = False) -> None:
        self.host = Host()
        self.host.game.objects += [
            self.object("DOOR_DESTINATION", DOOR, teleports=True, **INSIDE.fields(), position=(1.0, 2.0, 3.0),
                        rotation_x=0.0, rotation_z=0.5),
            self.object("CONTAINER", BARREL, items=[stored("bread", 3)], packet={"action": 0, "sub_action": 0}),
            self.object("OBJECT_SPAWN", GUARD, position=(X + 50, Y, Z, 0.0, 0.0, 0.0), summon=False),
        ]  # fmt: skip
        self.client = self.host.join()
        self.host.run(1)
        assert self.host.entered() is not None
        self.body = Body(self.client.session, {**ITEM_ACTS, **COMBAT_ACTS, **RECOVERY_ACTS}, combat=combat)
        self.answers: list[Answer | RefusedError] = []
        self.seen = len(self.host.events[0])

    @staticmethod
    def object(name: str, index: str, *, packet: dict[str, Any] | None = None, **thing: Any) -> Packet:
        """A packet about one object in the spawn cell."""
        each = {"ref_id": name.lower(), "ref_num": int(index.partition("-")[0]), "mp_num": 0, **thing}
        return Packet(name, 0, {"origin": 5, **SPAWN.fields(), "objects": [each], **(packet or {})})

    @property
    def guest(self) -> Guest:
        """The player, as the server knows it."""
        guest = self.host.game.guest("Timmy")
        assert guest is not None
        return guest

    def strike(self, damage: float, *, block: bool = False, hit: bool = True, by_actor: bool = False) -> None:
        """Have another player, or an actor, strike the player."""
        target = {"is_player": True, "guid": self.guest.guid}
        blow: dict[str, Any] = {
            "target": target,
            "type": 0,
            "animation": "chop",
            "pressed": False,
            "success": True,
            "hit": hit,
        }
        if hit:
            blow |= {"damage": damage, "block": block, "knockdown": False, "weapon_enchantment": False,
                     "hit_position": [0.0, 0.0, 0.0]}  # fmt: skip
        fields = {**SPAWN.fields(), "actors": [{"ref_num": 503, "mp_num": 0, **blow}]} if by_actor else blow
        name = "ACTOR_ATTACK" if by_actor else "PLAYER_ATTACK"
        self.host.game.send(self.guest.guid, name, self.host.now, about=5, **fields)
        self.run(0.1)

    def begin(self, name: str, **params: Any) -> None:
        """Begin an act."""
        self.body.act(name, params, self.host.now, self.answers.append)

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        until = self.host.now + seconds
        while self.host.now < until:
            self.host.run(0.01)
            events, self.seen = self.host.events[0][self.seen :], len(self.host.events[0])
            for event in events:
                if isinstance(event, Received):
                    self.body.receive(event.packet)
            self.body.advance(self.host.now)

    def act(self, name: str, for_s: float = 0.3, /, **params: Any) -> Answer:
        """Do an act to its end."""
        self.begin(name, **params)
        self.run(for_s)
        answer = self.answers.pop()
        assert not isinstance(answer, RefusedError), answer
        return answer

    def refused(self, name: str, for_s: float = 0.3, /, **params: Any) -> RefusedError:
        """Do an act that is refused."""
        self.begin(name, **params)
        self.run(for_s)
        answer = self.answers.pop()
        assert isinstance(answer, RefusedError), answer
        return answer


def stored(ref_id: str, count: int) -> dict[str, Any]:
    """A stack in a container."""
    return {
        "ref_id": ref_id, "count": count, "charge": -1, "enchantment_charge": -1.0, "soul": "", "action_count": 0,
    }  # fmt: skip
