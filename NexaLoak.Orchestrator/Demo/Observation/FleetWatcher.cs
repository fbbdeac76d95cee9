using System.Collections.Immutable;
using System.Net;
using NexaLoak.Orchestrator.Api;

namespace NexaLoak.Orchestrator.Demo.Observation;

/// <summary>Keeps a <see cref="FleetBoard"/> up to date: asks DNS as a client would, and the nodes over their API.</summary>
internal sealed class FleetWatcher : IAsyncDisposable
{
    private static readonly TimeSpan DnsInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NodeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FleetBoard _board;
    private readonly DnsClient _dns;
    private readonly StatusClient _client = new(Patience);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    public FleetWatcher(FleetBoard board, IPEndPoint dns)
    {
        _board = board;
        _dns = new DnsClient(dns);
    }

    /// <summary>Called after each answer of DNS that differs from the one before, with both; by one thread at a time.</summary>
    public required Action<ImmutableList<string>, ImmutableList<string>> DnsChanged { get; init; }

    /// <summary>Called when a node leads in a term that nobody was seen to lead in before; by one thread at a time.</summary>
    public required Action<NodeStatus> LeaderChanged { get; init; }

    /// <summary>Begins to watch.</summary>
    public void Start(string domain, IReadOnlyList<(string Name, Uri Api)> nodes)
    {
        _loops.Add(RepeatAsync(DnsInterval, () => AskDnsAsync(domain)));
        _loops.Add(RepeatAsync(NodeInterval, FindLeader()));
        foreach ((string name, Uri api) in nodes)
        {
            _loops.Add(RepeatAsync(NodeInterval, () => AskNodeAsync(name, api)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _dns.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval, Func<Task> look)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                await look();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task AskDnsAsync(string domain)
    {
        ImmutableList<string> now;
        try
        {
            now = [.. (await _dns.QueryAsync(domain, Patience, _stop.Token)).Select(address => address.ToString())];
        }
        catch (IOException)
        {
            // A lost datagram says nothing about the domain; the next query will.
            return;
        }

        // Reported first: a scenario that waits for the answer may end the demo, and what it waited for must have been told by then.
        ImmutableList<string> before = _board.Dns;
        if (!before.SequenceEqual(now))
        {
            DnsChanged(before, now);
            _board.SetDns(now);
        }
    }

    private async Task AskNodeAsync(string name, Uri api)
    {
        NodeStatus? status;
        try
        {
            status = await _client.GetAsync(api, _stop.Token);
        }
        catch (IOException)
        {
            status = null;
        }

        _board.SetNode(name, status);
    }

    private Func<Task> FindLeader()
    {
        ulong reported = 0;
        return () =>
        {
            if (_board.Leader is { } leader && leader.Term > reported)
            {
                reported = leader.Term;
                LeaderChanged(leader);
            }

            return Task.CompletedTask;
        };
    }
}
