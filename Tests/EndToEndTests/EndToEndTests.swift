import Testing

/// The built program on a real Postgres, one test after the other: each runs several processes, and some watch time.
@Suite(.serialized) struct EndToEndTests {}
