using System.Text.Json;

namespace Raft.Jepsen.Histories;

/// <summary>Makes an event of the JSON object of one line; whatever it does not know, it refuses.</summary>
internal sealed class EventParser
{
    private readonly Dictionary<string, JsonElement> _fields = [];

    /// <summary>Takes the object.</summary>
    /// <exception cref="FormatException">It is no object, or has a field twice.</exception>
    public EventParser(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is not a JSON object");
        }

        foreach (JsonProperty field in line.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
            {
                throw new FormatException($"it has '{field.Name}' twice");
            }
        }
    }

    /// <exception cref="FormatException">It is no event.</exception>
    public HistoryEvent Parse()
    {
        long index = Number(HistoryFields.Index);
        long time = Number(HistoryFields.TimeNs);
        EventType type = Choice<EventType>(HistoryFields.Type) ?? throw Missing(HistoryFields.Type);
        JsonElement process = Take(HistoryFields.Process) ?? throw Missing(HistoryFields.Process);
        HistoryEvent parsed = process.ValueKind == JsonValueKind.Number
            ? ParseClient(index, time, AsNumber(process, HistoryFields.Process), type)
            : ParseOther(index, time, process.ToString(), type);
        if (_fields.Count > 0)
        {
            throw new FormatException($"there is no place for '{_fields.Keys.First()}' in such a line");
        }

        return parsed;
    }

    private ClientEvent ParseClient(long index, long time, long process, EventType type)
    {
        RequestKind kind = Choice<RequestKind>(HistoryFields.Op) ?? throw Missing(HistoryFields.Op);
        string key = Text(HistoryFields.Key) ?? throw Missing(HistoryFields.Key);
        JsonElement value = Take(HistoryFields.Value) ?? default;
        bool isRead = kind == RequestKind.Read;
        bool ends = type != EventType.Invoke;
        if (isRead && type != EventType.Ok && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            throw new FormatException("only a read that is ok has a value");
        }

        var request = new ClientRequest(kind, key, isRead ? null : ValueParser.Carried(kind, value))
        {
            Consistency = isRead ? Choice<RequestedConsistency>(HistoryFields.Consistency) ?? default : default,
            BoundNs = isRead ? NumberIfAny(HistoryFields.BoundNs) : null,
            Session = Session(),
            Node = UnsignedIfAny(HistoryFields.Node),
        };
        if (request.BoundNs is not null && request.Consistency != RequestedConsistency.Stale)
        {
            throw new FormatException($"'{HistoryFields.BoundNs}' is for reads with consistency 'stale'");
        }

        return new ClientEvent(index, time, process, type, request)
        {
            Seen = isRead ? ValueParser.Seen(value) : null,
            NodeRun = ends ? NumberIfAny(HistoryFields.NodeRun) : null,
            Reply = ends ? Text(HistoryFields.Reply) : null,
            Error = ends ? Text(HistoryFields.Error) : null,
        };
    }

    private HistoryEvent ParseOther(long index, long time, string process, EventType type)
    {
        string op = Text(HistoryFields.Op) ?? throw Missing(HistoryFields.Op);
        if (type != EventType.Info)
        {
            throw new FormatException($"what the {process} does has the type 'info'");
        }

        return (process, op) switch
        {
            (HistoryFields.NemesisProcess, _) => new NemesisEvent(index, time, op, Nodes(), Text(HistoryFields.Value)),
            (HistoryFields.HarnessProcess, HistoryFields.FinalReads) => new FinalReadsEvent(index, time),
            (HistoryFields.HarnessProcess, HistoryFields.OpenBank) => ParseBank(index, time),
            (HistoryFields.HarnessProcess, _) => throw new FormatException($"the harness does not do '{op}'"),
            _ => throw new FormatException($"process '{process}' is neither a number nor 'nemesis' nor 'harness'"),
        };
    }

    private BankOpenedEvent ParseBank(long index, long time)
    {
        string bank = Text(HistoryFields.Key) ?? throw Missing(HistoryFields.Key);
        HistoryValue? balances = ValueParser.Seen(Take(HistoryFields.Value) ?? default);
        return balances is BalancesValue known
            ? new BankOpenedEvent(index, time, bank, known, Flag(HistoryFields.Overdraft))
            : throw new FormatException("a bank opens with balances by account");
    }

    private SessionCommand? Session()
    {
        ulong? session = UnsignedIfAny(HistoryFields.Session);
        ulong? sequence = UnsignedIfAny(HistoryFields.Sequence);
        long? attempt = NumberIfAny(HistoryFields.Attempt);
        return (session, sequence, attempt) switch
        {
            (null, null, null) => null,
            ({ } id, { } number, >= 1 and <= int.MaxValue) => new SessionCommand(id, number, (int)attempt.Value),
            _ => throw new FormatException("a session's command has 'session', 'sequence' and 'attempt', which counts from 1"),
        };
    }

    private List<ulong> Nodes()
    {
        if (Take(HistoryFields.Nodes) is not { } nodes)
        {
            return [];
        }

        return nodes.ValueKind == JsonValueKind.Array
            ? [.. nodes.EnumerateArray().Select(node => AsUnsigned(node, HistoryFields.Nodes))]
            : throw new FormatException($"'{HistoryFields.Nodes}' is not an array of node ids");
    }

    private JsonElement? Take(string field) => _fields.Remove(field, out JsonElement value) ? value : null;

    private long Number(string field) => NumberIfAny(field) ?? throw Missing(field);

    private long? NumberIfAny(string field) => Take(field) is { } value ? AsNumber(value, field) : null;

    private ulong? UnsignedIfAny(string field) => Take(field) is { } value ? AsUnsigned(value, field) : null;

    private static long AsNumber(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0
            ? number
            : throw new FormatException($"'{field}' is not a whole number from 0 on");

    private static ulong AsUnsigned(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number)
            ? number
            : throw new FormatException($"'{field}' is not a whole number from 0 on");

    private string? Text(string field) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw new FormatException($"'{field}' is not text"),
    };

    private bool Flag(string field) => Take(field) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } value => value.GetBoolean(),
        _ => throw new FormatException($"'{field}' is neither true nor false"),
    };

    private T? Choice<T>(string field)
        where T : struct, Enum => Text(field) is { } text
            ? HistoryFields.Parse<T>(text) ?? throw new FormatException($"'{field}' is '{text}', which is none of {HistoryFields.Choices<T>()}")
            : null;

    private static FormatException Missing(string field) => new($"it has no '{field}'");
}
