using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// A log as one place holds it: what a node wrote, or what of it is on the platter. What lies at or below the base is gone from there; the observer
/// remembers it all the same, so that the checks need no exception for compacted logs.
/// </summary>
internal sealed class LogImage(WrittenChains chains)
{
    private readonly List<LogSlot> _slots = [];
    private readonly List<ulong> _configurations = [];

    /// <summary>The entry before the first one that the place holds.</summary>
    public LogId Base { get; private set; }

    public ulong LastIndex => (ulong)_slots.Count;

    public LogId LastId => _slots.Count == 0 ? default : _slots[^1].Entry.Id;

    public LogSlot this[ulong index] => _slots[(int)index - 1];

    /// <summary>Hash of the log up to an index; 0 for the empty log.</summary>
    public ulong ChainAt(ulong index) => index == 0 ? 0 : _slots[(int)index - 1].Chain;

    /// <summary>True when the log reaches <paramref name="index"/> and is the one with that hash up to there.</summary>
    public bool Holds(ulong index, ulong chain) => index <= LastIndex && ChainAt(index) == chain;

    /// <summary>Index of the newest entry that is a configuration, also below the base; 0 when there is none.</summary>
    public ulong ConfigurationIndex => _configurations.Count == 0 ? 0 : _configurations[^1];

    /// <summary>Index of the newest configuration before an index.</summary>
    public ulong ConfigurationBefore(ulong index)
    {
        int place = _configurations.Count - 1;
        while (place >= 0 && _configurations[place] >= index)
        {
            place--;
        }

        return place < 0 ? 0 : _configurations[place];
    }

    public LogSlot Append(in Entry entry)
    {
        var slot = new LogSlot(entry, (entry.Type == EntryType.Withheld ? chains.Of(entry.Id) : null) ?? ChainOf(ChainAt(LastIndex), entry));
        chains.Note(entry.Id, slot.Chain);
        Add(slot);
        return slot;
    }

    public void TruncateFrom(ulong index)
    {
        if (index <= LastIndex)
        {
            _slots.RemoveRange((int)index - 1, _slots.Count - (int)index + 1);
            while (ConfigurationIndex >= index)
            {
                _configurations.RemoveAt(_configurations.Count - 1);
            }
        }
    }

    /// <summary>
    /// Gives up what lies at or below <paramref name="base"/>; everything, where that entry is not in the log. What a snapshot stands for then is what
    /// was committed up to there.
    /// </summary>
    public void MoveBase(LogId @base, CommittedHistory history)
    {
        if (@base.Index > LastIndex || this[@base.Index].Entry.Id != @base)
        {
            _slots.Clear();
            _configurations.Clear();
            for (ulong index = 1; index <= @base.Index; index++)
            {
                Add(history[index]);
            }
        }

        Base = @base;
    }

    public void CopyFrom(LogImage other)
    {
        Base = other.Base;
        _slots.Clear();
        _slots.AddRange(other._slots);
        _configurations.Clear();
        _configurations.AddRange(other._configurations);
    }

    /// <summary>The terms of the entries behind the base.</summary>
    public List<TermRun> TermRuns()
    {
        var runs = new List<TermRun>();
        foreach (LogSlot slot in _slots.Skip((int)Base.Index))
        {
            if (runs.Count == 0 || runs[^1].Term != slot.Entry.Term)
            {
                runs.Add(new TermRun(slot.Entry.Index, slot.Entry.Term));
            }
        }

        return runs;
    }

    /// <summary>The entries behind the base that are configurations.</summary>
    public List<Entry> Configurations()
        => [.. _slots.Skip((int)Base.Index).Select(slot => slot.Entry).Where(entry => entry.Type == EntryType.Configuration)];

    /// <summary>The entries behind the base that are commands with content.</summary>
    public List<ulong> Commands()
        => [.. _slots.Skip((int)Base.Index).Select(slot => slot.Entry).Where(IsCommand).Select(entry => entry.Index)];

    /// <summary>A fault of the disk puts other content in the place of an entry's. The hash stays, as the checksum that does not fit any more.</summary>
    public void Rewrite(ulong index, ReadOnlyMemory<byte> payload)
        => _slots[(int)index - 1] = _slots[(int)index - 1] with { Entry = this[index].Entry with { Payload = payload } };

    /// <summary>The first entry behind the base that its hash does not fit, or <c>null</c>.</summary>
    public ulong? FindDamage()
    {
        for (ulong index = Base.Index + 1; index <= LastIndex; index++)
        {
            LogSlot slot = this[index];
            if (slot.Entry.Type != EntryType.Withheld && slot.Chain != ChainOf(ChainAt(index - 1), slot.Entry))
            {
                return index;
            }
        }

        return null;
    }

    public void Clear()
    {
        Base = default;
        _slots.Clear();
        _configurations.Clear();
    }

    private static bool IsCommand(Entry entry) => entry is { Type: EntryType.Command, Payload.IsEmpty: false };

    private static ulong ChainOf(ulong before, in Entry entry)
        => Hash.Chain(Hash.Chain(Hash.Chain(before, entry.Term), (ulong)entry.Type), entry.Payload.Span);

    private void Add(in LogSlot slot)
    {
        _slots.Add(slot);
        if (slot.Entry.Type == EntryType.Configuration)
        {
            _configurations.Add(slot.Entry.Index);
        }
    }
}
