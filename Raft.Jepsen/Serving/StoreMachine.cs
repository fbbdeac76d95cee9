using System.Collections.Immutable;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace Raft.Jepsen.Serving;

/// <summary>The replicated store: applies <see cref="StoreCommand"/>s to a <see cref="KeySpace"/>. Used by the thread that applies commands.</summary>
internal sealed class StoreMachine : ISnapshotStateMachine
{
    public KeySpace Keys { get; private set; } = KeySpace.Empty;

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        string? refusal;
        try
        {
            refusal = Carry(StoreCommand.Parse(entry.Payload));
        }
        catch (FormatException problem)
        {
            refusal = problem.Message;
        }

        Keys = Keys with { LastIndex = entry.Index };
        return refusal is null ? StoreReply.Applied(entry.Index) : StoreReply.Refused(entry.Index, refusal);
    }

    public IStateMachineSnapshot Capture() => new Captured(Keys);

    public void Restore(Stream content) => Keys = KeySpace.ReadFrom(content);

    /// <summary>Carries a command out.</summary>
    /// <returns>Why it was refused; <c>null</c> when it was not.</returns>
    private string? Carry(StoreCommand command)
    {
        object? before = Keys.Values.GetValueOrDefault(command.Key);
        switch (command.Operation, before)
        {
            case (StoreOperation.Write, null or long):
                return Set(command.Key, command.Number);
            case (StoreOperation.Cas, null or long):
                long? found = (long?)before;
                return found == command.Expected
                    ? Set(command.Key, command.Number)
                    : $"expected {command.Expected?.ToString() ?? "nothing"}, found {found?.ToString() ?? "nothing"}";
            case (StoreOperation.Append, null or ImmutableList<long>):
                return Set(command.Key, ((ImmutableList<long>?)before ?? []).Add(command.Number));
            case (StoreOperation.Open, null):
                return Set(command.Key, command.Accounts.ToImmutableSortedDictionary(StringComparer.Ordinal));
            case (StoreOperation.Open, ImmutableSortedDictionary<string, long>):
                return null;
            case (StoreOperation.Transfer, ImmutableSortedDictionary<string, long> bank):
                return Transfer(bank, command);
            case (StoreOperation.Transfer, null):
                return $"there is no bank '{command.Key}'";
            case (StoreOperation.Read, _):
                return "a read is no command";
            default:
                return $"'{command.Key}' is {Describe(before)}";
        }
    }

    private string? Transfer(ImmutableSortedDictionary<string, long> bank, StoreCommand command)
    {
        foreach (string account in (string[])[command.From, command.To])
        {
            if (!bank.ContainsKey(account))
            {
                return $"bank '{command.Key}' has no account '{account}'";
            }
        }

        if (bank[command.From] < command.Number)
        {
            return $"account '{command.From}' has {bank[command.From]}, less than {command.Number}";
        }

        bank = bank.SetItem(command.From, bank[command.From] - command.Number);
        return Set(command.Key, bank.SetItem(command.To, bank[command.To] + command.Number));
    }

    private string? Set(string key, object value)
    {
        Keys = Keys with { Values = Keys.Values.SetItem(key, value) };
        return null;
    }

    private static string Describe(object? value) => value switch
    {
        long => "a register",
        ImmutableList<long> => "a list",
        _ => "a bank",
    };

    private sealed class Captured(KeySpace keys) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => keys.WriteTo(content);

        public void Dispose()
        {
        }
    }
}
