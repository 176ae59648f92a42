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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__WorkRequest>) {
        message = unsafe Self.message(c: c)
    }

    private static func message(c: UnsafePointer<Relay__V1__WorkRequest>) -> Message? {
        switch unsafe c.pointee.message_case.rawValue {
        case 1: unsafe c.pointee.subscribe.map { .subscribe(unsafe Wire.Subscribe(c: $0)) }
        case 2: unsafe c.pointee.finish.map { .finish(unsafe Wire.Finish(c: $0)) }
        case 3: unsafe c.pointee.progress.map { .progress(unsafe Wire.ProgressReport(c: $0)) }
        case 4: unsafe c.pointee.drain.map { .drain(unsafe Wire.Drain(c: $0)) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Subscribe>) {
        instance = unsafe Unpacked.string(c.pointee.instance)
        node = unsafe Unpacked.string(c.pointee.node)
        queues = unsafe Unpacked.messages(c.pointee.queues, count: c.pointee.n_queues) { unsafe Wire.QueueLimit(c: $0) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__QueueLimit>) {
        queue = unsafe Unpacked.string(c.pointee.queue)
        limit = unsafe c.pointee.limit
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Finish>) {
        jobID = unsafe c.pointee.job_id
        attempt = unsafe c.pointee.attempt
        outcome = unsafe Self.outcome(c: c)
    }

    private static func outcome(c: UnsafePointer<Relay__V1__Finish>) -> Outcome? {
        switch unsafe c.pointee.outcome_case.rawValue {
        case 3: unsafe c.pointee.ok.map { .ok(unsafe Wire.Value(c: $0)) }
        case 4: unsafe c.pointee.exception.map { .exception(unsafe Wire.Exception(c: $0)) }
        case 5: unsafe c.pointee.snooze.map { .snooze(unsafe Wire.Duration(c: $0)) }
        case 6: .cancel(unsafe Unpacked.string(c.pointee.cancel))
        case 7: .discard(unsafe Unpacked.string(c.pointee.discard))
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Exception>) {
        kind = unsafe Unpacked.string(c.pointee.kind)
        message = unsafe Unpacked.string(c.pointee.message)
        stacktrace = unsafe Unpacked.string(c.pointee.stacktrace)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__ProgressReport>) {
        jobID = unsafe c.pointee.job_id
        attempt = unsafe c.pointee.attempt
        value = unsafe c.pointee.value.map { unsafe Wire.Value(c: $0) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__WorkResponse>) {
        message = unsafe Self.message(c: c)
    }

    private static func message(c: UnsafePointer<Relay__V1__WorkResponse>) -> Message? {
        switch unsafe c.pointee.message_case.rawValue {
        case 1: unsafe c.pointee.subscribed.map { .subscribed(unsafe Wire.Subscribed(c: $0)) }
        case 2: unsafe c.pointee.job.map { .job(unsafe Wire.Job(c: $0)) }
        case 3: unsafe c.pointee.cancel.map { .cancel(unsafe Wire.CancelJob(c: $0)) }
        case 4: unsafe c.pointee.finished.map { .finished(unsafe Wire.Finished(c: $0)) }
        case 5: unsafe c.pointee.draining.map { .draining(unsafe Wire.Draining(c: $0)) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Job>) {
        id = unsafe c.pointee.id
        attempt = unsafe c.pointee.attempt
        maxAttempts = unsafe c.pointee.max_attempts
        worker = unsafe Unpacked.string(c.pointee.worker)
        queue = unsafe Unpacked.string(c.pointee.queue)
        args = unsafe Unpacked.string(c.pointee.args)
        meta = unsafe Unpacked.string(c.pointee.meta)
        tags = unsafe Unpacked.strings(c.pointee.tags, count: c.pointee.n_tags)
        priority = unsafe c.pointee.priority
        insertedAt = unsafe c.pointee.inserted_at.map { unsafe Wire.Timestamp(c: $0) }
        scheduledAt = unsafe c.pointee.scheduled_at.map { unsafe Wire.Timestamp(c: $0) }
        attemptedAt = unsafe c.pointee.attempted_at.map { unsafe Wire.Timestamp(c: $0) }
        remaining = unsafe c.pointee.remaining.map { unsafe Wire.Duration(c: $0) }
        traceparent = unsafe Unpacked.string(c.pointee.traceparent)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Finished>) {
        jobID = unsafe c.pointee.job_id
        attempt = unsafe c.pointee.attempt
        accepted = unsafe c.pointee.accepted != 0
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__CancelJob>) {
        jobID = unsafe c.pointee.job_id
        attempt = unsafe c.pointee.attempt
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Subscribed>) {
        node = unsafe Unpacked.string(c.pointee.node)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Draining>) {
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Drain>) {
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
    }
}
