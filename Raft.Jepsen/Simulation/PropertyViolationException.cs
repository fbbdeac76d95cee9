namespace Raft.Jepsen.Simulation;

/// <summary>A property that must always hold does not.</summary>
internal sealed class PropertyViolationException(string property, string detail) : Exception($"{property}: {detail}")
{
    /// <summary>Short name of the property, such as <c>S1 election safety</c>.</summary>
    public string Property { get; } = property;

    /// <summary>What was seen.</summary>
    public string Detail { get; } = detail;
}
