namespace Raft.Jepsen.Checking.Registers;

/// <summary>How many more steps a search may take before it gives up.</summary>
internal sealed class SearchBudget(long steps)
{
    /// <summary>Steps that are left.</summary>
    public long Left { get; private set; } = steps;

    /// <summary>Takes one step off. Returns whether there was one.</summary>
    public bool Spend() => Left-- > 0;
}
