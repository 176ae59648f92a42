/// One call of a connection: the client's id, and which use of the id it is.
///
/// Ids may be used again once their call has ended; the serial keeps late answers of the earlier
/// call apart.
package struct CallKey: Sendable, Hashable {
    /// The id that the client picked.
    package let id: UInt64
    /// Counts the calls of the connection, from 1.
    package let serial: UInt64

    /// Makes a key; only the machine draws them, but tests may too.
    package init(id: UInt64, serial: UInt64) {
        self.id = id
        self.serial = serial
    }
}
