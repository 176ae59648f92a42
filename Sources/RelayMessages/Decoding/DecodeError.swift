/// Why bytes were refused as a message; safe to show, for it names fields and never their values.
package struct DecodeError: Error, Sendable, Hashable {
    /// What is wrong.
    package enum Code: Error, Sendable, Hashable {
        /// The bytes are not protobuf, or a field has another wire type than the contract says.
        case malformed
        /// Messages are nested deeper than the limit.
        case tooDeep
        /// There are more fields, elements or unknown fields than the limit.
        case tooManyFields
        /// An enum has a value that the contract does not know.
        case unknownEnum
        /// A string is not UTF-8, or holds U+0000.
        case invalidText
        /// A sub-message, or a member of a `oneof`, is given twice in one message.
        case duplicateField
        /// The message takes more memory to decode than its size allows.
        case memory
    }

    /// What is wrong.
    package var code: Code
    /// The field, such as `async_request.jobs[3].queue`; empty where none can be told.
    package var field: String
    /// The call that a frame belongs to; nil for other messages and where it cannot be told.
    package var callID: UInt64?

    /// Makes one for a field.
    package init(code: Code, field: String = "", callID: UInt64? = nil) {
        self.code = code
        self.field = field
        self.callID = callID
    }
}

extension DecodeError: CustomStringConvertible {
    /// What a person is told.
    package var description: String {
        field.isEmpty ? reason : "\(field): \(reason)"
    }

    /// What is wrong, without the field.
    package var reason: String {
        switch code {
        case .malformed: "is not valid protobuf of this contract"
        case .tooDeep: "nests messages too deeply"
        case .tooManyFields: "holds too many fields; send fewer in one message"
        case .unknownEnum: "has a value that this version does not know"
        case .invalidText: "must be UTF-8 without U+0000"
        case .duplicateField: "is given twice, or with another member of its oneof"
        case .memory: "takes too much memory to decode; send less in one message"
        }
    }
}
