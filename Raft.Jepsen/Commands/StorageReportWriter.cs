using System.Text.Json;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Commands;

/// <summary>Prints what the reports on a storage have in common, as lines for people or as JSON.</summary>
internal sealed class StorageReportWriter(bool json, TextWriter output)
{
    public bool IsJson => json;

    /// <summary>Prints a line in the form that was asked for.</summary>
    public void Write(string text, object fields) => output.WriteLine(json ? JsonSerializer.Serialize(fields) : text);

    /// <summary>Prints what was found amiss.</summary>
    public void WriteFindings(FasterStorageInspection inspection)
    {
        foreach (StorageFinding finding in inspection.Findings)
        {
            (string kind, string meaning) = finding.Kind switch
            {
                StorageFindingKind.Damage => ("damage", "The node refuses to start."),
                StorageFindingKind.InterruptedCommit => ("interrupted-commit", "Harmless: the next start cuts it off."),
                _ => ("invalid-marker", "Harmless: the node starts, and writes it anew."),
            };
            WriteFinding(kind, finding.File, finding.Offset, finding.Message, meaning);
        }
    }

    /// <summary>Prints one thing that was found amiss, and what it means for the node.</summary>
    public void WriteFinding(string kind, string file, long? offset, string message, string meaning) =>
        Write($"{kind}: {message} {meaning}", new { @event = "finding", kind, file, offset, message, meaning });

    /// <summary>A configuration for JSON.</summary>
    public static object Fields(ClusterConfiguration configuration) => new
    {
        voters = Ids(configuration.Voters),
        voters_outgoing = Ids(configuration.VotersOutgoing),
        learners = Ids(configuration.Learners),
        learners_next = Ids(configuration.LearnersNext),
        witnesses = Ids(configuration.Witnesses),
        joint = configuration.IsJoint,
        addresses = configuration.Addresses.ToDictionary(address => address.Key.ToString(), address => address.Value),
    };

    /// <summary>The configuration that an entry carries; <c>null</c> when a newer version wrote it.</summary>
    public static ClusterConfiguration? Decode(in Entry entry)
    {
        try
        {
            return ConfigurationCodec.Decode(entry.Payload.Span);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static ulong[] Ids(IReadOnlyList<NodeId> nodes) => [.. nodes.Select(node => node.Value)];
}
