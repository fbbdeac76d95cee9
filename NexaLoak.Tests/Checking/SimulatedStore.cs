using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>
/// Registers, lists and a bank, where each request takes effect at once; and nodes that have an earlier state, but never an earlier one than before.
/// </summary>
internal sealed class SimulatedStore(Dictionary<string, long> accounts)
{
    private readonly Dictionary<string, HistoryValue> _values = [];
    private readonly Dictionary<(ulong Session, ulong Sequence), SimulatedReply> _replies = [];
    private readonly List<(long Time, string Key, HistoryValue Value)> _log = [];
    private readonly Dictionary<ulong, int> _nodes = [];

    public long? Value(string register) => (_values.GetValueOrDefault(register) as NumberValue)?.Number;

    public SimulatedReply Apply(ClientRequest request, long now)
    {
        if (request.Session is not { } command)
        {
            return ApplyOnce(request, now);
        }

        if (!_replies.TryGetValue((command.Session, command.Sequence), out SimulatedReply? reply))
        {
            _replies.Add((command.Session, command.Sequence), reply = ApplyOnce(request, now) with { Reply = $"index {_log.Count}" });
        }

        return reply;
    }

    /// <summary>Answers from a node that has everything up to some moment that is recent enough.</summary>
    public SimulatedReply ReadStale(ClientRequest request, long begin, long now, Random random)
    {
        int needed = _log.Count(entry => entry.Time < begin - request.BoundNs && entry.Time < now);
        int least = Math.Max(needed, _nodes.GetValueOrDefault(request.Node!.Value));
        int applied = random.Next(least, _log.Count + 1);
        _nodes[request.Node.Value] = applied;
        return new SimulatedReply(true, _log.Take(applied).LastOrDefault(entry => entry.Key == request.Key).Value, null);
    }

    private SimulatedReply ApplyOnce(ClientRequest request, long now) => request.Value switch
    {
        NumberValue number when request.Kind == RequestKind.Append => Set(request.Key, new ListValue([.. Elements(request.Key), number.Number]), now),
        NumberValue => Set(request.Key, request.Value, now),
        CasValue cas => cas.Expected == Value(request.Key) ? Set(request.Key, new NumberValue(cas.New), now) : new SimulatedReply(false, null, null),
        TransferValue transfer => Move(transfer),
        _ when request.Key == "bank" => new SimulatedReply(true, new BalancesValue(new Dictionary<string, long>(accounts)), null),
        _ => new SimulatedReply(true, _values.GetValueOrDefault(request.Key), null),
    };

    private SimulatedReply Set(string key, HistoryValue value, long now)
    {
        _values[key] = value;
        _log.Add((now, key, value));
        return new SimulatedReply(true, null, null);
    }

    private SimulatedReply Move(TransferValue transfer)
    {
        if (accounts[transfer.From] < transfer.Amount)
        {
            return new SimulatedReply(false, null, null);
        }

        accounts[transfer.From] -= transfer.Amount;
        accounts[transfer.To] += transfer.Amount;
        return new SimulatedReply(true, null, null);
    }

    private IReadOnlyList<long> Elements(string list) => (_values.GetValueOrDefault(list) as ListValue)?.Elements ?? [];
}
