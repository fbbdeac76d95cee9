using Raft.Core.Log;

namespace Raft.Core.StateMachine;

/// <summary>
/// The replicated service. Every node applies the same commands in the same order, so <see cref="Apply"/> must depend on nothing but the
/// state and the entry: no clock, no random numbers, no I/O, no order of hash tables.
/// </summary>
public interface IStateMachine
{
    /// <summary>
    /// Applies one committed command; called once per command, in log order, by one thread. An exception stops the node: replicas that
    /// disagree on the outcome of a command would never agree again. A command that can't be carried out is answered, not thrown.
    /// </summary>
    /// <param name="entry">A committed entry of type <see cref="EntryType.Command"/>.</param>
    /// <returns>The reply for whoever proposed the command; may be empty.</returns>
    ReadOnlyMemory<byte> Apply(in Entry entry);
}
