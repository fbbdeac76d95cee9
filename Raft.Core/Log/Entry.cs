namespace Raft.Core.Log;

/// <summary>One entry of the replicated log. Immutable: the payload must not be changed once the entry exists.</summary>
/// <param name="Term">Term of the leader that created the entry, at least 1.</param>
/// <param name="Index">Position in the log, at least 1.</param>
/// <param name="Type">What the payload means.</param>
/// <param name="Payload">The command's bytes; empty for a no-op.</param>
public readonly record struct Entry(ulong Term, ulong Index, EntryType Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Bytes that a limit counts for an entry beside its payload.</summary>
    public const int Overhead = 32;

    /// <summary>The entry's name in the log.</summary>
    public LogId Id => new(Term, Index);

    /// <summary>Payload and overhead in bytes, as every byte limit of the library counts them.</summary>
    public int Size => Payload.Length + Overhead;
}
