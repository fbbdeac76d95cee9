using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.StateMachine;
using Raft.Core.Storage;

namespace Raft.Core.Node.Snapshots;

/// <summary>
/// Writes captured states to the storage, one at a time, while the state machine goes on. Used by the thread that applies entries; reports come from others.
/// </summary>
internal sealed class SnapshotSaver(IRaftStorage storage, Action<SnapshotMetadata> onSaved, Action<Exception> onAbandoned)
{
    private Task _saving = Task.CompletedTask;

    /// <summary>True while a snapshot is being written.</summary>
    public bool IsBusy => !_saving.IsCompleted;

    /// <summary>Begins to write a state. A failure costs the snapshot and nothing else: the one before stays the newest, and the log behind it is kept.</summary>
    /// <param name="id">The last entry applied to the state.</param>
    /// <param name="configuration">The configuration in force there.</param>
    /// <param name="configurationIndex">Index of the entry that brought it.</param>
    /// <param name="state">The state; <c>null</c> on a witness, which has none.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public void Begin(
        LogId id, ClusterConfiguration configuration, ulong configurationIndex, IStateMachineSnapshot? state, CancellationToken cancellationToken)
    {
        _saving = Task.Run(
            () =>
            {
                try
                {
                    using (state)
                    using (ISnapshotWriter writer = storage.CreateSnapshot())
                    {
                        state?.WriteTo(writer.Content, cancellationToken);
                        cancellationToken.ThrowIfCancellationRequested();
                        onSaved(writer.Seal((size, checksum) => new SnapshotMetadata(id, configuration, configurationIndex, size, checksum)));
                    }
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // The node stops.
                }
#pragma warning disable CA1031 // Whatever the state machine or the disk throws: the snapshot before is still good.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    onAbandoned(error);
                }
            },
            CancellationToken.None);
    }

    /// <summary>Completes when nothing is being written any more.</summary>
    public Task WhenIdleAsync() => _saving;
}
