using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A restart takes a half-written entry for a whole one.</summary>
internal sealed class TornTailAccepted() : Mutant("torn-tail-accepted", "A restart takes a half-written entry for a whole one.", "S22", "S3")
{
    public override void OnWriteLost(SimulatedDisk disk, in StorageWrite write)
    {
        if (write.Entries.Count == 0)
        {
            return;
        }

        Entry torn = write.Entries[0].Span[0];
        if (torn.Type == EntryType.Command && torn.Index == disk.Durable.LastIndex + 1 && torn.Term <= disk.DurableState.Term)
        {
            disk.Durable.Append(torn with { Payload = torn.Payload[..(torn.Payload.Length / 2)] });
        }
    }
}
