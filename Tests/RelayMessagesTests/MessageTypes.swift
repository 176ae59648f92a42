import Testing

@testable import RelayMessages

/// Every message of the contract, by the name that proto/ gives it.
let messageTypes: [any CodedMessage.Type] = [
    Wire.Duration.self, Wire.Timestamp.self,
    Wire.AsyncRequest.self, Wire.NewJob.self, Wire.Unique.self, Wire.AsyncResponse.self,
    Wire.Relay.self, Wire.AwaitRequest.self, Wire.AwaitResponse.self, Wire.AwaitManyRequest.self,
    Wire.AwaitManyResponse.self, Wire.Heartbeat.self, Wire.AwaitResult.self, Wire.Value.self,
    Wire.Failure.self, Wire.Progress.self, Wire.CallRequest.self, Wire.CallResponse.self,
    Wire.CancelRequest.self, Wire.CancelResponse.self,
    Wire.ClientFrame.self, Wire.ServerFrame.self, Wire.Hello.self, Wire.Welcome.self,
    Wire.Status.self, Wire.FieldViolation.self, Wire.Abandon.self, Wire.Ping.self, Wire.Pong.self,
    Wire.GoAway.self,
    Wire.WorkRequest.self, Wire.Subscribe.self, Wire.QueueLimit.self, Wire.Finish.self,
    Wire.Exception.self, Wire.ProgressReport.self, Wire.WorkResponse.self, Wire.Job.self,
    Wire.Finished.self, Wire.CancelJob.self, Wire.Subscribed.self, Wire.Draining.self,
    Wire.Drain.self,
]

/// The message of a row of the pre-scan's table.
func messageType(_ rule: MessageRule) throws -> any CodedMessage.Type {
    try #require(messageTypes.first { $0.rule == rule })
}

/// The message of a name, such as `ClientFrame`.
func messageType(named name: String) throws -> any CodedMessage.Type {
    try #require(messageTypes.first { String(describing: $0) == name })
}
