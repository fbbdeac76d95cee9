using NexaLoak.Orchestrator.Fleet;
using Raft.Core.Log;

namespace NexaLoak.Tests.Fleet;

/// <summary>A replicated log without replication: one list of commands that all <see cref="FakeRaft"/>s of a test share.</summary>
internal sealed class FakeLog
{
    private readonly Lock _gate = new();
    private ulong _index;

    /// <summary>What every node of the test has applied.</summary>
    public FleetState State { get; } = new();

    /// <summary>Every command, with the term it was committed in.</summary>
    public List<(ulong Term, byte[] Command)> Entries { get; } = [];

    /// <summary>Who may append.</summary>
    public FakeRaft? Leader { get; set; }

    public ulong LastIndex
    {
        get
        {
            lock (_gate)
            {
                return _index;
            }
        }
    }

    /// <summary>Commits and applies.</summary>
    public (ulong Index, ReadOnlyMemory<byte> Reply) Append(ulong term, ReadOnlyMemory<byte> command)
    {
        lock (_gate)
        {
            _index++;
            Entries.Add((term, command.ToArray()));
            return (_index, State.Apply(new Entry(term, _index, EntryType.Command, command)));
        }
    }
}
