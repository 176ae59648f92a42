/// What the contract says about each field, as the pre-scan looks it up.
enum Schema {
    /// How one field of the contract is declared.
    struct Declaration {
        let message: MessageRule
        let number: Int
        let name: String
        let rule: FieldRule

        init(
            _ message: MessageRule,
            _ number: Int,
            _ name: String,
            _ kind: FieldKind,
            _ occurrence: FieldOccurrence
        ) {
            self.message = message
            self.number = number
            self.name = name
            rule = FieldRule(kind, occurrence)
        }
    }

    /// The slots of one message in the table; field numbers are below it.
    static let stride = 32

    /// The rule of each field, `stride` slots for each message.
    static let rules: [FieldRule] = {
        var rules = [FieldRule](repeating: .unknown, count: MessageRule.allCases.count * stride)
        for declaration in declarations {
            rules[Int(declaration.message.rawValue) * stride + declaration.number] =
                declaration.rule
        }
        return rules
    }()

    /// The rule of a field.
    static func rule(of number: Int, in message: MessageRule) -> FieldRule {
        number < stride ? rules[Int(message.rawValue) * stride + number] : .unknown
    }

    /// The name of a field; nil where the contract knows none.
    static func name(of number: Int, in message: MessageRule) -> String? {
        declarations.first { $0.message == message && $0.number == number }?.name
    }
}

/// What a field holds.
enum FieldKind {
    case varint
    case enumeration(last: UInt8)
    case string
    case bytes
    case message(MessageRule)
}

/// How often a field may occur in one message.
enum FieldOccurrence {
    /// As often as one likes; the last one counts.
    case lastWins
    /// Once, together with all fields that name the same number.
    case once(Int)
    /// As an element of a list.
    case repeated
}

/// A field's declaration in eight bytes.
struct FieldRule {
    /// What the field holds, without the details.
    enum Kind: UInt8 {
        case unknown
        case varint
        case enumeration
        case string
        case bytes
        case message
    }

    /// A field that the contract does not know.
    static let unknown = FieldRule(kind: .unknown, last: 0, message: .duration, once: 0)

    let kind: Kind
    /// The highest value of an enumeration.
    let last: UInt8
    /// The type of a sub-message.
    let message: MessageRule
    /// The bit that is set once the field, or another of its `oneof`, was seen; 0 where that may
    /// happen again.
    let once: UInt32
    let isRepeated: Bool

    private init(kind: Kind, last: UInt8, message: MessageRule, once: UInt32) {
        self.kind = kind
        self.last = last
        self.message = message
        self.once = once
        isRepeated = false
    }

    init(_ kind: FieldKind, _ occurrence: FieldOccurrence) {
        switch kind {
        case .varint: (self.kind, last, message) = (.varint, 0, .duration)
        case .enumeration(let last):
            (self.kind, self.last, message) = (.enumeration, last, .duration)
        case .string: (self.kind, last, message) = (.string, 0, .duration)
        case .bytes: (self.kind, last, message) = (.bytes, 0, .duration)
        case .message(let message): (self.kind, last, self.message) = (.message, 0, message)
        }
        switch occurrence {
        case .lastWins: (once, isRepeated) = (0, false)
        case .once(let number): (once, isRepeated) = (1 << UInt32(number), false)
        case .repeated: (once, isRepeated) = (0, true)
        }
    }
}
