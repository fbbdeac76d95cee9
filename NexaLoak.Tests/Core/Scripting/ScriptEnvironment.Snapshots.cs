using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core.Scripting;

// Snapshots are taken, travel in pieces, and take the place of logs.
internal sealed partial class ScriptEnvironment
{
    /// <summary><c>save-snapshot 1 size=20</c>: of what the node has applied.</summary>
    [Verb("save-snapshot")]
    private void SaveSnapshot(ScriptCommand command)
    {
        byte[] content = new byte[command.TakeNumber("size", 10)];
        foreach (ScriptNode node in TakeNodes(command))
        {
            var id = new LogId(node.Core.TermAt(node.Applied)!.Value, node.Applied);
            var snapshot = new SnapshotMetadata(id, node.AppliedConfiguration.Members, node.AppliedConfiguration.Index, content.Length, (uint)id.Index);
            node.Disk.Seal(snapshot, content);
            node.Core.OnSnapshotSaved(snapshot);
            _output.Add($"  {node.Id} has snapshot {id}, log behind {node.Core.LogBase}");
        }
    }

    /// <summary>Pieces are read, written and sealed at once.</summary>
    private void CarrySnapshots(ScriptNode node)
    {
        foreach (OutboundChunk chunk in node.Ready.ChunksToSend)
        {
            byte[]? content = chunk.Snapshot.Size == 0 ? [] : node.Disk.ContentOf(chunk.Snapshot);
            if (content is null)
            {
                node.Core.OnChunkGone(chunk);
            }
            else
            {
                Send(chunk.ToMessage(content.AsMemory((int)chunk.Offset, chunk.Length)));
            }
        }

        foreach (SnapshotChunk chunk in node.Ready.ChunksReceived)
        {
            _output.Add($"  writes {chunk.Data.Length} bytes of snapshot {chunk.Snapshot.Id} at {chunk.Offset}");
            node.Core.OnChunkWritten(chunk.Snapshot, chunk.Offset + chunk.Data.Length);
            if (chunk.IsLast)
            {
                node.Disk.Seal(chunk.Snapshot, new byte[chunk.Snapshot.Size]);
                node.Core.OnSnapshotStaged(chunk.Snapshot);
                Observe(node);
            }
        }

        if (node.Ready.Restore is { } restored)
        {
            node.Applied = restored.Id.Index;
            node.AppliedConfiguration = (restored.Configuration, restored.ConfigurationIndex);
            string members = restored.ConfigurationIndex > 0 ? $" with {ScriptPrinter.Print(restored.Configuration)}" : "";
            _output.Add($"  restores snapshot {restored.Id}{members}");
        }
    }
}
