using System.Text.Json;

namespace Raft.Jepsen.Histories;

/// <summary>Writes the lines of a history to a stream, in the order in which it gets them. Not for two threads at once.</summary>
internal sealed class HistoryWriter : IDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly Stream _output;
    private readonly Utf8JsonWriter _json;

    /// <summary>Writes to <paramref name="output"/>, which stays open.</summary>
    public HistoryWriter(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(output);
    }

    public void Write(HistoryEvent written)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber(HistoryFields.Index, written.Index);
        switch (written)
        {
            case ClientEvent client:
                WriteClient(client);
                break;
            case NemesisEvent nemesis:
                WriteNemesis(nemesis);
                break;
            case BankOpenedEvent bank:
                WriteBank(bank);
                break;
            case FinalReadsEvent:
                WriteHead(HistoryFields.HarnessProcess, HistoryFields.FinalReads, written);
                break;
            default:
                throw new ArgumentException($"There is no form for {written.GetType().Name}.", nameof(written));
        }

        _json.WriteEndObject();
        _json.Flush();
        _output.Write(NewLine);
    }

    public void Dispose() => _json.Dispose();

    private void WriteClient(ClientEvent client)
    {
        ClientRequest request = client.Request;
        _json.WriteNumber(HistoryFields.Process, client.Process);
        _json.WriteString(HistoryFields.Type, HistoryFields.Of(client.Type));
        _json.WriteString(HistoryFields.Op, HistoryFields.Of(request.Kind));
        _json.WriteString(HistoryFields.Key, request.Key);
        WriteValue(HistoryFields.Value, request.Kind == RequestKind.Read ? client.Seen : request.Value);
        _json.WriteNumber(HistoryFields.TimeNs, client.TimeNs);
        if (request.Consistency != RequestedConsistency.Linearizable)
        {
            _json.WriteString(HistoryFields.Consistency, HistoryFields.Of(request.Consistency));
        }

        WriteIfKnown(HistoryFields.BoundNs, request.BoundNs);
        if (request.Session is { } command)
        {
            _json.WriteNumber(HistoryFields.Session, command.Session);
            _json.WriteNumber(HistoryFields.Sequence, command.Sequence);
            _json.WriteNumber(HistoryFields.Attempt, command.Attempt);
        }

        if (request.Node is { } node)
        {
            _json.WriteNumber(HistoryFields.Node, node);
        }

        WriteIfKnown(HistoryFields.NodeRun, client.NodeRun);
        WriteIfKnown(HistoryFields.Reply, client.Reply);
        WriteIfKnown(HistoryFields.Error, client.Error);
    }

    private void WriteNemesis(NemesisEvent nemesis)
    {
        WriteHead(HistoryFields.NemesisProcess, nemesis.Fault, nemesis);
        if (nemesis.Nodes.Count > 0)
        {
            _json.WriteStartArray(HistoryFields.Nodes);
            foreach (ulong node in nemesis.Nodes)
            {
                _json.WriteNumberValue(node);
            }

            _json.WriteEndArray();
        }

        WriteIfKnown(HistoryFields.Value, nemesis.Detail);
    }

    private void WriteBank(BankOpenedEvent bank)
    {
        WriteHead(HistoryFields.HarnessProcess, HistoryFields.OpenBank, bank);
        _json.WriteString(HistoryFields.Key, bank.Bank);
        WriteValue(HistoryFields.Value, bank.Balances);
        _json.WriteBoolean(HistoryFields.Overdraft, bank.Overdraft);
    }

    /// <summary>What the lines have in common that are not a client's.</summary>
    private void WriteHead(string process, string op, HistoryEvent written)
    {
        _json.WriteString(HistoryFields.Process, process);
        _json.WriteString(HistoryFields.Type, HistoryFields.Of(EventType.Info));
        _json.WriteString(HistoryFields.Op, op);
        _json.WriteNumber(HistoryFields.TimeNs, written.TimeNs);
    }

    private void WriteValue(string name, HistoryValue? value)
    {
        _json.WritePropertyName(name);
        switch (value)
        {
            case null:
                _json.WriteNullValue();
                break;
            case NumberValue number:
                _json.WriteNumberValue(number.Number);
                break;
            case CasValue cas:
                WriteCas(cas);
                break;
            case ListValue list:
                WriteList(list);
                break;
            case TransferValue transfer:
                WriteTransfer(transfer);
                break;
            case BalancesValue balances:
                WriteBalances(balances);
                break;
            default:
                throw new ArgumentException($"There is no form for {value.GetType().Name}.", nameof(value));
        }
    }

    private void WriteCas(CasValue cas)
    {
        _json.WriteStartArray();
        if (cas.Expected is { } expected)
        {
            _json.WriteNumberValue(expected);
        }
        else
        {
            _json.WriteNullValue();
        }

        _json.WriteNumberValue(cas.New);
        _json.WriteEndArray();
    }

    private void WriteList(ListValue list)
    {
        _json.WriteStartArray();
        foreach (long element in list.Elements)
        {
            _json.WriteNumberValue(element);
        }

        _json.WriteEndArray();
    }

    private void WriteTransfer(TransferValue transfer)
    {
        _json.WriteStartObject();
        _json.WriteString(HistoryFields.From, transfer.From);
        _json.WriteString(HistoryFields.To, transfer.To);
        _json.WriteNumber(HistoryFields.Amount, transfer.Amount);
        _json.WriteEndObject();
    }

    private void WriteBalances(BalancesValue balances)
    {
        _json.WriteStartObject();
        foreach ((string account, long balance) in balances.Balances.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _json.WriteNumber(account, balance);
        }

        _json.WriteEndObject();
    }

    private void WriteIfKnown(string name, long? value)
    {
        if (value is { } known)
        {
            _json.WriteNumber(name, known);
        }
    }

    private void WriteIfKnown(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }
}
