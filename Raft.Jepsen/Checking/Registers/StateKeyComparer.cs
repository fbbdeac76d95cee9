namespace Raft.Jepsen.Checking.Registers;

/// <summary>Compares the states of a search by content.</summary>
internal sealed class StateKeyComparer : IEqualityComparer<ulong[]>
{
    public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(ulong[] obj)
    {
        ulong hash = 14695981039346656037;
        foreach (ulong word in obj)
        {
            hash = (hash ^ word) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
        }

        return (int)(hash >> 32);
    }
}
