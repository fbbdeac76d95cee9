namespace Raft.Core.Storage.Conformance;

/// <summary>A rule that every storage keeps, and where the documentation states it.</summary>
/// <param name="Source">The type or member whose documentation states the rule, as in <c>IRaftStorage.Enqueue</c>.</param>
/// <param name="Text">The rule, in short.</param>
public sealed record StorageRule(string Source, string Text)
{
    /// <summary>The rule with its source.</summary>
    public override string ToString() => $"{Source}: {Text}";

    /// <summary>Throws unless what was found is what the rule leads to.</summary>
    internal void RequireEqual<T>(string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new StorageConformanceException(this, $"{what}: {expected}", $"{found}");
        }
    }

    /// <summary>Throws unless the bytes that were found are those that the rule leads to.</summary>
    internal void RequireSameBytes(string what, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found)
    {
        int same = expected.CommonPrefixLength(found);
        if (expected.Length != found.Length || same != found.Length)
        {
            throw new StorageConformanceException(this, $"{what}: {expected.Length} bytes", $"{found.Length} bytes, the same up to offset {same}");
        }
    }

    /// <summary>Throws unless the rule makes the storage refuse what is tried.</summary>
    internal void RequireRefusal<TException>(string what, Action attempt)
        where TException : Exception
    {
        string found = "no exception";
        try
        {
            attempt();
        }
        catch (TException)
        {
            return;
        }
        catch (Exception e)
        {
            found = $"{e.GetType().Name} ({e.Message})";
        }

        throw new StorageConformanceException(this, $"{typeof(TException).Name} for {what}", found);
    }
}
