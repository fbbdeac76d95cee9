using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Core.Node.Recovery;

/// <summary>
/// Makes a cluster that lost the majority of its voters for good go on from the log of one survivor. Raft can't do this by itself, and promises nothing
/// across it: it is a decision of an operator, made on stopped nodes, that replaces what a majority would have decided.
/// </summary>
/// <remarks>
/// <para>
/// <b>What may be lost.</b> Commands that the lost nodes acknowledged and the survivor does not have are gone, although their clients were told that they
/// are carried out. Commands at the end of the survivor's log that never had a majority are carried out now, although their clients may have been told
/// nothing, or may have given up. What the survivor itself acknowledged is all there.
/// </para>
/// <para>
/// <b>Which survivor.</b> Stop all of them, ask <see cref="Plan"/> on each, and compare <see cref="QuorumRecoveryPlan.Last"/> as elections do: the higher
/// term wins, then the higher index (Raft paper, section 5.4.1). Recover that one and no other: two recovered nodes are two clusters. Commit indices say
/// nothing here.
/// </para>
/// <para>
/// <b>The other nodes</b>, lost ones that turn up again too, must never start on their old data: a majority of them would be a second cluster, and one of
/// them may hold committed entries that the survivor never got. They join anew by a change of the membership, with empty disks and new ids: an empty disk
/// forgets for whom a node has voted, and a new id keeps the old node's messages apart from the new one's.
/// </para>
/// </remarks>
public static class QuorumRecovery
{
    /// <summary>
    /// How far the new term lies above the survivor's. The lost nodes may have been in later terms, and two leaders of one term would make two different
    /// entries of one name; elections at one a second take eleven days to get this far.
    /// </summary>
    public const ulong TermGap = 1_000_000;

    /// <summary>Says what <see cref="RecoverAsync"/> would do. Changes nothing, and does not start the storage.</summary>
    /// <inheritdoc cref="RecoverAsync"/>
    public static QuorumRecoveryPlan Plan(IRaftStorage storage, NodeId survivor, ClusterConfiguration configuration, bool allowOthers = false)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(configuration);
        RecoveredState found = storage.Recovered;
        LogId last = LastIdOf(found);
        if (last.Index == 0)
        {
            throw new RecoveryRefusedException("The storage has no log: there is nothing to go on from. A node without a log joins a cluster instead.");
        }

        ulong commit = Math.Max(found.HardState.Commit, Math.Max(found.Base.Index, found.Snapshot?.Id.Index ?? 0));
        ClusterConfiguration before = new ConfigurationHistory(ClusterConfiguration.Empty, found, commit).Current;
        RequireStored(before, survivor);
        RequireDecidable(configuration, survivor, allowOthers);
        return new QuorumRecoveryPlan
        {
            Survivor = survivor,
            Last = last,
            CommitIndex = commit,
            Before = before,
            After = configuration,
            Appended = new LogId(checked(Math.Max(found.HardState.Term, last.Term) + TermGap), last.Index + 1),
        };
    }

    /// <summary>
    /// Appends the configuration to the survivor's log in a new term and declares it, and all before it, committed: one durable write. Dispose the storage
    /// afterwards, and start the node on it as usual; it goes by its log, whatever its options name as founding members.
    /// </summary>
    /// <param name="storage">The survivor's, opened, and not started: no node runs on it.</param>
    /// <param name="survivor">The node whose storage it is; it must have been a member that stores commands.</param>
    /// <param name="configuration">The members from now on. With the survivor as the only one it goes on at once, and others join it later.</param>
    /// <param name="allowOthers">
    /// Let <paramref name="configuration"/> have members beside the survivor. Where they vote, nothing is decided until a majority of all voters runs. One
    /// that starts on an old disk stops for good when it holds committed entries that the survivor lacks.
    /// </param>
    /// <returns>What was done.</returns>
    /// <exception cref="RecoveryRefusedException">
    /// The storage has no log; the survivor was no member, or a witness; or the configuration is joint, lacks the survivor as a voter that stores
    /// commands, or has others without leave.
    /// </exception>
    /// <exception cref="StorageCorruptedException">A stored configuration can't be read.</exception>
    /// <exception cref="IOException">The write failed. Open the storage again to see whether it took effect.</exception>
    public static async Task<QuorumRecoveryPlan> RecoverAsync(
        IRaftStorage storage, NodeId survivor, ClusterConfiguration configuration, bool allowOthers = false)
    {
        QuorumRecoveryPlan plan = Plan(storage, survivor, configuration, allowOthers);
        var listener = new Listener();
        storage.Start(listener);
        storage.Enqueue(plan.ToWrite(sequence: 1));
        await listener.Written.ConfigureAwait(false);
        return plan;
    }

    private static LogId LastIdOf(RecoveredState found)
        => new(found.TermRuns.Count > 0 ? found.TermRuns[^1].Term : found.Base.Term, found.LastIndex);

    private static void RequireStored(ClusterConfiguration before, NodeId survivor)
    {
        if (!before.Contains(survivor))
        {
            throw new RecoveryRefusedException(
                $"Node {survivor} is not among the members {before} that its log names: it was removed, or the storage is another node's.");
        }

        if (before.IsWitness(survivor))
        {
            throw new RecoveryRefusedException($"Node {survivor} is a witness and stores no commands: there is nothing to go on from.");
        }
    }

    private static void RequireDecidable(ClusterConfiguration configuration, NodeId survivor, bool allowOthers)
    {
        if (configuration.IsJoint || !configuration.IsFullVoter(survivor))
        {
            throw new RecoveryRefusedException(
                $"The configuration {configuration} must not be joint, and must have node {survivor} as a voter that stores commands.");
        }

        if (configuration.Members.Count > 1 && !allowOthers)
        {
            throw new RecoveryRefusedException(
                $"The configuration {configuration} has members beside node {survivor}. Begin with that node alone: the others join anew, with empty "
                    + "disks and new ids.");
        }
    }

    private sealed class Listener : IStorageListener
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public void OnPersisted(ulong sequence) => _written.TrySetResult();

        public void OnFailed(Exception error) => _written.TrySetException(error);
    }
}
