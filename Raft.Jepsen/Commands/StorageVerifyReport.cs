using Raft.Core.Log;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Commands;

/// <summary>Reads all of a storage back and says whether its node can start from it.</summary>
internal sealed class StorageVerifyReport(FasterStorageInspection inspection, StorageReportWriter writer)
{
    private long _entries;
    private long _payloadBytes;

    /// <summary>Prints the report.</summary>
    /// <returns>The exit code.</returns>
    public int Print(string? identity)
    {
        writer.WriteFindings(inspection);
        bool foreign = identity is not null && inspection.Contents is { } found && found.Identity != identity;
        if (foreign)
        {
            PrintForeign(identity!, inspection.Contents!.Identity);
        }

        ReadEntries();
        bool sound = inspection.IsSound && !foreign;
        PrintSum(sound, inspection.Findings.Count + (foreign ? 1 : 0));
        return sound ? 0 : 1;
    }

    private void PrintForeign(string identity, string found) => writer.WriteFinding(
        "identity",
        inspection.Files.First(file => file.Role == StorageFileRole.Marker).Name,
        null,
        $"The folder belongs to \"{found}\", not to \"{identity}\".",
        $"\"{identity}\" refuses to start: name its own folder.");

    /// <summary>Reads the entries as a running node does, on top of the scan that all opening begins with.</summary>
    private void ReadEntries()
    {
        if (inspection.Contents is { } contents)
        {
            foreach (Entry entry in contents.ReadAll(contents.Base.Index + 1, contents.ReadableIndex))
            {
                _entries++;
                _payloadBytes += entry.Payload.Length;
            }
        }
    }

    private void PrintSum(bool sound, int findings)
    {
        long snapshotBytes = inspection.Contents?.Snapshots.Sum(snapshot => snapshot.Metadata?.Size ?? 0) ?? 0;
        string read = FormattableString.Invariant($"{_entries} entries with {_payloadBytes} bytes and {snapshotBytes} bytes of snapshots verified");
        writer.Write($"{(sound ? "sound: the node can start" : "not sound: the node refuses to start")}; {read}", new
        {
            sound,
            findings,
            entries = _entries,
            payload_bytes = _payloadBytes,
            snapshot_bytes = snapshotBytes,
            last_index = inspection.Contents?.LastIndex,
            readable_index = inspection.Contents?.ReadableIndex,
        });
    }
}
