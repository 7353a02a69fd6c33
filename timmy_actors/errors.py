"""Every error this package raises, as one tree, grouped by what the one who catches it does about it.

TimmyError
├── ConfigError                    correct a setting, file or argument                        exit 78
│   └── CannotCreateError          make the place writable where the daemon needs a file      exit 73
├── HostError                      correct the host, then start again
│   ├── OutputFailedError          standard output cannot be written                          exit 74
│   ├── EndpointInUseError         another daemon already serves this endpoint                exit 69
│   ├── DisplayInUseError          another desktop-control works on this display              exit 69
│   ├── JournalUnusableError       the command journal cannot be read or written              exit 65, 66, 73, 74, 75
│   ├── EpisodesUnusableError      recorded episodes cannot be read or written                exit 65, 66, 73, 74, 75
│   ├── GameDataError              a game's data file or its index cannot be read             exit 65
│   └── LuaJitMissingError         the embedded world cannot run in this Python               exit 69
├── NotReadyError                  ask again later
│   ├── DaemonUnreachableError     no daemon answers at the endpoint                          exit 69
│   ├── DaemonNotReadyError        the daemon runs, but not yet its game or player            exit 69
│   └── WatchTimeoutError          nothing that is watched happened in time                   exit 1
├── DeclinedError                  read `code`, then change the request
│   ├── RefusedError               a request was understood and declined                      exit 1
│   └── ToolError                  a call of an MCP server's tool failed
├── SpecError                      correct the program: a child spec or supervisor is wrong
├── ProtocolError                  the peer sent what this protocol does not allow
├── ActorError                     the message was not handled: ask again, or give up
│   ├── ActorGoneError             the actor stopped before it answered
│   ├── AskTimeoutError            no answer before the deadline
│   ├── MailboxFullError           the actor's bounded mailbox has no room
│   ├── NoSuchActorError           no actor is registered under that name now
│   ├── CallCycleError             an ask would wait for itself
│   ├── EndedBeforeError           what a late monitor receives: the actor had failed, and why
│   └── StartFailedError           a child did not start
└── ActorFailureError              an actor's reason to end: its supervisor decides
    ├── GaveUpError                a supervisor's children failed too often
    ├── HungError                  an actor's loop did not turn, or it did not start or stop in time
    ├── TooManyAbandonedError      more hung actors were abandoned than a process should carry
    ├── LinkLostError              the link to the game ended, or never came up
    ├── PlayerLinkLostError        the player client's connection ended, or never came up
    ├── ServerGoneError            an MCP server ended, or never came up
    │   └── ServerHungError        it runs, and does not answer
    ├── AddressUnusableError       the address for other machines cannot be listened on
    ├── HttpUnavailableError       the HTTP server cannot listen, or ended
    ├── WorldGoneError             the embedded world's process ended
    └── WorldUnusableError         the embedded world's process reports that it cannot run here

FencedError (a BaseException, so that no handler swallows it): an abandoned actor woke up and tried to have an effect.
"""

from __future__ import annotations


class TimmyError(Exception):
    """The root: catch this to catch everything the package raises on purpose."""

    exit_code = 70
    """What the command line exits with when nothing caught it (sysexits(3))."""


class ConfigError(TimmyError):
    """A setting, file or argument given by a person is wrong; the message names the place and the remedy."""

    exit_code = 78


class CannotCreateError(ConfigError):
    """A file or folder that the daemon needs cannot be made where it belongs; the message names the remedy."""

    exit_code = 73


class HostError(TimmyError):
    """The host does not provide what is needed; the message names the place and the remedy."""

    exit_code = 69


class OutputFailedError(HostError):
    """Standard output cannot be written: the disk is full, or it was closed."""

    exit_code = 74


class EndpointInUseError(HostError):
    """Another daemon already serves this endpoint; the message names it."""


class DisplayInUseError(HostError):
    """Another desktop-control works on this display; the message names it."""


class JournalUnusableError(HostError):
    """The command journal cannot be read or written; the message names the file, the reason and the remedy.

    `exit_code` is 65 where it is damaged, 66 where there is none to read, 73 where it cannot be made, 75 where another
    program holds it, else 74.
    """

    def __init__(self, message: str, exit_code: int = 74) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class EpisodesUnusableError(HostError):
    """Recorded episodes cannot be read or written; the message names the place, the reason and the remedy.

    `exit_code` is 65 where they are damaged, 66 where there are none to read, 73 where they cannot be made, 75 where
    another process records into the folder, else 74.
    """

    def __init__(self, message: str, exit_code: int = 74) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class GameDataError(HostError):
    """A game's data file, or their index, cannot be read; the message names the file, the place and the reason."""

    exit_code = 65


