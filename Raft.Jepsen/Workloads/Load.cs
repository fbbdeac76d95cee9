using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Workloads;

/// <summary>
/// All clients of a run and what they share. Safe to use from any thread. It has its nodes, its clock and its randomness from outside: where all three are
/// simulated, and each wait ends on the one thread that simulates, clients do the same thing twice.
/// </summary>
internal sealed class Load
{
    /// <summary>Time for the answer to one attempt.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private const int Accounts = 5;
    private const long Balance = 100;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    // Only a cluster that does not come back reaches it.
    private static readonly TimeSpan ChangesLimit = TimeSpan.FromMinutes(5);

    private readonly RandomStreams _streams;
    private long _acknowledged;

    /// <summary>Makes the clients.</summary>
    /// <param name="options">What they do.</param>
    /// <param name="nodes">Whom they ask.</param>
    /// <param name="recorder">Gets what they ask and are told.</param>
    /// <param name="streams">All their randomness.</param>
    /// <param name="clock">All their time.</param>
    public Load(LoadOptions options, IStoreNodes nodes, HistoryRecorder recorder, RandomStreams streams, TimeProvider clock)
    {
        (Options, Nodes, Recorder, _streams, Clock) = (options, nodes, recorder, streams, clock);
        Keys = new KeyPool(options.Workload, _streams.Open(RandomPurpose.Keys));
    }

    public LoadOptions Options { get; }

    public IStoreNodes Nodes { get; }

    public HistoryRecorder Recorder { get; }

    public TimeProvider Clock { get; }

    public KeyPool Keys { get; }

    /// <summary>Names of the accounts that each bank has.</summary>
    public static IReadOnlyList<string> AccountNames { get; } = [.. Enumerable.Range(0, Accounts).Select(account => $"{(char)('a' + account)}")];

    /// <summary>Changes that were acknowledged so far.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Runs all clients until they are told to stop; each ends what it is at.</summary>
    public Task RunAsync(CancellationToken stop)
        => Task.WhenAll(Enumerable.Range(0, Options.Concurrency).Select(number =>
        {
            bool usesSession = Options.Workload == Workload.Session || (Options.Workload == Workload.Mixed && number % 2 == 1);
            return new LoadClient(this, _streams.Open(RandomPurpose.Client, number), usesSession).RunAsync(stop);
        }));

    /// <summary>
    /// Waits. Whoever waits goes on where the clock, or whoever stops it, has just been; <see cref="Task.Delay(TimeSpan, CancellationToken)"/> would leave that
    /// thread when it is cancelled.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    public async Task PauseAsync(TimeSpan time, CancellationToken stop)
    {
        var end = new TaskCompletionSource();
        using ITimer timer = Clock.CreateTimer(_ => end.TrySetResult(), null, time, Timeout.InfiniteTimeSpan);
        using (stop.UnsafeRegister(_ => end.TrySetResult(), null))
        {
            await end.Task.ConfigureAwait(false);
        }

        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Counts a change that was acknowledged.</summary>
    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    /// <summary>Waits until changes have been acknowledged.</summary>
    /// <param name="before">How many were when the waiting began.</param>
    /// <param name="count">How many more there shall be.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="HarnessException">There were not so many in minutes.</exception>
    public async Task AwaitChangesAsync(long before, int count, CancellationToken stop)
    {
        long began = Clock.GetTimestamp();
        while (Acknowledged < before + count)
        {
            stop.ThrowIfCancellationRequested();
            if (Clock.GetElapsedTime(began) > ChangesLimit)
            {
                throw new HarnessException(
                    $"Only {Acknowledged - before} changes of {count} were acknowledged in {ChangesLimit.TotalMinutes} minutes. See the nodes' logs.");
            }

            await PauseAsync(Poll, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sees to it that a bank is there before the first request to it.</summary>
    public async Task OpenAsync(WorkKey bank, CancellationToken stop)
    {
        if (bank.TryBeginOpening())
        {
            await OpenBankAsync(bank, stop).ConfigureAwait(false);
        }

        // Looking again and again, as one task that many await would let all but one of them go on on other threads.
        while (!bank.IsOpen)
        {
            await PauseAsync(Poll, stop).ConfigureAwait(false);
        }
    }

    // Opening is safe to repeat, and is no part of what is checked.
    private async Task OpenBankAsync(WorkKey bank, CancellationToken stop)
    {
        Dictionary<string, long> accounts = AccountNames.ToDictionary(name => name, _ => Balance);
        byte[] body = RequestBody.Open(bank.Name, accounts);
        for (int turn = 0; ; turn++)
        {
            ulong[] nodes = Nodes.Ids;
            ulong node = nodes[turn % nodes.Length];
            Answer answer = await Nodes.PostAsync(node, StoreEndpoints.Operations, body, AnswerLimit, stop).ConfigureAwait(false);
            if (answer.Outcome == Outcome.Ok)
            {
                Recorder.OpenBank(bank.Name, accounts, overdraft: false);
                bank.Open();
                return;
            }

            await PauseAsync(RetryDelay, stop).ConfigureAwait(false);
        }
    }
}
