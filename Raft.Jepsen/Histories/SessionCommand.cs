namespace Raft.Jepsen.Histories;

/// <summary>Says which command of which client session a request is; all attempts of one command share the first two.</summary>
/// <param name="Session">Id of the session.</param>
/// <param name="Sequence">Number of the command in its session.</param>
/// <param name="Attempt">The how many-th time it is sent, from 1.</param>
internal sealed record SessionCommand(ulong Session, ulong Sequence, int Attempt);
