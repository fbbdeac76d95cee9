using NUnit.Framework;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.All)]
internal sealed class PooledCompletionTests
{
    [Test]
    public async Task It_is_used_again_once_the_outcome_is_taken()
    {
        var pool = new CompletionPool<int>();
        PooledCompletion<int> first = pool.Rent(0);
        ValueTask<int> wait = first.WaitAsync(default);
        Assert.That(first.TrySetResult(7), Is.True);
        Assert.That(pool.Idle, Is.Zero, "the caller has not taken the outcome");
        Assert.That(await wait, Is.EqualTo(7));
        Assert.That(pool.Rent(0), Is.SameAs(first));
    }

    [Test]
    public async Task A_cancelled_wait_is_used_again_only_when_the_node_has_let_go()
    {
        var pool = new CompletionPool<int>();
        PooledCompletion<int> completion = pool.Rent(0);
        using var cancellation = new CancellationTokenSource();
        ValueTask<int> wait = completion.WaitAsync(cancellation.Token);
        await cancellation.CancelAsync();

        OperationCanceledException? cancelled = null;
        try
        {
            await wait;
        }
        catch (OperationCanceledException error)
        {
            cancelled = error;
        }

        Assert.That(cancelled?.CancellationToken, Is.EqualTo(cancellation.Token));
        Assert.That(pool.Idle, Is.Zero, "the node holds it");
        Assert.That(completion.TrySetResult(7), Is.False);
        Assert.That(pool.Idle, Is.EqualTo(1));
    }

    [Test]
    public async Task The_caller_goes_on_on_another_thread_than_the_node()
    {
        var pool = new CompletionPool<int>();
        PooledCompletion<int> completion = pool.Rent(0);
        var node = new Thread(() => completion.TrySetResult(1));
        Task<int> caller = ContinuesOnAsync(completion.WaitAsync(default));
        node.Start();
        Assert.That(await caller, Is.Not.EqualTo(node.ManagedThreadId));
        node.Join();

        static async Task<int> ContinuesOnAsync(ValueTask<int> wait)
        {
            await wait.ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }
    }

    [Test]
    public void An_outcome_that_is_not_there_yet_is_not_taken()
    {
        PooledCompletion<int> completion = new CompletionPool<int>().Rent(0);
        _ = completion.WaitAsync(default).AsTask();
        Assert.Throws<InvalidOperationException>(() => completion.GetResult(0));
    }

    [Test]
    public async Task Of_the_apply_loop_the_node_and_the_caller_exactly_one_wins()
    {
        const int Rounds = 20_000;
        var pool = new CompletionPool<int>();
        for (int round = 0; round < Rounds; round++)
        {
            PooledCompletion<int> completion = pool.Rent(0);
            using var cancellation = new CancellationTokenSource();
            Task<int> wait = completion.WaitAsync(cancellation.Token).AsTask();
            bool won = false;
            int value = round;
            Task node = Task.Run(() => won = value % 2 == 0 ? completion.TrySetResult(value) : completion.TrySetException(new InvalidDataException()));
            cancellation.Cancel();
            await node;
            await wait.ContinueWith(_ => { }, TaskScheduler.Default);
            bool ended = value % 2 == 0 ? wait.IsCompletedSuccessfully && await wait == value : wait.IsFaulted;
            Assert.That((ended, wait.IsCanceled), Is.EqualTo((won, !won)));
        }

        Assert.That(pool.Idle, Is.EqualTo(1), "one completion served all rounds");
    }
}
