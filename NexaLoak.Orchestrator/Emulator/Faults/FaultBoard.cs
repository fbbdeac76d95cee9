using System.Collections.Immutable;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>The faults that requests are to meet. Thread-safe.</summary>
internal sealed class FaultBoard(EmulatedZone zone, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<ActiveFault> _faults = [];
    private long _lastId;

    /// <summary>The faults that are set, used up ones included, in the order of their setting.</summary>
    public IReadOnlyList<ActiveFault> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Sets a fault.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">A value of the rule is out of its bounds.</exception>
    public ActiveFault Add(FaultRule rule)
    {
        rule.Validate();
        ImmutableArray<EmulatedRecord> records = zone.Records;
        lock (_gate)
        {
            var fault = new ActiveFault(++_lastId, rule, time.GetTimestamp(), records);
            _faults.Add(fault);
            return fault;
        }
    }

    /// <summary>Removes a fault; requests that wait at it go on.</summary>
    /// <returns>Whether there was one of this id.</returns>
    public bool Remove(long id)
    {
        ActiveFault? fault;
        lock (_gate)
        {
            fault = _faults.Find(fault => fault.Id == id);
            if (fault is null)
            {
                return false;
            }

            _faults.Remove(fault);
        }

        fault.Release();
        return true;
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        foreach (ActiveFault fault in Faults)
        {
            Remove(fault.Id);
        }
    }

    /// <summary>The first fault that stops or spoils this request; it counts as met.</summary>
    public ActiveFault? TakeInterruption(string method, string path) => Take(method, path, static kind => !ChangesLists(kind));

    /// <summary>How this list is to be changed.</summary>
    public ListView TakeListView(string method, string path)
    {
        ActiveFault? stale = Take(method, path, static kind => kind == FaultKind.StaleList);
        ActiveFault? small = Take(method, path, static kind => kind == FaultKind.SmallPages);
        return new ListView(stale?.RecordsThen, small?.Rule.PageSize);
    }

    private static bool ChangesLists(FaultKind kind) => kind is FaultKind.StaleList or FaultKind.SmallPages;

    private ActiveFault? Take(string method, string path, Func<FaultKind, bool> isWanted)
    {
        lock (_gate)
        {
            ActiveFault? fault = _faults.Find(fault =>
                isWanted(fault.Rule.Kind) && !fault.IsUsedUp && !IsOver(fault) && fault.Rule.Matches(method, path));
            fault?.Hit();
            return fault;
        }
    }

    private bool IsOver(ActiveFault fault)
        => fault.Rule is { Kind: FaultKind.StaleList, Seconds: { } seconds } && time.GetElapsedTime(fault.SetAt).TotalSeconds >= seconds;
}
