using System.Collections.Concurrent;
using System.Diagnostics;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Clients;

/// <summary>All clients of a run and what they share. Safe to use from any thread.</summary>
internal sealed class Load
{
    /// <summary>Time for the answer to one attempt.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private const int PollMs = 5;
    private const int Accounts = 5;
    private const long Balance = 100;

    // Only a cluster that does not come back reaches it.
    private static readonly TimeSpan ChangesLimit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _banks = new();
    private readonly RandomStreams _streams;
    private long _acknowledged;

    public Load(RunOptions options, Cluster cluster, HistoryRecorder recorder)
    {
        (Options, Cluster, Recorder) = (options, cluster, recorder);
        _streams = new RandomStreams(options.Seed);
        Keys = new KeyPool(options.Workload, _streams.Open(RandomPurpose.Keys));
    }

    public RunOptions Options { get; }

    public Cluster Cluster { get; }

    public HistoryRecorder Recorder { get; }

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
            var client = new LoadClient(this, _streams.Open(RandomPurpose.Client, number), usesSession);
            return Task.Run(() => client.RunAsync(stop), CancellationToken.None);
        }));

    /// <summary>Counts a change that was acknowledged.</summary>
    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    /// <summary>Waits until changes have been acknowledged.</summary>
    /// <param name="before">How many were when the waiting began.</param>
    /// <param name="count">How many more there shall be.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="HarnessException">There were not so many in minutes.</exception>
    public async Task AwaitChangesAsync(long before, int count, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        while (Acknowledged < before + count)
        {
            stop.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(began) > ChangesLimit)
            {
                throw new HarnessException(
                    $"Only {Acknowledged - before} changes of {count} were acknowledged in {ChangesLimit.TotalMinutes} minutes. See the nodes' logs.");
            }

            await Task.Delay(PollMs, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sees to it that a bank is there before the first request to it.</summary>
    public Task OpenAsync(WorkKey bank, CancellationToken stop)
        => _banks.GetOrAdd(bank.Name, _ => new Lazy<Task>(() => OpenBankAsync(bank, stop))).Value;

    // Opening is safe to repeat, and is no part of what is checked.
    private async Task OpenBankAsync(WorkKey bank, CancellationToken stop)
    {
        Dictionary<string, long> accounts = AccountNames.ToDictionary(name => name, _ => Balance);
        byte[] body = RequestBody.Open(bank.Name, accounts);
        for (int turn = 0; ; turn++)
        {
            ulong[] nodes = Cluster.Ids;
            Answer answer = await Cluster.Api.PostAsync(
                Cluster.ApiOf(nodes[turn % nodes.Length]), StoreEndpoints.Operations, body, AnswerLimit, stop).ConfigureAwait(false);
            if (answer.Outcome == Outcome.Ok)
            {
                Recorder.OpenBank(bank.Name, accounts, overdraft: false);
                bank.Open();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), stop).ConfigureAwait(false);
        }
    }
}
