namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Whom a strike hits.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Nodes">Their ids.</param>
internal sealed record Targets(TargetKind Kind, ulong[] Nodes)
{
    /// <summary>What they are, in one word.</summary>
    public string Name => Kind.ToString().ToLowerInvariant();
}
