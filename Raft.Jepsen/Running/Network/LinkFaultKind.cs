namespace Raft.Jepsen.Running.Network;

/// <summary>Ways in which a link can be bad.</summary>
internal enum LinkFaultKind
{
    /// <summary>What is sent arrives later, by times that differ.</summary>
    Slow,

    /// <summary>Few bytes a second get through.</summary>
    Narrow,

    /// <summary>Nothing gets through, again and again for a short time.</summary>
    Flapping,

    /// <summary>Connections are reset, again and again.</summary>
    Resetting,

    /// <summary>Packets get lost.</summary>
    Lossy,

    /// <summary>Packets arrive twice.</summary>
    Duplicating,

    /// <summary>Packets overtake others.</summary>
    Reordering,

    /// <summary>Packets arrive with a wrong bit.</summary>
    Corrupting,

    /// <summary>A little of all that can happen to a packet.</summary>
    Bad,
}
