package import RelayCore

/// The Postgres schema that holds `oban_jobs`: the one identifier that configuration puts into SQL, so it is checked.
package struct SchemaName: Sendable, Hashable, CustomStringConvertible {
    /// The name, lower-case letters, digits and underscores, at most 41 bytes so that channel names fit.
    package let name: String

    /// Takes a name.
    ///
    /// - Throws: `RelayError` with `INVALID_ARGUMENT` if it is not of that form.
    package init(_ name: String) throws(RelayError) {
        let isFirst = { (c: UInt8) in (0x61...0x7A).contains(c) || c == 0x5F }
        let isRest = { (c: UInt8) in isFirst(c) || (0x30...0x39).contains(c) }
        guard let first = name.utf8.first, isFirst(first), name.utf8.count <= 41,
            name.utf8.allSatisfy(isRest)
        else {
            throw RelayError(
                .invalidArgument,
                reason: "BAD_SCHEMA_NAME",
                message:
                    "a schema's name is lower-case letters, digits and underscores, at most 41 bytes"
            )
        }
        self.name = name
    }

    package var description: String { name }

    /// A table of the schema, ready for SQL.
    func table(_ table: String) -> String { "\"\(name)\".\(table)" }
}
