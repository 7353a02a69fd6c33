"""Every error this package raises, as one tree.

TimmyError
├── ConfigError            a setting, file or argument given by a person is wrong      exit 78
│   └── CannotCreate       a file or folder that the daemon needs cannot be made     exit 73
├── OutputFailed           standard output cannot be written                          exit 74
├── EndpointInUse          another daemon already serves this endpoint                 exit 69
├── DisplayInUse           another desktop-control works on this display               exit 69
├── JournalUnusable        the command journal cannot be read or written               exit 65, 73, 74, 75
├── LuaJitMissing          the embedded world cannot run in this Python                exit 69
├── DaemonUnreachable      no daemon answers at the endpoint                           exit 69
├── DaemonNotReady         the daemon is up, but the game or the player is not yet     exit 69
├── WatchTimeout           nothing that is watched happened in time                    exit 1
├── SpecError              a child spec or supervisor is declared wrong
├── ProtocolError          the peer sent what this protocol does not allow
├── ToolTrouble            a call of an MCP server's tool did not go well, with a typed code
├── Refused                a request was understood and declined, with a typed code    exit 1
├── ActorError             something about the actors themselves
│   ├── ActorGone          the actor stopped before it answered
│   ├── AskTimeout         no answer before the deadline
│   ├── MailboxFull        the actor's bounded mailbox has no room
│   ├── NoSuchActor        nothing answers to that name (now)
│   ├── CallCycle          an ask would wait for itself
│   ├── EndedBefore        what a late monitor receives: an actor had failed, and why in words
│   └── StartFailed        a child did not start
└── Failure                an actor's reason to end, read by its supervisor
    ├── GaveUp             a supervisor's children failed too often
    ├── Hung               an actor's loop did not turn, or it did not start or stop in time
    ├── TooManyOrphans     more hung actors were left behind than a process should carry
    ├── LinkLost           the link to the game ended, or never came up
    ├── ServerGone         an MCP server ended, or never came up
    │   └── ServerHung     it runs, and does not answer
    ├── WorldGone          the embedded world's process ended
    └── WorldUnusable      the embedded world's process says that it cannot run as things are

Fenced (a BaseException, so that no handler swallows it): an abandoned actor woke up and tried to have an effect.
"""

from __future__ import annotations


class TimmyError(Exception):
    """The root: catch this to catch everything the package raises on purpose."""

    exit_code = 70
    """What the command line exits with when nothing caught it (sysexits(3))."""


class ConfigError(TimmyError):
    """A setting, file or argument given by a person is wrong; the message names the place and the remedy."""

    exit_code = 78


class CannotCreate(ConfigError):
    """A file or folder that the daemon needs cannot be made where it belongs; the message names the remedy."""

    exit_code = 73


class OutputFailed(TimmyError):
    """Standard output cannot be written: the disk is full, or it was closed."""

    exit_code = 74


class EndpointInUse(TimmyError):
    """Another daemon already serves this endpoint; the message names it."""

    exit_code = 69


class DisplayInUse(TimmyError):
    """Another desktop-control works on this display; the message names it."""

    exit_code = 69


class JournalUnusable(TimmyError):
    """The command journal cannot be read or written; the message names the file, the reason and the remedy.

    `exit_code` is 65 where it is damaged, 66 where there is none to read, 73 where it cannot be made, 75 where somebody
    else holds it, else 74.
    """

    def __init__(self, message: str, exit_code: int = 74) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class LuaJitMissing(TimmyError):
    """No LuaJIT can be embedded in this Python; the message names the remedy."""

    exit_code = 69


class DaemonUnreachable(TimmyError):
    """No daemon answers at the endpoint."""

    exit_code = 69


class DaemonNotReady(TimmyError):
    """The daemon is up, but the game or the player is not yet."""

    exit_code = 69


class WatchTimeout(TimmyError, TimeoutError):
    """Nothing that is watched happened within the time that the watch was given; it can be read on."""

    exit_code = 1

    @classmethod
    def after(cls, timeout_s: float | None) -> WatchTimeout:
        """The one for a watch that was read for `timeout_s` seconds."""
        return cls(f"nothing happened within {timeout_s:g} s")


class SpecError(TimmyError):
    """A child spec or supervisor is declared wrong; the message names the child, the field and the remedy."""


class ProtocolError(TimmyError):
    """The peer sent what this protocol does not allow."""


class ToolTrouble(TimmyError):
    """A call of an MCP server's tool did not go well.

    `code` is one of `timmy_actors.protocol.game_state.ProblemCode`. With `outcome_unknown` the call was sent, and nobody
    knows what came of it; with `bad_result` and `too_large` the server answered, and the answer cannot be read; with
    any other nothing was done, or the server itself says that it failed. `tool_code` is the code that the server gave
    its error, if it gave one: `not_focused`.
    """

    def __init__(self, code: str, message: str, tool_code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.tool_code = tool_code


class Refused(TimmyError):
    """A request was understood and declined: nothing changed, nobody dies of it.

    `code` is one of `timmy_actors.protocol.ErrorCode`; `field` names the argument at fault, if one is.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class ActorError(TimmyError):
    """Something about the actors themselves."""


class ActorGone(ActorError):
    """The actor stopped before it answered."""


class AskTimeout(ActorError):
    """No answer before the deadline."""


class MailboxFull(ActorError):
    """The actor's bounded mailbox has no room; the message was not taken."""


class NoSuchActor(ActorError):
    """Nothing answers to that name now."""


class CallCycle(ActorError):
    """An ask would wait for itself; the message names the circle."""


class EndedBefore(ActorError):
    """An actor failed before it was monitored; the message is its reason in words: the reason itself is not kept."""


class StartFailed(ActorError):
    """A child did not start."""


class Failure(TimmyError):
    """An actor's reason to end, read by its supervisor. `detail` is for people, the class is for child specs."""


class GaveUp(Failure):
    """A supervisor's children failed too often."""


class Hung(Failure):
    """An actor's loop did not turn, or it did not start or stop in time."""


class TooManyOrphans(Failure):
    """More hung actors were left behind than a process should carry: it must end, and be started afresh."""


class LinkLost(Failure):
    """The link to the game ended, or never came up."""


class ServerGone(Failure):
    """An MCP server ended, or never came up."""


class ServerHung(ServerGone):
    """An MCP server runs, and does not answer."""


class WorldGone(Failure):
    """The embedded world's process ended."""


class WorldUnusable(Failure):
    """The embedded world's process says that it cannot run as things are: another try would end the same way."""


class Fenced(BaseException):
    """An abandoned actor woke up and tried to have an effect: it ends instead."""
