namespace Raft.Jepsen.Histories;

/// <summary>Finds the end of each operation, and refuses lines that contradict one another.</summary>
internal sealed class OperationPairing
{
    private readonly List<HistoryOperation> _operations = [];
    private readonly Dictionary<long, int> _open = [];
    private readonly Dictionary<long, long> _retired = [];
    private readonly Dictionary<(ulong Session, ulong Sequence), ClientEvent> _commands = [];
    private readonly Dictionary<(string List, long Element), ClientEvent> _elements = [];
    private readonly Dictionary<string, (KeyKind Kind, long Line)> _kinds = [];

    /// <summary>What each key stands for of which any line tells it.</summary>
    public IReadOnlyDictionary<string, KeyKind> Kinds => _kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Kind);

    /// <summary>Pairs all lines of a history.</summary>
    /// <exception cref="HistoryFormatException">A line does not fit those before it.</exception>
    public IReadOnlyList<HistoryOperation> Pair(IReadOnlyList<HistoryEvent> events)
    {
        long time = 0;
        for (int i = 0; i < events.Count; i++)
        {
            CheckOrder(events[i], i, time);
            time = events[i].TimeNs;
            if (events[i] is BankOpenedEvent bank)
            {
                Open(bank);
            }

            if (events[i] is ClientEvent client)
            {
                Take(client);
            }
        }

        return _operations;
    }

    /// <summary>The line of a file, from 1, that holds an event.</summary>
    private static long LineOf(HistoryEvent found) => found.Index + 1;

    private static void CheckOrder(HistoryEvent next, int index, long time)
    {
        if (next.Index != index)
        {
            throw new HistoryFormatException(index + 1, $"its index is {next.Index} and must be {index}: lines are missing, doubled or out of order");
        }

        if (next.TimeNs < time)
        {
            throw new HistoryFormatException(index + 1, $"its time_ns {next.TimeNs} is before {time} of the line above");
        }
    }

    /// <summary>A bank is opened once, before anything else is known of it.</summary>
    private void Open(BankOpenedEvent bank)
    {
        if (_kinds.TryGetValue(bank.Bank, out var known))
        {
            throw Fault(bank, $"bank '{bank.Bank}' is opened after it was used at line {known.Line}");
        }

        CheckKind(bank.Bank, KeyKind.Bank, bank);
    }

    private void Take(ClientEvent client)
    {
        CheckKind(client);
        if (client.Type == EventType.Invoke)
        {
            Begin(client);
        }
        else
        {
            End(client);
        }
    }

    private void Begin(ClientEvent client)
    {
        if (_open.TryGetValue(client.Process, out int open))
        {
            throw Fault(client, $"process {client.Process} begins an operation, and has one open since line {LineOf(_operations[open].Invocation)}");
        }

        if (_retired.TryGetValue(client.Process, out long line))
        {
            throw Fault(client, $"process {client.Process} goes on after its outcome of line {line} was unknown; it needs a new number");
        }

        CheckSession(client);
        CheckElement(client);
        _open.Add(client.Process, _operations.Count);
        _operations.Add(new HistoryOperation(client, null));
    }

    private void End(ClientEvent client)
    {
        if (!_open.Remove(client.Process, out int open))
        {
            throw Fault(client, $"process {client.Process} ends an operation, and has none open");
        }

        HistoryOperation begun = _operations[open];
        if (client.Request with { Node = null } != begun.Request with { Node = null })
        {
            throw Fault(client, $"process {client.Process} ends another operation than it began at line {LineOf(begun.Invocation)}");
        }

        _operations[open] = begun with { Completion = client };
        if (client.Type == EventType.Info)
        {
            _retired.Add(client.Process, LineOf(client));
        }
    }

    /// <summary>All attempts of a session's command ask for the same.</summary>
    private void CheckSession(ClientEvent client)
    {
        if (client.Request.Session is not { } command)
        {
            return;
        }

        if (!_commands.TryAdd((command.Session, command.Sequence), client))
        {
            ClientEvent first = _commands[(command.Session, command.Sequence)];
            if (Content(first.Request) != Content(client.Request))
            {
                throw Fault(client, $"command {command.Sequence} of session {command.Session} is another one than at line {LineOf(first)}");
            }
        }
    }

    /// <summary>Each element is appended to a list once, but for attempts of one command.</summary>
    private void CheckElement(ClientEvent client)
    {
        if (client.Request is not { Kind: RequestKind.Append, Value: NumberValue element } request
            || _elements.TryAdd((request.Key, element.Number), client))
        {
            return;
        }

        ClientEvent first = _elements[(request.Key, element.Number)];
        if (request.Session is null || CommandOf(first.Request) != CommandOf(request))
        {
            throw Fault(client, $"{element.Number} is appended to '{request.Key}' as at line {LineOf(first)}; elements must be unique in their list");
        }
    }

    private static (ulong? Session, ulong? Sequence) CommandOf(ClientRequest request) => (request.Session?.Session, request.Session?.Sequence);

    private static (RequestKind Kind, string Key, HistoryValue? Value) Content(ClientRequest request) => (request.Kind, request.Key, request.Value);

    private void CheckKind(ClientEvent client)
    {
        KeyKind? kind = client.Request.Kind switch
        {
            RequestKind.Write or RequestKind.Cas => KeyKind.Register,
            RequestKind.Append => KeyKind.List,
            RequestKind.Transfer => KeyKind.Bank,
            _ => client.Seen switch
            {
                NumberValue => KeyKind.Register,
                ListValue => KeyKind.List,
                BalancesValue => KeyKind.Bank,
                _ => null,
            },
        };
        if (kind is { } known)
        {
            CheckKind(client.Request.Key, known, client);
        }
    }

    private void CheckKind(string key, KeyKind kind, HistoryEvent line)
    {
        if (!_kinds.TryAdd(key, (kind, LineOf(line))) && _kinds[key].Kind != kind)
        {
            (KeyKind before, long first) = _kinds[key];
            throw Fault(line, $"key '{key}' is a {HistoryFields.Of(kind)} here, and a {HistoryFields.Of(before)} at line {first}");
        }
    }

    private static HistoryFormatException Fault(HistoryEvent line, string problem) => new(LineOf(line), problem);
}
