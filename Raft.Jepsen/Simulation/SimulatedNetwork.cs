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
    private readonly RandomStream _fate = new(0);
    private readonly WireLoop? _wire;
    private readonly bool[,] _quiet;
    private readonly AckMemory[,] _acks;
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
        _wire = plan.Encoded ? new WireLoop() : null;
        _quiet = new bool[nodes, nodes];
        _acks = new AckMemory[nodes, nodes];
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

    /// <summary>Messages sent so far.</summary>
    public long Sent { get; private set; }

    public void Cut(Link link) => _cuts[link.From - 1, link.To - 1]++;

    public void Reconnect(Link link) => _cuts[link.From - 1, link.To - 1]--;

    /// <summary>The link neither loses nor doubles, nor holds anything back, unless it is cut.</summary>
    public void Quieten(Link link) => _quiet[link.From - 1, link.To - 1] = true;

    public void SlowDown(int from, int to, long delay) => _extraDelay[from, to] = delay;

    /// <summary>What is under way is lost; from now on every message arrives, soon and once.</summary>
    public void Heal()
    {
        _healed = true;
        Array.Clear(_underWay);
        Array.Clear(_cuts);
        Array.Clear(_extraDelay);
    }

    public void Send(in Message sent)
    {
        Message message = _wire is null ? sent : _wire.Pass(sent);
        int from = (int)message.From.Value - 1;
        int to = (int)message.To.Value - 1;
        Sent++;
        _acks[from, to].Remember(message);
        _fate.Restart(_links[from, to].Next());
        if (_cuts[from, to] > 0)
        {
            _occurrences[(int)Occurrence.MessageLost]++;
        }
        else if (_healed)
        {
            Schedule(message, to, _fate.Between(100, 2_000));
        }
        else if (_quiet[from, to])
        {
            Schedule(message, to, _extraDelay[from, to] + _fate.Wait(_plan.LinkDelay));
        }
        else
        {
            SendNoisily(message, from, to);
        }
    }

    /// <summary>
    /// The newest acknowledgement of an earlier term that each node has sent to a node arrives there soon. A link that is cut by now does not hold back what
    /// was sent before.
    /// </summary>
    public void ReplayAcks(int to, ulong term)
    {
        for (int from = 0; from < _acks.GetLength(0); from++)
        {
            if (_acks[from, to].Before(term) is { } ack)
            {
                _occurrences[(int)Occurrence.OldAckReplayed]++;
                Schedule(ack, to, 1);
            }
        }
    }

    /// <summary>All draws of one message come from a stream of its own, the delay first.</summary>
    private void SendNoisily(in Message message, int from, int to)
    {
        long delay = _extraDelay[from, to] + _fate.Wait(_plan.LinkDelay);
        if (_fate.Chance(_plan.Loss))
        {
            _occurrences[(int)Occurrence.MessageLost]++;
            return;
        }

        bool late = _fate.Chance(_plan.LateMessage);
        bool doubled = _fate.Chance(_plan.Duplication);
        bool replayed = _fate.Chance(_plan.Replay);
        delay += _fate.WaitIf(late, _plan.ElectionTimeout);
        Schedule(message, to, delay);
        if (doubled)
        {
            _occurrences[(int)Occurrence.MessageDuplicated]++;
            Schedule(message, to, delay + _fate.Wait(_plan.LinkDelay));
        }

        if (replayed)
        {
            _occurrences[(int)Occurrence.OldMessageReplayed]++;
            Schedule(message, to, delay + _fate.Between(1, 20 * _plan.ElectionTimeout));
        }
    }

    /// <summary>Hands over a message that arrives.</summary>
    public Message Take(long place)
    {
        _free.Push((int)place);
        return _underWay[place];
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
