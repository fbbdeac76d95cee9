using System.Globalization;
using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Demo.Events;
using NexaLoak.Orchestrator.Demo.Processes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NexaLoak.Orchestrator.Demo.Reporting;

/// <summary>Draws a table of the fleet on the terminal, again and again, with the last events below it.</summary>
internal sealed class TableReporter : IDemoReporter
{
    private const int ShownEvents = 8;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private readonly DemoFleet _fleet;
    private readonly Lock _gate = new();
    private readonly Queue<DemoEvent> _events = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _drawing;
    private ReadyEvent? _ready;

    public TableReporter(DemoFleet fleet)
    {
        _fleet = fleet;
        _drawing = Task.Run(() => AnsiConsole.Live(Draw()).StartAsync(DrawAsync));
    }

    /// <inheritdoc/>
    public void Report(DemoEvent happened)
    {
        lock (_gate)
        {
            _ready = happened as ReadyEvent ?? _ready;
            _events.Enqueue(happened);
            if (_events.Count > ShownEvents)
            {
                _events.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _drawing;
        _stop.Dispose();
    }

    private async Task DrawAsync(LiveDisplayContext live)
    {
        using var timer = new PeriodicTimer(Redraw);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                live.UpdateTarget(Draw());
            }
        }
        catch (OperationCanceledException)
        {
            live.UpdateTarget(Draw());
        }
    }

    private Rows Draw()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string column in (ReadOnlySpan<string>)["node", "address", "pid", "role", "term", "commit", "control", "health", "in DNS"])
        {
            table.AddColumn(column);
        }

        NodeStatus? leader = _fleet.Board.Leader;
        foreach (DemoServer server in _fleet.Servers)
        {
            table.AddRow(Cells(server, leader));
        }

        lock (_gate)
        {
            List<IRenderable> rows =
            [
                table,
                new Text(_ready?.ToString() ?? "starting …"),
                .. _events.Select(Line),
                new Text("Ctrl-C ends the demo and leaves nothing behind."),
            ];
            return new Rows(rows);
        }
    }

    private static Text Line(DemoEvent happened)
        => new(string.Create(CultureInfo.InvariantCulture, $"{happened.Time:HH:mm:ss.f} {happened}"));

    private IEnumerable<IRenderable> Cells(DemoServer server, NodeStatus? leader)
    {
        NodeStatus? own = _fleet.Board.Nodes.GetValueOrDefault(server.Name);
        FleetNodeStatus? seen = leader?.Nodes.FirstOrDefault(node => node.Name == server.Name);
        bool announced = _fleet.Board.Dns.Contains(server.Address);
        yield return new Text(server.Name);
        yield return new Text(server.Address);
        yield return new Text(server.IsAlive ? server.Pid.ToString(CultureInfo.InvariantCulture) : "dead", Good(server.IsAlive));
        yield return new Text(own?.Role ?? "–", own?.Role == "leader" ? new Style(decoration: Decoration.Bold) : Style.Plain);
        yield return new Text(own?.Term.ToString(CultureInfo.InvariantCulture) ?? "–");
        yield return new Text(own?.CommitIndex.ToString(CultureInfo.InvariantCulture) ?? "–");
        yield return new Text(seen?.Control ?? "–", Good(seen?.Control == "reachable"));
        yield return new Text(seen?.Condition ?? "–", Good(seen?.Condition == "healthy"));
        yield return new Text(announced ? "yes" : "no", Good(announced));
    }

    private static Style Good(bool isGood) => new(isGood ? Color.Green : Color.Red);
}
