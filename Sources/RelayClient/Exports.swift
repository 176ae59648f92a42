// Whoever imports the client speaks in the vocabulary of the core: jobs, relays, answers, errors.
@_exported public import RelayCore
