namespace Raft.Core.Membership;

/// <summary>One step of a <see cref="ConfigurationChange"/>. It names a goal: where the goal is reached already it does nothing.</summary>
/// <param name="Kind">What shall be.</param>
/// <param name="Id">The node.</param>
/// <param name="Address">Where the node is reached; <c>null</c> leaves what is known.</param>
public readonly record struct ConfigurationOperation(ConfigurationOperationKind Kind, NodeId Id, string? Address)
{
    /// <inheritdoc/>
    public override string ToString() => Address is null ? $"{Kind} {Id}" : $"{Kind} {Id} at {Address}";
}
