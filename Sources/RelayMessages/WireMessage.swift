/// A message of the contract, which bytes are decoded into and encoded from.
package protocol WireMessage: Sendable, Hashable {}
