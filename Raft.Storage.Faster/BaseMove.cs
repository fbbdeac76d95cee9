using Raft.Core.Log;

namespace Raft.Storage.Faster;

/// <summary>A write's move of the log's base.</summary>
/// <param name="To">The new base.</param>
/// <param name="ClearsLog">Whether the log did not hold that entry, and is given up as a whole.</param>
/// <param name="KeepFrom">An address before which no entry lies that stays.</param>
internal readonly record struct BaseMove(LogId To, bool ClearsLog, long KeepFrom);
