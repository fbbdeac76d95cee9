using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Benchmarks.Consensus;

/// <summary>Applies every command in no time, to nothing.</summary>
internal sealed class NoReplyMachine : IStateMachine
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in Entry entry) => default;
}
