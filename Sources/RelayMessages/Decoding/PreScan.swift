/// One pass over the bytes of a message before protobuf-c sees them.
///
/// It knows the contract, keeps its own stack and never calls itself, reads only through
/// bounds-checked spans, and refuses what protobuf-c accepts at a price: endless fields, repeated
/// sub-messages (quadratic work), text that is not UTF-8 or ends early at U+0000.
struct PreScan {
    /// One message that is being read.
    struct Level {
        let message: MessageRule
        let start: Int
        let end: Int
        /// The fields that may occur once, and did.
        var seen: UInt32 = 0
        /// The elements of its repeated fields.
        var elements = 0
        /// Where the field that is being read has its tag.
        var tag = 0
    }

    /// The most levels, whatever the limits say.
    static let deepest = 16

    private let limits: DecodeLimits
    private var outer: InlineArray<16, Level>
    private var depth = 0
    private var level: Level
    private var cursor = Cursor()
    private var fields = 0
    private var unknownFields = 0

    private init(_ message: MessageRule, count: Int, limits: DecodeLimits) {
        self.limits = limits
        level = Level(message: message, start: 0, end: count)
        outer = InlineArray(repeating: level)
    }

    /// Checks that the bytes are one message of the contract, within the limits.
    static func check(
        _ bytes: Span<UInt8>,
        as message: MessageRule,
        limits: DecodeLimits
    ) throws(DecodeError) {
        let rules = Schema.rules
        var scan = PreScan(message, count: bytes.count, limits: limits)
        do {
            try scan.run(bytes, rules: rules.span)
        } catch {
            throw scan.error(error, bytes)
        }
    }

    private mutating func run(
        _ bytes: Span<UInt8>,
        rules: Span<FieldRule>
    ) throws(DecodeError.Code) {
        while true {
            while cursor.at == level.end {
                if depth == 0 { return }
                depth -= 1
                level = outer[depth]
            }
            level.tag = cursor.at
            fields += 1
            if fields > limits.fields { throw .tooManyFields }
            let tag = try cursor.tag(bytes, end: level.end)
            let rule =
                tag.number < Schema.stride
                ? rules[Int(level.message.rawValue) * Schema.stride + tag.number] : .unknown
            try field(bytes, rule: rule, wireType: tag.wireType)
        }
    }

    @inline(__always)
    private mutating func field(
        _ bytes: Span<UInt8>,
        rule: FieldRule,
        wireType: UInt8
    ) throws(DecodeError.Code) {
        if level.seen & rule.once != 0 { throw .duplicateField }
        level.seen |= rule.once
        if rule.isRepeated {
            level.elements += 1
            if level.elements > limits.elements { throw .tooManyFields }
        }
        switch rule.kind {
        case .varint:
            guard wireType == 0 else { throw .malformed }
            _ = try cursor.varint(bytes, end: level.end)
        case .enumeration:
            guard wireType == 0 else { throw .malformed }
            let value = try cursor.varint(bytes, end: level.end)
            if value > UInt64(rule.last), limits.refusesUnknownEnums { throw .unknownEnum }
        case .string:
            guard wireType == 2 else { throw .malformed }
            let end = try cursor.lengthEnd(bytes, end: level.end)
            guard isText(bytes, from: cursor.at, to: end) else { throw .invalidText }
            cursor.at = end
        case .bytes:
            guard wireType == 2 else { throw .malformed }
            cursor.at = try cursor.lengthEnd(bytes, end: level.end)
        case .message:
            guard wireType == 2 else { throw .malformed }
            let end = try cursor.lengthEnd(bytes, end: level.end)
            guard depth + 1 < min(limits.depth, Self.deepest) else { throw .tooDeep }
            outer[depth] = level
            depth += 1
            level = Level(message: rule.message, start: cursor.at, end: end)
        case .unknown:
            unknownFields += 1
            if unknownFields > limits.unknownFields { throw .tooManyFields }
            try cursor.skip(bytes, wireType: wireType, end: level.end)
        }
    }

    /// Names the field that the pass stopped at.
    private func error(_ code: DecodeError.Code, _ bytes: Span<UInt8>) -> DecodeError {
        var path = FieldPath()
        for index in 0..<depth {
            path.append(outer[index], bytes)
        }
        path.append(level, bytes)
        let root = depth == 0 ? level : outer[0]
        return DecodeError(
            code: code,
            field: path.text,
            callID: FieldPath.callID(root, before: root.tag, bytes)
        )
    }
}
