// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

/// The messages, as the pre-scan's table numbers them.
enum MessageRule: UInt8, CaseIterable {
    case duration
    case timestamp
    case asyncRequest
    case newJob
    case unique
    case asyncResponse
    case relay
    case awaitRequest
    case awaitResponse
    case awaitManyRequest
    case awaitManyResponse
    case heartbeat
    case awaitResult
    case value
    case failure
    case progress
    case callRequest
    case callResponse
    case cancelRequest
    case cancelResponse
    case clientFrame
    case serverFrame
    case hello
    case welcome
    case status
    case fieldViolation
    case abandon
    case ping
    case pong
    case goAway
    case workRequest
    case subscribe
    case queueLimit
    case finish
    case exception
    case progressReport
    case workResponse
    case job
    case finished
    case cancelJob
    case subscribed
    case draining
    case drain
}

extension Schema {
    /// Every field of the contract, and what the pre-scan asks of it.
    static let declarations: [Declaration] = [
        Declaration(.duration, 1, "seconds", .varint, .lastWins),
        Declaration(.duration, 2, "nanos", .varint, .lastWins),
        Declaration(.timestamp, 1, "seconds", .varint, .lastWins),
        Declaration(.timestamp, 2, "nanos", .varint, .lastWins),
        Declaration(.asyncRequest, 1, "instance", .string, .lastWins),
        Declaration(.asyncRequest, 2, "jobs", .message(.newJob), .repeated),
        Declaration(.newJob, 1, "worker", .string, .lastWins),
        Declaration(.newJob, 2, "queue", .string, .lastWins),
        Declaration(.newJob, 3, "args", .string, .lastWins),
        Declaration(.newJob, 4, "priority", .varint, .lastWins),
        Declaration(.newJob, 5, "max_attempts", .varint, .lastWins),
        Declaration(.newJob, 6, "tags", .string, .repeated),
        Declaration(.newJob, 7, "meta", .string, .lastWins),
        Declaration(.newJob, 8, "scheduled_at", .message(.timestamp), .once(8)),
        Declaration(.newJob, 9, "schedule_in", .message(.duration), .once(8)),
        Declaration(.newJob, 10, "unique", .message(.unique), .once(10)),
        Declaration(.newJob, 11, "idempotency_key", .string, .lastWins),
        Declaration(.newJob, 12, "expires_in", .message(.duration), .once(12)),
        Declaration(.newJob, 13, "traceparent", .string, .lastWins),
        Declaration(.unique, 1, "period", .message(.duration), .once(1)),
        Declaration(.unique, 2, "fields", .string, .repeated),
        Declaration(.unique, 3, "keys", .string, .repeated),
        Declaration(.unique, 4, "states", .string, .repeated),
        Declaration(.asyncResponse, 1, "relays", .message(.relay), .repeated),
        Declaration(.relay, 1, "job_id", .varint, .lastWins),
        Declaration(.relay, 2, "ref", .bytes, .lastWins),
        Declaration(.relay, 3, "instance", .string, .lastWins),
        Declaration(.relay, 4, "duplicate", .varint, .lastWins),
        Declaration(.awaitRequest, 1, "relay", .message(.relay), .once(1)),
        Declaration(.awaitRequest, 2, "timeout", .message(.duration), .once(2)),
        Declaration(.awaitRequest, 3, "with_retries", .varint, .lastWins),
        Declaration(.awaitRequest, 4, "cancel_on", .enumeration(last: 3), .lastWins),
        Declaration(.awaitResponse, 1, "result", .message(.awaitResult), .once(1)),
        Declaration(.awaitManyRequest, 1, "relays", .message(.relay), .repeated),
        Declaration(.awaitManyRequest, 2, "timeout", .message(.duration), .once(2)),
        Declaration(.awaitManyRequest, 3, "with_retries", .varint, .lastWins),
        Declaration(.awaitManyRequest, 4, "progress", .varint, .lastWins),
        Declaration(.awaitManyRequest, 5, "stop_after", .varint, .lastWins),
        Declaration(.awaitManyRequest, 6, "fail_fast", .varint, .lastWins),
        Declaration(.awaitManyResponse, 1, "index", .varint, .lastWins),
        Declaration(.awaitManyResponse, 2, "result", .message(.awaitResult), .once(2)),
        Declaration(.awaitManyResponse, 3, "progress", .message(.progress), .once(2)),
        Declaration(.awaitManyResponse, 4, "heartbeat", .message(.heartbeat), .once(2)),
        Declaration(.awaitResult, 1, "relay", .message(.relay), .once(1)),
        Declaration(.awaitResult, 2, "attempt", .varint, .lastWins),
        Declaration(.awaitResult, 3, "ok", .message(.value), .once(3)),
        Declaration(.awaitResult, 4, "error", .message(.failure), .once(3)),
        Declaration(.value, 1, "json", .string, .once(1)),
        Declaration(.value, 2, "data", .bytes, .once(1)),
        Declaration(.value, 3, "content_type", .string, .lastWins),
        Declaration(.failure, 1, "reason", .enumeration(last: 7), .lastWins),
        Declaration(.failure, 2, "kind", .string, .lastWins),
        Declaration(.failure, 3, "message", .string, .lastWins),
        Declaration(.failure, 4, "stacktrace", .string, .lastWins),
        Declaration(.failure, 5, "state", .string, .lastWins),
        Declaration(.failure, 6, "executors", .varint, .lastWins),
        Declaration(.progress, 1, "relay", .message(.relay), .once(1)),
        Declaration(.progress, 2, "value", .message(.value), .once(2)),
        Declaration(.callRequest, 1, "instance", .string, .lastWins),
        Declaration(.callRequest, 2, "job", .message(.newJob), .once(2)),
        Declaration(.callRequest, 3, "timeout", .message(.duration), .once(3)),
        Declaration(.callRequest, 4, "with_retries", .varint, .lastWins),
        Declaration(.callRequest, 5, "cancel_on", .enumeration(last: 3), .lastWins),
        Declaration(.callResponse, 1, "result", .message(.awaitResult), .once(1)),
        Declaration(.cancelRequest, 1, "relay", .message(.relay), .once(1)),
        Declaration(.cancelResponse, 1, "cancelled", .varint, .lastWins),
        Declaration(.cancelResponse, 2, "state", .string, .lastWins),
        Declaration(.clientFrame, 1, "call_id", .varint, .lastWins),
        Declaration(.clientFrame, 2, "hello", .message(.hello), .once(2)),
        Declaration(.clientFrame, 3, "async_request", .message(.asyncRequest), .once(2)),
        Declaration(.clientFrame, 4, "await_request", .message(.awaitRequest), .once(2)),
        Declaration(.clientFrame, 5, "await_many_request", .message(.awaitManyRequest), .once(2)),
        Declaration(.clientFrame, 6, "call_request", .message(.callRequest), .once(2)),
        Declaration(.clientFrame, 7, "cancel_request", .message(.cancelRequest), .once(2)),
        Declaration(.clientFrame, 8, "work_request", .message(.workRequest), .once(2)),
        Declaration(.clientFrame, 9, "abandon", .message(.abandon), .once(2)),
        Declaration(.clientFrame, 10, "ping", .message(.ping), .once(2)),
        Declaration(.clientFrame, 11, "pong", .message(.pong), .once(2)),
        Declaration(.serverFrame, 1, "call_id", .varint, .lastWins),
        Declaration(.serverFrame, 2, "welcome", .message(.welcome), .once(2)),
        Declaration(.serverFrame, 3, "async_response", .message(.asyncResponse), .once(2)),
        Declaration(.serverFrame, 4, "await_response", .message(.awaitResponse), .once(2)),
        Declaration(.serverFrame, 5, "await_many_response", .message(.awaitManyResponse), .once(2)),
        Declaration(.serverFrame, 6, "call_response", .message(.callResponse), .once(2)),
        Declaration(.serverFrame, 7, "cancel_response", .message(.cancelResponse), .once(2)),
        Declaration(.serverFrame, 8, "work_response", .message(.workResponse), .once(2)),
        Declaration(.serverFrame, 9, "status", .message(.status), .once(2)),
        Declaration(.serverFrame, 10, "pong", .message(.pong), .once(2)),
        Declaration(.serverFrame, 11, "go_away", .message(.goAway), .once(2)),
        Declaration(.serverFrame, 12, "ping", .message(.ping), .once(2)),
        Declaration(.hello, 1, "version", .varint, .lastWins),
        Declaration(.hello, 2, "client", .string, .lastWins),
        Declaration(.hello, 3, "token", .string, .lastWins),
        Declaration(.hello, 4, "accept_zlib", .varint, .lastWins),
        Declaration(.welcome, 1, "version", .varint, .lastWins),
        Declaration(.welcome, 2, "server", .string, .lastWins),
        Declaration(.welcome, 3, "node", .string, .lastWins),
        Declaration(.welcome, 4, "max_message_bytes", .varint, .lastWins),
        Declaration(.welcome, 5, "max_calls", .varint, .lastWins),
        Declaration(.welcome, 6, "accept_zlib", .varint, .lastWins),
        Declaration(.status, 1, "code", .varint, .lastWins),
        Declaration(.status, 2, "message", .string, .lastWins),
        Declaration(.status, 3, "violations", .message(.fieldViolation), .repeated),
        Declaration(.status, 4, "reason", .string, .lastWins),
        Declaration(.status, 5, "retry_after", .message(.duration), .once(5)),
        Declaration(.fieldViolation, 1, "field", .string, .lastWins),
        Declaration(.fieldViolation, 2, "reason", .string, .lastWins),
        Declaration(.ping, 1, "data", .bytes, .lastWins),
        Declaration(.pong, 1, "data", .bytes, .lastWins),
        Declaration(.goAway, 1, "reason", .string, .lastWins),
        Declaration(.goAway, 2, "grace", .message(.duration), .once(2)),
        Declaration(.workRequest, 1, "subscribe", .message(.subscribe), .once(1)),
        Declaration(.workRequest, 2, "finish", .message(.finish), .once(1)),
        Declaration(.workRequest, 3, "progress", .message(.progressReport), .once(1)),
        Declaration(.workRequest, 4, "drain", .message(.drain), .once(1)),
        Declaration(.subscribe, 1, "instance", .string, .lastWins),
        Declaration(.subscribe, 2, "node", .string, .lastWins),
        Declaration(.subscribe, 3, "queues", .message(.queueLimit), .repeated),
        Declaration(.queueLimit, 1, "queue", .string, .lastWins),
        Declaration(.queueLimit, 2, "limit", .varint, .lastWins),
        Declaration(.finish, 1, "job_id", .varint, .lastWins),
        Declaration(.finish, 2, "attempt", .varint, .lastWins),
        Declaration(.finish, 3, "ok", .message(.value), .once(3)),
        Declaration(.finish, 4, "exception", .message(.exception), .once(3)),
        Declaration(.finish, 5, "snooze", .message(.duration), .once(3)),
        Declaration(.finish, 6, "cancel", .string, .once(3)),
        Declaration(.finish, 7, "discard", .string, .once(3)),
        Declaration(.exception, 1, "kind", .string, .lastWins),
        Declaration(.exception, 2, "message", .string, .lastWins),
        Declaration(.exception, 3, "stacktrace", .string, .lastWins),
        Declaration(.progressReport, 1, "job_id", .varint, .lastWins),
        Declaration(.progressReport, 2, "attempt", .varint, .lastWins),
        Declaration(.progressReport, 3, "value", .message(.value), .once(3)),
        Declaration(.workResponse, 1, "subscribed", .message(.subscribed), .once(1)),
        Declaration(.workResponse, 2, "job", .message(.job), .once(1)),
        Declaration(.workResponse, 3, "cancel", .message(.cancelJob), .once(1)),
        Declaration(.workResponse, 4, "finished", .message(.finished), .once(1)),
        Declaration(.workResponse, 5, "draining", .message(.draining), .once(1)),
        Declaration(.job, 1, "id", .varint, .lastWins),
        Declaration(.job, 2, "attempt", .varint, .lastWins),
        Declaration(.job, 3, "max_attempts", .varint, .lastWins),
        Declaration(.job, 4, "worker", .string, .lastWins),
        Declaration(.job, 5, "queue", .string, .lastWins),
        Declaration(.job, 6, "args", .string, .lastWins),
        Declaration(.job, 7, "meta", .string, .lastWins),
        Declaration(.job, 8, "tags", .string, .repeated),
        Declaration(.job, 9, "priority", .varint, .lastWins),
        Declaration(.job, 10, "inserted_at", .message(.timestamp), .once(10)),
        Declaration(.job, 11, "scheduled_at", .message(.timestamp), .once(11)),
        Declaration(.job, 12, "attempted_at", .message(.timestamp), .once(12)),
        Declaration(.job, 13, "remaining", .message(.duration), .once(13)),
        Declaration(.job, 14, "traceparent", .string, .lastWins),
        Declaration(.finished, 1, "job_id", .varint, .lastWins),
        Declaration(.finished, 2, "attempt", .varint, .lastWins),
        Declaration(.finished, 3, "accepted", .varint, .lastWins),
        Declaration(.cancelJob, 1, "job_id", .varint, .lastWins),
        Declaration(.cancelJob, 2, "attempt", .varint, .lastWins),
        Declaration(.subscribed, 1, "node", .string, .lastWins),
    ]
}
