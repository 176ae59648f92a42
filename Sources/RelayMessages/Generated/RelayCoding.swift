// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

internal import CProtobufC
internal import CRelayProto

extension Wire.AsyncRequest: CodedMessage {
    static var rule: MessageRule { .asyncRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__async_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AsyncRequest>) {
        instance = unsafe Unpacked.string(c.pointee.instance)
        jobs = unsafe Unpacked.messages(c.pointee.jobs, count: c.pointee.n_jobs) { unsafe Wire.NewJob(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, instance)
        for element in jobs {
            sink.member(2, element)
        }
    }
}

extension Wire.NewJob: CodedMessage {
    static var rule: MessageRule { .newJob }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__new_job__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__NewJob>) {
        worker = unsafe Unpacked.string(c.pointee.worker)
        queue = unsafe Unpacked.string(c.pointee.queue)
        args = unsafe Unpacked.string(c.pointee.args)
        priority = unsafe c.pointee.priority
        maxAttempts = unsafe c.pointee.max_attempts
        tags = unsafe Unpacked.strings(c.pointee.tags, count: c.pointee.n_tags)
        meta = unsafe Unpacked.string(c.pointee.meta)
        schedule = unsafe Self.schedule(c: c)
        unique = unsafe c.pointee.unique.map { unsafe Wire.Unique(c: $0) }
        idempotencyKey = unsafe Unpacked.string(c.pointee.idempotency_key)
        expiresIn = unsafe c.pointee.expires_in.map { unsafe Wire.Duration(c: $0) }
        traceparent = unsafe Unpacked.string(c.pointee.traceparent)
    }

    private static func schedule(c: UnsafePointer<Relay__V1__NewJob>) -> Schedule? {
        switch unsafe c.pointee.schedule_case.rawValue {
        case 8: unsafe c.pointee.scheduled_at.map { .scheduledAt(unsafe Wire.Timestamp(c: $0)) }
        case 9: unsafe c.pointee.schedule_in.map { .scheduleIn(unsafe Wire.Duration(c: $0)) }
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, worker)
        sink.field(2, queue)
        sink.field(3, args)
        sink.field(4, priority)
        sink.field(5, maxAttempts)
        for element in tags {
            sink.member(6, element)
        }
        sink.field(7, meta)
        switch schedule {
        case .scheduledAt(let value): sink.member(8, value)
        case .scheduleIn(let value): sink.member(9, value)
        case nil: break
        }
        sink.field(10, unique)
        sink.field(11, idempotencyKey)
        sink.field(12, expiresIn)
        sink.field(13, traceparent)
    }
}

extension Wire.Unique: CodedMessage {
    static var rule: MessageRule { .unique }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__unique__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Unique>) {
        period = unsafe c.pointee.period.map { unsafe Wire.Duration(c: $0) }
        fields = unsafe Unpacked.strings(c.pointee.fields, count: c.pointee.n_fields)
        keys = unsafe Unpacked.strings(c.pointee.keys, count: c.pointee.n_keys)
        states = unsafe Unpacked.strings(c.pointee.states, count: c.pointee.n_states)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, period)
        for element in fields {
            sink.member(2, element)
        }
        for element in keys {
            sink.member(3, element)
        }
        for element in states {
            sink.member(4, element)
        }
    }
}

extension Wire.AsyncResponse: CodedMessage {
    static var rule: MessageRule { .asyncResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__async_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AsyncResponse>) {
        relays = unsafe Unpacked.messages(c.pointee.relays, count: c.pointee.n_relays) { unsafe Wire.Relay(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        for element in relays {
            sink.member(1, element)
        }
    }
}

extension Wire.Relay: CodedMessage {
    static var rule: MessageRule { .relay }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__relay__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Relay>) {
        jobID = unsafe c.pointee.job_id
        ref = unsafe Unpacked.bytes(c.pointee.ref)
        instance = unsafe Unpacked.string(c.pointee.instance)
        duplicate = unsafe c.pointee.duplicate != 0
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, jobID)
        sink.field(2, ref)
        sink.field(3, instance)
        sink.field(4, duplicate)
    }
}

extension Wire.AwaitRequest: CodedMessage {
    static var rule: MessageRule { .awaitRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__await_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AwaitRequest>) {
        relay = unsafe c.pointee.relay.map { unsafe Wire.Relay(c: $0) }
        timeout = unsafe c.pointee.timeout.map { unsafe Wire.Duration(c: $0) }
        withRetries = unsafe c.pointee.with_retries != 0
        cancelOn = Wire.CancelOn(rawValue: unsafe c.pointee.cancel_on.rawValue) ?? .unspecified
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, relay)
        sink.field(2, timeout)
        sink.field(3, withRetries)
        sink.field(4, cancelOn.rawValue)
    }
}

extension Wire.AwaitResponse: CodedMessage {
    static var rule: MessageRule { .awaitResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__await_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AwaitResponse>) {
        result = unsafe c.pointee.result.map { unsafe Wire.AwaitResult(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, result)
    }
}

extension Wire.AwaitManyRequest: CodedMessage {
    static var rule: MessageRule { .awaitManyRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__await_many_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AwaitManyRequest>) {
        relays = unsafe Unpacked.messages(c.pointee.relays, count: c.pointee.n_relays) { unsafe Wire.Relay(c: $0) }
        timeout = unsafe c.pointee.timeout.map { unsafe Wire.Duration(c: $0) }
        withRetries = unsafe c.pointee.with_retries != 0
        progress = unsafe c.pointee.progress != 0
        stopAfter = unsafe c.pointee.stop_after
        failFast = unsafe c.pointee.fail_fast != 0
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        for element in relays {
            sink.member(1, element)
        }
        sink.field(2, timeout)
        sink.field(3, withRetries)
        sink.field(4, progress)
        sink.field(5, stopAfter)
        sink.field(6, failFast)
    }
}

extension Wire.AwaitManyResponse: CodedMessage {
    static var rule: MessageRule { .awaitManyResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__await_many_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AwaitManyResponse>) {
        index = unsafe c.pointee.index
        event = unsafe Self.event(c: c)
    }

