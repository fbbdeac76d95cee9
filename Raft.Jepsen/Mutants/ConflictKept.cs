using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower keeps its own entries where they conflict with the leader's.</summary>
internal sealed class ConflictKept()
    : Mutant("conflict-kept", "A follower keeps its own entries where they conflict with the leader's.", "S12", "S3", "S5", "S9")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        if (message.Type != MessageType.AppendRequest || message.Entries.IsEmpty)
        {
            node.Core!.Step(message);
            return;
        }

        LogImage own = node.Disk.Issued;
        Entry[] kept = message.Entries.ToArray();
        for (int i = 0; i < kept.Length && kept[i].Index <= own.LastIndex; i++)
        {
            kept[i] = own[kept[i].Index].Entry;
        }

        node.Core!.Step(message with { Entries = kept });
    }
}
