using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// Disks that are full for a while, and disks that are lost for good.
internal sealed partial class SimulatedCluster
{
    private int _lostDisks;

    private static bool IsLossOfDisk(Fault fault) => fault.Effect is FaultEffect.DamageDisk or FaultEffect.WipeDisk;

    private static bool HasLostDisk(SimulatedNode node) => node.Disk.IsWiped || node.Disk.FindDamage() is not null;

    private bool IsFull(SimulatedNode node) => _scheduler.Now < node.RoomAt;

    /// <summary>The log has room left in the file that it has; snapshots need new ones.</summary>
    private void Fill(SimulatedNode node, Fault fault)
    {
        node.FullDisk = fault;
        node.FittingWrites = fault.Amount;
        node.RoomAt = _scheduler.Now + fault.Duration;
        node.DiskFault = fault;
    }

    /// <summary>The fault by which the oldest write under way fails, or <c>null</c> when it does not.</summary>
    private Fault? TakeDiskFault(SimulatedNode node)
    {
        Fault fault = node.DiskFault!;
        if (fault.Effect != FaultEffect.FillDisk)
        {
            Count(Occurrence.DiskFailure);
            node.DiskFault = null;
            return fault;
        }

        if (IsFull(node) && node.FittingWrites-- > 0)
        {
            return null;
        }

        node.DiskFault = null;
        if (!IsFull(node))
        {
            return null;
        }

        // Whoever looks after the node starts it again and again; it stops at its next write, until there is room.
        Count(Occurrence.DiskFullStop);
        return fault with { Duration = _plan.ElectionTimeout };
    }

    private bool Ignores(Fault failure) => failure.Effect == FaultEffect.FillDisk ? _mutant.IgnoresFullDisks : _mutant.IgnoresDiskErrors;

    /// <summary>No more disks than the cluster can lose, and none twice.</summary>
    private bool MayLoseDisk(SimulatedNode node)
        => _lostDisks < _plan.LosableDisks && node.Position < _plan.Voters && !node.StaysDown && !HasLostDisk(node);

    private void LoseDisk(SimulatedNode node, Fault fault)
    {
        _lostDisks++;
        Crash(node, fault);
        if (fault.Effect == FaultEffect.WipeDisk)
        {
            node.Disk.Wipe();
        }
        else
        {
            node.Disk.Damage(fault.Amount);
        }
    }

    /// <summary>
    /// A node whose disk is damaged refuses to start. One whose disk is empty can't know that it ever held anything: whoever looks after it must
    /// not start it under its old id.
    /// </summary>
    private bool RefusesToStart(SimulatedNode node)
    {
        SimulatedDisk disk = node.Disk;
        if (disk.IsWiped)
        {
            if (!_mutant.StartsWiped)
            {
                StayDown(node, Occurrence.WipedNodeKeptOut, "an empty disk");
                return true;
            }

            disk.StartAfresh();
        }
        else if (disk.FindDamage() is { } damage && !_mutant.StartsDamaged(disk, damage))
        {
            bool isInMiddle = damage.Part == DiskPart.Log && damage.Index < disk.Durable.LastIndex;
            StayDown(node, isInMiddle ? Occurrence.CorruptMiddleDetected : Occurrence.CorruptionDetected, damage.ToString());
            return true;
        }

        _occurrences[(int)Occurrence.TornTailCut] += disk.CutTornTail() ? 1 : 0;
        MeetFullDisk(node);
        return false;
    }

    private void MeetFullDisk(SimulatedNode node)
    {
        if (node.FullDisk is null || IsFull(node))
        {
            node.DiskFault ??= node.FullDisk;
            return;
        }

        _occurrences[(int)Occurrence.DiskFullRecovered] += node.FittingWrites < 0 ? 1 : 0;
        node.FullDisk = null;
    }

    private void StayDown(SimulatedNode node, Occurrence why, string found)
    {
        Count(why);
        node.StaysDown = true;
        if (_trace is not null)
        {
            Note(node, $"refuses to start: {found}");
        }

        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.ReplaceNode, node.Position, 0, 0));
    }

    /// <summary>A spare node with an id of its own takes the place of a lost one. The operator asks whoever leads, until it has happened.</summary>
    private void Replace(SimulatedNode lost)
    {
        if (_healing)
        {
            return;
        }

        RaftCore? leader = AgreedLeader()?.Core;
        if (leader is { IsConfigurationCommitted: true, Configuration.IsJoint: false })
        {
            if (!leader.Configuration.Contains(lost.Id))
            {
                Count(Occurrence.LostNodeReplaced);
                return;
            }

            SimulatedNode? spare = _nodes.Skip(_plan.Voters + _plan.Learners).FirstOrDefault(node => !leader.Configuration.Contains(node.Id));
            if (spare is null)
            {
                return;
            }

            leader.ProposeConfiguration(ConfigurationChange.Empty.AddVoter(spare.Id).Remove(lost.Id), null, out _);
            AfterInput(_nodes[(int)leader.Id.Value - 1]);
        }

        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.ReplaceNode, lost.Position, 0, 0));
    }
}
