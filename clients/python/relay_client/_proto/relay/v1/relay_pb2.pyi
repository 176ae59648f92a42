from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CANCEL_ON_ABANDON: CancelOn
CANCEL_ON_EITHER: CancelOn
CANCEL_ON_TIMEOUT: CancelOn
CANCEL_ON_UNSPECIFIED: CancelOn
DESCRIPTOR: _descriptor.FileDescriptor
REASON_CANCELLED: Reason
REASON_DISCARDED: Reason
REASON_EXCEPTION: Reason
REASON_NOT_FOUND: Reason
REASON_RESULT_TOO_LARGE: Reason
REASON_SNOOZED: Reason
REASON_TIMEOUT: Reason
REASON_UNSPECIFIED: Reason

class AsyncRequest(_message.Message):
    __slots__ = ["instance", "jobs"]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    instance: str
    jobs: _containers.RepeatedCompositeFieldContainer[NewJob]
    def __init__(self, instance: _Optional[str] = ..., jobs: _Optional[_Iterable[_Union[NewJob, _Mapping]]] = ...) -> None: ...

class AsyncResponse(_message.Message):
    __slots__ = ["relays"]
    RELAYS_FIELD_NUMBER: _ClassVar[int]
    relays: _containers.RepeatedCompositeFieldContainer[Relay]
    def __init__(self, relays: _Optional[_Iterable[_Union[Relay, _Mapping]]] = ...) -> None: ...

class AwaitManyRequest(_message.Message):
    __slots__ = ["fail_fast", "progress", "relays", "stop_after", "timeout", "with_retries"]
    FAIL_FAST_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RELAYS_FIELD_NUMBER: _ClassVar[int]
    STOP_AFTER_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WITH_RETRIES_FIELD_NUMBER: _ClassVar[int]
    fail_fast: bool
    progress: bool
    relays: _containers.RepeatedCompositeFieldContainer[Relay]
    stop_after: int
    timeout: _duration_pb2.Duration
    with_retries: bool
    def __init__(self, relays: _Optional[_Iterable[_Union[Relay, _Mapping]]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., with_retries: bool = ..., progress: bool = ..., stop_after: _Optional[int] = ..., fail_fast: bool = ...) -> None: ...

class AwaitManyResponse(_message.Message):
    __slots__ = ["heartbeat", "index", "progress", "result"]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    heartbeat: Heartbeat
    index: int
    progress: Progress
    result: AwaitResult
    def __init__(self, index: _Optional[int] = ..., result: _Optional[_Union[AwaitResult, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ...) -> None: ...

class AwaitRequest(_message.Message):
    __slots__ = ["cancel_on", "relay", "timeout", "with_retries"]
    CANCEL_ON_FIELD_NUMBER: _ClassVar[int]
    RELAY_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WITH_RETRIES_FIELD_NUMBER: _ClassVar[int]
    cancel_on: CancelOn
    relay: Relay
    timeout: _duration_pb2.Duration
    with_retries: bool
    def __init__(self, relay: _Optional[_Union[Relay, _Mapping]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., with_retries: bool = ..., cancel_on: _Optional[_Union[CancelOn, str]] = ...) -> None: ...

class AwaitResponse(_message.Message):
    __slots__ = ["result"]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: AwaitResult
    def __init__(self, result: _Optional[_Union[AwaitResult, _Mapping]] = ...) -> None: ...

class AwaitResult(_message.Message):
    __slots__ = ["attempt", "error", "ok", "relay"]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    RELAY_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    error: Failure
    ok: Value
    relay: Relay
    def __init__(self, relay: _Optional[_Union[Relay, _Mapping]] = ..., attempt: _Optional[int] = ..., ok: _Optional[_Union[Value, _Mapping]] = ..., error: _Optional[_Union[Failure, _Mapping]] = ...) -> None: ...

class CallRequest(_message.Message):
    __slots__ = ["cancel_on", "instance", "job", "timeout", "with_retries"]
    CANCEL_ON_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WITH_RETRIES_FIELD_NUMBER: _ClassVar[int]
    cancel_on: CancelOn
    instance: str
    job: NewJob
    timeout: _duration_pb2.Duration
    with_retries: bool
    def __init__(self, instance: _Optional[str] = ..., job: _Optional[_Union[NewJob, _Mapping]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., with_retries: bool = ..., cancel_on: _Optional[_Union[CancelOn, str]] = ...) -> None: ...

class CallResponse(_message.Message):
    __slots__ = ["result"]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: AwaitResult
    def __init__(self, result: _Optional[_Union[AwaitResult, _Mapping]] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ["relay"]
    RELAY_FIELD_NUMBER: _ClassVar[int]
    relay: Relay
    def __init__(self, relay: _Optional[_Union[Relay, _Mapping]] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ["cancelled", "state"]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    cancelled: bool
    state: str
    def __init__(self, cancelled: bool = ..., state: _Optional[str] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ["executors", "kind", "message", "reason", "stacktrace", "state"]
    EXECUTORS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STACKTRACE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    executors: int
    kind: str
    message: str
    reason: Reason
    stacktrace: str
    state: str
    def __init__(self, reason: _Optional[_Union[Reason, str]] = ..., kind: _Optional[str] = ..., message: _Optional[str] = ..., stacktrace: _Optional[str] = ..., state: _Optional[str] = ..., executors: _Optional[int] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class NewJob(_message.Message):
    __slots__ = ["args", "expires_in", "idempotency_key", "max_attempts", "meta", "priority", "queue", "schedule_in", "scheduled_at", "tags", "traceparent", "unique", "worker"]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_IN_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    args: str
    expires_in: _duration_pb2.Duration
    idempotency_key: str
    max_attempts: int
    meta: str
    priority: int
    queue: str
    schedule_in: _duration_pb2.Duration
    scheduled_at: _timestamp_pb2.Timestamp
    tags: _containers.RepeatedScalarFieldContainer[str]
    traceparent: str
    unique: Unique
    worker: str
    def __init__(self, worker: _Optional[str] = ..., queue: _Optional[str] = ..., args: _Optional[str] = ..., priority: _Optional[int] = ..., max_attempts: _Optional[int] = ..., tags: _Optional[_Iterable[str]] = ..., meta: _Optional[str] = ..., scheduled_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., schedule_in: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., unique: _Optional[_Union[Unique, _Mapping]] = ..., idempotency_key: _Optional[str] = ..., expires_in: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., traceparent: _Optional[str] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ["relay", "value"]
    RELAY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    relay: Relay
    value: Value
    def __init__(self, relay: _Optional[_Union[Relay, _Mapping]] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...

class Relay(_message.Message):
    __slots__ = ["duplicate", "instance", "job_id", "ref"]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    duplicate: bool
    instance: str
    job_id: int
    ref: bytes
    def __init__(self, job_id: _Optional[int] = ..., ref: _Optional[bytes] = ..., instance: _Optional[str] = ..., duplicate: bool = ...) -> None: ...

class Unique(_message.Message):
    __slots__ = ["fields", "keys", "period", "states"]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedScalarFieldContainer[str]
    keys: _containers.RepeatedScalarFieldContainer[str]
    period: _duration_pb2.Duration
    states: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, period: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., fields: _Optional[_Iterable[str]] = ..., keys: _Optional[_Iterable[str]] = ..., states: _Optional[_Iterable[str]] = ...) -> None: ...

class Value(_message.Message):
    __slots__ = ["content_type", "data", "json"]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    data: bytes
    json: str
    def __init__(self, json: _Optional[str] = ..., data: _Optional[bytes] = ..., content_type: _Optional[str] = ...) -> None: ...

class CancelOn(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
