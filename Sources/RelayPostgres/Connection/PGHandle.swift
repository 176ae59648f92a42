internal import CLibpq
internal import Glibc

/// One libpq connection, non-blocking and in pipeline mode: the only place that calls libpq on it.
///
/// Belongs to one thread. It knows nothing of units or order, only of what libpq says.
@safe
final class PGHandle {
    private let raw: OpaquePointer
    private let target: ConnectionTarget
    private let notices = Notices()
    /// Kept between statements, so that sending one allocates nothing.
    private var values: [UnsafePointer<CChar>?] = unsafe []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// What the server says unasked; libpq would print it.
    private final class Notices {
        /// The last words of a session that the server ends while nothing is under way.
        var last: PGError?
    }

    /// Begins to connect; nil if libpq is out of memory.
    init?(_ target: ConnectionTarget, applicationName: String, attempt: Int) {
        let keywords = target.keywords(applicationName: applicationName, attempt: attempt)
        let names = unsafe keywords.map { unsafe strdup($0.keyword) } + [nil]
        let values = unsafe keywords.map { unsafe strdup($0.value) } + [nil]
        defer { unsafe (names + values).forEach { unsafe free($0) } }
        let begun = unsafe PQconnectStartParams(
            names.map { unsafe UnsafePointer($0) },
            values.map { unsafe UnsafePointer($0) },
            0
        )
        guard let begun = unsafe begun else { return nil }
        unsafe raw = begun
        self.target = target
        unsafe PQsetNoticeReceiver(
            raw,
            { context, result in
                guard let context = unsafe context else { return }
                let severity = unsafe PGHandle.field(result, "V")
                guard severity == "FATAL" || severity == "PANIC" else { return }
                let notices = unsafe Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue()
                notices.last = unsafe PGHandle.error(of: result)
            },
            Unmanaged.passUnretained(notices).toOpaque()
        )
    }

    // Also sends the terminate message, without blocking, since the connection is non-blocking by then.
    deinit { unsafe PQfinish(raw) }

    // MARK: State

    enum Progress { case reading, writing, done, failed }

    /// Goes on connecting.
    func connect() -> Progress {
        switch unsafe PQconnectPoll(raw) {
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_WRITING: .writing
        case PGRES_POLLING_OK: .done
        default: .failed
        }
    }

    /// Leaves blocking mode and enters pipeline mode; false if libpq refuses.
    func enterPipeline() -> Bool {
        unsafe PQsetnonblocking(raw, 1) == 0 && PQenterPipelineMode(raw) == 1
    }

    /// The descriptor to poll, asked for each time since it may change; -1 once closed.
    var descriptor: Int32 { unsafe PQsocket(raw) }

    /// Why the connection is of no use, if it is: libpq saw its end, or the server said so.
    var loss: PGError? {
        if let last = notices.last { return last }
        guard unsafe PQstatus(raw) != CONNECTION_OK else { return nil }
        return PGError(.connect, message: errorMessage)
    }

