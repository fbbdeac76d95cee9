using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>
/// A store that does what it promises, and clients that ask it at the same time: operations take effect at one moment between beginning and end, or fail,
/// or end unknown and take effect then, later or never. Sessions retry, nodes lag behind for stale reads. One seed is one history.
/// </summary>
internal sealed class StoreSimulation
{
    /// <summary>Time between two moments; what is planted finds room between them.</summary>
    public const long Step = 1000;

    private const string Bank = "bank";
    private static readonly string[] Registers = ["r1", "r2"];
    private static readonly string[] Lists = ["l1", "l2"];
    private static readonly string[] Accounts = ["a", "b", "c"];

    private readonly Random _random;
    private readonly SimulatedStore _store = new(Accounts.ToDictionary(account => account, _ => 100L));
    private readonly TimedHistory _history = new();
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<ClientRequest> _late = [];
    private long _time = Step;
    private long _nextValue = 1;
    private long _nextProcess;

    private StoreSimulation(int seed) => _random = new Random(seed);

    /// <summary>Runs one history.</summary>
    public static TimedHistory Run(int seed, int operations) => new StoreSimulation(seed).Run(operations);

    private TimedHistory Run(int operations)
    {
        _history.Banks.Add((Bank, Accounts.ToDictionary(account => account, _ => 100L), false));
        for (int i = 0; i < 3 + _random.Next(4); i++)
        {
            _clients.Add(new SimulatedClient { Process = _nextProcess++, Session = (ulong)i + 1 });
        }

        while (_history.Operations.Count < operations)
        {
            Move(_clients[_random.Next(_clients.Count)], mayBegin: true);
        }

        while (_clients.Find(client => client.Open is not null) is { } open)
        {
            Move(open, mayBegin: false);
        }

        _history.FinalReads = Next();
        foreach (string key in Registers.Concat(Lists).Append(Bank).Concat(Lists))
        {
            ReadInTheEnd(key);
        }

        return _history;
    }

    private long Next() => _time += Step;

    private void Move(SimulatedClient client, bool mayBegin)
    {
        long now = Next();
        if (_late.Count > 0 && _random.Next(20) == 0)
        {
            ClientRequest late = _late[_random.Next(_late.Count)];
            _late.Remove(late);
            _store.Apply(late, now);
        }

        if (client.Open is null)
        {
            if (mayBegin)
            {
                Begin(client, now);
            }
        }
        else if (client.Done is { } done)
        {
            EventType type = done.Happened ? EventType.Ok : EventType.Fail;
            End(client, client.Open with { End = now, EndType = type, Seen = done.Seen, Reply = done.Reply, NodeRun = 1 });
        }
        else
        {
            Carry(client, client.Open, now);
        }
    }

    private void Begin(SimulatedClient client, long now)
    {
        ClientRequest request = client.Retry ?? Draw(client);
        client.Retry = null;
        client.Open = new TimedOperation(request, now) { Process = client.Process };
    }

    /// <summary>The request takes effect, or is refused on its way, or is lost from sight.</summary>
    private void Carry(SimulatedClient client, TimedOperation open, long now)
    {
        switch (_random.Next(20))
        {
            case 0:
                End(client, open with { End = now, EndType = EventType.Fail });
                break;
            case 1:
                Lose(client, open, now);
                break;
            default:
                client.Done = open.Request.Consistency == RequestedConsistency.Stale
                    ? _store.ReadStale(open.Request, open.Begin, now, _random)
                    : _store.Apply(open.Request, now);
                break;
        }
    }

    private void Lose(SimulatedClient client, TimedOperation open, long now)
    {
        switch (_random.Next(3))
        {
            case 0:
                _store.Apply(open.Request, now);
                break;
            case 1:
                _late.Add(open.Request);
                break;
            default:
                break;
        }

        End(client, open with { End = _random.Next(2) == 0 ? now : null, EndType = EventType.Info });
        client.Process = _nextProcess++;
        if (open.Request.Session is { Attempt: < 3 } command)
        {
            client.Retry = open.Request with { Session = command with { Attempt = command.Attempt + 1 } };
        }
    }

    private void End(SimulatedClient client, TimedOperation ended)
    {
        _history.Operations.Add(ended);
        (client.Open, client.Done) = (null, null);
    }

    private void ReadInTheEnd(string key)
    {
        long begin = Next();
        _history.Operations.Add(new TimedOperation(ClientRequest.Read(key), begin)
        {
            Process = _nextProcess++,
            Seen = _store.Apply(ClientRequest.Read(key), Next()).Seen,
            End = Next(),
        });
    }

    private ClientRequest Draw(SimulatedClient client)
    {
        string register = Registers[_random.Next(Registers.Length)];
        string list = Lists[_random.Next(Lists.Length)];
        ClientRequest request = _random.Next(12) switch
        {
            0 or 1 => ClientRequest.Write(register, _nextValue++),
            2 => ClientRequest.Cas(register, _store.Value(register), _nextValue++),
            3 or 4 => ClientRequest.Append(list, _nextValue++),
            5 => ClientRequest.Transfer(Bank, Accounts[_random.Next(3)], Accounts[_random.Next(3)], 1 + _random.Next(60)),
            6 => ClientRequest.Read(Bank),
            7 => ClientRequest.StaleRead(_random.Next(2) == 0 ? register : list, (1 + _random.Next(30)) * Step) with { Node = 1 + (ulong)_random.Next(3) },
            8 or 9 => ClientRequest.Read(register, (RequestedConsistency)_random.Next(3)),
            _ => ClientRequest.Read(list),
        };
        return request.Kind is RequestKind.Write or RequestKind.Append && _random.Next(3) == 0
            ? request with { Session = new SessionCommand(client.Session, ++client.Sequence, 1) }
            : request;
    }
}
