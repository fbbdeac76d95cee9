using System.Text;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core.Scripting;

// Servers come, go and have a past.
internal sealed partial class ScriptEnvironment
{
    [Verb("add-nodes")]
    private void AddNodes(ScriptCommand command)
    {
        IReadOnlyList<ulong> voters = command.TakeNumbers("voters");
        if (voters.Count == 0)
        {
            ulong count = command.Number(command.TakeWord("number of voters"));
            voters = [.. Enumerable.Range(1, (int)count).Select(id => (ulong)id)];
        }

        IReadOnlyList<ulong> learners = command.TakeNumbers("learners");
        var configuration = new ClusterConfiguration(voters.Select(id => new NodeId(id)), learners: learners.Select(id => new NodeId(id)));
        TakeOptions(command);
        foreach (NodeId id in configuration.Members)
        {
            AddNode(id, configuration);
        }
    }

    private ScriptNode AddNode(NodeId id, ClusterConfiguration configuration)
    {
        int priority = _priorities.TryDequeue(out ulong own) ? (int)own : _options.Priority;
        var node = new ScriptNode(id, configuration, _options with { Priority = priority }, _committed);
        node.Start();
        _nodes.Add(id, node);
        return node;
    }

    private void TakeOptions(ScriptCommand command)
    {
        var plain = new RaftOptions { ElectionTicks = 3 };
        _priorities = new Queue<ulong>(command.TakeNumbers("priorities"));
        _options = plain with
        {
            ElectionTicks = (int)command.TakeNumber("election-ticks", (ulong)plain.ElectionTicks),
            HeartbeatTicks = (int)command.TakeNumber("heartbeat-ticks", (ulong)plain.HeartbeatTicks),
            PreVote = command.TakeFlag("pre-vote"),
            CheckQuorum = command.TakeFlag("check-quorum"),
            LeaseReads = command.TakeFlag("lease-reads"),
            LeaseDriftPercent = (int)command.TakeNumber("drift", (ulong)plain.LeaseDriftPercent),
            TickMicroseconds = (long)command.TakeNumber("tick-microseconds", (ulong)plain.TickMicroseconds),
            MaxInflightMessages = (int)command.TakeNumber("inflight", (ulong)plain.MaxInflightMessages),
            MaxInflightBytes = (long)command.TakeNumber("inflight-bytes", (ulong)plain.MaxInflightBytes),
            MaxAppendBytes = (int)command.TakeNumber("append-bytes", (ulong)plain.MaxAppendBytes),
            MaxEntryBytes = (int)command.TakeNumber("entry-bytes", (ulong)plain.MaxEntryBytes),
            MaxUncommittedBytes = (long)command.TakeNumber("uncommitted-bytes", (ulong)plain.MaxUncommittedBytes),
            PromotionLag = command.TakeNumber("promotion-lag", plain.PromotionLag),
            TrailingEntries = command.TakeNumber("trailing", plain.TrailingEntries),
            MaxTrailingEntries = command.TakeNumber("most-trailing", plain.MaxTrailingEntries),
            SnapshotChunkBytes = (int)command.TakeNumber("chunk-bytes", (ulong)plain.SnapshotChunkBytes),
            MaxInflightSnapshotChunks = (int)command.TakeNumber("inflight-chunks", (ulong)plain.MaxInflightSnapshotChunks),
        };
    }

    /// <summary>Gives nodes a durable past: a hard state, and a log with these terms from index 1 on.</summary>
    [Verb("past")]
    private void Past(ScriptCommand command)
    {
        ulong term = command.TakeNumber("term", 0);
        var vote = new NodeId(command.TakeNumber("vote", 0));
        ulong commit = command.TakeNumber("commit", 0);
        Entry[] entries = [.. command.TakeNumbers("log").Select((entryTerm, i) => EntryOfPast(entryTerm, (ulong)i + 1))];
        foreach (ScriptNode node in TakeNodes(command))
        {
            node.Write(new StorageWrite(1, new HardState(term, vote, commit), [entries]));
            node.Crash(survivors: 1);
            node.Start();
            ObserveCommit(node, from: 1);
        }
    }

    private static Entry EntryOfPast(ulong term, ulong index) => new(term, index, EntryType.Command, Encoding.ASCII.GetBytes($"{term}.{index}"));

    [Verb("crash")]
    private void Crash(ScriptCommand command)
    {
        int survivors = (int)command.TakeNumber("survive", 0);
        foreach (ScriptNode node in TakeNodes(command))
        {
            _output.Add($"  {node.Id} loses {Math.Max(0, node.Disk.PendingWrites - survivors)} writes and {node.Waiting.Count} waiting messages");
            node.Crash(survivors);
        }
    }

    [Verb("restart")]
    private void Restart(ScriptCommand command)
    {
        foreach (NodeId id in command.TakeIds())
        {
            ScriptNode node = Node(id);
            node.Start();
            _output.Add($"  {ScriptPrinter.Print(node.Core)}");
            ObserveCommit(node, from: 1);
        }
    }

    [Verb("status")]
    private void Status(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            _output.Add($"{ScriptPrinter.Print(node.Core)} applied={node.Applied}");
            node.Core.VisitProgress(
                (Output: _output, node.Core),
                static (state, peer, _, _, _) => state.Output.Add($"  {peer} {ScriptPrinter.Print(state.Core.ProgressOf(peer)!)}"));
        }
    }

    [Verb("log")]
    private void Log(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            string begin = node.Disk.Issued.Base.Index > 0 ? $" base={node.Disk.Issued.Base}" : "";
            _output.Add($"{node.Id}{begin} [{ScriptPrinter.Print(node.Log.ToArray())}] commit={node.Core.CommitIndex}");
        }
    }

    /// <summary>The log, by the terms of its entries alone.</summary>
    [Verb("terms")]
    private void Terms(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            IEnumerable<ulong> terms = node.Log.Select(entry => entry.Term);
            _output.Add($"{node.Id} terms={string.Join(' ', terms)} commit={node.Core.CommitIndex}");
        }
    }
}
