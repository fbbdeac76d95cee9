namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>What a switch does with packets.</summary>
internal enum PacketFate
{
    /// <summary>It arrived. All others but those that never do are counted here too, each time that they arrive.</summary>
    Delivered,

    /// <summary>It was sent while nothing gets through, or would have arrived then.</summary>
    Cut,

    /// <summary>It was lost.</summary>
    Lost,

    /// <summary>It was given a copy.</summary>
    Duplicated,

    /// <summary>It was held back, so that others overtake.</summary>
    HeldBack,

    /// <summary>A bit of it was changed.</summary>
    Corrupted,

    /// <summary>It arrived later.</summary>
    Delayed,

    /// <summary>It was answered with the end of its connection.</summary>
    Reset,

    /// <summary>It found no place: too many waited already.</summary>
    Overflowed,
}
