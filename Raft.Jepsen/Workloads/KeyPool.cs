using Raft.Jepsen.Histories;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Workloads;

/// <summary>
/// The keys of a run: a few at a time, so that clients meet, each for a few hundred operations, so that it can be checked, and then another in its
/// place. Safe to use from any thread.
/// </summary>
internal sealed class KeyPool
{
    private const int FewestOperations = 100, MostOperations = 300;

    private readonly Lock _lock = new();
    private readonly RandomStream _random;
    private readonly WorkKey[] _current;
    private readonly List<WorkKey> _all = [];

    /// <param name="workload">Decides on the kinds.</param>
    /// <param name="random">Decides on how long keys are used.</param>
    public KeyPool(Workload workload, RandomStream random)
    {
        _random = random;
        _current = [.. Kinds(workload).Select(NewKey)];
    }

    /// <summary>All keys so far.</summary>
    public IReadOnlyList<WorkKey> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>The keys that clients work on now.</summary>
    public IReadOnlyList<WorkKey> Current
    {
        get
        {
            lock (_lock)
            {
                return [.. _current];
            }
        }
    }

    /// <summary>A key for one operation.</summary>
    /// <param name="draw">Picks it.</param>
    public WorkKey Take(RandomStream draw)
    {
        int place = draw.Below(_current.Length);
        lock (_lock)
        {
            if (!_current[place].TryUse())
            {
                _current[place] = NewKey(_current[place].Kind);
                _current[place].TryUse();
            }

            return _current[place];
        }
    }

    private static KeyKind[] Kinds(Workload workload) => workload switch
    {
        Workload.Register => [KeyKind.Register, KeyKind.Register, KeyKind.List, KeyKind.Register, KeyKind.Register, KeyKind.List],
        Workload.Append or Workload.Session => [KeyKind.List, KeyKind.List, KeyKind.List, KeyKind.List, KeyKind.List],
        Workload.Bank => [KeyKind.Bank, KeyKind.Bank, KeyKind.List],
        _ => [KeyKind.Register, KeyKind.Register, KeyKind.Bank, KeyKind.List, KeyKind.List, KeyKind.List],
    };

    private WorkKey NewKey(KeyKind kind)
    {
        string name = $"{kind.ToString().ToLowerInvariant()}-{_all.Count + 1}";
        var key = new WorkKey(name, kind, (int)_random.Between(FewestOperations, MostOperations));
        _all.Add(key);
        return key;
    }
}
