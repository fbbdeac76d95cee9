using System.Collections.Immutable;
using NexaLoak.Orchestrator.Emulator.Faults;

namespace NexaLoak.Orchestrator.Emulator.Journal;

/// <summary>One request to the API and what came of it so far.</summary>
internal sealed record JournalEntry
{
    /// <summary>Place in the order of arrival, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>Raft term of the writer, as a header or the comment of the request's record says.</summary>
    public ulong? Term { get; init; }

    /// <summary>What the writer calls its write, as a header says.</summary>
    public string? Operation { get; init; }

    /// <summary>The record that the request names, completed from the zone where its body says less; <c>null</c> for lists and batches.</summary>
    public JournalRecord? Record { get; init; }

    /// <summary>The fault that the request met.</summary>
    public FaultKind? Fault { get; init; }

    /// <summary>What it changed.</summary>
    public ImmutableArray<JournalChange> Changes { get; init; } = [];

    /// <summary>Whether it changed anything.</summary>
    public bool Applied => !Changes.IsEmpty;

    /// <summary>HTTP status of the answer; <c>null</c> while there is none, and for ever when the connection was dropped.</summary>
    public int? Status { get; init; }

    /// <summary>True when the request is over, with an answer or without.</summary>
    public bool Completed { get; init; }

    /// <summary>Whether the method may change something.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD" or "OPTIONS");
}
