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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__ClientFrame>) {
        callID = unsafe c.pointee.call_id
        body = unsafe Self.body(c: c)
    }

    private static func body(c: UnsafePointer<Relay__V1__ClientFrame>) -> Body? {
        switch unsafe c.pointee.body_case.rawValue {
        case 2: unsafe c.pointee.hello.map { .hello(unsafe Wire.Hello(c: $0)) }
        case 3: unsafe c.pointee.async_request.map { .asyncRequest(unsafe Wire.AsyncRequest(c: $0)) }
        case 4: unsafe c.pointee.await_request.map { .awaitRequest(unsafe Wire.AwaitRequest(c: $0)) }
        case 5: unsafe c.pointee.await_many_request.map { .awaitManyRequest(unsafe Wire.AwaitManyRequest(c: $0)) }
        case 6: unsafe c.pointee.call_request.map { .callRequest(unsafe Wire.CallRequest(c: $0)) }
        case 7: unsafe c.pointee.cancel_request.map { .cancelRequest(unsafe Wire.CancelRequest(c: $0)) }
        case 8: unsafe c.pointee.work_request.map { .workRequest(unsafe Wire.WorkRequest(c: $0)) }
        case 9: unsafe c.pointee.abandon.map { .abandon(unsafe Wire.Abandon(c: $0)) }
        case 10: unsafe c.pointee.ping.map { .ping(unsafe Wire.Ping(c: $0)) }
        case 11: unsafe c.pointee.pong.map { .pong(unsafe Wire.Pong(c: $0)) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__ServerFrame>) {
        callID = unsafe c.pointee.call_id
        body = unsafe Self.body(c: c)
    }

    private static func body(c: UnsafePointer<Relay__V1__ServerFrame>) -> Body? {
        switch unsafe c.pointee.body_case.rawValue {
        case 2: unsafe c.pointee.welcome.map { .welcome(unsafe Wire.Welcome(c: $0)) }
        case 3: unsafe c.pointee.async_response.map { .asyncResponse(unsafe Wire.AsyncResponse(c: $0)) }
        case 4: unsafe c.pointee.await_response.map { .awaitResponse(unsafe Wire.AwaitResponse(c: $0)) }
        case 5: unsafe c.pointee.await_many_response.map { .awaitManyResponse(unsafe Wire.AwaitManyResponse(c: $0)) }
        case 6: unsafe c.pointee.call_response.map { .callResponse(unsafe Wire.CallResponse(c: $0)) }
        case 7: unsafe c.pointee.cancel_response.map { .cancelResponse(unsafe Wire.CancelResponse(c: $0)) }
        case 8: unsafe c.pointee.work_response.map { .workResponse(unsafe Wire.WorkResponse(c: $0)) }
        case 9: unsafe c.pointee.status.map { .status(unsafe Wire.Status(c: $0)) }
        case 10: unsafe c.pointee.pong.map { .pong(unsafe Wire.Pong(c: $0)) }
        case 11: unsafe c.pointee.go_away.map { .goAway(unsafe Wire.GoAway(c: $0)) }
        case 12: unsafe c.pointee.ping.map { .ping(unsafe Wire.Ping(c: $0)) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Hello>) {
        version = unsafe c.pointee.version
        client = unsafe Unpacked.string(c.pointee.client)
        token = unsafe Unpacked.string(c.pointee.token)
        acceptZlib = unsafe c.pointee.accept_zlib != 0
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Welcome>) {
        version = unsafe c.pointee.version
        server = unsafe Unpacked.string(c.pointee.server)
        node = unsafe Unpacked.string(c.pointee.node)
        maxMessageBytes = unsafe c.pointee.max_message_bytes
        maxCalls = unsafe c.pointee.max_calls
        acceptZlib = unsafe c.pointee.accept_zlib != 0
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Status>) {
        code = unsafe c.pointee.code
        message = unsafe Unpacked.string(c.pointee.message)
        violations = unsafe Unpacked.messages(c.pointee.violations, count: c.pointee.n_violations) { unsafe Wire.FieldViolation(c: $0) }
        reason = unsafe Unpacked.string(c.pointee.reason)
        retryAfter = unsafe c.pointee.retry_after.map { unsafe Wire.Duration(c: $0) }
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__FieldViolation>) {
        field = unsafe Unpacked.string(c.pointee.field)
        reason = unsafe Unpacked.string(c.pointee.reason)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Abandon>) {
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Ping>) {
        data = unsafe Unpacked.bytes(c.pointee.data)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__Pong>) {
        data = unsafe Unpacked.bytes(c.pointee.data)
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
            .map { unsafe Self(c: $0) }
    }

    init(c: UnsafePointer<Relay__V1__GoAway>) {
        reason = unsafe Unpacked.string(c.pointee.reason)
        grace = unsafe c.pointee.grace.map { unsafe Wire.Duration(c: $0) }
    }

    func visit<Sink: FieldSink & ~Copyable & ~Escapable>(_ sink: inout Sink) {
        sink.field(1, reason)
        sink.field(2, grace)
    }
}
