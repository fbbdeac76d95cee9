using Raft.Core.StateMachine;
using Raft.Core.Storage;

namespace Raft.Core.Node.Snapshots;

/// <summary>
/// Writes captured states to the storage, one at a time, while the state machine goes on. Used by the thread that applies entries; reports come from others.
/// </summary>
internal sealed class SnapshotSaver(IRaftStorage storage, Action<SnapshotMetadata> onSaved, Action<Exception> onAbandoned)
{
    /// <summary>Stands before what the state machine writes, so that only a witness's snapshot is empty.</summary>
    public const byte ContentVersion = 1;

    private Task _saving = Task.CompletedTask;
    private volatile bool _isBusy;

    /// <summary>True while a snapshot is being written; false before its end is reported.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>Begins to write a state. A failure costs the snapshot and nothing else: the one before stays the newest, and the log behind it is kept.</summary>
    /// <param name="state">What was applied to it.</param>
    /// <param name="captured">The state itself; <c>null</c> on a witness, which has none.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public void Begin(AppliedState state, IStateMachineSnapshot? captured, CancellationToken cancellationToken)
    {
        _isBusy = true;
        _saving = Task.Run(() => Save(state, captured, cancellationToken), CancellationToken.None);
    }

    /// <summary>Completes when nothing is being written any more.</summary>
    public Task WhenIdleAsync() => _saving;

    private void Save(AppliedState state, IStateMachineSnapshot? captured, CancellationToken cancellationToken)
    {
        try
        {
            using (captured)
            using (ISnapshotWriter writer = storage.CreateSnapshot())
            {
                Write(captured, writer.Content, cancellationToken);
                SnapshotMetadata saved = writer.Seal(
                    (size, checksum) => new SnapshotMetadata(state.Id, state.Configuration, state.ConfigurationIndex, size, checksum));
                _isBusy = false;
                onSaved(saved);
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
            _isBusy = false;
            onAbandoned(error);
        }
    }

    private static void Write(IStateMachineSnapshot? captured, Stream content, CancellationToken cancellationToken)
    {
        if (captured is not null)
        {
            content.WriteByte(ContentVersion);
            captured.WriteTo(content, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