class LuaJitMissingError(HostError):
    """No LuaJIT can be embedded in this Python; the message names the remedy."""


class NotReadyError(TimmyError):
    """What is asked for is not there yet: the same call may succeed later."""

    exit_code = 69


class DaemonUnreachableError(NotReadyError):
    """No daemon answers at the endpoint."""


class DaemonNotReadyError(NotReadyError):
    """The daemon is up, but the game or the player is not yet."""


class WatchTimeoutError(NotReadyError, TimeoutError):
    """Nothing that is watched happened within the time that the watch was given; it can be read on."""

    exit_code = 1

    @classmethod
    def after(cls, timeout_s: float | None) -> WatchTimeoutError:
        """The one for a watch that was read for `timeout_s` seconds."""
        return cls(f"nothing happened within {timeout_s:g} s")


class SpecError(TimmyError):
    """A child spec or supervisor is declared wrong; the message names the child, the field and the remedy."""


class ProtocolError(TimmyError):
    """The peer sent what this protocol does not allow."""


class DeclinedError(TimmyError):
    """A request was not carried out as asked; no actor ends because of it.

    Attributes:
        code: why, as one word of a closed list.
        message: why, in a sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle it with its attributes: its constructor takes more than the message."""
        return _restore, (type(self), self.message), vars(self)


def _restore(kind: type[DeclinedError], message: str) -> DeclinedError:
    return kind.__new__(kind, message)


class RefusedError(DeclinedError):
    """A request was understood and declined: nothing changed.

    `code` is one of `timmy_actors.protocol.ErrorCode`; `field` names the argument at fault, if there is one.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(code, message)
        self.field = field


Refused = RefusedError
"""The short name, for the `except` clauses of an agent."""


class ToolError(DeclinedError):
    """A call of an MCP server's tool failed.

    `code` is one of `timmy_actors.protocol.ProblemCode`. With `outcome_unknown` the call was sent, and its effect is
    unknown; with `bad_result` and `too_large` the server answered, and the answer cannot be read; with any other
    nothing was done, or the server itself reports a failure. `tool_code` is the code that the server gave its error,
    if it gave
    one: `not_focused`.
    """

    def __init__(self, code: str, message: str, tool_code: str | None = None) -> None:
        super().__init__(code, message)
        self.tool_code = tool_code


class ActorError(TimmyError):
    """Something about the actors themselves."""


class ActorGoneError(ActorError):
    """The actor stopped before it answered."""


class AskTimeoutError(ActorError):
    """No answer before the deadline."""


class MailboxFullError(ActorError):
    """The actor's bounded mailbox has no room; the message was not taken."""


class NoSuchActorError(ActorError):
    """Nothing answers to that name now."""


class CallCycleError(ActorError):
    """An ask would wait for itself; the message names the circle."""


class EndedBeforeError(ActorError):
    """An actor failed before it was monitored; the message is its reason in words: the reason itself is not kept."""


class StartFailedError(ActorError):
    """A child did not start."""


class ActorFailureError(TimmyError):
    """An actor's reason to end, read by its supervisor. `detail` is for people, the class is for child specs."""


class GaveUpError(ActorFailureError):
    """A supervisor's children failed too often."""


class HungError(ActorFailureError):
    """An actor's loop did not turn, or it did not start or stop in time."""


class TooManyAbandonedError(ActorFailureError):
    """More hung actors were left behind than a process should carry: it must end, and be started afresh."""


class LinkLostError(ActorFailureError):
    """The link to the game ended, or never came up."""


class PlayerLinkLostError(ActorFailureError):
    """The player client's connection to its server ended, or never came up; the message says why and what to do."""


class ServerGoneError(ActorFailureError):
    """An MCP server ended, or never came up."""


class ServerHungError(ServerGoneError):
    """An MCP server runs, and does not answer."""


class AddressUnusableError(ActorFailureError):
    """The address for other machines cannot be listened on: it is in use, or not one of this machine."""


class HttpUnavailableError(ActorFailureError):
    """The HTTP server cannot listen, or ended; the message says why and what to do."""


class WorldGoneError(ActorFailureError):
    """The embedded world's process ended."""


class WorldUnusableError(ActorFailureError):
    """The embedded world's process says that it cannot run as things are: another try would end the same way."""


class FencedError(BaseException):
    """An abandoned actor woke up and tried to have an effect: it ends instead."""
