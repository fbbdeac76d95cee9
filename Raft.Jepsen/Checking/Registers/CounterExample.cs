namespace Raft.Jepsen.Checking.Registers;

/// <summary>Finds few operations of a register that have no order, given many that have none.</summary>
/// <remarks>
/// First the line at which it becomes impossible, then whatever can be left out with the rest still impossible. See <see cref="RegisterHistory.Only"/> for
/// why what remains proves something about the whole.
/// </remarks>
internal sealed class CounterExample(SearchBudget budget)
{
    /// <summary>Reduces a history without an order, as far as the budget goes.</summary>
    public RegisterHistory Reduce(RegisterHistory history)
    {
        RegisterHistory shortest = history.UpTo(FirstImpossibleLine(history));
        bool[] kept = new bool[shortest.Operations.Count];
        Array.Fill(kept, true);
        for (int chunk = kept.Length; chunk > 0; chunk /= 2)
        {
            while (LeaveOut(shortest, kept, chunk) && chunk == 1)
            {
                // What could not go before may go now that others went.
            }
        }

        return shortest.Only(kept);
    }

    /// <summary>The end after which no order is left; a history with one has one at each line before.</summary>
    private long FirstImpossibleLine(RegisterHistory history)
    {
        long[] ends = [.. history.Operations.Where(operation => operation.IsRequired).Select(operation => operation.Return).Order()];
        (int low, int high) = (0, ends.Length - 1);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = IsImpossible(history.UpTo(ends[middle])) ? (low, middle) : (middle + 1, high);
        }

        return ends[low];
    }

    /// <summary>Leaves out what can be, a chunk at a time, the newest first. Returns whether anything went.</summary>
    private bool LeaveOut(RegisterHistory history, bool[] kept, int chunk)
    {
        bool any = false;
        for (int end = kept.Length; end > 0; end -= chunk)
        {
            int begin = Math.Max(0, end - chunk);
            bool[] fewer = [.. kept];
            Array.Clear(fewer, begin, end - begin);
            if (kept.AsSpan(begin, end - begin).Contains(true) && IsImpossible(history.Only(fewer)))
            {
                fewer.CopyTo(kept, 0);
                any = true;
            }
        }

        return any;
    }

    private bool IsImpossible(RegisterHistory history) => RegisterSearch.Run(history, budget) == Verdict.Invalid;
}
