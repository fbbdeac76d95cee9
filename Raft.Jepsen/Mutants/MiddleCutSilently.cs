using Raft.Core.Storage;

namespace Raft.Jepsen.Mutants;

/// <summary>A damaged entry in the middle of the log is taken for a torn tail: the restart cuts it off with all behind it, and goes on.</summary>
internal sealed class MiddleCutSilently()
    : Mutant("middle-cut-silently", "A restart cuts the log at a damaged entry in the middle, and goes on.", "S22")
{
    public override RecoveredState Recover(RecoveredState state)
    {
        ulong last = (state.Base.Index + state.LastIndex) / 2;
        if (last < (state.Snapshot?.Id.Index ?? state.Base.Index))
        {
            return state;
        }

        return new RecoveredState(
            state.HardState with { Commit = Math.Min(state.HardState.Commit, last) },
            state.Base,
            last,
            [.. state.TermRuns.Where(run => run.FirstIndex <= last)])
        {
            Snapshot = state.Snapshot,
            Configurations = [.. state.Configurations.Where(entry => entry.Index <= last)],
        };
    }
}
