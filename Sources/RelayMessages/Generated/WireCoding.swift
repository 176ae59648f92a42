// swift-format-ignore-file
// Written by scripts/generate from proto/. Do not edit.

internal import CProtobufC
internal import CRelayProto

extension Wire.ClientFrame: CodedMessage {
    static var rule: MessageRule { .clientFrame }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__client_frame__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__ClientFrame) {
        callID = unsafe c.call_id
        body = unsafe Self.body(c: c)
    }

    private static func body(c: borrowing Relay__V1__ClientFrame) -> Body? {
        switch unsafe c.body_case.rawValue {
        case 2: unsafe Unpacked.message(c.hello, Wire.Hello.init(c:)).map(Body.hello)
        case 3: unsafe Unpacked.message(c.async_request, Wire.AsyncRequest.init(c:)).map(Body.asyncRequest)
        case 4: unsafe Unpacked.message(c.await_request, Wire.AwaitRequest.init(c:)).map(Body.awaitRequest)
        case 5: unsafe Unpacked.message(c.await_many_request, Wire.AwaitManyRequest.init(c:)).map(Body.awaitManyRequest)
        case 6: unsafe Unpacked.message(c.call_request, Wire.CallRequest.init(c:)).map(Body.callRequest)
        case 7: unsafe Unpacked.message(c.cancel_request, Wire.CancelRequest.init(c:)).map(Body.cancelRequest)
        case 8: unsafe Unpacked.message(c.work_request, Wire.WorkRequest.init(c:)).map(Body.workRequest)
        case 9: unsafe Unpacked.message(c.abandon, Wire.Abandon.init(c:)).map(Body.abandon)
        case 10: unsafe Unpacked.message(c.ping, Wire.Ping.init(c:)).map(Body.ping)
        case 11: unsafe Unpacked.message(c.pong, Wire.Pong.init(c:)).map(Body.pong)
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, callID)
        switch body {
        case .hello(let value): sink.member(2, value)
        case .asyncRequest(let value): sink.member(3, value)
        case .awaitRequest(let value): sink.member(4, value)
        case .awaitManyRequest(let value): sink.member(5, value)
        case .callRequest(let value): sink.member(6, value)
        case .cancelRequest(let value): sink.member(7, value)
        case .workRequest(let value): sink.member(8, value)
        case .abandon(let value): sink.member(9, value)
        case .ping(let value): sink.member(10, value)
        case .pong(let value): sink.member(11, value)
        case nil: break
        }
    }
}

extension Wire.ServerFrame: CodedMessage {
    static var rule: MessageRule { .serverFrame }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__server_frame__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__ServerFrame) {
        callID = unsafe c.call_id
        body = unsafe Self.body(c: c)
    }

    private static func body(c: borrowing Relay__V1__ServerFrame) -> Body? {
        switch unsafe c.body_case.rawValue {
        case 2: unsafe Unpacked.message(c.welcome, Wire.Welcome.init(c:)).map(Body.welcome)
        case 3: unsafe Unpacked.message(c.async_response, Wire.AsyncResponse.init(c:)).map(Body.asyncResponse)
        case 4: unsafe Unpacked.message(c.await_response, Wire.AwaitResponse.init(c:)).map(Body.awaitResponse)
        case 5: unsafe Unpacked.message(c.await_many_response, Wire.AwaitManyResponse.init(c:)).map(Body.awaitManyResponse)
        case 6: unsafe Unpacked.message(c.call_response, Wire.CallResponse.init(c:)).map(Body.callResponse)
        case 7: unsafe Unpacked.message(c.cancel_response, Wire.CancelResponse.init(c:)).map(Body.cancelResponse)
        case 8: unsafe Unpacked.message(c.work_response, Wire.WorkResponse.init(c:)).map(Body.workResponse)
        case 9: unsafe Unpacked.message(c.status, Wire.Status.init(c:)).map(Body.status)
        case 10: unsafe Unpacked.message(c.pong, Wire.Pong.init(c:)).map(Body.pong)
        case 11: unsafe Unpacked.message(c.go_away, Wire.GoAway.init(c:)).map(Body.goAway)
        case 12: unsafe Unpacked.message(c.ping, Wire.Ping.init(c:)).map(Body.ping)
        default: nil
        }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, callID)
        switch body {
        case .welcome(let value): sink.member(2, value)
        case .asyncResponse(let value): sink.member(3, value)
        case .awaitResponse(let value): sink.member(4, value)
        case .awaitManyResponse(let value): sink.member(5, value)
        case .callResponse(let value): sink.member(6, value)
        case .cancelResponse(let value): sink.member(7, value)
        case .workResponse(let value): sink.member(8, value)
        case .status(let value): sink.member(9, value)
        case .pong(let value): sink.member(10, value)
        case .goAway(let value): sink.member(11, value)
        case .ping(let value): sink.member(12, value)
        case nil: break
        }
    }
}

