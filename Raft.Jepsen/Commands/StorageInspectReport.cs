using System.Globalization;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Commands;

/// <summary>Shows what a storage holds, short of the entries themselves.</summary>
internal sealed class StorageInspectReport(FasterStorageInspection inspection, StorageReportWriter writer)
{
    /// <summary>Prints the report.</summary>
    /// <returns>The exit code.</returns>
    public int Print()
    {
        if (inspection.Contents is { } contents)
        {
            PrintLog(contents);
            foreach (StoredSnapshot snapshot in contents.Snapshots)
            {
                PrintSnapshot(snapshot);
            }
        }

        foreach (StorageFile file in inspection.Files)
        {
            PrintFile(file);
        }

        writer.WriteFindings(inspection);
        PrintState();
        return inspection.IsSound ? 0 : 1;
    }

    private void PrintLog(StorageContents contents)
    {
        foreach (TermRun run in contents.TermRuns)
        {
            string text = Text($"term           {run.Term} from index {run.FirstIndex}");
            writer.Write(text, new { @event = "term", term = run.Term, first_index = run.FirstIndex });
        }

        foreach (Entry entry in contents.Configurations)
        {
            ClusterConfiguration? found = StorageReportWriter.Decode(entry);
            object? fields = found is null ? null : StorageReportWriter.Fields(found);
            writer.Write(
                $"configuration  {entry.Id}: {Describe(found)}",
                new { @event = "configuration", index = entry.Index, term = entry.Term, configuration = fields });
        }
    }

    private void PrintSnapshot(StoredSnapshot snapshot)
    {
        SnapshotMetadata? known = snapshot.Metadata;
        string checksum = known?.Checksum.ToString("x8", CultureInfo.InvariantCulture) ?? "";
        string content = known is null
            ? "is not what had been written"
            : Text($"of {known.Id}: {known.Size} bytes, checksum {checksum}, configuration {known.Configuration} of index {known.ConfigurationIndex}");
        writer.Write($"snapshot       {snapshot.File} {content}{(snapshot.IsNewest ? "" : "; left over")}", new
        {
            @event = "snapshot",
            file = snapshot.File,
            newest = snapshot.IsNewest,
            readable = known is not null,
            index = known?.Id.Index,
            term = known?.Id.Term,
            bytes = known?.Size,
            checksum = known is null ? null : checksum,
            configuration = known is null ? null : StorageReportWriter.Fields(known.Configuration),
            configuration_index = known?.ConfigurationIndex,
        });
    }

    private void PrintFile(StorageFile file)
    {
        string role = file.Role switch
        {
            StorageFileRole.Lock => "lock, which nobody holds: what a node leaves that has ended, however it did",
            StorageFileRole.Prepared => "log, prepared for what is to come",
            StorageFileRole.Leftover => "left over, deleted at the next start",
            StorageFileRole.Unknown => "not the storage's",
            _ => NameOf(file.Role),
        };
        writer.Write(
            Text($"file           {file.Name,-26} {file.Bytes,14} bytes  {role}"),
            new { @event = "file", name = file.Name, bytes = file.Bytes, role = NameOf(file.Role) });
    }

    /// <summary>The last lines; of JSON the one that sums up.</summary>
    private void PrintState()
    {
        StorageContents? contents = inspection.Contents;
        writer.Write(StateText(contents), new
        {
            sound = inspection.IsSound,
            findings = inspection.Findings.Count,
            files = inspection.Files.Count,
            bytes = inspection.Files.Sum(file => file.Bytes),
            identity = contents?.Identity,
            format_version = contents?.FormatVersion,
            page_bytes = contents?.PageBytes,
            segment_bytes = contents?.SegmentBytes,
            openings = contents?.Openings,
            term = contents?.HardState.Term,
            voted_for = contents?.HardState.VotedFor.Value,
            commit = contents?.HardState.Commit,
            base_index = contents?.Base.Index,
            base_term = contents?.Base.Term,
            last_index = contents?.LastIndex,
            readable_index = contents?.ReadableIndex,
        });
    }

    private string StateText(StorageContents? contents)
    {
        string verdict = inspection.IsSound ? "sound: the node can start from it" : "damaged: the node refuses to start";
        if (contents is null)
        {
            return verdict;
        }

        string vote = contents.HardState.VotedFor.IsNone ? "nobody" : contents.HardState.VotedFor.ToString();
        string readable = contents.ReadableIndex == contents.LastIndex ? "" : Text($", of which those up to {contents.ReadableIndex} can be read");
        return string.Join(
            Environment.NewLine,
            $"identity       \"{contents.Identity}\"",
            Text($"format         version {contents.FormatVersion}; pages of {contents.PageBytes} bytes, log files of {contents.SegmentBytes} bytes"),
            Text($"openings       {contents.Openings}"),
            Text($"hard state     term {contents.HardState.Term}, voted for {vote}, committed at least up to {contents.HardState.Commit}"),
            Text($"log            behind {contents.Base} up to index {contents.LastIndex}{readable}"),
            verdict);
    }

    private static string Describe(ClusterConfiguration? configuration) => configuration is null
        ? "of a version that is not known here"
        : configuration + (configuration.IsJoint ? " (joint)" : "");

    private static string NameOf(StorageFileRole role) => role.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
