using System.Reflection;
using FASTER.core;

namespace Raft.Storage.Faster;

/// <summary>
/// The commits of which FASTER still has to tell: once flushed, each is told of by a task of .NET's pool. Nobody waits for that here, and where cores are few the
/// task competes with the threads that write: it costs 5 to 15 % of the throughput on two. FASTER has no setting for it, and passes over the task when there
/// is nothing to tell, so what it would tell is forgotten before the flush. Used by the thread that commits.
/// </summary>
internal sealed class CommitNotices
{
    private const string Field = "ongoingCommitRequests";

    private readonly object? _queue;
    private readonly Action? _clear;

    /// <summary>Finds the notices of a log. A version of FASTER that keeps them elsewhere goes on telling.</summary>
    public CommitNotices(FasterLog log)
    {
        _queue = typeof(FasterLog).GetField(Field, BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(log);
        _clear = _queue?.GetType().GetMethod(nameof(Queue<int>.Clear), Type.EmptyTypes)?.CreateDelegate<Action>(_queue);
    }

    /// <summary>Whether the notices were found.</summary>
    public bool AreKnown => _clear is not null;

    /// <summary>Forgets the commits that are not flushed yet. FASTER's committed addresses fall behind; its flushed ones do not.</summary>
    public void Forget()
    {
        if (_queue is not null && _clear is not null)
        {
            // FASTER locks the queue itself.
            lock (_queue)
            {
                _clear();
            }
        }
    }
}
