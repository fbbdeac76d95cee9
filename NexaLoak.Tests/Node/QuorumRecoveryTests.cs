using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Node.Recovery;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Node;

/// <summary>What a recovery does to a survivor's storage, and when it refuses.</summary>
[TestFixture]
internal sealed class QuorumRecoveryTests
{
    private static readonly NodeId s_first = new(1);
    private static readonly NodeId s_second = new(2);
    private static readonly NodeId s_third = new(3);
    private static readonly ClusterConfiguration s_three = new([s_first, s_second, s_third]);
    private static readonly ClusterConfiguration s_alone = new([s_first]);

    [Test]
    public async Task The_whole_log_is_kept_and_taken_for_committed_in_a_new_term()
    {
        MemoryStorage storage = Survivor(s_three);

        QuorumRecoveryPlan plan = await QuorumRecovery.RecoverAsync(storage, s_first, s_alone);

        var entry = new LogId(5 + QuorumRecovery.TermGap, 6);
        Assert.That((plan.Last, plan.CommitIndex, plan.Uncommitted, plan.Appended), Is.EqualTo((new LogId(3, 5), 2UL, 3UL, entry)));
        Assert.That((plan.Before, plan.After), Is.EqualTo((s_three, s_alone)));
        RecoveredState after = storage.Recovered;
        Assert.That(after.HardState, Is.EqualTo(new HardState(entry.Term, s_first, 6)));
        Assert.That((after.LastIndex, after.TermRuns[^1]), Is.EqualTo((6UL, new TermRun(6, entry.Term))));
        Assert.That(ConfigurationCodec.Decode(after.Configurations[^1].Payload.Span), Is.EqualTo(s_alone));
    }

    [Test]
    public void A_plan_changes_nothing()
    {
        MemoryStorage storage = Survivor(s_three);
        HardState before = storage.Recovered.HardState;

        QuorumRecoveryPlan plan = QuorumRecovery.Plan(storage, s_first, s_alone);

        Assert.That(plan.Last, Is.EqualTo(new LogId(3, 5)));
        Assert.That((storage.Recovered.HardState, storage.Recovered.LastIndex), Is.EqualTo((before, 5UL)));
    }

    [Test]
    public async Task A_second_recovery_finds_the_first()
    {
        MemoryStorage storage = Survivor(s_three);
        QuorumRecoveryPlan first = await QuorumRecovery.RecoverAsync(storage, s_first, s_alone);

        QuorumRecoveryPlan second = QuorumRecovery.Plan(storage, s_first, s_alone);

        Assert.That((second.Before, second.Last, second.Uncommitted), Is.EqualTo((s_alone, first.Appended, 0UL)));
    }

    [Test]
    public void An_empty_storage_is_refused()
        => AssertRefused(new MemoryStorage(), s_first, s_alone, "no log");

    [Test]
    public void A_storage_with_a_vote_and_no_log_is_refused()
    {
        var storage = new MemoryStorage();
        storage.Start(new RecordingListener());
        storage.Enqueue(new StorageWrite(1, new HardState(7, s_second, 0), []));

        AssertRefused(storage, s_first, s_alone, "no log");
    }

    [Test]
    public void A_node_that_was_no_member_is_refused()
        => AssertRefused(Survivor(new ClusterConfiguration([s_second, s_third])), s_first, s_alone, "not among the members (2 3)");

    [Test]
    public void A_witness_is_refused()
        => AssertRefused(Survivor(new ClusterConfiguration([s_first, s_second, s_third], witnesses: [s_first])), s_first, s_alone, "is a witness");

    [Test]
    public void A_configuration_in_which_the_survivor_does_not_decide_is_refused()
    {
        AssertRefused(Survivor(s_three), s_first, new ClusterConfiguration([s_second]), "as a voter", allowOthers: true);
        AssertRefused(Survivor(s_three), s_first, new ClusterConfiguration([s_second], learners: [s_first]), "as a voter", allowOthers: true);
        AssertRefused(Survivor(s_three), s_first, new ClusterConfiguration([s_first], votersOutgoing: [s_first, s_second]), "joint", allowOthers: true);
    }

    [Test]
    public void Other_members_need_leave()
    {
        var both = new ClusterConfiguration([s_first, s_second]);

        AssertRefused(Survivor(s_three), s_first, both, "empty disks");
        Assert.That(QuorumRecovery.Plan(Survivor(s_three), s_first, both, allowOthers: true).After, Is.EqualTo(both));
    }

    [Test]
    public void A_write_that_fails_is_told()
    {
        MemoryStorage broken = Survivor(s_three, completeAtOnce: false);
        Task<QuorumRecoveryPlan> recovery = QuorumRecovery.RecoverAsync(broken, s_first, s_alone);
        Assert.That(recovery.IsCompleted, Is.False);

        broken.Fail(new IOException("no disk"));

        Assert.That(async () => await recovery, Throws.TypeOf<IOException>().With.Message.EqualTo("no disk"));
    }

    /// <summary>Term 5; entries of the terms 1 to 3 up to index 5, of which 2 are known to be committed.</summary>
    private static MemoryStorage Survivor(ClusterConfiguration configuration, bool completeAtOnce = true)
    {
        var storage = new MemoryStorage(completeAtOnce);
        storage.Start(new RecordingListener());
        Entry[] entries =
        [
            new(1, 1, EntryType.Configuration, ConfigurationCodec.Encode(configuration)),
            new(1, 2, EntryType.Command, new byte[] { 2 }),
            new(2, 3, EntryType.Command, new byte[] { 3 }),
            new(3, 4, EntryType.Command, new byte[] { 4 }),
            new(3, 5, EntryType.Command, new byte[] { 5 }),
        ];
        storage.Enqueue(new StorageWrite(1, new HardState(5, s_second, 2), [entries]));
        storage.CompleteWrites();
        return storage;
    }

    private static void AssertRefused(
        MemoryStorage storage, NodeId survivor, ClusterConfiguration configuration, string reason, bool allowOthers = false)
    {
        HardState before = storage.Recovered.HardState;
        Assert.That(
            async () => await QuorumRecovery.RecoverAsync(storage, survivor, configuration, allowOthers),
            Throws.TypeOf<RecoveryRefusedException>().With.Message.Contains(reason));
        Assert.That(storage.Recovered.HardState, Is.EqualTo(before));
    }
}
