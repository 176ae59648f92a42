"""What goes wrong: a job (`JobFailed`), a call (`RpcError`), a connection (`ConnectionLost`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._types import Relay


class RelayError(Exception):
    """The base of everything that this package raises by itself."""


class ConnectionLost(RelayError, ConnectionError):
    """The gateway could not be reached, or went away before it answered."""


class RpcError(RelayError):
    """The gateway refused a call."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        violations: tuple[tuple[str, str], ...] = (),
        retry_after: float | None = None,
    ) -> None:
        fields = "; ".join(f"{field}: {why}" for field, why in violations)
        super().__init__(f"{message}: {fields}" if fields else message)
        self.code = code
        self.reason = reason
        self.message = message
        self.violations = violations
        self.retry_after = retry_after


class InvalidArgument(RpcError, ValueError):
    """The request is not valid; `violations` names every field that is wrong."""


class UnknownRelay(RpcError, LookupError):
    """The instance is unknown, or there is no such job, or not with this ref."""


class AlreadyExists(RpcError):
    """The idempotency key belongs to a job with another worker or other args."""


class PermissionDenied(RpcError, PermissionError):
    """The token does not allow this."""


class Unauthenticated(RpcError, PermissionError):
    """A token is missing or bad."""


class ResourceExhausted(RpcError):
    """A limit was reached; `retry_after` says when to try again."""


class FailedPrecondition(RpcError):
    """The gateway is not set up for this; the message says what to do."""


class Unavailable(RpcError):
    """The gateway drains, or Postgres is away; sending again is safe with an idempotency key."""


_BY_CODE: dict[int, type[RpcError]] = {
    3: InvalidArgument,
    5: UnknownRelay,
    6: AlreadyExists,
    7: PermissionDenied,
    8: ResourceExhausted,
    9: FailedPrecondition,
    14: Unavailable,
    16: Unauthenticated,
}


def rpc_error(
    code: int,
    reason: str,
    message: str,
    violations: tuple[tuple[str, str], ...] = (),
    retry_after: float | None = None,
) -> RpcError:
    """The error for a status, of the class for its code."""
    return _BY_CODE.get(code, RpcError)(code, reason, message, violations, retry_after)


class JobFailed(RelayError):
    """The job has no value: the base of all endings but ok."""

    def __init__(
        self,
        relay: Relay,
        attempt: int,
        *,
        kind: str = "",
        message: str = "",
        stacktrace: str = "",
        state: str = "",
        executors: int = 0,
    ) -> None:
        super().__init__(f"{kind}: {message}" if kind and message else message or kind)
        self.relay = relay
        self.attempt = attempt
        self.kind = kind
        self.message = message
        self.stacktrace = stacktrace
        self.state = state
        self.executors = executors


class JobError(JobFailed):
    """The attempt raised; the job will be tried again."""


class Discarded(JobFailed):
    """The attempts are used up, or the executor discarded the job."""


class Cancelled(JobFailed):
    """The job was cancelled, or expired before it began."""


class Snoozed(JobFailed):
    """The executor put the job off."""


class TimedOut(JobFailed, TimeoutError):
    """The wait ended before the job did: `state` and `executors` say where it is. It goes on."""


class ResultTooLarge(JobFailed):
    """The job completed, but its result is over the gateway's limit."""


class NotFound(JobFailed, LookupError):
    """There is no such job: it was pruned, or the ref is not its."""
