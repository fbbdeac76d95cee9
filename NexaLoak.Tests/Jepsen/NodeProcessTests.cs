using System.Net;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Serving;

namespace NexaLoak.Tests.Jepsen;

/// <summary>A node of a run, where no process is needed; with one it is what <see cref="RunTests"/> are about.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class NodeProcessTests
{
    /// <summary>A pause may end after its node was replaced.</summary>
    [Test]
    public async Task A_node_that_is_gone_can_be_suspended_and_resumed_by_those_who_do_not_know_it_yet()
    {
        using var folder = new Storage.TempDirectory();
        var options = new ServeOptions
        {
            Id = new NodeId(1),
            Members = [new NodeId(1)],
            Peers = new AddressPattern("http://127.1.0.{to}:7000"),
            Api = new IPEndPoint(IPAddress.Loopback, 1),
            Data = Path.Combine(folder.Path, "data"),
        };
        var node = new NodeProcess(new ChildLauncher(() => { }), options, Path.Combine(folder.Path, "log"));
        await node.DisposeAsync();
        Assert.That(await node.SuspendAsync(), Is.False);
        await node.ResumeAsync();
        Assert.That((node.IsAlive, node.HasDied, node.Pid), Is.EqualTo((false, false, 0)));
    }
}
