internal import RelayMessages

/// Values that cross languages.
enum ValueMapping {
    static func value(_ wire: Wire.Value?) -> RelayValue {
        switch wire?.kind {
        case nil: return .null
        case .json(let text): return .json(text)
        case .data(let bytes):
            let type = wire?.contentType ?? ""
            return .data(bytes, contentType: type.isEmpty ? RelayValue.defaultContentType : type)
        }
    }

    static func wire(_ value: RelayValue) -> Wire.Value {
        switch value {
        case .json("null"): Wire.Value()
        case .json(let text): Wire.Value(kind: .json(text))
        case .data(let bytes, let contentType):
            Wire.Value(kind: .data(bytes), contentType: contentType)
        }
    }
}
