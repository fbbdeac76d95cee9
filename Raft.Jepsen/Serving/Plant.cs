namespace Raft.Jepsen.Serving;

/// <summary>
/// A bug that a node plants in itself to prove that the harness finds it. For nothing else: a node with a planted bug
/// loses data or lies.
/// </summary>
internal enum Plant
{
    /// <summary>None.</summary>
    None,

    /// <summary>The storage says that a write is durable, and forgets it with the process.</summary>
    Amnesia,

    /// <summary>The storage says that it synced its files, and did not: what it wrote survives the process, and is lost with the power.</summary>
    NoSync,

    /// <summary>Reads are answered from what the node has, whatever consistency was asked for.</summary>
    LocalReads,

    /// <summary>A session's command that is sent again is carried out again.</summary>
    NoDeduplication,
}
