/// One thing that somebody may do: a verb, for the instances, queues and workers that match.
///
/// Its text is `VERB[@INSTANCE][:QUEUE[/WORKER]]`; a name may end in `*`, which stands for any rest. The instance that is
/// meant where none is named is `default`; queues and workers that aren't named are all of them.
package struct Grant: Sendable, Hashable {
    /// What may be done.
    package enum Verb: String, Sendable, Hashable, CaseIterable {
        /// Inserting jobs: `Async`, `Call`.
        case submit
        /// Waiting for relays: `Await`, `AwaitMany`. The ref is the right to one of them, so no queue is asked for.
        case await
        /// Being given jobs of a queue: `Work`.
        case work
        /// Cancelling jobs by their relay.
        case cancel
        /// Seeing and changing what belongs to others.
        case admin
    }

    /// The verbs; all of them where the text says `all`.
    package var verbs: Set<Verb>
    /// The instances.
    package var instance: NamePattern
    /// The queues.
    package var queue: NamePattern
    /// The workers.
    package var worker: NamePattern

    /// Everything, everywhere.
    package static let everything = Grant(
        verbs: Set(Verb.allCases),
        instance: .any,
        queue: .any,
        worker: .any
    )

    private init(
        verbs: Set<Verb>,
        instance: NamePattern,
        queue: NamePattern,
        worker: NamePattern
    ) {
        self.verbs = verbs
        self.instance = instance
        self.queue = queue
        self.worker = worker
    }

    /// Reads a grant's text; nil if it is none, or names queues or workers for a verb that knows none.
    package init?(_ text: String) {
        let (head, places) = Self.split(text[...], at: ":")
        let (verb, instance) = Self.split(head, at: "@")
        let (queue, worker) = Self.split(places ?? "*", at: "/")
        guard let verbs = Self.verbs(verb), let instance = NamePattern(instance ?? Self.here),
            let queue = NamePattern(queue), let worker = NamePattern(worker ?? "*")
        else { return nil }
        if queue != .any || worker != .any, verbs != [.submit], verbs != [.work] { return nil }
        // A stream is given whatever its queues hold.
        if worker != .any, verbs == [.work] { return nil }
        self.init(verbs: verbs, instance: instance, queue: queue, worker: worker)
    }

    private static let here = RelayHandle.defaultInstance[...]

    private static func verbs(_ text: Substring) -> Set<Verb>? {
        if text == "all" { return Set(Verb.allCases) }
        return Verb(rawValue: String(text)).map { [$0] }
    }

    private static func split(
        _ text: Substring,
        at mark: Character
    ) -> (Substring, Substring?) {
        guard let place = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<place], text[text.index(after: place)...])
    }
}

/// A name, or all names that begin alike.
package struct NamePattern: Sendable, Hashable {
    private var prefix: String
    private var isOpen: Bool

    /// Every name.
    package static let any = NamePattern(prefix: "", isOpen: true)

    private init(prefix: String, isOpen: Bool) {
        self.prefix = prefix
        self.isOpen = isOpen
    }

    /// Reads a name, which may end in `*`; nil for nothing, and for a `*` elsewhere.
    package init?(_ text: Substring) {
        guard !text.isEmpty else { return nil }
        let isOpen = text.last == "*"
        let prefix = isOpen ? text.dropLast() : text
        guard !prefix.contains("*") else { return nil }
        self.init(prefix: String(prefix), isOpen: isOpen)
    }

    /// Whether the name is one of them.
    package func matches(_ name: String) -> Bool {
        isOpen ? name.hasPrefix(prefix) : name == prefix
    }
}
