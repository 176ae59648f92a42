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

    static func message<C, Message>(
        _ message: UnsafeMutablePointer<C>?,
        _ convert: (borrowing C) -> Message
    ) -> Message? {
        guard let message = unsafe message else { return nil }
        return unsafe convert(message.pointee)
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
        _ convert: (borrowing C) -> Message
    ) -> [Message] {
        unsafe UnsafeBufferPointer(start: list, count: count)
            .compactMap { unsafe message($0, convert) }
    }
}
