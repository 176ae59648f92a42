internal import CLibpq
import Glibc

/// One libpq connection in non-blocking pipeline mode; the only place that calls libpq on it. One thread's.
@safe final class PGHandle {
    private let raw: OpaquePointer
    /// The statements prepared on this connection, by text.
    private var prepared: [String: String] = [:]
    private var preparedCount = 0

    /// Begins to connect; nil if libpq is out of memory.
    init?(_ configuration: PGConfiguration) {
        var options: [(String, String)] = [
            ("dbname", configuration.conninfo),
            ("application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
            ("keepalives", "1"), ("keepalives_idle", "5"), ("keepalives_interval", "2"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"),
        ]
        let named = (try? PGConfiguration.parse(configuration.conninfo)) ?? [:]
        // A standby accepts LISTEN's connection and then never hears anything (research/reliability.md §1.1).
        if named["target_session_attrs"] == nil {
            options.append(("target_session_attrs", "read-write"))
        }
        let keywords = unsafe options.map { unsafe strdup($0.0) } + [nil]
        let values = unsafe options.map { unsafe strdup($0.1) } + [nil]
        defer { unsafe (keywords + values).forEach { unsafe free($0) } }
        let begun = unsafe PQconnectStartParams(
            keywords.map { unsafe UnsafePointer($0) },
            values.map { unsafe UnsafePointer($0) },
            1
        )
        guard let begun = unsafe begun else { return nil }
        unsafe raw = begun
        unsafe PQsetNoticeProcessor(raw, { _, _ in }, nil)
    }

    deinit { unsafe PQfinish(raw) }

    // MARK: State

    enum Progress { case reading, writing, done, failed }

    /// Goes on connecting.
    func poll() -> Progress {
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

    /// The descriptor, which may change; -1 once closed.
    var descriptor: Int32 { unsafe PQsocket(raw) }

    var isGood: Bool { unsafe PQstatus(raw) == CONNECTION_OK }

    var serverVersion: Int { unsafe Int(PQserverVersion(raw)) }

    var backendPID: Int32 { unsafe PQbackendPID(raw) }

    /// What libpq says of the last failure, on one line.
    var errorMessage: String {
        let text = unsafe String(cString: PQerrorMessage(raw))
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    // MARK: Sending

    /// What was queued for one statement, and so what will come back.
    enum Queued { case prepareAndExecute, execute, failed }

    /// Queues a statement, preparing it if this connection hasn't yet.
    func queue(_ statement: PGStatement) -> Queued {
        var blob: [UInt8] = []
        var ranges: [Range<Int>?] = []
        for parameter in statement.parameters {
            let start = blob.count
            ranges.append(parameter.append(to: &blob) ? start..<blob.count : nil)
        }
        // One byte more, so that an empty value at the end still has an address.
        blob.append(0)
        var queued = Queued.execute
        let name: String
        if let known = prepared[statement.sql] {
            name = known
        } else {
            preparedCount += 1
            name = "relay_\(preparedCount)"
            let types = statement.parameters.map(\.typeNumber)
            let sent = unsafe PQsendPrepare(raw, name, statement.sql, Int32(types.count), types)
            guard sent == 1 else { return .failed }
            prepared[statement.sql] = name
            queued = .prepareAndExecute
        }
        let lengths = ranges.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: ranges.count)
        let sent = unsafe blob.withUnsafeBufferPointer { bytes in
            let values = unsafe ranges.map { range -> UnsafePointer<CChar>? in
                guard let range, let base = bytes.baseAddress else { return nil }
                return unsafe UnsafeRawPointer(base + range.lowerBound).assumingMemoryBound(
                    to: CChar.self
                )
            }
            return unsafe PQsendQueryPrepared(
                raw,
                name,
                Int32(values.count),
                values,
                lengths,
                formats,
                0
            )
        }
        return sent == 1 ? queued : .failed
    }

    /// Forgets that a statement is prepared, since the server says that it isn't, or that its plan is stale.
    func forget(_ sql: String) {
        prepared[sql] = nil
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

    /// Takes in what has arrived; false once the connection is gone. What had arrived before can still be read.
    func consume() -> Bool { unsafe PQconsumeInput(raw) == 1 }

    enum Received {
        /// Nothing whole is there yet.
        case nothing
        /// The end of a statement's results.
        case end
        case rows(PGResult)
        case failed(PGError)
        /// Not carried out, since something before it failed.
        case aborted
        case synced
    }

    /// The next thing that has arrived.
    func receive() -> Received {
        guard unsafe PQisBusy(raw) == 0 else { return .nothing }
        guard let result = unsafe PQgetResult(raw) else { return .end }
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE:
            return unsafe .rows(PGResult(owning: result))
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            return .synced
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
            return .aborted
        default:
            defer { unsafe PQclear(result) }
            let state = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map {
                unsafe SQLState(rawValue: String(cString: $0))
            }
            let text = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map {
                unsafe String(cString: $0)
            }
            return .failed(
                PGError(
                    state == nil ? .unknown : .server,
                    sqlState: state,
                    message: text ?? errorMessage
                )
            )
        }
    }

    /// The next notification that has arrived.
    func notification() -> (channel: String, payload: String, backendPID: Int32)? {
        guard let heard = unsafe PQnotifies(raw) else { return nil }
        defer { unsafe PQfreemem(heard) }
        return unsafe (
            String(cString: heard.pointee.relname), String(cString: heard.pointee.extra),
            heard.pointee.be_pid
        )
    }
}
