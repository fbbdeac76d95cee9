namespace Raft.Core.Consensus;

/// <summary>A message to send, and the write that must be durable before: a promise may leave only once a crash can't break it.</summary>
/// <param name="Message">The message.</param>
/// <param name="AfterWrite">Sequence number of that write; 0 when the message may go at once.</param>
public readonly record struct OutboundMessage(Message Message, ulong AfterWrite);
