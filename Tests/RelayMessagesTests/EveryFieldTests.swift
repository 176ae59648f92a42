import NIOCore
import Testing

@testable import RelayMessages

@Suite("Every field of every message")
struct EveryFieldTests {
    @Test("Every message of the table has its struct")
    func complete() throws {
        #expect(messageTypes.count == MessageRule.allCases.count)
        for rule in MessageRule.allCases {
            #expect(try messageType(rule).rule == rule)
        }
    }

    @Test("A message that holds only one field comes back with its bytes")
    func singleFields() throws {
        for declaration in Schema.declarations {
            var writer = WireWriter()
            switch declaration.rule.kind {
            case .varint, .enumeration: writer.number(declaration.number, 1)
            case .string, .bytes: writer.delimited(declaration.number, "text".utf8)
            case .message: writer.delimited(declaration.number, [])
            case .unknown: Issue.record("\(declaration.name) is declared as unknown")
            }
            let message = try decode(writer.bytes, declaration)
            #expect(encoded(message) == writer.bytes, "\(declaration.message) \(declaration.name)")
        }
    }

    @Test("Text that is not UTF-8 or holds NUL is refused in every string, which is named")
    func invalidText() throws {
        let wrong: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x61, 0x00, 0x62],
            [0xE2, 0x82],
        ]
        for declaration in Schema.declarations where declaration.rule.kind == .string {
            for text in wrong {
                let error = refusal(WireWriter.delimited(declaration.number, text), declaration)
                #expect(error?.code == .invalidText)
                #expect(error?.field == name(declaration))
                #expect(error?.description == "\(name(declaration)): must be UTF-8 without U+0000")
            }
        }
    }

    @Test("Another wire type than the contract's is refused in every field, which is named")
    func wrongWireType() throws {
        for declaration in Schema.declarations {
            let isNumber = [.varint, .enumeration].contains(declaration.rule.kind)
            for wireType in 0..<8 where wireType != (isNumber ? 0 : 2) {
                var writer = WireWriter()
                writer.varint(UInt64(declaration.number << 3 | wireType))
                writer.bytes += [0, 0, 0, 0, 0, 0, 0, 0]
                let error = refusal(writer.bytes, declaration)
                #expect(error?.code == .malformed)
                #expect(error?.field == name(declaration))
            }
        }
    }

    @Test("A sub-message or member of a oneof is refused the second time, and is named")
    func duplicates() throws {
        for first in Schema.declarations where first.rule.once != 0 {
            for second in Schema.declarations
            where second.message == first.message && second.rule.once == first.rule.once {
                let bytes = sample(first) + sample(second)
                let error = refusal(bytes, second)
                #expect(error?.code == .duplicateField)
                #expect(error?.field == second.name)
            }
        }
    }

    @Test("An enum value after the last is refused in every enum, or unspecified to a client")
    func unknownEnums() throws {
        for declaration in Schema.declarations where declaration.rule.kind == .enumeration {
            var writer = WireWriter()
            writer.number(declaration.number, UInt64(declaration.rule.last) + 1)
            let error = refusal(writer.bytes, declaration)
            #expect(error?.code == .unknownEnum)
            #expect(error?.field == declaration.name)

            let type = try messageType(declaration.message)
            let message = try type.decode(ByteBuffer(bytes: writer.bytes), limits: .client)
            #expect(encoded(message).isEmpty)
        }
    }

    private func sample(_ declaration: Schema.Declaration) -> [UInt8] {
        WireWriter.delimited(declaration.number, [])
    }

    private func name(_ declaration: Schema.Declaration) -> String {
        declaration.name + (declaration.rule.isRepeated ? "[0]" : "")
    }

    private func decode(
        _ bytes: [UInt8],
        _ declaration: Schema.Declaration
    ) throws -> any WireMessage {
        try messageType(declaration.message).decode(ByteBuffer(bytes: bytes))
    }

    private func refusal(_ bytes: [UInt8], _ declaration: Schema.Declaration) -> DecodeError? {
        do {
            _ = try decode(bytes, declaration)
            return nil
        } catch {
            return error as? DecodeError
        }
    }

    private func encoded(_ message: some WireMessage) -> [UInt8] {
        var buffer = ByteBuffer()
        message.encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }
}
