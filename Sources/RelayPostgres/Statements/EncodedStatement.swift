/// What identifies a prepared statement: its text, and the types that its parameters name.
struct StatementKey: Hashable, Sendable {
    let sql: String
    /// Type numbers of pg_type, 0 where the server infers; trailing zeros are left out.
    let types: [UInt32]
}

/// A statement in the form in which libpq sends it; made on the caller's thread, so that the connection's only sends.
struct EncodedStatement: Sendable {
    /// Where a parameter lies in `bytes`.
    struct Field: Sendable {
        /// -1 is NULL.
        var offset: Int
        var length: Int32
        var isBinary: Bool
    }

    /// The protocol counts parameters in 16 bits.
    static let maxParameters = 65_535

    let key: StatementKey
    let isPrepared: Bool
    let bytes: [UInt8]
    let fields: [Field]

    /// What it costs to keep.
    var cost: Int { bytes.count + key.sql.utf8.count + fields.count * 16 }

    /// Encodes a statement.
    ///
    /// - Throws: `PGError` with the code `server`, as the server would have answered.
    init(_ statement: PGStatement) throws(PGError) {
        guard statement.parameters.count <= Self.maxParameters else {
            throw PGError(
                .server,
                sqlState: .programLimitExceeded,
                message: "a statement has more than \(Self.maxParameters) parameters; pass arrays"
            )
        }
        guard !statement.sql.hasNUL else { throw Self.nul }
        if Self.isTransactionControl(statement.sql) {
            throw PGError(
                .server,
                sqlState: .featureNotSupported,
                message: "a unit is one transaction: BEGIN, COMMIT and COPY have no place in it"
            )
        }
        var encoder = ParameterEncoder()
        for value in statement.parameters {
            guard encoder.append(value) else { throw Self.nul }
        }
        key = StatementKey(sql: statement.sql, types: encoder.types)
        isPrepared = statement.isPrepared
        bytes = encoder.bytes
        fields = encoder.fields
    }

    private static let nul = PGError(
        .server,
        sqlState: .characterNotInRepertoire,
        message: "text with a NUL character cannot be stored"
    )

    private static let controlWords: Set<String> = [
        "abort", "begin", "commit", "copy", "end", "release", "rollback", "savepoint", "start",
    ]

    /// Whether the text would break the rule that a unit is one transaction.
    private static func isTransactionControl(_ sql: String) -> Bool {
        var word: [UInt8] = []
        for byte in sql.utf8 {
            let isLetter = (65...90).contains(byte & 0xDF)
            if isLetter {
                word.append(byte | 0x20)
                if word.count > 9 { return false }
            } else if !word.isEmpty {
                break
            } else if byte != 32, !(9...13).contains(byte) {
                return false
            }
        }
        return controlWords.contains(String(decoding: word, as: UTF8.self))
    }
}
