using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>Linearizability of one register by its definition alone: tries all orders. For a dozen operations at most.</summary>
internal static class RegisterOracle
{
    public static bool HasOrder(IReadOnlyList<HistoryOperation> operations) => HasOrder(operations, 0, null, []);

    private static bool HasOrder(IReadOnlyList<HistoryOperation> operations, int placed, long? value, HashSet<(int, long?)> failed)
    {
        bool Waits(int i) => (placed & (1 << i)) == 0;
        if (!operations.Where((operation, i) => Waits(i) && operation.Outcome == Outcome.Ok).Any())
        {
            return true;
        }

        if (!failed.Add((placed, value)))
        {
            return false;
        }

        for (int i = 0; i < operations.Count; i++)
        {
            HistoryOperation next = operations[i];
            bool mayBeNext = Waits(i) && next.Outcome != Outcome.Fail
                && !operations.Where((other, j) => j != i && Waits(j) && other.Outcome == Outcome.Ok && other.EffectiveBy < next.InvokedAt).Any();
            if (mayBeNext && Apply(next, value) is (true, var after) && HasOrder(operations, placed | (1 << i), after, failed))
            {
                return true;
            }
        }

        return false;
    }

    private static (bool Fits, long? After) Apply(HistoryOperation operation, long? value) => operation.Request.Value switch
    {
        NumberValue written => (true, written.Number),
        CasValue cas => (cas.Expected == value, cas.New),
        _ => (operation.Outcome != Outcome.Ok || (operation.Seen as NumberValue)?.Number == value, value),
    };
}
