using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class SimulatedDiskTests
{
    private const int Entries = 20;

    /// <summary>A fault that changes nothing would let a node start, and count as a lost disk all the same.</summary>
    [Test]
    public void Whatever_is_damaged_is_found([Values(0UL, 7UL, (ulong)Entries)] ulong @base)
    {
        var found = new HashSet<DiskPart>();
        for (int how = 0; how < 4000; how++)
        {
            SimulatedDisk disk = Written(@base);
            Assert.That(disk.FindDamage(), Is.Null);
            disk.Damage(how);
            Assert.That(disk.FindDamage(), Is.Not.Null, $"damage {how}");
            found.Add(disk.FindDamage()!.Part);
        }

        Assert.That(found, Does.Contain(DiskPart.HardState));
        Assert.That(found.Contains(DiskPart.Log), Is.EqualTo(@base < Entries), "what was compacted can't be damaged");
        Assert.That(found.Contains(DiskPart.Snapshot), Is.EqualTo(@base > 0));
    }

    [Test]
    public void A_half_written_entry_is_cut_and_is_no_damage()
    {
        SimulatedDisk disk = Written(0);
        disk.Issue(new StorageWrite(1, new HardState(1, NodeId.None, 0), [new Entry[] { Command(Entries + 1) }]));
        disk.Crash(survivors: 0, Mutant.None);
        Assert.That((disk.Durable.LastIndex, disk.FindDamage()), Is.EqualTo(((ulong)Entries, (DiskDamage?)null)));
        Assert.That((disk.CutTornTail(), disk.CutTornTail()), Is.EqualTo((true, false)));
    }

    [Test]
    public void A_new_disk_holds_nothing_and_what_the_lost_one_held_is_remembered()
    {
        SimulatedDisk disk = Written(7);
        disk.Wipe();
        Assert.That((disk.IsWiped, disk.Durable.LastIndex), Is.EqualTo((true, (ulong)Entries)));
        disk.StartAfresh();
        Assert.That(disk.Recover().IsEmpty, Is.True);
        Assert.That(disk.Kept, Is.EqualTo(new DiskContent(new LogId(1, 7), new LogId(1, Entries), new LogId(1, 7))));
    }

    /// <summary>The disk of a node that is down, with a log that begins behind an entry.</summary>
    private static SimulatedDisk Written(ulong @base)
    {
        var history = new CommittedHistory();
        var log = new LogImage(history.Chains);
        var disk = new SimulatedDisk(history);
        Entry[] entries = [.. Enumerable.Range(1, Entries).Select(index => Command((ulong)index))];
        foreach (Entry entry in entries)
        {
            history.Add(log.Append(entry), 1);
            disk.Issued.Append(entry);
        }

        disk.Issue(new StorageWrite(1, new HardState(1, new NodeId(2), Entries), [entries]));
        if (@base > 0)
        {
            byte[] content = [1, 2, 3];
            var id = new LogId(1, @base);
            var snapshot = new SnapshotMetadata(id, ClusterConfiguration.Empty, 0, content.Length, SimulatedDisk.Checksum(content));
            disk.Seal(snapshot, content);
            disk.Issue(new StorageWrite(2, new HardState(1, new NodeId(2), Entries), []) { Base = id, Snapshot = snapshot });
        }

        disk.Crash(survivors: disk.PendingWrites, Mutant.None);
        return disk;
    }

    private static Entry Command(ulong index) => new(1, index, EntryType.Command, BitConverter.GetBytes(index * 1000));
}
