using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Simulation;

/// <summary>Adds up what was judged of the histories of many runs.</summary>
internal sealed class HistoryTally
{
    private readonly long[] _operations = new long[Enum.GetValues<Outcome>().Length];

    /// <summary>Runs whose history was judged.</summary>
    public long Judged { get; private set; }

    /// <summary>Of these, those of which a part could not be judged, as where nothing succeeded.</summary>
    public long Undecided { get; private set; }

    /// <summary>Operations that ended so.</summary>
    public long OperationsOf(Outcome outcome) => _operations[(int)outcome];

    public void Add(HistoryJudgement? judgement)
    {
        if (judgement is null)
        {
            return;
        }

        Judged++;
        Undecided += judgement.IsUndecided ? 1 : 0;
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
        {
            _operations[(int)outcome] += judgement.Operations.GetValueOrDefault(outcome);
        }
    }
}
