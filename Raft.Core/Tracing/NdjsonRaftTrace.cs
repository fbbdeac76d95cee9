using System.Text.Json;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Tracing;

/// <summary>
/// Writes protocol events as JSON, one object a line, in the form of etcd's state traces (<c>{"tag":"trace","event":{…}}</c>), which its TLA+
/// specification reads. Pre-votes, forwarded proposals, requests to campaign and read indexes are not part of that specification and are left out; each piece
/// of a snapshot stands there as if it were the whole. That specification knows neither joint configurations nor several changes at once. Thread-safe: the nodes of one process may share one, so that causes stand before their effects.
/// What is written may stay in the stream's buffer until <see cref="Dispose"/>.
/// </summary>
/// <param name="stream">Where the lines go; disposed together with this object.</param>
public sealed class NdjsonRaftTrace(Stream stream) : IRaftTrace, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Utf8JsonWriter _json = new(stream);
    private readonly Dictionary<NodeId, ClusterConfiguration> _inForce = [];

    /// <inheritdoc/>
    public void OnEvent(RaftCore core, RaftTraceEvent what)
    {
        ArgumentNullException.ThrowIfNull(core);
        Write(core, what.ToString(), null, () => WriteConfiguration(core, what));
    }

    /// <inheritdoc/>
    public void OnSend(RaftCore core, in Message message)
    {
        ArgumentNullException.ThrowIfNull(core);
        if (Subject(message.Type) is { } subject)
        {
            NodeId peer = message.To;
            bool tellsProgress = message.Type == MessageType.AppendRequest;
            Write(core, "Send" + subject, message, () => WriteProgress(core, tellsProgress ? peer : NodeId.None));
        }
    }

    /// <inheritdoc/>
    public void OnReceive(RaftCore core, in Message message)
    {
        ArgumentNullException.ThrowIfNull(core);
        if (Subject(message.Type) is { } subject)
        {
            Write(core, "Receive" + subject, message, static () => { });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        stream.Dispose();
    }

    private void Write(RaftCore core, string name, Message? message, Action properties)
    {
        lock (_lock)
        {
            _json.Reset();
            _json.WriteStartObject();
            _json.WriteString("tag", "trace");
            _json.WriteStartObject("event");
            _json.WriteString("name", name);
            WriteState(core);
            if (message is { } known)
            {
                WriteMessage(known);
            }

            properties();
            _json.WriteEndObject();
            _json.WriteEndObject();
            _json.Flush();
            stream.WriteByte((byte)'\n');
        }
    }

    private void WriteState(RaftCore core)
    {
        _json.WriteString("nid", core.Id.ToString());
        _json.WriteStartObject("state");
        _json.WriteNumber("term", core.Term);
        _json.WriteString("vote", core.VotedFor.ToString());
        _json.WriteNumber("commit", core.CommitIndex);
        _json.WriteEndObject();
        _json.WriteString("role", "State" + core.Role);
        _json.WriteNumber("log", core.LastLogId.Index);
        _json.WriteStartArray("conf");
        WriteIds(core.Configuration.Voters);
        WriteIds(core.Configuration.VotersOutgoing);
        _json.WriteEndArray();
    }

    private void WriteMessage(in Message message)
    {
        _json.WriteStartObject("msg");
        _json.WriteString("type", TypeName(message.Type));
        _json.WriteNumber("term", message.Term);
        _json.WriteString("from", message.From.ToString());
        _json.WriteString("to", message.To.ToString());
        _json.WriteNumber("entries", message.Chunk is { } chunk ? chunk.Snapshot.Id.Index : (ulong)message.Entries.Length);
        _json.WriteNumber("logTerm", message.LogTerm);
        _json.WriteNumber("index", message.LogIndex);
        _json.WriteNumber("commit", message.Commit);
        _json.WriteString("vote", "0");
        _json.WriteBoolean("reject", message.Reject);
        _json.WriteNumber("rejectHint", message.RejectHint);
        _json.WriteEndObject();
    }

    private void WriteProgress(RaftCore core, NodeId peer)
    {
        if (core.ProgressOf(peer) is { } progress)
        {
            _json.WriteStartObject("prop");
            _json.WriteNumber("match", progress.Match);
            _json.WriteNumber("next", progress.Next);
            _json.WriteEndObject();
        }
    }

    private void WriteConfiguration(RaftCore core, RaftTraceEvent what)
    {
        if (what is RaftTraceEvent.ChangeConf or RaftTraceEvent.ApplyConfChange)
        {
            _json.WriteStartObject("prop");
            _json.WriteStartObject("cc");
            if (what == RaftTraceEvent.ChangeConf)
            {
                WriteChanges(_inForce.GetValueOrDefault(core.Id, ClusterConfiguration.Empty), core.Configuration);
            }

            _json.WritePropertyName("newconf");
            WriteIds(core.Configuration.Voters);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }

        if (what is RaftTraceEvent.InitState or RaftTraceEvent.ApplyConfChange)
        {
            _inForce[core.Id] = core.Configuration;
        }
    }

    /// <summary>To leave a joint configuration changes nobody's part.</summary>
    private void WriteChanges(ClusterConfiguration before, ClusterConfiguration after)
    {
        _json.WriteStartArray("changes");
        foreach (NodeId id in before.Members.Union(after.Members))
        {
            string action = ActionTo(after, id);
            if (action != ActionTo(before, id))
            {
                _json.WriteStartObject();
                _json.WriteString("nid", id.ToString());
                _json.WriteString("action", action);
                _json.WriteEndObject();
            }
        }

        _json.WriteEndArray();
    }

    /// <summary>What makes a node of no cluster what it is to be in this configuration, once it is no longer joint.</summary>
    private static string ActionTo(ClusterConfiguration configuration, NodeId id)
        => configuration.Voters.Contains(id) ? "AddNewServer"
            : configuration.Learners.Contains(id) || configuration.LearnersNext.Contains(id) ? "AddLearner"
            : "RemoveServer";

    private void WriteIds(IReadOnlyList<NodeId> ids)
    {
        _json.WriteStartArray();
        foreach (NodeId id in ids)
        {
            _json.WriteStringValue(id.ToString());
        }

        _json.WriteEndArray();
    }

    private static string? Subject(MessageType type) => type switch
    {
        MessageType.AppendRequest or MessageType.HeartbeatRequest or MessageType.SnapshotChunk => "AppendEntriesRequest",
        MessageType.AppendResponse or MessageType.HeartbeatResponse => "AppendEntriesResponse",
        MessageType.VoteRequest => "RequestVoteRequest",
        MessageType.VoteResponse => "RequestVoteResponse",
        _ => null,
    };

    private static string TypeName(MessageType type) => type switch
    {
        MessageType.AppendRequest => "MsgApp",
        MessageType.AppendResponse => "MsgAppResp",
        MessageType.HeartbeatRequest => "MsgHeartbeat",
        MessageType.HeartbeatResponse => "MsgHeartbeatResp",
        MessageType.VoteRequest => "MsgVote",
        MessageType.VoteResponse => "MsgVoteResp",
        _ => "MsgSnap",
    };
}
