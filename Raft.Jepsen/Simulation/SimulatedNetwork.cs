using Raft.Core.Consensus;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// The links between the nodes: each message is lost, delayed, doubled or sent again much later, as the link's own random stream says; a
/// cut link loses everything.
/// </summary>
internal sealed class SimulatedNetwork
{
    private const int MostUnderWay = 50_000;

    private readonly Scheduler _scheduler;
    private readonly FaultPlan _plan;
    private readonly long[] _occurrences;
    private readonly RandomStream[,] _links;
    private readonly int[,] _cuts;
    private readonly long[,] _extraDelay;
    private readonly Stack<int> _free = new();
    private Message[] _underWay = new Message[256];
    private int _used;
    private bool _healed;

    public SimulatedNetwork(int nodes, Scheduler scheduler, FaultPlan plan, RandomStreams streams, long[] occurrences)
    {
        _scheduler = scheduler;
        _plan = plan;
        _occurrences = occurrences;
        _cuts = new int[nodes, nodes];
        _extraDelay = new long[nodes, nodes];
        _links = new RandomStream[nodes, nodes];
        for (int from = 0; from < nodes; from++)
        {
            for (int to = 0; to < nodes; to++)
            {
                _links[from, to] = streams.Open(RandomPurpose.Link, from, to);
            }
        }
    }

    /// <summary>Messages sent and not yet delivered.</summary>
    public int UnderWay => _used - _free.Count;

    public void Cut(int from, int to) => _cuts[from, to]++;

    public void Reconnect(int from, int to) => _cuts[from, to]--;

    public void SlowDown(int from, int to, long delay) => _extraDelay[from, to] = delay;

    /// <summary>What is under way is lost; from now on every message arrives, soon and once.</summary>
    public void Heal()
    {
        _healed = true;
        Array.Clear(_underWay);
        Array.Clear(_cuts);
        Array.Clear(_extraDelay);
    }

    public void Send(in Message message)
    {
        int from = (int)message.From.Value - 1;
        int to = (int)message.To.Value - 1;
        RandomStream link = _links[from, to];
        if (_healed)
        {
            Schedule(message, to, link.Between(100, 2_000));
            return;
        }

        if (_cuts[from, to] > 0 || link.Chance(_plan.Loss))
        {
            _occurrences[(int)Occurrence.MessageLost]++;
            return;
        }

        long delay = _extraDelay[from, to] + link.Wait(_plan.LinkDelay)
            + (link.Chance(_plan.LateMessage) ? link.Wait(_plan.ElectionTimeout) : 0);
        Schedule(message, to, delay);
        if (link.Chance(_plan.Duplication))
        {
            _occurrences[(int)Occurrence.MessageDuplicated]++;
            Schedule(message, to, delay + link.Wait(_plan.LinkDelay));
        }

        if (link.Chance(_plan.Replay))
        {
            _occurrences[(int)Occurrence.OldMessageReplayed]++;
            Schedule(message, to, delay + link.Between(1, 20 * _plan.ElectionTimeout));
        }
    }

    /// <summary>Hands over a message that arrives.</summary>
    public Message Take(long place)
    {
        Message message = _underWay[place];
        _underWay[place] = default;
        _free.Push((int)place);
        return message;
    }

    private void Schedule(in Message message, int to, long delay)
    {
        if (!_free.TryPop(out int place))
        {
            place = _used++;
            if (place == MostUnderWay)
            {
                throw new PropertyViolationException("L6 bounded messages", $"more than {MostUnderWay} messages are under way");
            }

            if (place == _underWay.Length)
            {
                Array.Resize(ref _underWay, _underWay.Length * 2);
            }
        }

        _underWay[place] = message;
        _scheduler.In(delay, new SimulationEvent(EventKind.Deliver, to, 0, place));
    }
}
