using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Tests.Fleet;
using NUnit.Framework;

namespace NexaLoak.Tests.Health;

[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class ServiceProberTests
{
    private static readonly HealthOptions Options = new()
    {
        ProbeInterval = TimeSpan.FromMilliseconds(20),
        ProbeTimeout = TimeSpan.FromSeconds(20),
    };

    [Test]
    public async Task A_service_that_comes_and_goes_is_reported_up_and_down()
    {
        using TcpListener service = Listen(0);
        FakeRaft raft = Fleet(service, out FakeLog log);
        using ServiceProber prober = Prober(raft, log);
        await prober.StartAsync(CancellationToken.None);

        await UntilAsync(log, ServiceState.Up);
        int port = ((IPEndPoint)service.LocalEndpoint).Port;
        service.Stop();
        await UntilAsync(log, ServiceState.Down);
        using TcpListener again = Listen(port);
        await UntilAsync(log, ServiceState.Up);
        await prober.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_report_that_gets_lost_is_repeated_and_one_that_shows_is_not()
    {
        using TcpListener service = Listen(0);
        FakeRaft raft = Fleet(service, out FakeLog log);
        raft.LosesForwarded = true;
        using ServiceProber prober = Prober(raft, log);
        await prober.StartAsync(CancellationToken.None);
        int forwarded = raft.Forwarded;
        await Eventually.Holds(() => raft.Forwarded >= forwarded + 3, "the report is repeated");

        raft.LosesForwarded = false;
        await UntilAsync(log, ServiceState.Up);
        forwarded = raft.Forwarded;
        int probes = 0;
        await Eventually.Holds(() => Accept(service, ref probes) >= 5, "probing goes on");
        Assert.That(raft.Forwarded, Is.LessThanOrEqualTo(forwarded + 1));
        await prober.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_port_that_does_not_answer_in_time_fails_the_probe()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start(backlog: 1);
        var endpoint = (IPEndPoint)service.LocalEndpoint;
        List<TcpClient> queue = [.. Enumerable.Range(0, 8).Select(_ => new TcpClient())];
        using var end = new CancellationTokenSource();
        List<Task> waiting = [.. queue.Select(client => client.ConnectAsync(endpoint, end.Token).AsTask())];
        await Eventually.Holds(() => waiting.Any(task => task.IsCompleted), "the queue of the port fills up");

        // With the queue full, the system leaves further connections without an answer.
        var time = new ManualTimeProvider();
        Task<ProbeResult> probe = ServiceProbe.ConnectAsync(endpoint, TimeSpan.FromSeconds(1), time, CancellationToken.None);
        Assert.That(probe.IsCompleted, Is.False);
        await time.AdvanceUntilAsync(() => probe.IsCompleted, "the probe ends");
        Assert.That(await probe, Is.EqualTo(ProbeResult.Failure));

        await end.CancelAsync();
        queue.ForEach(client => client.Dispose());
    }

    private static int Accept(TcpListener service, ref int probes)
    {
        while (service.Pending())
        {
            service.AcceptSocket().Dispose();
            probes++;
        }

        return probes;
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private static FakeRaft Fleet(TcpListener service, out FakeLog log)
    {
        log = new FakeLog();
        var raft = new FakeRaft(log);
        raft.Lead(1);
        log.Send(new Command
        {
            RegisterNode = new RegisterNode
            {
                Name = "n1",
                Address = "127.0.0.1",
                ServicePort = (uint)((IPEndPoint)service.LocalEndpoint).Port,
                ApiAddress = "",
            },
        });
        return raft;
    }

    private static ServiceProber Prober(FakeRaft raft, FakeLog log) =>
        new(raft, log.State, new FleetProposer(raft, TimeProvider.System), Options, TimeProvider.System);

    private static Task UntilAsync(FakeLog log, ServiceState state) => Eventually.Holds(
        () => log.State.View.Fleet.Reports.GetValueOrDefault(new ReportKey("n1", "n1"))?.State == state, $"the service is reported {state}");
}
