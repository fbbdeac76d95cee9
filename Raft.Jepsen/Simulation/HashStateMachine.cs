using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>The simplest state machine that notices everything: its state is a hash of the commands it applied, in order.</summary>
internal sealed class HashStateMachine
{
    /// <summary>Index of the last entry applied.</summary>
    public ulong AppliedIndex { get; private set; }

    public ulong State { get; private set; }

    public void Apply(in Entry entry)
    {
        AppliedIndex = entry.Index;
        State = entry.Type == EntryType.Command
            ? Hash.Chain(Hash.Chain(State, entry.Index), entry.Payload.Span)
            : Hash.Chain(State, entry.Index);
    }
}
