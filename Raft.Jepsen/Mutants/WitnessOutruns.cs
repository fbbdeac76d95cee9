using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A witness gets entries that no full voter holds durably, and may then be ahead of all who could lead.</summary>
internal sealed class WitnessOutruns()
    : Mutant("witness-outruns", "A witness is sent entries that no voter which may lead holds durably.", "L", "S6", "assertion")
{
    public override Message Outgoing(SimulatedNode node, in Message message)
    {
        if (message.Type != MessageType.AppendRequest || !node.IsLeader || !node.Core!.Configuration.IsWitness(message.To)
            || message.Term != node.Core.Term)
        {
            return message;
        }

        List<Entry> entries = [.. message.Entries.Span];
        LogImage log = node.Disk.Issued;
        for (ulong index = message.LogIndex + (ulong)entries.Count + 1; index <= log.LastIndex; index++)
        {
            Entry entry = log[index].Entry;
            entries.Add(entry.Type == EntryType.Command ? new Entry(entry.Term, index, EntryType.Withheld, default) : entry);
        }

        return message with { Entries = entries.ToArray() };
    }
}
