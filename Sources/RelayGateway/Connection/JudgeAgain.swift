/// Told to every connection when it may be judged otherwise than at its hello.
struct JudgeAgain: Sendable {}
