namespace Raft.Jepsen.Checking.Registers;

/// <summary>
/// The beginnings and ends of the required operations that have no place in the order yet, by line, as a list from which an operation is taken and put
/// back in constant time, the last one taken first (Wing and Gong, 1993; Lowe, 2017).
/// </summary>
internal sealed class PendingList
{
    private readonly int _count;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly long[] _lines;

    /// <summary>Begins with all of <paramref name="required"/>, which are in the order of their beginnings.</summary>
    public PendingList(IReadOnlyList<RegisterOperation> required)
    {
        _count = required.Count;
        int nodes = (2 * _count) + 1;
        (_next, _previous, _lines) = (new int[nodes], new int[nodes], new long[nodes]);
        for (int i = 0; i < _count; i++)
        {
            (_lines[i], _lines[_count + i]) = (required[i].Call, required[i].Return);
        }

        int last = Head;
        foreach (int node in Enumerable.Range(0, 2 * _count).OrderBy(node => _lines[node]))
        {
            (_next[last], _previous[node]) = (node, last);
            last = node;
        }

        (_next[last], _previous[Head]) = (Head, last);
    }

    public bool IsEmpty => First == Head;

    /// <summary>The operation that began first of those that are left.</summary>
    public int First => _next[Head];

    private int Head => 2 * _count;

    /// <summary>
    /// The next operation behind <paramref name="operation"/>, if nothing that is left ended before it began; negative when there is none.
    /// </summary>
    public int NextConcurrent(int operation) => _next[operation] < _count ? _next[operation] : -1;

    /// <summary>The line by which the next of the operations that are left has taken effect.</summary>
    public long Deadline()
    {
        int node = First;
        while (node < _count)
        {
            node = _next[node];
        }

        return _lines[node];
    }

    public void Take(int operation)
    {
        Unlink(operation);
        Unlink(_count + operation);
    }

    /// <summary>Puts back what was taken last.</summary>
    public void PutBack(int operation)
    {
        Link(_count + operation);
        Link(operation);
    }

    private void Unlink(int node) => (_next[_previous[node]], _previous[_next[node]]) = (_next[node], _previous[node]);

    private void Link(int node) => (_next[_previous[node]], _previous[_next[node]]) = (node, node);
}
