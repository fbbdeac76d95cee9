using Microsoft.Extensions.Logging.Abstractions;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Reconciliation;
using NexaLoak.Tests.Fleet;

namespace NexaLoak.Tests.Reconciliation;

/// <summary>Reconcilers of one or more nodes over one log and one domain.</summary>
internal sealed class ReconcilerHarness : IAsyncDisposable
{
    public const string Cluster = "c1";
    private readonly List<Reconciler> _running = [];

    public ManualTimeProvider Time { get; } = new();

    public FakeLog Log { get; } = new();

    public ScriptedDomain Domain { get; } = new();

    public FleetData Fleet => Log.State.View.Fleet;

    /// <summary>Starts a node's reconciler; it waits until the node leads.</summary>
    public async Task<FakeRaft> StartNodeAsync(ulong id = 1)
    {
        var raft = new FakeRaft(Log, id);
        var reconciler = new Reconciler(
            raft, Log.State, new FleetProposer(raft, Time), Domain, new ReconcilerOptions { Cluster = Cluster }, Time, NullLoggerFactory.Instance);
        _running.Add(reconciler);
        await reconciler.StartAsync(CancellationToken.None);
        return raft;
    }

    /// <summary>Publishes nodes 1 to <paramref name="count"/>, written in term 1.</summary>
    public void Publish(int count)
    {
        for (int node = 1; node <= count; node++)
        {
            Domain.Add(FleetBuilder.Address(node), new RecordOwner(Cluster, $"n{node}", 1));
        }
    }

    public Task UntilAsync(Func<bool> condition, string expectation) => Time.AdvanceUntilAsync(condition, expectation);

    public Task UntilPublishedAsync(params int[] nodes)
    {
        string[] expected = [.. nodes.Select(FleetBuilder.Address).Order(StringComparer.Ordinal)];
        return UntilAsync(() => Domain.Addresses.SequenceEqual(expected), $"the domain holds {string.Join(", ", expected)}");
    }

    /// <summary>Waits until no operation is unfinished.</summary>
    public Task UntilSettledAsync() =>
        UntilAsync(() => Fleet.Operations.Values.All(operation => !operation.IsUnfinished), "every operation has an outcome");

    public async ValueTask DisposeAsync()
    {
        foreach (Reconciler reconciler in _running)
        {
            await reconciler.StopAsync(CancellationToken.None);
            reconciler.Dispose();
        }
    }
}
