using Raft.Jepsen.Histories;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>A workload in one simulated run: the clients that a run of processes has too, what they saw, and what the checkers say of that.</summary>
internal sealed class StoreRun
{
    private readonly List<HistoryEvent> _events = [];
    private readonly TaskCompletionSource _stopped = new();
    private readonly Load _load;
    private Action _cancel = () => { };
    private Task _working = Task.CompletedTask;
    private Task? _reading;

    /// <param name="options">What clients do.</param>
    /// <param name="nodes">Whom they ask.</param>
    /// <param name="streams">All their randomness.</param>
    /// <param name="time">All their time.</param>
    public StoreRun(LoadOptions options, IStoreNodes nodes, RandomStreams streams, VirtualTime time)
        => _load = new Load(options, nodes, new HistoryRecorder(_events, time), streams, time);

    /// <summary>No request is under way any more.</summary>
    public bool HasEnded => _working.IsCompleted;

    /// <summary>The final reads have begun.</summary>
    public bool Reads => _reading is not null;

    /// <summary>All keys were read in the end, or could not be.</summary>
    public bool HasRead => _reading is { IsCompleted: true };

    /// <summary>What happened.</summary>
    public IReadOnlyList<HistoryEvent> Events => _events;

    public void Begin() => _working = WorkAsync();

    /// <summary>Clients end what they are at.</summary>
    public void Stop()
    {
        _cancel();
        _stopped.SetResult();
    }

    public void BeginFinalReads() => _reading = FinalReader.RunAsync(_load, CancellationToken.None);

    /// <summary>Throws what went wrong in a client.</summary>
    /// <exception cref="PropertyViolationException">A key could not be read in the end.</exception>
    public void ThrowIfFailed()
    {
        try
        {
            foreach (Task task in new[] { _working, _reading }.OfType<Task>().Where(task => task.IsFaulted))
            {
                task.GetAwaiter().GetResult();
            }
        }
        catch (HarnessException unread)
        {
            throw new PropertyViolationException("L10 final reads", unread.Message);
        }
    }

    /// <summary>Has the checkers judge what happened so far; an operation without an end is one whose outcome is unknown.</summary>
    public HistoryJudgement Judge() => HistoryJudgement.Of(new History(_events));

    private async Task WorkAsync()
    {
        using var end = new CancellationTokenSource();
        _cancel = end.Cancel;
        Task clients = _load.RunAsync(end.Token);
        await _stopped.Task.ConfigureAwait(false);
        await clients.ConfigureAwait(false);
    }
}
