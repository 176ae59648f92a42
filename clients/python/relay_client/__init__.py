"""Call a job and get its answer: client and worker of the Relay gateway."""

from ._client import Client, connect
from ._errors import (
    AlreadyExists,
    Cancelled,
    ConnectionLost,
    Discarded,
    FailedPrecondition,
    InvalidArgument,
    JobError,
    JobFailed,
    NotFound,
    PermissionDenied,
    RelayError,
    ResourceExhausted,
    ResultTooLarge,
    RpcError,
    Snoozed,
    TimedOut,
    Unauthenticated,
    Unavailable,
    UnknownRelay,
)
from ._sync import SyncClient, connect_sync
from ._types import Bytes, CancelOn, Failed, NewJob, Ok, Outcome, Progress, Relay, Unique
from ._worker import Cancel, Discard, Job, Snooze, Worker

__version__ = "0.1.0"

__all__ = [
    "AlreadyExists",
    "Bytes",
    "Cancel",
    "CancelOn",
    "Cancelled",
    "Client",
    "ConnectionLost",
    "Discard",
    "Discarded",
    "Failed",
    "FailedPrecondition",
    "InvalidArgument",
    "Job",
    "JobError",
    "JobFailed",
    "NewJob",
    "NotFound",
    "Ok",
    "Outcome",
    "PermissionDenied",
    "Progress",
    "Relay",
    "RelayError",
    "ResourceExhausted",
    "ResultTooLarge",
    "RpcError",
    "Snooze",
    "Snoozed",
    "SyncClient",
    "TimedOut",
    "Unauthenticated",
    "Unavailable",
    "Unique",
    "UnknownRelay",
    "Worker",
    "connect",
    "connect_sync",
]
