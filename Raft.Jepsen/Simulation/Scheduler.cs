namespace Raft.Jepsen.Simulation;

/// <summary>
/// Virtual time and the events to come: a binary heap ordered by time, then by a random tie, so that simultaneous events meet in every
/// order, then by the order of scheduling. The tie depends on the event alone, so that leaving one out moves no other.
/// </summary>
internal sealed class Scheduler(ulong tieKey)
{
    private Slot[] _heap = new Slot[1024];
    private int _count;
    private uint _scheduled;

    /// <summary>Microseconds since the run began.</summary>
    public long Now { get; private set; }

    public int Count => _count;

    public void At(long time, SimulationEvent what)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        time = Math.Max(time, Now);
        var slot = new Slot(time, Tie(time, what), _scheduled++, what);
        int hole = _count++;
        while (hole > 0 && slot.IsBefore(_heap[(hole - 1) / 2]))
        {
            _heap[hole] = _heap[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }

        _heap[hole] = slot;
    }

    public void In(long delay, SimulationEvent what) => At(Now + delay, what);

    /// <summary>Takes the next event and moves the time to it.</summary>
    public bool TryNext(out SimulationEvent next)
    {
        if (_count == 0)
        {
            next = default;
            return false;
        }

        Now = _heap[0].Time;
        next = _heap[0].What;
        Slot last = _heap[--_count];
        int hole = 0;
        for (int child = 1; child < _count; child = (2 * hole) + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(last))
            {
                break;
            }

            _heap[hole] = _heap[child];
            hole = child;
        }

        _heap[hole] = last;
        return true;
    }

    private uint Tie(long time, in SimulationEvent what)
        => (uint)Hash.Chain(
            tieKey + (ulong)time,
            ((ulong)what.Kind << 56) ^ ((ulong)what.Node << 48) ^ ((ulong)what.Incarnation << 40) ^ (ulong)what.Argument);

    private readonly record struct Slot(long Time, uint Tie, uint Number, SimulationEvent What)
    {
        public bool IsBefore(in Slot other)
            => Time != other.Time ? Time < other.Time : Tie != other.Tie ? Tie < other.Tie : Number < other.Number;
    }
}
