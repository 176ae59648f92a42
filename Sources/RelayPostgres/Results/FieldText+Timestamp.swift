extension FieldText {
    /// Microseconds since 1970 in UTC of `2026-01-31 12:00:00.123456+00`; without a zone it is taken for UTC.
    static func microseconds(_ bytes: some Collection<UInt8>) -> Int64? {
        if bytes.elementsEqual("infinity".utf8) { return .max }
        if bytes.elementsEqual("-infinity".utf8) { return .min }
        var reader = DigitReader(rest: Array(bytes)[...])
        guard let year = reader.number(), reader.skip("-"),
            let month = reader.number(), (1...12).contains(month), reader.skip("-"),
            let day = reader.number(), (1...31).contains(day), reader.skip(" "),
            let hour = reader.number(), (0...24).contains(hour), reader.skip(":"),
            let minute = reader.number(), (0...59).contains(minute), reader.skip(":"),
            let second = reader.number(), (0...60).contains(second)
        else { return nil }
        let fraction = reader.skip(".") ? reader.microseconds() : 0
        guard let fraction, let offset = reader.offsetSeconds(), year <= 300_000 else { return nil }
        let isBeforeChrist = reader.skip(" ") && reader.skip("B") && reader.skip("C")
        guard reader.rest.isEmpty else { return nil }
        let days = daysSince1970(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - Int64(offset)
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product + Int64(fraction)
    }

    /// Days of the proleptic Gregorian calendar: years begin in March, so that the leap day is the last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        // 719,468 days lie between 1 March of year 0 and 1970.
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}

/// Takes numbers and signs off the front of a text.
private struct DigitReader {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == sign.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// A number of at most nine digits.
    mutating func number() -> Int? {
        var value: Int?
        var count = 0
        while let byte = rest.first, let digit = FieldText.digit(byte) {
            count += 1
            guard count <= 9 else { return nil }
            value = (value ?? 0) * 10 + digit
            rest = rest.dropFirst()
        }
        return value
    }

    /// A fraction of a second, of at most six digits.
    mutating func microseconds() -> Int? {
        let before = rest.count
        guard let number = number() else { return nil }
        let digits = before - rest.count
        guard digits <= 6 else { return nil }
        return (digits..<6).reduce(number) { value, _ in value * 10 }
    }

    /// A zone's offset, `+02` or `-03:30`; 0 where there is none.
    mutating func offsetSeconds() -> Int? {
        let isWest = skip("-")
        guard isWest || skip("+") else { return 0 }
        guard let hours = number() else { return nil }
        var seconds = hours * 3_600
        if skip(":") {
            guard let minutes = number() else { return nil }
            seconds += minutes * 60
            if skip(":") {
                guard let more = number() else { return nil }
                seconds += more
            }
        }
        return isWest ? -seconds : seconds
    }
}
