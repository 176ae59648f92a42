import Foundation

@testable import RelayMessages

/// JSON, as far as protobuf's JSON form uses it.
enum JSONValue: Decodable, Equatable {
    case boolean(Bool)
    case number(Int64)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}

extension JSONValue {
    /// What a message means in protobuf's JSON form, found by looking at the Swift struct alone.
    init(meaningOf value: Any) {
        switch value {
        case let value as Bool: self = .boolean(value)
        case let value as UInt32: self = .number(Int64(value))
        case let value as UInt64: self = .text(String(value))
        case let value as Int64: self = .text(String(value))
        case let value as String: self = .text(value)
        case let value as [UInt8]: self = .text(Data(value).base64EncodedString())
        case let value as Wire.Duration: self = .text(Self.text(of: value))
        case let value as Wire.Timestamp: self = .text(Self.text(of: value))
        case let value as Wire.Reason: self = .text("REASON_\(Self.upperSnake("\(value)"))")
        case let value as Wire.CancelOn: self = .text("CANCEL_ON_\(Self.upperSnake("\(value)"))")
        case let value as [Any]: self = .list(value.map(JSONValue.init(meaningOf:)))
        default: self = .object(Self.fields(of: value))
        }
    }

    private static func fields(of message: Any) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        for child in Mirror(reflecting: message).children {
            guard let label = child.label else { continue }
            let mirror = Mirror(reflecting: child.value)
            if mirror.displayStyle == .optional {
                guard let wrapped = mirror.children.first?.value else { continue }
                let member = Mirror(reflecting: wrapped)
                if member.displayStyle == .enum, let payload = member.children.first {
                    fields[snake(payload.label ?? "")] = JSONValue(meaningOf: payload.value)
                } else {
                    fields[snake(label)] = JSONValue(meaningOf: wrapped)
                }
            } else if !isDefault(child.value) {
                fields[snake(label)] = JSONValue(meaningOf: child.value)
            }
        }
        return fields
    }

    private static func isDefault(_ value: Any) -> Bool {
        switch value {
        case let value as Bool: !value
        case let value as UInt32: value == 0
        case let value as UInt64: value == 0
        case let value as Int64: value == 0
        case let value as String: value.isEmpty
        case let value as Wire.Reason: value == .unspecified
        case let value as Wire.CancelOn: value == .unspecified
        case let value as [Any]: value.isEmpty
        default: false
        }
    }

    private static func text(of duration: Wire.Duration) -> String {
        let sign = duration.seconds < 0 || duration.nanos < 0 ? "-" : ""
        return "\(sign)\(duration.seconds.magnitude)\(fraction(duration.nanos.magnitude))s"
    }

    private static func text(of timestamp: Wire.Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(timestamp.seconds))
        let text = date.formatted(.iso8601).dropLast()
        return "\(text)\(fraction(timestamp.nanos.magnitude))Z"
    }

    private static func fraction(_ nanos: UInt32) -> String {
        if nanos == 0 { return "" }
        let digits = String(String(1_000_000_000 + nanos).dropFirst())
        if digits.hasSuffix("000000") { return "." + digits.prefix(3) }
        if digits.hasSuffix("000") { return "." + digits.prefix(6) }
        return "." + digits
    }

    private static func snake(_ name: String) -> String {
        name.replacing("ID", with: "Id").map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }
            .joined()
    }

    private static func upperSnake(_ name: String) -> String {
        snake(name).uppercased()
    }
}
