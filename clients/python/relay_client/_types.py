"""The vocabulary: relays, jobs, values, outcomes."""

from __future__ import annotations

import base64
import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Union

from google.protobuf import duration_pb2, timestamp_pb2

from . import _errors as errors
from ._proto.relay.v1 import relay_pb2 as pb


@dataclass(frozen=True, slots=True)
class Relay:
    """The handle to await a job by, from anywhere; whoever holds it may cancel the job too."""

    job_id: int
    ref: bytes = field(repr=False)
    instance: str = "default"
    duplicate: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        ref = base64.urlsafe_b64encode(self.ref).rstrip(b"=").decode()
        short = f"{self.job_id}/{ref}"
        return short if self.instance == "default" else f"{self.instance}/{short}"

    @classmethod
    def parse(cls, text: str) -> Relay:
        """Reads the text form, `INSTANCE/JOB_ID/REF`, where `default/` may be left out."""
        parts = text.strip().split("/")
        if len(parts) not in (2, 3):
            raise ValueError(f"not a relay: expected [INSTANCE/]JOB_ID/REF, got {len(parts)} parts")
        instance = parts[0] if len(parts) == 3 else "default"
        try:
            job_id = int(parts[-2])
            ref = base64.urlsafe_b64decode(parts[-1] + "=" * (-len(parts[-1]) % 4))
        except ValueError as error:
            raise ValueError("not a relay: expected [INSTANCE/]JOB_ID/REF") from error
        if job_id <= 0 or not ref or not instance:
            raise ValueError("not a relay: expected [INSTANCE/]JOB_ID/REF")
        return cls(job_id, ref, instance)

    def _to_wire(self) -> pb.Relay:
        return pb.Relay(job_id=self.job_id, ref=self.ref, instance=self.instance)

    @classmethod
    def _from_wire(cls, relay: pb.Relay) -> Relay:
        return cls(relay.job_id, relay.ref, relay.instance or "default", relay.duplicate)


class CancelOn(enum.IntEnum):
    """When the end of a wait also cancels the job."""

    NEVER = 0
    TIMEOUT = 1
    ABANDON = 2
    EITHER = 3


class Bytes(bytes):
    """A result that is not JSON, with its content type."""

    content_type: str

    def __new__(cls, data: bytes, content_type: str = "application/octet-stream") -> Bytes:
        made = super().__new__(cls, data)
        made.content_type = content_type
        return made


@dataclass(slots=True)
class Unique:
    """What makes two jobs the same, as in Oban; a period of None looks back for ever."""

    period: float | timedelta | None = 60
    fields: Sequence[str] = ()
    keys: Sequence[str] = ()
    states: Sequence[str] = ()


@dataclass(slots=True)
class NewJob:
    """A job to insert."""

    worker: str
    args: Mapping[str, Any] | None = None
    queue: str = "default"
    priority: int = 0
    max_attempts: int = 0
    tags: Sequence[str] = ()
    meta: Mapping[str, Any] | None = None
    scheduled_at: datetime | None = None
    schedule_in: float | timedelta | None = None
    unique: Unique | None = None
    idempotency_key: str | None = None
    expires_in: float | timedelta | None = None
    traceparent: str = ""

    def _to_wire(self) -> pb.NewJob:
        job = pb.NewJob(
            worker=self.worker,
            queue=self.queue,
            args=json_text(self.args) if self.args is not None else "",
            priority=self.priority,
            max_attempts=self.max_attempts,
            tags=self.tags,
            meta=json_text(self.meta) if self.meta is not None else "",
            traceparent=self.traceparent,
        )
        if self.scheduled_at is not None and self.schedule_in is not None:
            raise ValueError("give scheduled_at or schedule_in, not both")
        if self.scheduled_at is not None:
            moment = timestamp_pb2.Timestamp()
            moment.FromDatetime(self.scheduled_at.astimezone(timezone.utc))
            job.scheduled_at.CopyFrom(moment)
        if self.schedule_in is not None:
            job.schedule_in.CopyFrom(duration(self.schedule_in))
        if self.unique is not None:
            job.unique.SetInParent()
            if self.unique.period is not None:
                job.unique.period.CopyFrom(duration(self.unique.period))
            job.unique.fields.extend(self.unique.fields)
            job.unique.keys.extend(self.unique.keys)
            job.unique.states.extend(self.unique.states)
        if self.idempotency_key is not None:
            job.idempotency_key = self.idempotency_key
        if self.expires_in is not None:
            job.expires_in.CopyFrom(duration(self.expires_in))
        return job


def json_text(value: Any) -> str:
    """Compact JSON; what JSON cannot say (NaN, infinity) is refused."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def duration(value: float | timedelta) -> duration_pb2.Duration:
    """A duration from seconds or a timedelta."""
    delta = value if isinstance(value, timedelta) else timedelta(seconds=value)
    made = duration_pb2.Duration()
    made.FromTimedelta(delta)
    return made


def value_to_wire(value: Any) -> pb.Value:
    """A result as it travels: bytes as they are, anything else as JSON."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        kind = getattr(value, "content_type", "application/octet-stream")
        return pb.Value(data=bytes(value), content_type=kind)
    return pb.Value(json=json_text(value))


def value_from_wire(value: pb.Value) -> Any:
    """A result as Python has it."""
    kind = value.WhichOneof("kind")
    if kind == "json":
        return json.loads(value.json)
    if kind == "data":
        return Bytes(value.data, value.content_type or "application/octet-stream")
    return None


@dataclass(frozen=True, slots=True)
class Ok:
    """An outcome with a value."""

    relay: Relay
    attempt: int
    value: Any
    ok: bool = field(default=True, init=False)

    def unwrap(self) -> Any:
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Failed:
    """An outcome without a value; `error` says why."""

    relay: Relay
    attempt: int
    error: errors.JobFailed
    ok: bool = field(default=False, init=False)

    @property
    def value(self) -> Any:
        """Raises the error: there is no value."""
        raise self.error

    def unwrap(self) -> Any:
        """Raises the error."""
        raise self.error


Outcome = Union[Ok, Failed]  # noqa: UP007 - evaluated at run time on 3.10


@dataclass(frozen=True, slots=True)
class Progress:
    """A progress report of a running job; best effort."""

    relay: Relay
    value: Any


_FAILURES: dict[int, type[errors.JobFailed]] = {
    pb.REASON_DISCARDED: errors.Discarded,
    pb.REASON_RESULT_TOO_LARGE: errors.ResultTooLarge,
    pb.REASON_SNOOZED: errors.Snoozed,
    pb.REASON_TIMEOUT: errors.TimedOut,
    pb.REASON_EXCEPTION: errors.JobError,
    pb.REASON_CANCELLED: errors.Cancelled,
    pb.REASON_NOT_FOUND: errors.NotFound,
}


def outcome_from_wire(result: pb.AwaitResult) -> Outcome:
    """How a wait ended."""
    relay = Relay._from_wire(result.relay)
    if result.WhichOneof("outcome") == "ok":
        return Ok(relay, result.attempt, value_from_wire(result.ok))
    failure = result.error
    made = _FAILURES.get(failure.reason, errors.JobFailed)(
        relay,
        result.attempt,
        kind=failure.kind,
        message=failure.message,
        stacktrace=failure.stacktrace,
        state=failure.state,
        executors=failure.executors,
    )
    return Failed(relay, result.attempt, made)
