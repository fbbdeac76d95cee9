namespace NexaLoak.Orchestrator.Emulator;

/// <summary>A record as the emulated zone holds it.</summary>
internal sealed record EmulatedRecord
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="Api.RecordRules.Types"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Full name in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>The data as text, normalized.</summary>
    public required string Content { get; init; }

    /// <summary>Seconds; 1 stands for Cloudflare's choice.</summary>
    public required int Ttl { get; init; }

    /// <summary>Whether Cloudflare answers with its own addresses.</summary>
    public required bool Proxied { get; init; }

    /// <summary>Of an MX record: the preference.</summary>
    public int? Priority { get; init; }

    /// <summary>The note at the record.</summary>
    public string? Comment { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedOn { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset ModifiedOn { get; init; }

    /// <summary>When the note was changed last; <c>null</c> without a note.</summary>
    public DateTimeOffset? CommentModifiedOn { get; init; }
}
