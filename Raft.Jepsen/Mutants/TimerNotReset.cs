using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>Neither heartbeats nor a granted vote start the election timer anew.</summary>
internal sealed class TimerNotReset()
    : Mutant("timer-not-reset", "Neither heartbeats nor a granted vote start the election timer anew.", "L")
{
    public override void Tick(SimulatedNode node)
    {
        base.Tick(node);
        node.MutantTicks = node.Core!.Role == Role.Follower ? node.MutantTicks + 1 : 0;
        if (node.MutantTicks >= 2 * node.Options.ElectionTicks)
        {
            node.MutantTicks = 0;
            node.Core.Campaign();
        }
    }
}
