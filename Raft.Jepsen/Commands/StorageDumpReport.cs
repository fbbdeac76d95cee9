using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Commands;

/// <summary>Prints the entries of a storage's log.</summary>
internal sealed class StorageDumpReport(FasterStorageInspection inspection, StorageReportWriter writer, TextWriter errors)
{
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the entries.</summary>
    /// <returns>The exit code.</returns>
    public int Print(ulong? from, ulong? to, bool payload)
    {
        ulong first = (inspection.Contents?.Base.Index ?? 0) + 1;
        ulong last = inspection.Contents?.ReadableIndex ?? 0;
        if (from < first || from > last || to > last || to < (from ?? first))
        {
            string there = first > last ? "no entry can" : $"the entries {first} to {last} can";
            errors.WriteLine($"raft-jepsen: The entries {from ?? first} to {to ?? last} were asked for, and {there} be read. Ask for others.");
            return 2;
        }

        (long entries, long bytes) = PrintEntries(from ?? first, to ?? last, payload);
        PrintDamage();
        writer.Write(
            FormattableString.Invariant($"{entries} entries with {bytes} bytes"),
            new { entries, from = from ?? first, to = to ?? last, payload_bytes = bytes, sound = inspection.IsSound });
        return inspection.IsSound ? 0 : 1;
    }

    private (long Entries, long Bytes) PrintEntries(ulong from, ulong to, bool payload)
    {
        (long entries, long bytes) = (0, 0);
        foreach (Entry entry in inspection.Contents?.ReadAll(from, to) ?? [])
        {
            entries++;
            bytes += entry.Payload.Length;
            PrintEntry(entry, payload);
        }

        return (entries, bytes);
    }

    /// <summary>Says on the side why there may have been more.</summary>
    private void PrintDamage()
    {
        foreach (StorageFinding finding in inspection.Findings.Where(finding => finding.Kind == StorageFindingKind.Damage))
        {
            errors.WriteLine($"raft-jepsen: {finding.Message}");
        }
    }

    private void PrintEntry(in Entry entry, bool payload)
    {
        ClusterConfiguration? configuration = entry.Type == EntryType.Configuration ? StorageReportWriter.Decode(entry) : null;
        string? text = payload ? TryQuote(entry.Payload.Span) : null;
        string? hex = payload ? Convert.ToHexStringLower(entry.Payload.Span) : null;
        string content = configuration?.ToString() ?? text ?? hex ?? "";
        writer.Write(FormattableString.Invariant($"{entry.Index,12} {entry.Term,10} {entry.Type,-13} {entry.Payload.Length,10} {content}").TrimEnd(), new
        {
            index = entry.Index,
            term = entry.Term,
            type = entry.Type.ToString().ToLowerInvariant(),
            bytes = entry.Payload.Length,
            payload = hex,
            configuration = configuration is null ? null : StorageReportWriter.Fields(configuration),
        });
    }

    /// <summary>The payload in quotes when all of it is text that does no harm to a terminal.</summary>
    private static string? TryQuote(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || !Utf8.IsValid(payload))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(payload);
        return text.Any(char.IsControl) ? null : JsonSerializer.Serialize(text, Quoted);
    }
}
