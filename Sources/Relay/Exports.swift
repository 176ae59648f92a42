// Jobs, relays, values and failures are the vocabulary of this library too.
@_exported public import RelayCore
