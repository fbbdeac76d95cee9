namespace Raft.Core.Sessions;

/// <summary>The encoded reply to a command that was carried out, kept for retries. The bytes never change.</summary>
internal readonly record struct KeptReply(ulong Sequence, byte[] Reply)
{
    /// <summary>Bytes counted beside the reply's own, so that empty replies are bounded too.</summary>
    public const int Overhead = 32;

    public long Size => Reply.Length + Overhead;
}