    /// Whether connecting has failed already.
    var isHopeless: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }

    var serverVersion: Int { unsafe Int(PQserverVersion(raw)) }

    var backendPID: Int32 { unsafe PQbackendPID(raw) }

    /// Whether TLS may hold back input that poll(2) does not see.
    var isEncrypted: Bool { unsafe PQsslInUse(raw) == 1 }

    /// Whether others on the network could read along.
    var isExposed: Bool {
        guard !isEncrypted, let address = unsafe PQhostaddr(raw) else { return false }
        let text = unsafe String(cString: address)
        return !text.isEmpty && !text.hasPrefix("127.") && text != "::1"
    }

    /// Whether a transaction is open though nothing is under way.
    var isInTransaction: Bool {
        let status = unsafe PQtransactionStatus(raw)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// What libpq says of the last failure, on one line and without secrets.
    var errorMessage: String {
        guard let message = unsafe PQerrorMessage(raw) else { return "out of memory" }
        let text = target.explained(unsafe String(cString: message))
        return text.isEmpty ? "the connection is closed" : text
    }

    // MARK: Sending

    /// Queues the preparation of a statement under a name; false once the connection is lost.
    func prepare(_ key: StatementKey, as name: String) -> Bool {
        unsafe PQsendPrepare(raw, name, key.sql, Int32(clamping: key.types.count), key.types) == 1
    }

    /// Queues a statement that was prepared under a name, or without one is parsed on the way.
    func execute(_ statement: EncodedStatement, as name: String?) -> Bool {
        unsafe statement.bytes.withUnsafeBytes { bytes in
            unsafe values.removeAll(keepingCapacity: true)
            lengths.removeAll(keepingCapacity: true)
            formats.removeAll(keepingCapacity: true)
            for field in statement.fields {
                let isNull = field.offset < 0
                let start = unsafe isNull ? nil : bytes.baseAddress.map { unsafe $0 + field.offset }
                unsafe values.append(start?.assumingMemoryBound(to: CChar.self))
                lengths.append(field.length)
                formats.append(field.isBinary ? 1 : 0)
            }
            let count = unsafe Int32(clamping: values.count)
            if let name {
                return unsafe PQsendQueryPrepared(raw, name, count, values, lengths, formats, 0)
                    == 1
            }
            // libpq wants as many types as parameters here.
            var types = statement.key.types
            while unsafe types.count < values.count { types.append(0) }
            return unsafe PQsendQueryParams(
                raw,
                statement.key.sql,
                count,
                types,
                values,
                lengths,
                formats,
                0
            ) == 1
        }
    }

    /// Ends a transaction; libpq 15 flushes with it.
    func sync() -> Bool { unsafe PQpipelineSync(raw) == 1 }

    enum Flushed { case all, some, failed }

    /// Writes what the socket takes.
    func flush() -> Flushed {
        switch unsafe PQflush(raw) {
        case 0: .all
        case 1: .some
        default: .failed
        }
    }

    // MARK: Receiving

    /// Takes in what has arrived; false once the connection is gone, though what came before can still be read.
    func consume() -> Bool { unsafe PQconsumeInput(raw) == 1 }

    /// The next thing that has arrived; nil if nothing whole is there.
    func receive() -> Received? {
        guard unsafe PQisBusy(raw) == 0 else { return nil }
        guard let result = unsafe PQgetResult(raw) else { return .end }
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return unsafe .result(PGResult(owning: result))
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            return .sync
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
            return .aborted
        case PGRES_FATAL_ERROR:
            defer { unsafe PQclear(result) }
            guard let error = unsafe PGHandle.error(of: result) else {
                return .lost(PGError(.connect, message: errorMessage))
            }
            return .failed(error)
        default:
            unsafe PQclear(result)
            return .lost(PGError(.connect, message: "Postgres answered in a mode not asked for"))
        }
    }

    /// The next notification that has arrived.
    func notification() -> PGEvent? {
        guard let heard = unsafe PQnotifies(raw) else { return nil }
        defer { unsafe PQfreemem(heard) }
        guard let channel = unsafe heard.pointee.relname, let payload = unsafe heard.pointee.extra
        else { return nil }
        return unsafe .notification(
            channel: String(cString: channel),
            payload: String(cString: payload),
            backendPID: heard.pointee.be_pid
        )
    }

    // MARK: Errors

    /// A field of an error report; the codes are the wire protocol's, libpq's names for them are macros.
    private static func field(_ result: OpaquePointer?, _ code: Unicode.Scalar) -> String? {
        unsafe PQresultErrorField(result, Int32(code.value)).map { unsafe String(cString: $0) }
    }

    /// The server's error; nil if there is none, since libpq's own have no SQLSTATE.
    private static func error(of result: OpaquePointer?) -> PGError? {
        guard let state = unsafe field(result, "C") else { return nil }
        let report = unsafe PGError.Report(
            primary: field(result, "M") ?? "",
            detail: field(result, "D"),
            hint: field(result, "H"),
            context: field(result, "W"),
            schema: field(result, "s"),
            table: field(result, "t"),
            column: field(result, "c"),
            constraint: field(result, "n")
        )
        return .server(SQLState(rawValue: state), report)
    }
}
