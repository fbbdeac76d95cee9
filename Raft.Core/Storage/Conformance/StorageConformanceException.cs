namespace Raft.Core.Storage.Conformance;

/// <summary>A storage breaks a rule of <see cref="IRaftStorage"/>. The message names the rule, its source, what was expected and what was found.</summary>
public sealed class StorageConformanceException : Exception
{
    internal StorageConformanceException(StorageRule rule, string expected, string found, Exception? innerException = null)
        : base($"{rule}{Environment.NewLine}Expected: {expected}{Environment.NewLine}Found: {found}", innerException)
    {
        Rule = rule;
        Expected = expected;
        Found = found;
    }

    /// <summary>The rule that was broken.</summary>
    public StorageRule Rule { get; }

    /// <summary>What a storage that keeps the rule would have done.</summary>
    public string Expected { get; }

    /// <summary>What this one did.</summary>
    public string Found { get; }
}
