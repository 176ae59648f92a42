from google.protobuf import duration_pb2 as _duration_pb2
from relay_client._proto.relay.v1 import relay_pb2 as _relay_pb2
from relay_client._proto.relay.v1 import worker_pb2 as _worker_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Abandon(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ClientFrame(_message.Message):
    __slots__ = ["abandon", "async_request", "await_many_request", "await_request", "call_id", "call_request", "cancel_request", "hello", "ping", "pong", "work_request"]
    ABANDON_FIELD_NUMBER: _ClassVar[int]
    ASYNC_REQUEST_FIELD_NUMBER: _ClassVar[int]
    AWAIT_MANY_REQUEST_FIELD_NUMBER: _ClassVar[int]
    AWAIT_REQUEST_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_REQUEST_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REQUEST_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    WORK_REQUEST_FIELD_NUMBER: _ClassVar[int]
    abandon: Abandon
    async_request: _relay_pb2.AsyncRequest
    await_many_request: _relay_pb2.AwaitManyRequest
    await_request: _relay_pb2.AwaitRequest
    call_id: int
    call_request: _relay_pb2.CallRequest
    cancel_request: _relay_pb2.CancelRequest
    hello: Hello
    ping: Ping
    pong: Pong
    work_request: _worker_pb2.WorkRequest
    def __init__(self, call_id: _Optional[int] = ..., hello: _Optional[_Union[Hello, _Mapping]] = ..., async_request: _Optional[_Union[_relay_pb2.AsyncRequest, _Mapping]] = ..., await_request: _Optional[_Union[_relay_pb2.AwaitRequest, _Mapping]] = ..., await_many_request: _Optional[_Union[_relay_pb2.AwaitManyRequest, _Mapping]] = ..., call_request: _Optional[_Union[_relay_pb2.CallRequest, _Mapping]] = ..., cancel_request: _Optional[_Union[_relay_pb2.CancelRequest, _Mapping]] = ..., work_request: _Optional[_Union[_worker_pb2.WorkRequest, _Mapping]] = ..., abandon: _Optional[_Union[Abandon, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ...) -> None: ...

class FieldViolation(_message.Message):
    __slots__ = ["field", "reason"]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    field: str
    reason: str
    def __init__(self, field: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class GoAway(_message.Message):
    __slots__ = ["grace", "reason"]
    GRACE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    grace: _duration_pb2.Duration
    reason: str
    def __init__(self, reason: _Optional[str] = ..., grace: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ["accept_zlib", "client", "token", "version"]
    ACCEPT_ZLIB_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    accept_zlib: bool
    client: str
    token: str
    version: int
    def __init__(self, version: _Optional[int] = ..., client: _Optional[str] = ..., token: _Optional[str] = ..., accept_zlib: bool = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ["data"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class Pong(_message.Message):
    __slots__ = ["data"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class ServerFrame(_message.Message):
    __slots__ = ["async_response", "await_many_response", "await_response", "call_id", "call_response", "cancel_response", "go_away", "ping", "pong", "status", "welcome", "work_response"]
    ASYNC_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    AWAIT_MANY_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    AWAIT_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    CANCEL_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    GO_AWAY_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    WORK_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    async_response: _relay_pb2.AsyncResponse
    await_many_response: _relay_pb2.AwaitManyResponse
    await_response: _relay_pb2.AwaitResponse
    call_id: int
    call_response: _relay_pb2.CallResponse
    cancel_response: _relay_pb2.CancelResponse
    go_away: GoAway
    ping: Ping
    pong: Pong
    status: Status
    welcome: Welcome
    work_response: _worker_pb2.WorkResponse
    def __init__(self, call_id: _Optional[int] = ..., welcome: _Optional[_Union[Welcome, _Mapping]] = ..., async_response: _Optional[_Union[_relay_pb2.AsyncResponse, _Mapping]] = ..., await_response: _Optional[_Union[_relay_pb2.AwaitResponse, _Mapping]] = ..., await_many_response: _Optional[_Union[_relay_pb2.AwaitManyResponse, _Mapping]] = ..., call_response: _Optional[_Union[_relay_pb2.CallResponse, _Mapping]] = ..., cancel_response: _Optional[_Union[_relay_pb2.CancelResponse, _Mapping]] = ..., work_response: _Optional[_Union[_worker_pb2.WorkResponse, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ..., go_away: _Optional[_Union[GoAway, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ["code", "message", "reason", "retry_after", "violations"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    reason: str
    retry_after: _duration_pb2.Duration
    violations: _containers.RepeatedCompositeFieldContainer[FieldViolation]
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ..., violations: _Optional[_Iterable[_Union[FieldViolation, _Mapping]]] = ..., reason: _Optional[str] = ..., retry_after: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ["accept_zlib", "max_calls", "max_message_bytes", "node", "server", "version"]
    ACCEPT_ZLIB_FIELD_NUMBER: _ClassVar[int]
    MAX_CALLS_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    accept_zlib: bool
    max_calls: int
    max_message_bytes: int
    node: str
    server: str
    version: int
    def __init__(self, version: _Optional[int] = ..., server: _Optional[str] = ..., node: _Optional[str] = ..., max_message_bytes: _Optional[int] = ..., max_calls: _Optional[int] = ..., accept_zlib: bool = ...) -> None: ...
