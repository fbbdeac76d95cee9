using Raft.Jepsen.Histories;

namespace NexaLoak.Benchmarks.Checking;

/// <summary>
/// What clients would see that ask a right store at the same time. Operations with an unknown outcome take effect at once, or later, or never.
/// </summary>
internal sealed class GeneratedHistory
{
    private readonly Random _random = new(1);
    private readonly HistorySettings _settings;
    private readonly List<HistoryEvent> _events = [];
    private readonly Dictionary<string, long> _registers = [];
    private readonly Dictionary<string, List<long>> _lists = [];
    private readonly List<ClientRequest> _late = [];
    private readonly GeneratedClient[] _clients;
    private int _begun;
    private long _nextValue = 1;
    private long _nextProcess;

    private GeneratedHistory(HistorySettings settings)
    {
        _settings = settings;
        _clients = [.. Enumerable.Range(0, settings.Clients).Select(_ => new GeneratedClient { Process = _nextProcess++ })];
    }

    /// <summary>Makes one; the same settings make the same history.</summary>
    public static IReadOnlyList<HistoryEvent> Create(HistorySettings settings) => new GeneratedHistory(settings).Create();

    private List<HistoryEvent> Create()
    {
        while (_begun < _settings.Operations || _clients.Any(client => client.Open is not null))
        {
            Move(_clients[_random.Next(_clients.Length)]);
            if (_late.Count > 0 && _random.Next(100) == 0)
            {
                int late = _random.Next(_late.Count);
                Apply(_late[late]);
                _late.RemoveAt(late);
            }
        }

        return _events;
    }

    private void Move(GeneratedClient client)
    {
        if (client.Open is not { } open)
        {
            if (_begun < _settings.Operations)
            {
                _begun++;
                client.Open = Draw();
                Add(client, EventType.Invoke, client.Open, null);
            }
        }
        else if (client.IsDone)
        {
            Add(client, client.Happened ? EventType.Ok : EventType.Fail, open, client.Seen);
            (client.Open, client.IsDone, client.Seen) = (null, false, null);
        }
        else if (_random.Next(100) < _settings.UnknownPercent)
        {
            Lose(client, open);
        }
        else
        {
            (client.Happened, client.Seen) = Apply(open);
            client.IsDone = true;
        }
    }

    private void Lose(GeneratedClient client, ClientRequest open)
    {
        switch (_random.Next(4))
        {
            case 0 or 1:
                Apply(open);
                break;
            case 2:
                _late.Add(open);
                break;
            default:
                break;
        }

        Add(client, EventType.Info, open, null);
        (client.Open, client.Process) = (null, _nextProcess++);
    }

    private void Add(GeneratedClient client, EventType type, ClientRequest request, HistoryValue? seen) =>
        _events.Add(new ClientEvent(_events.Count, _events.Count * 1000L, client.Process, type, request) { Seen = seen });

    private ClientRequest Draw()
    {
        int number = _random.Next(_settings.Registers + _settings.Lists);
        bool isRegister = number < _settings.Registers;
        string key = $"k{number}";
        return _random.Next(4) switch
        {
            0 or 1 => ClientRequest.Read(key),
            2 when isRegister => ClientRequest.Cas(key, _registers.TryGetValue(key, out long held) ? held : null, _nextValue++),
            _ => isRegister ? ClientRequest.Write(key, _nextValue++) : ClientRequest.Append(key, _nextValue++),
        };
    }

    private (bool Happened, HistoryValue? Seen) Apply(ClientRequest request)
    {
        long? held = _registers.TryGetValue(request.Key, out long value) ? value : null;
        switch (request.Value)
        {
            case NumberValue element when request.Kind == RequestKind.Append:
                _lists.TryAdd(request.Key, []);
                _lists[request.Key].Add(element.Number);
                return (true, null);
            case NumberValue written:
                _registers[request.Key] = written.Number;
                return (true, null);
            case CasValue cas when cas.Expected == held:
                _registers[request.Key] = cas.New;
                return (true, null);
            case CasValue:
                return (false, null);
            default:
                HistoryValue? register = held is { } seen ? new NumberValue(seen) : null;
                return (true, _lists.TryGetValue(request.Key, out List<long>? list) ? new ListValue([.. list]) : register);
        }
    }
}
