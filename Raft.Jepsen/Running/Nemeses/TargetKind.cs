namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Whom a strike hits.</summary>
internal enum TargetKind
{
    /// <summary>The leader.</summary>
    Leader,

    /// <summary>Any node.</summary>
    One,

    /// <summary>As many as the others can go on without.</summary>
    Minority,

    /// <summary>One more than that, so that the others can't.</summary>
    Majority,

    /// <summary>All nodes.</summary>
    All,
}
