// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

internal import CProtobufC
internal import CRelayProto

extension Wire.WorkRequest: CodedMessage {
    static var rule: MessageRule { .workRequest }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__work_request__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__WorkRequest) {
        message = unsafe Self.message(c: c)
    }

    private static func message(c: borrowing Relay__V1__WorkRequest) -> Message? {
        switch unsafe c.message_case.rawValue {
        case 1: unsafe Unpacked.message(c.subscribe, Wire.Subscribe.init(c:)).map(Message.subscribe)
        case 2: unsafe Unpacked.message(c.finish, Wire.Finish.init(c:)).map(Message.finish)
        case 3: unsafe Unpacked.message(c.progress, Wire.ProgressReport.init(c:)).map(Message.progress)
        case 4: unsafe Unpacked.message(c.drain, Wire.Drain.init(c:)).map(Message.drain)
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        switch message {
        case .subscribe(let value): sink.member(1, value)
        case .finish(let value): sink.member(2, value)
        case .progress(let value): sink.member(3, value)
        case .drain(let value): sink.member(4, value)
        case nil: break
        }
    }
}

extension Wire.Subscribe: CodedMessage {
    static var rule: MessageRule { .subscribe }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__subscribe__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Subscribe) {
        instance = unsafe Unpacked.string(c.instance)
        node = unsafe Unpacked.string(c.node)
        queues = unsafe Unpacked.messages(c.queues, count: c.n_queues, Wire.QueueLimit.init(c:))
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, instance)
        sink.field(2, node)
        for element in queues {
            sink.member(3, element)
        }
    }
}

extension Wire.QueueLimit: CodedMessage {
    static var rule: MessageRule { .queueLimit }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__queue_limit__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__QueueLimit) {
        queue = unsafe Unpacked.string(c.queue)
        limit = unsafe c.limit
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, queue)
        sink.field(2, limit)
    }
}

extension Wire.Finish: CodedMessage {
    static var rule: MessageRule { .finish }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__finish__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Finish) {
        jobID = unsafe c.job_id
        attempt = unsafe c.attempt
        outcome = unsafe Self.outcome(c: c)
    }

    private static func outcome(c: borrowing Relay__V1__Finish) -> Outcome? {
        switch unsafe c.outcome_case.rawValue {
        case 3: unsafe Unpacked.message(c.ok, Wire.Value.init(c:)).map(Outcome.ok)
        case 4: unsafe Unpacked.message(c.exception, Wire.Exception.init(c:)).map(Outcome.exception)
        case 5: unsafe Unpacked.message(c.snooze, Wire.Duration.init(c:)).map(Outcome.snooze)
        case 6: .cancel(unsafe Unpacked.string(c.cancel))
        case 7: .discard(unsafe Unpacked.string(c.discard))
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, jobID)
        sink.field(2, attempt)
        switch outcome {
        case .ok(let value): sink.member(3, value)
        case .exception(let value): sink.member(4, value)
        case .snooze(let value): sink.member(5, value)
        case .cancel(let value): sink.member(6, value)
        case .discard(let value): sink.member(7, value)
        case nil: break
        }
    }
}

extension Wire.Exception: CodedMessage {
    static var rule: MessageRule { .exception }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__exception__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Exception) {
        kind = unsafe Unpacked.string(c.kind)
        message = unsafe Unpacked.string(c.message)
        stacktrace = unsafe Unpacked.string(c.stacktrace)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, kind)
        sink.field(2, message)
        sink.field(3, stacktrace)
    }
}

extension Wire.ProgressReport: CodedMessage {
    static var rule: MessageRule { .progressReport }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__progress_report__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__ProgressReport) {
        jobID = unsafe c.job_id
        attempt = unsafe c.attempt
        value = unsafe Unpacked.message(c.value, Wire.Value.init(c:))
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, jobID)
        sink.field(2, attempt)
        sink.field(3, value)
    }
}

extension Wire.WorkResponse: CodedMessage {
    static var rule: MessageRule { .workResponse }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__work_response__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__WorkResponse) {
        message = unsafe Self.message(c: c)
    }

    private static func message(c: borrowing Relay__V1__WorkResponse) -> Message? {
        switch unsafe c.message_case.rawValue {
        case 1: unsafe Unpacked.message(c.subscribed, Wire.Subscribed.init(c:)).map(Message.subscribed)
        case 2: unsafe Unpacked.message(c.job, Wire.Job.init(c:)).map(Message.job)
        case 3: unsafe Unpacked.message(c.cancel, Wire.CancelJob.init(c:)).map(Message.cancel)
        case 4: unsafe Unpacked.message(c.finished, Wire.Finished.init(c:)).map(Message.finished)
        case 5: unsafe Unpacked.message(c.draining, Wire.Draining.init(c:)).map(Message.draining)
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        switch message {
        case .subscribed(let value): sink.member(1, value)
        case .job(let value): sink.member(2, value)
        case .cancel(let value): sink.member(3, value)
        case .finished(let value): sink.member(4, value)
        case .draining(let value): sink.member(5, value)
        case nil: break
        }
    }
}

extension Wire.Job: CodedMessage {
    static var rule: MessageRule { .job }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__job__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Job) {
        id = unsafe c.id
        attempt = unsafe c.attempt
        maxAttempts = unsafe c.max_attempts
        worker = unsafe Unpacked.string(c.worker)
        queue = unsafe Unpacked.string(c.queue)
        args = unsafe Unpacked.string(c.args)
        meta = unsafe Unpacked.string(c.meta)
        tags = unsafe Unpacked.strings(c.tags, count: c.n_tags)
        priority = unsafe c.priority
        insertedAt = unsafe Unpacked.message(c.inserted_at, Wire.Timestamp.init(c:))
        scheduledAt = unsafe Unpacked.message(c.scheduled_at, Wire.Timestamp.init(c:))
        attemptedAt = unsafe Unpacked.message(c.attempted_at, Wire.Timestamp.init(c:))
        remaining = unsafe Unpacked.message(c.remaining, Wire.Duration.init(c:))
        traceparent = unsafe Unpacked.string(c.traceparent)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, id)
        sink.field(2, attempt)
        sink.field(3, maxAttempts)
        sink.field(4, worker)
        sink.field(5, queue)
        sink.field(6, args)
        sink.field(7, meta)
        for element in tags {
            sink.member(8, element)
        }
        sink.field(9, priority)
        sink.field(10, insertedAt)
        sink.field(11, scheduledAt)
        sink.field(12, attemptedAt)
        sink.field(13, remaining)
        sink.field(14, traceparent)
    }
}

extension Wire.Finished: CodedMessage {
    static var rule: MessageRule { .finished }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__finished__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Finished) {
        jobID = unsafe c.job_id
        attempt = unsafe c.attempt
        accepted = unsafe c.accepted != 0
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, jobID)
        sink.field(2, attempt)
        sink.field(3, accepted)
    }
}

extension Wire.CancelJob: CodedMessage {
    static var rule: MessageRule { .cancelJob }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__cancel_job__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__CancelJob) {
        jobID = unsafe c.job_id
        attempt = unsafe c.attempt
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, jobID)
        sink.field(2, attempt)
    }
}

extension Wire.Subscribed: CodedMessage {
    static var rule: MessageRule { .subscribed }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__subscribed__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Subscribed) {
        node = unsafe Unpacked.string(c.node)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, node)
    }
}

extension Wire.Draining: CodedMessage {
    static var rule: MessageRule { .draining }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__draining__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Draining) {
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
    }
}

extension Wire.Drain: CodedMessage {
    static var rule: MessageRule { .drain }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__drain__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Drain) {
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
    }
}
