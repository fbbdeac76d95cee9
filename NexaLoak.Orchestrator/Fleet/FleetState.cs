using Google.Protobuf;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>
/// The orchestrator's replicated state machine. <see cref="Apply"/>, <see cref="Capture"/> and <see cref="Restore"/> are called by one thread; everything
/// else is safe from any thread.
/// </summary>
internal sealed class FleetState : ISnapshotStateMachine
{
    private readonly Lock _gate = new();
    private FleetView _view = new(0, FleetData.Empty);
    private TaskCompletionSource? _changed;

    /// <summary>The newest view.</summary>
    public FleetView View => Volatile.Read(ref _view);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        Transition transition = Transit(_view.Fleet, entry);
        Publish(new FleetView(entry.Index, transition.Fleet));
        return transition.Reply.ToByteArray();
    }

    /// <inheritdoc/>
    public IStateMachineSnapshot Capture() => new Captured(_view);

    /// <inheritdoc/>
    public void Restore(Stream content) => Publish(FleetSnapshotCodec.Decode(FleetSnapshot.Parser.ParseFrom(content)));

    /// <summary>
    /// Completes with a view that is newer than <paramref name="appliedIndex"/>: at once when there is one, else after the next command.
    /// </summary>
    public async Task<FleetView> WaitForChangeAsync(ulong appliedIndex, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_view.AppliedIndex > appliedIndex)
                {
                    return _view;
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static Transition Transit(FleetData fleet, in Entry entry)
    {
        Command command;
        try
        {
            command = Command.Parser.ParseFrom(entry.Payload.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return Transition.Refused(fleet, "The bytes are not a command.");
        }

        return FleetCommands.Apply(fleet, command, entry.Term);
    }

    private void Publish(FleetView view)
    {
        TaskCompletionSource? changed;
        lock (_gate)
        {
            _view = view;
            changed = _changed;
            _changed = null;
        }

        changed?.SetResult();
    }

    private sealed class Captured(FleetView view) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => FleetSnapshotCodec.Encode(view).WriteTo(content);

        public void Dispose()
        {
        }
    }
}
