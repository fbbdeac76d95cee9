using NUnit.Framework;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage;

/// <summary>Remembers what a storage reports, and checks the rules that hold for every report.</summary>
internal sealed class RecordingListener : IStorageListener
{
    private readonly object _gate = new();

    public ulong Persisted { get; private set; }

    public List<Exception> Failures { get; } = [];

    public List<string> BrokenRules { get; } = [];

    public void OnPersisted(ulong sequence)
    {
        lock (_gate)
        {
            if (sequence <= Persisted)
            {
                BrokenRules.Add($"reported {sequence} after {Persisted}");
            }

            if (Failures.Count > 0)
            {
                BrokenRules.Add($"reported {sequence} after a failure");
            }

            Persisted = sequence;
            Monitor.PulseAll(_gate);
        }
    }

    public void OnFailed(Exception error)
    {
        lock (_gate)
        {
            Failures.Add(error);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until a write is durable.</summary>
    public void WaitFor(ulong sequence) => WaitUntil(() => Persisted >= sequence, $"write {sequence} to become durable");

    /// <summary>Waits until the storage has failed.</summary>
    public Exception WaitForFailure()
    {
        WaitUntil(() => Failures.Count > 0, "a failure");
        return Failures[0];
    }

    /// <summary>Waits until a write is durable or the storage has failed.</summary>
    public void WaitForOutcome(ulong sequence) => WaitUntil(() => Persisted >= sequence || Failures.Count > 0, $"the outcome of write {sequence}");

    private void WaitUntil(Func<bool> condition, string what)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(60);
        lock (_gate)
        {
            while (!condition())
            {
                TimeSpan left = end - DateTime.UtcNow;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    Assert.That(condition(), Is.True, $"Waited in vain for {what}; failures: {string.Join("; ", Failures)}");
                    return;
                }
            }
        }
    }
}
