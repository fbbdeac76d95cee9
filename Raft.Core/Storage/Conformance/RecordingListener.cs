namespace Raft.Core.Storage.Conformance;

/// <summary>Remembers what a storage reports, and holds every report against the rules.</summary>
internal sealed class RecordingListener : IStorageListener
{
    private readonly Lock _gate = new();
    private readonly List<Exception> _failures = [];
    private readonly List<string> _brokenRules = [];
    private TaskCompletionSource _next = NewSignal();
    private ulong _enqueued;
    private ulong _persisted;

    /// <summary>The last write that the storage took, or is taking.</summary>
    public ulong Enqueued
    {
        set
        {
            lock (_gate)
            {
                _enqueued = value;
            }
        }
    }

    /// <summary>The last write that was reported durable.</summary>
    public ulong Persisted => Locked(() => _persisted);

    /// <summary>The failures that were reported.</summary>
    public IReadOnlyList<Exception> Failures => Locked(() => _failures.ToList());

    /// <summary>What was wrong with the reports.</summary>
    public IReadOnlyList<string> BrokenRules => Locked(() => _brokenRules.ToList());

    public void OnPersisted(ulong sequence)
    {
        lock (_gate)
        {
            if (sequence <= _persisted)
            {
                _brokenRules.Add($"write {sequence} reported after write {_persisted}");
            }

            if (sequence > _enqueued)
            {
                _brokenRules.Add($"write {sequence} reported when write {_enqueued} was the last");
            }

            if (_failures.Count > 0)
            {
                _brokenRules.Add($"write {sequence} reported after a failure");
            }

            _persisted = sequence;
            Signal();
        }
    }

    public void OnFailed(Exception error)
    {
        lock (_gate)
        {
            _failures.Add(error);
            Signal();
        }
    }

    /// <summary>Waits until a write is durable, or a failure means that it won't be.</summary>
    /// <returns>False when nothing has been reported for as long as the limit.</returns>
    public async Task<bool> WaitForOutcomeAsync(ulong sequence, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (;;)
        {
            Task next;
            lock (_gate)
            {
                if (_persisted >= sequence || _failures.Count > 0)
                {
                    return true;
                }

                next = _next.Task;
            }

            try
            {
                await next.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    /// <summary>Throws if the storage reported a failure, or what it may not report.</summary>
    public void RequireHealthy()
    {
        StorageRules.Failing.RequireEqual("failures on a healthy disk", "none", Join(Failures.Select(failure => failure.Message)));
        StorageRules.Reporting.RequireEqual("reports against the rule", "none", Join(BrokenRules));

        static string Join(IEnumerable<string> items) => string.Join("; ", items.DefaultIfEmpty("none"));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _next.SetResult();
        _next = NewSignal();
    }

    private T Locked<T>(Func<T> get)
    {
        lock (_gate)
        {
            return get();
        }
    }
}
