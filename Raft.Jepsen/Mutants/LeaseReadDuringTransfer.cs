using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader reads by lease while it hands its leadership over.</summary>
internal sealed class LeaseReadDuringTransfer()
    : Mutant("lease-read-during-transfer", "A leader reads by lease while it hands its leadership over.", "S15")
{
    public override bool TryLeaseRead(SimulatedNode node, long clock, out ulong index)
    {
        RaftCore core = node.Core!;
        if (core.TryLeaseRead(out index))
        {
            node.SeenLease = (core.Term, clock);
            return true;
        }

        // The lease that was seen lately would hold on, were it not for the transfer.
        bool held = node.SeenLease.Term == core.Term && clock - node.SeenLease.At < node.Options.ElectionTicks * node.Options.TickMicroseconds / 2;
        return held && core.Role == Role.Leader && core.TransferTarget != NodeId.None;
    }
}
