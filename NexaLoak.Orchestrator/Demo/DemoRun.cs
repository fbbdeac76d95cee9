using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Demo.Events;
using NexaLoak.Orchestrator.Demo.Observation;
using NexaLoak.Orchestrator.Demo.Processes;
using NexaLoak.Orchestrator.Demo.Reporting;
using NexaLoak.Orchestrator.Demo.Scenarios;
using NexaLoak.Orchestrator.Emulator;

namespace NexaLoak.Orchestrator.Demo;

/// <summary>One run of the demo, from an empty folder to nothing left behind.</summary>
internal sealed class DemoRun(DemoOptions options, TextWriter output)
{
    private const string Zone = "example.com";
    private const string Domain = $"vpn.{Zone}";

    // The detector gives nodes twice this time after a change of leader, and all of that has to fit into the 15 s that a dead leader has.
    private static readonly TimeSpan ContactTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(90);

    private readonly DemoFleet _fleet = new(new FleetBoard());

    /// <summary>Runs until the scenarios are over, or until told to stop.</summary>
    /// <returns>True when everything happened that had to.</returns>
    public async Task<bool> RunAsync()
    {
        using var stop = new StopSignal();
        await using IDemoReporter reporter = CreateReporter();
        _fleet.Happened += reporter.Report;
        string? error = null;
        try
        {
            error = await RunFleetAsync(reporter, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Without scenarios to finish, being told to stop is how a demo ends.
            error = options.Once ? "The demo was told to stop before the scenarios were over." : null;
        }
        catch (Exception failure)
        {
            error = failure.Message;
            throw;
        }
        finally
        {
            reporter.Report(new ResultEvent(error is null, _fleet.UnassignMs, error));
        }

        return error is null;
    }

    private IDemoReporter CreateReporter()
        => options.Json ? new JsonReporter(output)
            : Console.IsOutputRedirected ? new LineReporter(output)
            : new TableReporter(_fleet);

    /// <returns>What went wrong in a scenario, or <c>null</c>.</returns>
    private async Task<string?> RunFleetAsync(IDemoReporter reporter, CancellationToken stop)
    {
        await using var scratch = new ScratchFolder();
        using var launcher = new ChildLauncher();
        await using CloudflareEmulator emulator = await CloudflareEmulator.StartAsync(
            new CloudflareEmulatorOptions { ZoneName = Zone }, stop);
        FleetPlan plan = LoopbackPlan.Create("demo", options.Nodes, Domain, emulator) with { ContactTimeout = ContactTimeout };
        string folder = Path.Combine(scratch.Path, "fleet");
        FleetFolder.Write(folder, plan);
        _fleet.Servers = [.. plan.Nodes.Select(node => new DemoServer(launcher, folder, node, plan) { Died = _fleet.OnDied })];
        await using FleetGateway gateway = await FleetGateway.StartAsync(_fleet, stop);
        await using var watcher = new FleetWatcher(_fleet.Board, emulator.DnsEndPoint)
        {
            DnsChanged = _fleet.OnDns,
            LeaderChanged = _fleet.OnLeader,
        };
        try
        {
            foreach (DemoServer server in _fleet.Servers)
            {
                await server.StartAsync();
            }

            watcher.Start(Domain, [.. _fleet.Servers.Select(server => (server.Name, server.Api))]);
            _fleet.Begin(await BecomeReadyAsync(emulator, gateway, folder, stop));
            string? error = await RunScenariosAsync(reporter, emulator, stop);
            if (!options.Once)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            return error;
        }
        finally
        {
            _fleet.Stop();
            await Task.WhenAll(_fleet.Servers.Select(server => server.DisposeAsync().AsTask()));
        }
    }

    private async Task<ReadyEvent> BecomeReadyAsync(CloudflareEmulator emulator, FleetGateway gateway, string folder, CancellationToken stop)
    {
        FleetBoard board = _fleet.Board;
        bool ready = await board.WaitAsync(
            () => _fleet.Alive.Count < options.Nodes
                || (board.Leader is not null && _fleet.Servers.All(server => board.Dns.Contains(server.Address))),
            ReadyPatience,
            stop);
        if (_fleet.Servers.FirstOrDefault(server => !server.IsAlive) is { } dead)
        {
            throw new DemoException(
                $"{dead.Name} ended before the fleet was ready; its last words: {(dead.LastLines is [.., var last] ? last : "none")}");
        }

        if (!ready || board.Leader is not { } leader)
        {
            throw new DemoException(
                $"The fleet was not ready after {ReadyPatience.TotalSeconds:0} s: "
                    + $"DNS answers {board.Dns.Count} of {options.Nodes} addresses, "
                + $"{board.Nodes.Count} nodes answer, {(board.Leader is { } known ? known.Node : "nobody")} leads.");
        }

        return new ReadyEvent(
            emulator.DnsEndPoint.ToString(),
            Domain,
            Origin(gateway.Address),
            emulator.ApiBaseAddress.ToString(),
            new Uri(emulator.ControlBaseAddress, "journal").ToString(),
            leader.Node,
            folder,
            [
                .. from server in _fleet.Servers
                   select new ReadyNode(server.Name, server.Pid, server.Address, Origin(server.Api), DemoServer.VpnKind),
            ]);

        static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
    }

    private async Task<string?> RunScenariosAsync(IDemoReporter reporter, CloudflareEmulator emulator, CancellationToken stop)
    {
        var context = new ScenarioContext(_fleet, address => CountDeletions(emulator, address));
        foreach (IScenario scenario in options.Scenarios)
        {
            string? error = null;
            try
            {
                await scenario.RunAsync(context, stop);
            }
            catch (DemoException failure)
            {
                error = failure.Message;
            }

            reporter.Report(new ScenarioEvent(scenario.Name, error is null, error));
            if (error is not null)
            {
                await WriteLastWordsAsync();
                return $"{scenario.Name}: {error}";
            }
        }

        return null;
    }

    // The nodes' logs go with the demo's folder; after a failure their ends are what explains it.
    private async Task WriteLastWordsAsync()
    {
        foreach (DemoServer server in _fleet.Servers)
        {
            foreach (string line in server.LastLines)
            {
                await Console.Error.WriteLineAsync($"{server.Name}: {line}");
            }
        }
    }

    private static int CountDeletions(CloudflareEmulator emulator, string address)
        => emulator.Journal.Entries
            .SelectMany(entry => entry.Changes)
            .Count(change => change.Action == "delete" && change.Record.Content == address);
}
