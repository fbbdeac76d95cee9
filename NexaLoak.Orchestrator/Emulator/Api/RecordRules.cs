using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>What the API accepts as a record.</summary>
internal sealed class RecordRules(string zoneName)
{
    private const int AutomaticTtl = 1;
    private const int MaxCommentLength = 100;
    private const int MaxTextLength = 2048;

    /// <summary>The types that the emulator knows.</summary>
    public static readonly IReadOnlyList<string> Types = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"];

    /// <summary>Whether the text is a domain name in lower case that can be put on the wire.</summary>
    public static bool IsHostName(string name)
        => name.Length is > 0 and <= 253 && name.Split('.').All(static label =>
            label.Length is > 0 and <= 63 && label.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '*'));

    /// <summary>The record that overwrites or begins: members that were not given have their defaults.</summary>
    /// <exception cref="ApiException">It is not valid.</exception>
    public EmulatedRecord Whole(RecordInput input, EmulatedRecord? old, DateTimeOffset now)
    {
        if (input.Type is null || input.Name is null || input.Content is null)
        {
            throw ApiErrors.InvalidBody();
        }

        var record = new EmulatedRecord
        {
            Id = old?.Id ?? EmulatedZone.NewId(),
            Type = input.Type,
            Name = input.Name,
            Content = input.Content,
            Ttl = input.Ttl ?? AutomaticTtl,
            Proxied = input.Proxied ?? false,
            Priority = input.Priority,
            Comment = string.IsNullOrEmpty(input.Comment) ? null : input.Comment,
            CreatedOn = old?.CreatedOn ?? now,
            ModifiedOn = now,
        };
        return Checked(record, old, input.Tags, now);
    }

    /// <summary>The record with the members that were given changed.</summary>
    /// <exception cref="ApiException">It is not valid.</exception>
    public EmulatedRecord Patched(RecordInput input, EmulatedRecord old, DateTimeOffset now)
    {
        EmulatedRecord record = old with
        {
            Type = input.Type ?? old.Type,
            Name = input.Name ?? old.Name,
            Content = input.Content ?? old.Content,
            Ttl = input.Ttl ?? old.Ttl,
            Proxied = input.Proxied ?? old.Proxied,
            Priority = input.Priority ?? old.Priority,
            Comment = !input.HasComment ? old.Comment : string.IsNullOrEmpty(input.Comment) ? null : input.Comment,
            ModifiedOn = now,
        };
        return Checked(record, old, input.Tags, now);
    }

    private EmulatedRecord Checked(EmulatedRecord record, EmulatedRecord? old, int tags, DateTimeOffset now)
    {
        if (!Types.Contains(record.Type))
        {
            throw ApiErrors.InvalidType(record.Type);
        }

        if (old is not null && old.Type != record.Type)
        {
            throw ApiErrors.TypeChange();
        }

        if (record.Proxied && record.Type is not ("A" or "AAAA" or "CNAME"))
        {
            throw ApiErrors.NotProxiable();
        }

        if (record.Ttl != AutomaticTtl && record.Ttl is < 60 or > 86400)
        {
            throw ApiErrors.InvalidTtl();
        }

        if (record.Comment?.Length > MaxCommentLength)
        {
            throw ApiErrors.CommentTooLong(MaxCommentLength);
        }

        if (tags > 0)
        {
            throw ApiErrors.TagQuota(tags);
        }

        return record with
        {
            Name = FullName(record.Name),
            Content = NormalContent(record),
            Ttl = record.Proxied ? AutomaticTtl : record.Ttl,
            Priority = record.Type == "MX" ? record.Priority ?? throw ApiErrors.InvalidContent(record.Type) : null,
            CommentModifiedOn = record.Comment is null ? null : record.Comment == old?.Comment ? old.CommentModifiedOn : now,
        };
    }

    private string FullName(string name)
    {
        string lower = name.Trim().TrimEnd('.').ToLowerInvariant();
        string full = lower == "@" ? zoneName
            : lower == zoneName || lower.EndsWith($".{zoneName}", StringComparison.Ordinal) ? lower
            : $"{lower}.{zoneName}";
        return IsHostName(full) ? full : throw ApiErrors.InvalidName();
    }

    private static string NormalContent(EmulatedRecord record)
    {
        switch (record.Type)
        {
            case "A":
                return IPAddress.TryParse(record.Content, out IPAddress? v4)
                    && v4.AddressFamily == AddressFamily.InterNetwork
                    && v4.ToString() == record.Content
                    ? record.Content
                    : throw ApiErrors.InvalidAddress();
            case "AAAA":
                return IPAddress.TryParse(record.Content, out IPAddress? v6)
                    && v6.AddressFamily == AddressFamily.InterNetworkV6
                    && v6.ScopeId == 0
                    ? v6.ToString()
                    : throw ApiErrors.InvalidAddress6();
            case "TXT":
                return record.Content.Length is > 0 and <= MaxTextLength && record.Content.All(char.IsAscii)
                    ? record.Content
                    : throw ApiErrors.InvalidContent(record.Type);
            default:
                string host = record.Content.Trim().TrimEnd('.').ToLowerInvariant();
                return IsHostName(host) ? host : throw ApiErrors.InvalidContent(record.Type);
        }
    }
}
