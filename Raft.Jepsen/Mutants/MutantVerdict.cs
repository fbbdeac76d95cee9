namespace Raft.Jepsen.Mutants;

/// <summary>How soon a planted bug was found.</summary>
/// <param name="Seeds">Seeds needed in each repeat; <c>null</c> where they did not suffice.</param>
/// <param name="Properties">The properties that noticed it.</param>
internal sealed record MutantVerdict(IReadOnlyList<long?> Seeds, IReadOnlyList<string> Properties)
{
    /// <summary>The median of the seeds needed; <c>null</c> when half of the repeats or more did not find it.</summary>
    public long? Median => Seeds.OrderBy(seeds => seeds ?? long.MaxValue).ElementAt(Seeds.Count / 2);
}
