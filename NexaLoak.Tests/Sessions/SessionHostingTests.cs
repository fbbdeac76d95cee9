using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Raft.Core.Hosting;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;
using Raft.Transport.Grpc.Hosting;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
internal sealed class SessionHostingTests
{
    [Test]
    public void A_hosted_node_runs_the_state_machine_behind_sessions()
    {
        var services = new ServiceCollection();
        IRaftBuilder builder = services.AddRaft(options => options.NodeId = 1);
        builder.UseSessions<TallyMachine>();
        using ServiceProvider provider = services.BuildServiceProvider();

        var hosted = provider.GetRequiredService<IStateMachine>();
        Assert.That(hosted, Is.SameAs(provider.GetRequiredService<SessionStateMachine>()));
        hosted.Apply(new Entry(1, 1, 0, SessionCodec.Encode(SessionCommand.Plain(default, SessionReplica.Bytes("a")))));
        Assert.That(provider.GetRequiredService<TallyMachine>().Commands, Is.EqualTo(new[] { "a" }));
    }
}