    private static func event(c: UnsafePointer<Relay__V1__AwaitManyResponse>) -> Event? {
        switch unsafe c.pointee.event_case.rawValue {
        case 2: unsafe c.pointee.result.map { .result(unsafe Wire.AwaitResult(c: $0)) }
        case 3: unsafe c.pointee.progress.map { .progress(unsafe Wire.Progress(c: $0)) }
        case 4: unsafe c.pointee.heartbeat.map { .heartbeat(unsafe Wire.Heartbeat(c: $0)) }
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, index)
        switch event {
        case .result(let value): sink.member(2, value)
        case .progress(let value): sink.member(3, value)
        case .heartbeat(let value): sink.member(4, value)
        case nil: break
        }
    }
}

extension Wire.Heartbeat: CodedMessage {
    static var rule: MessageRule { .heartbeat }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__heartbeat__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Heartbeat>) {
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
    }
}

extension Wire.AwaitResult: CodedMessage {
    static var rule: MessageRule { .awaitResult }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__await_result__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__AwaitResult>) {
        relay = unsafe c.pointee.relay.map { unsafe Wire.Relay(c: $0) }
        attempt = unsafe c.pointee.attempt
        outcome = unsafe Self.outcome(c: c)
    }

    private static func outcome(c: UnsafePointer<Relay__V1__AwaitResult>) -> Outcome? {
        switch unsafe c.pointee.outcome_case.rawValue {
        case 3: unsafe c.pointee.ok.map { .ok(unsafe Wire.Value(c: $0)) }
        case 4: unsafe c.pointee.error.map { .error(unsafe Wire.Failure(c: $0)) }
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, relay)
        sink.field(2, attempt)
        switch outcome {
        case .ok(let value): sink.member(3, value)
        case .error(let value): sink.member(4, value)
        case nil: break
        }
    }
}

extension Wire.Value: CodedMessage {
    static var rule: MessageRule { .value }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__value__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Value>) {
        kind = unsafe Self.kind(c: c)
        contentType = unsafe Unpacked.string(c.pointee.content_type)
    }

    private static func kind(c: UnsafePointer<Relay__V1__Value>) -> Kind? {
        switch unsafe c.pointee.kind_case.rawValue {
        case 1: .json(unsafe Unpacked.string(c.pointee.json))
        case 2: .data(unsafe Unpacked.bytes(c.pointee.data))
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        switch kind {
        case .json(let value): sink.member(1, value)
        case .data(let value): sink.member(2, value)
        case nil: break
        }
        sink.field(3, contentType)
    }
}

extension Wire.Failure: CodedMessage {
    static var rule: MessageRule { .failure }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__failure__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Failure>) {
        reason = Wire.Reason(rawValue: unsafe c.pointee.reason.rawValue) ?? .unspecified
        kind = unsafe Unpacked.string(c.pointee.kind)
        message = unsafe Unpacked.string(c.pointee.message)
        stacktrace = unsafe Unpacked.string(c.pointee.stacktrace)
        state = unsafe Unpacked.string(c.pointee.state)
        executors = unsafe c.pointee.executors
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, reason.rawValue)
        sink.field(2, kind)
        sink.field(3, message)
        sink.field(4, stacktrace)
        sink.field(5, state)
        sink.field(6, executors)
    }
}

extension Wire.Progress: CodedMessage {
    static var rule: MessageRule { .progress }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__progress__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Progress>) {
        relay = unsafe c.pointee.relay.map { unsafe Wire.Relay(c: $0) }
        value = unsafe c.pointee.value.map { unsafe Wire.Value(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, relay)
        sink.field(2, value)
    }
}

extension Wire.CallRequest: CodedMessage {
    static var rule: MessageRule { .callRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__call_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__CallRequest>) {
        instance = unsafe Unpacked.string(c.pointee.instance)
        job = unsafe c.pointee.job.map { unsafe Wire.NewJob(c: $0) }
        timeout = unsafe c.pointee.timeout.map { unsafe Wire.Duration(c: $0) }
        withRetries = unsafe c.pointee.with_retries != 0
        cancelOn = Wire.CancelOn(rawValue: unsafe c.pointee.cancel_on.rawValue) ?? .unspecified
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, instance)
        sink.field(2, job)
        sink.field(3, timeout)
        sink.field(4, withRetries)
        sink.field(5, cancelOn.rawValue)
    }
}

extension Wire.CallResponse: CodedMessage {
    static var rule: MessageRule { .callResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__call_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__CallResponse>) {
        result = unsafe c.pointee.result.map { unsafe Wire.AwaitResult(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, result)
    }
}

extension Wire.CancelRequest: CodedMessage {
    static var rule: MessageRule { .cancelRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__cancel_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__CancelRequest>) {
        relay = unsafe c.pointee.relay.map { unsafe Wire.Relay(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, relay)
    }
}

extension Wire.CancelResponse: CodedMessage {
    static var rule: MessageRule { .cancelResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__cancel_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__CancelResponse>) {
        cancelled = unsafe c.pointee.cancelled != 0
        state = unsafe Unpacked.string(c.pointee.state)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, cancelled)
        sink.field(2, state)
    }
}