extension Wire.Hello: CodedMessage {
    static var rule: MessageRule { .hello }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__hello__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Hello) {
        version = unsafe c.version
        client = unsafe Unpacked.string(c.client)
        token = unsafe Unpacked.string(c.token)
        acceptZlib = unsafe c.accept_zlib != 0
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, version)
        sink.field(2, client)
        sink.field(3, token)
        sink.field(4, acceptZlib)
    }
}

extension Wire.Welcome: CodedMessage {
    static var rule: MessageRule { .welcome }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__welcome__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Welcome) {
        version = unsafe c.version
        server = unsafe Unpacked.string(c.server)
        node = unsafe Unpacked.string(c.node)
        maxMessageBytes = unsafe c.max_message_bytes
        maxCalls = unsafe c.max_calls
        acceptZlib = unsafe c.accept_zlib != 0
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, version)
        sink.field(2, server)
        sink.field(3, node)
        sink.field(4, maxMessageBytes)
        sink.field(5, maxCalls)
        sink.field(6, acceptZlib)
    }
}

extension Wire.Status: CodedMessage {
    static var rule: MessageRule { .status }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__status__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Status) {
        code = unsafe c.code
        message = unsafe Unpacked.string(c.message)
        violations = unsafe Unpacked.messages(c.violations, count: c.n_violations, Wire.FieldViolation.init(c:))
        reason = unsafe Unpacked.string(c.reason)
        retryAfter = unsafe Unpacked.message(c.retry_after, Wire.Duration.init(c:))
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, code)
        sink.field(2, message)
        for element in violations {
            sink.member(3, element)
        }
        sink.field(4, reason)
        sink.field(5, retryAfter)
    }
}

extension Wire.FieldViolation: CodedMessage {
    static var rule: MessageRule { .fieldViolation }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__field_violation__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__FieldViolation) {
        field = unsafe Unpacked.string(c.field)
        reason = unsafe Unpacked.string(c.reason)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, field)
        sink.field(2, reason)
    }
}

extension Wire.Abandon: CodedMessage {
    static var rule: MessageRule { .abandon }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__abandon__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Abandon) {
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
    }
}

extension Wire.Ping: CodedMessage {
    static var rule: MessageRule { .ping }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__ping__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Ping) {
        data = unsafe Unpacked.bytes(c.data)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, data)
    }
}

extension Wire.Pong: CodedMessage {
    static var rule: MessageRule { .pong }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__pong__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__Pong) {
        data = unsafe Unpacked.bytes(c.data)
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, data)
    }
}

extension Wire.GoAway: CodedMessage {
    static var rule: MessageRule { .goAway }

    static func unpacked(
        _ bytes: UnsafeBufferPointer<UInt8>,
        in allocator: UnsafeMutablePointer<ProtobufCAllocator>
    ) -> Self? {
        unsafe relay__v1__go_away__unpack(allocator, bytes.count, bytes.baseAddress)
            .map { unsafe Self(c: $0.pointee) }
    }

    init(c: borrowing Relay__V1__GoAway) {
        reason = unsafe Unpacked.string(c.reason)
        grace = unsafe Unpacked.message(c.grace, Wire.Duration.init(c:))
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, reason)
        sink.field(2, grace)
    }
}
