namespace Raft.Jepsen.Running.Namespaces;

/// <summary>What a namespace gives to those inside: a view of their own on it.</summary>
internal enum NamespaceKind
{
    /// <summary>Network devices, addresses and routes.</summary>
    Network,

    /// <summary>Mounted file systems.</summary>
    Mount,
}
