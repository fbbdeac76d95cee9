using System.Collections.Immutable;
using System.Security.Cryptography;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator;

/// <summary>The zone behind both the API and the name server. Thread-safe: changes happen one after the other, whole or not at all.</summary>
internal sealed class EmulatedZone(string name, TimeProvider time)
{
    /// <summary>Id of the account that owns the zone.</summary>
    public const string AccountId = "01a7362d577a6c3019a474fd6f485823";

    /// <summary>The zone's name servers, as the API and the zone's NS records tell them.</summary>
    public static readonly ImmutableArray<string> NameServers = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];

    private readonly Lock _gate = new();
    private ImmutableArray<EmulatedRecord> _records = [];
    private long _changes;
    private uint _serial = 1;

    /// <summary>The domain name, in lower case.</summary>
    public string Name { get; } = name;

    /// <summary>32 hexadecimal digits.</summary>
    public string Id { get; } = NewId();

    /// <summary>When the zone was made.</summary>
    public DateTimeOffset CreatedOn { get; } = time.GetUtcNow();

    /// <summary>The records, oldest first.</summary>
    public ImmutableArray<EmulatedRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return _records;
            }
        }
    }

    /// <summary>Number of the zone's version, as its SOA record tells it.</summary>
    public uint Serial
    {
        get
        {
            lock (_gate)
            {
                return _serial;
            }
        }
    }

    /// <summary>A new id of a record.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Makes changes; when <paramref name="change"/> throws, none of them.</summary>
    /// <returns>What <paramref name="change"/> returned, and the changes with their place in the order of all changes.</returns>
    public (T Result, ImmutableArray<JournalChange> Changes) Change<T>(Func<ZoneTransaction, T> change)
    {
        lock (_gate)
        {
            var transaction = new ZoneTransaction(_records, time.GetUtcNow());
            T result = change(transaction);
            _records = [.. transaction.Records];
            _serial++;
            return (result, [.. transaction.Changes.Select(done => done with { Order = ++_changes })]);
        }
    }
}
