using System.Text;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>The one form in which scripts show messages, entries, writes and states. Log positions are written term/index.</summary>
internal static class ScriptPrinter
{
    private const int LongestText = 24;
    private const ulong LeastAskedRead = 1_000_000_000;

    public static string Print(in Message message)
    {
        var text = new StringBuilder($"{message.From}->{message.To} {message.Type}");
        Add(message.Term > 0, $"term={message.Term}");
        switch (message.Type)
        {
            case MessageType.AppendRequest:
                Add(true, $"prev={message.LogTerm}/{message.LogIndex}");
                break;
            case MessageType.AppendResponse when message.Reject && message.LogIndex > 0:
                Add(true, $"refused={message.LogIndex} hint={message.LogTerm}/{message.RejectHint}");
                break;
            case MessageType.AppendResponse when !message.Reject:
                Add(true, $"match={message.LogIndex}");
                break;
            case MessageType.PreVoteRequest or MessageType.VoteRequest or MessageType.TimeoutNowRequest:
                Add(true, $"last={message.LogTerm}/{message.LogIndex}");
                break;
            case MessageType.PreVoteResponse or MessageType.VoteResponse when message.LogIndex > 0:
                Add(true, $"removed-by={message.LogIndex}");
                break;
            case MessageType.SnapshotResponse:
                Add(true, $"snapshot={message.LogTerm}/{message.LogIndex} offset={message.RejectHint}");
                break;
            default:
                Add(message.LogIndex > 0, $"index={message.LogIndex}");
                break;
        }

        Add(message.Type is MessageType.AppendRequest or MessageType.HeartbeatRequest, $"commit={message.Commit}");
        Add(message.ReadContext > 0, $"read={PrintRead(message.ReadContext)}");
        Add(message.LeadershipTransfer, "by-transfer");
        Add(message.Reject && !(message.Type == MessageType.AppendResponse && message.LogIndex > 0), "refused");
        Add(message.Chunk is not null, $"snapshot={message.Chunk?.Snapshot.Id} offset={message.Chunk?.Offset} bytes={message.Chunk?.Data.Length}");
        Add(!message.Entries.IsEmpty, $"entries=[{Print(message.Entries.Span)}]");
        return text.ToString();

        void Add(bool present, string part)
        {
            if (present)
            {
                text.Append(' ').Append(part);
            }
        }
    }

    public static string Print(ReadOnlySpan<Entry> entries)
    {
        var parts = new List<string>();
        foreach (ref readonly Entry entry in entries)
        {
            parts.Add(Print(entry));
        }

        return string.Join(", ", parts);
    }

    public static string Print(in Entry entry)
    {
        string what = entry.Type switch
        {
            EntryType.Command => Print(entry.Payload.Span),
            EntryType.NoOp => "no-op",
            EntryType.Configuration => Print(ConfigurationCodec.Decode(entry.Payload.Span)),
            _ => entry.Type.ToString(),
        };
        return entry.Index == 0 ? what : $"{entry.Id} {what}";
    }

    public static string Print(in StorageWrite write)
    {
        Entry[] entries = [.. write.Entries.SelectMany(slice => slice.ToArray())];
        string state = $"write {write.Sequence} term={write.HardState.Term} vote={write.HardState.VotedFor} commit={write.HardState.Commit}";
        return state
            + (write.Snapshot is { } snapshot ? $" snapshot={snapshot.Id}" : "")
            + (write.Base is { } @base ? $" base={@base}" : "")
            + (entries.Length > 0 ? $" entries=[{Print(entries)}]" : "");
    }

    public static string Print(RaftCore core)
        => $"{core.Id} {core.Role} term={core.Term} vote={core.VotedFor} leader={core.Leader}"
            + $" last={core.LastLogId} stable={core.StableIndex} commit={core.CommitIndex}"
            + (core.UncommittedBytes > 0 && core.Role == Role.Leader ? $" uncommitted-bytes={core.UncommittedBytes}" : "")
            + (core.TransferTarget.IsNone ? "" : $" transfer-to={core.TransferTarget}")
            + (core.ConfigurationIndex > 0 ? $" in {Print(core.Configuration)} of {core.ConfigurationIndex}" : "")
            + (core.IsConfigurationCommitted ? "" : " which may fall back");

    public static string Print(ClusterConfiguration configuration) => configuration.IsEmpty ? "no cluster" : configuration.ToString();

    public static string Print(Progress progress)
        => $"{progress.State} match={progress.Match} next={progress.Next}"
            + (progress.Transfer is { } transfer ? $" snapshot={transfer.Snapshot.Id}" : "")
            + (progress.Inflights.Count > 0 ? $" inflight={progress.Inflights.Count}" : "")
            + (progress.CanSendEntries ? "" : " paused")
            + (progress.RecentlyActive ? "" : " silent");

    /// <summary>The numbers by which others ask a leader begin at a random place: their last digits tell them apart.</summary>
    private static string PrintRead(ulong context) => context < LeastAskedRead ? $"{context}" : $"~{context % 10_000:0000}";

    private static string Print(ReadOnlySpan<byte> payload)
    {
        string text = Encoding.ASCII.GetString(payload);
        return payload.Length <= LongestText && text.All(c => c is >= ' ' and <= '~') ? $"\"{text}\"" : $"<{payload.Length} bytes>";
    }
}
