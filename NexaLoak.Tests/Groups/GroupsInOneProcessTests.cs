using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NexaLoak.Tests.Transport;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Transport;
using Raft.Transport.Grpc.Peers;

namespace NexaLoak.Tests.Groups;

[TestFixture]
public sealed class GroupsInOneProcessTests
{
    private static readonly NodeId[] _ids = [new(1), new(2), new(3)];

    [Test]
    public async Task A_hundred_groups_elect_and_commit_each_for_itself_and_the_failure_of_one_is_its_own()
    {
        const int Groups = 100;
        const int Failed = 42;
        var network = new InMemoryNetwork();
        GroupProcess[] processes =
            [.. _ids.Select(id => new GroupProcess(id, Groups, new ClusterConfiguration(_ids), network.CreateTransport(id)))];
        try
        {
            await GroupProcess.AllAreLedAsync(processes);
            await CommitInAll(processes, "before", except: -1);

            GroupProcess leader = Array.Find(processes, static process => process.Nodes[Failed].Status.Role == Role.Leader)!;
            leader.Storages[Failed].OnFailed(new IOException("The disk of one group fails."));
            Assert.That(async () => await leader.Nodes[Failed].Completion, Throws.TypeOf<RaftStoppedException>());
            await CommitInAll(processes, "after", except: Failed);
            await GroupProcess.CommitAsync(processes, Failed, "of those that are left");

            using (Assert.EnterMultipleScope())
            {
                Assert.That(processes.Sum(static process => process.Nodes.Count(static node => node.Completion.IsCompleted)), Is.EqualTo(1));
                foreach (GroupProcess process in processes)
                {
                    Assert.That(Enumerable.Range(0, Groups).Where(group => process.Machines[group].Commands.Distinct().Any(command => IsOfAnother(group, command))), Is.Empty);
                }
            }
        }
        finally
        {
            await StopAll(processes);
        }

        static bool IsOfAnother(int group, string command)
            => !(command == $"{group} before" || command == $"{group} after" || (group == Failed && command == "of those that are left"));
    }

    [Test]
    public async Task Groups_share_one_stream_for_each_pair_of_peers_over_gRPC()
    {
        const int Groups = 20;
        var open = new ConcurrentDictionary<string, int>();
        await using var cluster = new TransportCluster(3);
        var servers = new List<TransportNode>();
        foreach (NodeId id in _ids)
        {
            servers.Add(await cluster.StartAsync(id.Value, map: server => CountStreams(server, open), startTransport: false));
        }

        GroupProcess[] processes =
            [.. servers.Zip(_ids, (server, id) => new GroupProcess(id, Groups, cluster.Configuration(1, 2, 3), server.Transport))];
        try
        {
            await GroupProcess.AllAreLedAsync(processes);
            await CommitInAll(processes, "command", except: -1);

            // Two peers for each node, and the lane of snapshots never opened.
            await Eventually.Holds(() => open.Values.Where(static streams => streams > 0).SequenceEqual(Enumerable.Repeat(1, 6)), "one stream for each pair");
            await Eventually.Holds(() => servers[0].Transport.FramesTo(_ids[1]) > 0 && servers[0].Transport.FramesTo(_ids[2]) > 0, "frames were sent");
            Assert.That(servers[0].Transport.FramesTo(_ids[1], Lane.Snapshot), Is.Zero);
            Assert.That(servers.SelectMany(static server => server.Log.Failures), Is.Empty);
        }
        finally
        {
            await StopAll(processes);
        }
    }

    private static async Task CommitInAll(GroupProcess[] processes, string command, int except)
        => await Task.WhenAll(Enumerable.Range(0, processes[0].Nodes.Length).Where(group => group != except)
            .Select(group => GroupProcess.CommitAsync(processes, group, $"{group} {command}")));

    private static Task StopAll(GroupProcess[] processes) => Task.WhenAll(processes.Select(static process => process.DisposeAsync().AsTask()));

    private static void CountStreams(WebApplication server, ConcurrentDictionary<string, int> open)
        => server.Use(next => async context =>
        {
            IHeaderDictionary headers = context.Request.Headers;
            string stream = $"{headers[ExchangeHeaders.From]} to {headers[ExchangeHeaders.To]} {headers[ExchangeHeaders.LaneName]}";
            open.AddOrUpdate(stream, 1, static (_, streams) => streams + 1);
            try
            {
                await next(context);
            }
            finally
            {
                open.AddOrUpdate(stream, 0, static (_, streams) => streams - 1);
            }
        });
}
