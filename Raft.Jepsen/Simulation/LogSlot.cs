using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>An entry and the hash of the log up to it, so that two logs are compared up to an index by one number.</summary>
internal readonly record struct LogSlot(Entry Entry, ulong Chain);
