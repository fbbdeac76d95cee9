using System.Collections.Immutable;
using NexaLoak.Orchestrator.Api;

namespace NexaLoak.Orchestrator.Demo.Observation;

/// <summary>
/// What can be seen of the fleet from outside right now: DNS answers and the nodes' statuses. Safe to use from any thread.
/// </summary>
internal sealed class FleetBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (string Node, string Hash)> _hashes = [];
    private ImmutableDictionary<string, NodeStatus> _nodes = ImmutableDictionary<string, NodeStatus>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The addresses that DNS last answered with, in ascending order.</summary>
    public ImmutableList<string> Dns { get; private set; } = [];

    /// <summary>Status of each node that answers, by name.</summary>
    public ImmutableDictionary<string, NodeStatus> Nodes => _nodes;

    /// <summary>The node that leads in the highest term seen now; <c>null</c> while none does.</summary>
    public NodeStatus? Leader => _nodes.Values.Where(node => node.Role == "leader").MaxBy(node => node.Term);

    /// <summary>Two nodes that had different states at the same index; <c>null</c> as it must be.</summary>
    public string? Divergence { get; private set; }

    /// <summary>Notes what DNS answers.</summary>
    public void SetDns(ImmutableList<string> addresses)
    {
        lock (_gate)
        {
            Dns = addresses;
            Signal();
        }
    }

    /// <summary>Notes a node's status; <c>null</c> when it does not answer.</summary>
    public void SetNode(string name, NodeStatus? status)
    {
        lock (_gate)
        {
            _nodes = status is null ? _nodes.Remove(name) : _nodes.SetItem(name, status);
            if (status is not null)
            {
                Compare(name, status.State);
            }

            Signal();
        }
    }

    /// <summary>Waits until <paramref name="holds"/>, which is asked again after each change.</summary>
    /// <returns>False when it did not come true in time.</returns>
    public async Task<bool> WaitAsync(Func<bool> holds, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (holds())
            {
                return true;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Makes waiters look again, after a change that happened elsewhere.</summary>
    public void Poke()
    {
        lock (_gate)
        {
            Signal();
        }
    }

    private void Compare(string node, StateStatus state)
    {
        if (!_hashes.TryAdd(state.AppliedIndex, (node, state.Hash)) && _hashes[state.AppliedIndex].Hash != state.Hash)
        {
            Divergence ??= $"{node} and {_hashes[state.AppliedIndex].Node} have different states at index {state.AppliedIndex}";
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
