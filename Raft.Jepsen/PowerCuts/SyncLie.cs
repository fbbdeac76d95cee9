namespace Raft.Jepsen.PowerCuts;

/// <summary>What a storage only says that it synced.</summary>
internal enum SyncLie
{
    /// <summary>Nothing: every sync is one.</summary>
    None,

    /// <summary>The content of its files.</summary>
    Files,

    /// <summary>The names in its folder.</summary>
    Names,
}
