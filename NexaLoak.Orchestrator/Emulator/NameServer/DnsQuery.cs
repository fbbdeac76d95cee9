namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>A query with one question.</summary>
internal sealed record DnsQuery
{
    /// <summary>Class of the internet.</summary>
    public const ushort InternetClass = 1;

    /// <summary>Number by which the client knows the answer.</summary>
    public required ushort Id { get; init; }

    /// <summary>Operation and flags as they came.</summary>
    public required ushort Flags { get; init; }

    /// <summary>The question as it came, to be repeated in the answer; empty when it could not be read.</summary>
    public ReadOnlyMemory<byte> Question { get; init; }

    /// <summary>The name asked for, in lower case and without a dot at its end.</summary>
    public string Name { get; init; } = "";

    /// <summary>The type asked for.</summary>
    public DnsType Type { get; init; }

    /// <summary>The class asked for.</summary>
    public ushort Class { get; init; }

    /// <summary>The client's extension record, if it sent one.</summary>
    public DnsExtension? Extension { get; init; }

    /// <summary>What is wrong with the query; <see cref="DnsResponseCode.NoError"/> when it can be answered.</summary>
    public DnsResponseCode Problem { get; init; }
}
