/// The messages of `proto/relay/v1`, as Swift structs with the names of the contract.
package enum Wire {}
