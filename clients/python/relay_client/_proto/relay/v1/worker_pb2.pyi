from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from relay_client._proto.relay.v1 import relay_pb2 as _relay_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CancelJob(_message.Message):
    __slots__ = ["attempt", "job_id"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    job_id: int
    def __init__(self, job_id: _Optional[int] = ..., attempt: _Optional[int] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Draining(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Exception(_message.Message):
    __slots__ = ["kind", "message", "stacktrace"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    STACKTRACE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    message: str
    stacktrace: str
    def __init__(self, kind: _Optional[str] = ..., message: _Optional[str] = ..., stacktrace: _Optional[str] = ...) -> None: ...

class Finish(_message.Message):
    __slots__ = ["attempt", "cancel", "discard", "exception", "job_id", "ok", "snooze"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    DISCARD_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    SNOOZE_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    cancel: str
    discard: str
    exception: Exception
    job_id: int
    ok: _relay_pb2.Value
    snooze: _duration_pb2.Duration
    def __init__(self, job_id: _Optional[int] = ..., attempt: _Optional[int] = ..., ok: _Optional[_Union[_relay_pb2.Value, _Mapping]] = ..., exception: _Optional[_Union[Exception, _Mapping]] = ..., snooze: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., cancel: _Optional[str] = ..., discard: _Optional[str] = ...) -> None: ...

class Finished(_message.Message):
    __slots__ = ["accepted", "attempt", "job_id"]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    accepted: bool
    attempt: int
    job_id: int
    def __init__(self, job_id: _Optional[int] = ..., attempt: _Optional[int] = ..., accepted: bool = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ["args", "attempt", "attempted_at", "id", "inserted_at", "max_attempts", "meta", "priority", "queue", "remaining", "scheduled_at", "tags", "traceparent", "worker"]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTED_AT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    INSERTED_AT_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    REMAINING_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    args: str
    attempt: int
    attempted_at: _timestamp_pb2.Timestamp
    id: int
    inserted_at: _timestamp_pb2.Timestamp
    max_attempts: int
    meta: str
    priority: int
    queue: str
    remaining: _duration_pb2.Duration
    scheduled_at: _timestamp_pb2.Timestamp
    tags: _containers.RepeatedScalarFieldContainer[str]
    traceparent: str
    worker: str
    def __init__(self, id: _Optional[int] = ..., attempt: _Optional[int] = ..., max_attempts: _Optional[int] = ..., worker: _Optional[str] = ..., queue: _Optional[str] = ..., args: _Optional[str] = ..., meta: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., priority: _Optional[int] = ..., inserted_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., scheduled_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., attempted_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., remaining: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., traceparent: _Optional[str] = ...) -> None: ...

class ProgressReport(_message.Message):
    __slots__ = ["attempt", "job_id", "value"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    job_id: int
    value: _relay_pb2.Value
    def __init__(self, job_id: _Optional[int] = ..., attempt: _Optional[int] = ..., value: _Optional[_Union[_relay_pb2.Value, _Mapping]] = ...) -> None: ...

class QueueLimit(_message.Message):
    __slots__ = ["limit", "queue"]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    limit: int
    queue: str
    def __init__(self, queue: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class Subscribe(_message.Message):
    __slots__ = ["instance", "node", "queues"]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    instance: str
    node: str
    queues: _containers.RepeatedCompositeFieldContainer[QueueLimit]
    def __init__(self, instance: _Optional[str] = ..., node: _Optional[str] = ..., queues: _Optional[_Iterable[_Union[QueueLimit, _Mapping]]] = ...) -> None: ...

class Subscribed(_message.Message):
    __slots__ = ["node"]
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: str
    def __init__(self, node: _Optional[str] = ...) -> None: ...

class WorkRequest(_message.Message):
    __slots__ = ["drain", "finish", "progress", "subscribe"]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    drain: Drain
    finish: Finish
    progress: ProgressReport
    subscribe: Subscribe
    def __init__(self, subscribe: _Optional[_Union[Subscribe, _Mapping]] = ..., finish: _Optional[_Union[Finish, _Mapping]] = ..., progress: _Optional[_Union[ProgressReport, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ...) -> None: ...

class WorkResponse(_message.Message):
    __slots__ = ["cancel", "draining", "finished", "job", "subscribed"]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBED_FIELD_NUMBER: _ClassVar[int]
    cancel: CancelJob
    draining: Draining
    finished: Finished
    job: Job
    subscribed: Subscribed
    def __init__(self, subscribed: _Optional[_Union[Subscribed, _Mapping]] = ..., job: _Optional[_Union[Job, _Mapping]] = ..., cancel: _Optional[_Union[CancelJob, _Mapping]] = ..., finished: _Optional[_Union[Finished, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...
