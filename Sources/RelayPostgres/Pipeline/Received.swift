/// One thing that libpq hands out of a pipeline.
enum Received {
    /// A statement was carried out or prepared.
    case result(PGResult)
    /// The server refused a statement, or the commit.
    case failed(PGError)
    /// Not carried out, since something before it in the transaction failed.
    case aborted
    /// The end of one statement's results: libpq's NULL.
    case end
    /// A transaction has ended.
    case sync
    /// The connection is gone, or of no more use.
    case lost(PGError)
}
