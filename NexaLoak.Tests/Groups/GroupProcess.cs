using NexaLoak.Tests.Node;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Groups;

/// <summary>The nodes of one process, one of each group, on one carrier and one ticker.</summary>
internal sealed class GroupProcess : IAsyncDisposable
{
    private readonly SharedTransport _shared;
    private readonly SharedTicker _ticker;
    private readonly IRaftTransport[] _transports;

    public GroupProcess(NodeId id, int groups, ClusterConfiguration configuration, IRaftTransport carrier)
    {
        _shared = new SharedTransport(carrier);
        _ticker = new SharedTicker(TimeSpan.FromMilliseconds(50));
        var options = new RaftNodeOptions { Id = id, Configuration = configuration, Ticker = _ticker };
        Storages = [.. Enumerable.Range(0, groups).Select(_ => new HangingStorage(new MemoryStorage()))];
        Machines = [.. Enumerable.Range(0, groups).Select(_ => new JournalMachine())];
        _transports = [.. Enumerable.Range(0, groups).Select(group => _shared.CreateTransport(new GroupId((ulong)group)))];
        Nodes = [.. Enumerable.Range(0, groups).Select(group => new RaftNode(options, Storages[group], _transports[group], Machines[group]))];
        foreach (RaftNode node in Nodes)
        {
            node.Start();
        }
    }

    public RaftNode[] Nodes { get; }

    public JournalMachine[] Machines { get; }

    public HangingStorage[] Storages { get; }

    public SharedTransport Transport => _shared;

    /// <summary>Waits until each group has a leader.</summary>
    public static Task AllAreLedAsync(GroupProcess[] processes)
        => Eventually.Holds(
            () => Enumerable.Range(0, processes[0].Nodes.Length).All(group => processes.Any(process => process.Nodes[group].Status.Role == Role.Leader)),
            "each group has a leader");

    /// <summary>Has a group's leader commit a command, and waits until all nodes of the group that run have applied it.</summary>
    public static async Task CommitAsync(GroupProcess[] processes, int group, string command)
    {
        bool committed = false;
        await Eventually.HoldsAsync(
            async () =>
            {
                if (Array.Find(processes, process => process.Nodes[group].Status is { Role: Role.Leader, IsStopped: false }) is { } leader)
                {
                    try
                    {
                        await leader.Nodes[group].ProposeAsync(NodeCluster.Command(command));
                        committed = true;
                    }
                    catch (Exception error) when (error is NotLeaderException or OutcomeUnknownException or RaftStoppedException)
                    {
                        // Another leader is about to be elected.
                    }
                }

                return committed;
            },
            $"group {group} commits {command}");
        await Eventually.Holds(
            () => processes.All(process => process.Nodes[group].Status.IsStopped || process.Machines[group].Commands.Contains(command)),
            $"all of group {group} apply {command}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(static node => node.StopAsync()));
        foreach (IRaftTransport transport in _transports)
        {
            await transport.DisposeAsync();
        }

        await _shared.DisposeAsync();
        _ticker.Dispose();
    }
}
