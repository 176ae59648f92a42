internal import CProtobufC

/// Copies protobuf-c's values into Swift's.
enum Unpacked {
    static func string(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        return unsafe String(cString: text)
    }

    static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: data.data, count: data.len))
    }

    static func strings(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        count: Int
    ) -> [String] {
        unsafe UnsafeBufferPointer(start: list, count: count).map { unsafe string($0) }
    }

    static func messages<C, Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?,
        count: Int,
        _ convert: (UnsafePointer<C>) -> Message
    ) -> [Message] {
        unsafe UnsafeBufferPointer(start: list, count: count)
            .compactMap { unsafe $0.map { unsafe convert($0) } }
    }
}
