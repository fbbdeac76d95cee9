using Raft.Core.Log;

namespace Raft.Storage.Faster;

/// <summary>Moves of the log's base.</summary>
internal sealed partial class EntryIndex
{
    /// <summary>
    /// An entry whose address is not known is written behind what is durable now, and so does everything come that follows a log given up.
    /// </summary>
    private BaseMove PlanMove(ulong sequence, LogId to)
    {
        if (to.Index <= _base.Index)
        {
            throw new ArgumentException($"Write {sequence} can't move the log's base from {_base} to {to}.");
        }

        bool holds = Holds(to);
        long keepFrom = holds && to.Index < DurableEnd ? _addresses[(int)(to.Index - _base.Index)] : _durableUntil;
        return new BaseMove(to, !holds, keepFrom);
    }

    private void Move(in BaseMove move)
    {
        if (move.ClearsLog)
        {
            _addresses.Clear();
            _pending.Clear();
            _runs.Clear();
        }
        else
        {
            RemoveUpTo(move.To.Index);
        }

        _base = move.To;
    }

    private void RemoveUpTo(ulong index)
    {
        int count = (int)(index - _base.Index);
        int durable = Math.Min(count, _addresses.Count);
        bool empty = index == Last;
        _addresses.RemoveRange(0, durable);
        _pending.RemoveRange(0, count - durable);
        if (empty)
        {
            _runs.Clear();
        }
        else
        {
            _runs.RemoveRange(0, RunOf(index + 1));
            _runs[0] = _runs[0] with { FirstIndex = Math.Max(_runs[0].FirstIndex, index + 1) };
        }
    }
}
