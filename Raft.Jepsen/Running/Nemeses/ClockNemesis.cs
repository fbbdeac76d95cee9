using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Makes the clocks of nodes wrong, and of no other process: the wall clock jumps by an hour or three days, or to and fro twenty times a second; or the
/// monotonic clock, and all timers with it, runs at another rate. Beyond what leases allow, if there are any, it would be right to answer wrongly.
/// </summary>
/// <param name="leases">Leaders serve reads by lease.</param>
internal sealed class ClockNemesis(bool leases) : Nemesis
{
    /// <summary>The slowest that a clock runs: nothing is older, by a right clock, than it may be by that one divided by this.</summary>
    public const double SlowestRate = 0.7;

    private const double FastestRate = 1.5;

    // The slowest is within the 10 % of the fastest that leases allow.
    private const double SlowestRateOfLeases = 0.95, FastestRateOfLeases = 1.05;
    private const long StrobeMs = 50;
    private const int Permille = 1_000;

    private static readonly TimeSpan[] Jumps = [TimeSpan.FromHours(1), TimeSpan.FromHours(-1), TimeSpan.FromDays(3), TimeSpan.FromDays(-3)];

    public override string Name => "clock";

    protected override (long Low, long High) Hold => (500, 5_000);

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        var random = new RandomStream(plan.Order);
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        FaultSettings[] clocks = context.Cluster.FaultsOf(targets.Nodes);
        TimeSpan jump = Jumps[random.Below(Jumps.Length)];
        switch (random.Below(3))
        {
            case 0:
                context.Recorder.Nemesis("start-clock", targets.Nodes, $"{targets.Name}: the wall clock jumps by {jump.TotalHours:+0;-0} h");
                Array.ForEach(clocks, clock => clock.ShiftWallClock(jump));
                await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
                break;
            case 1:
                context.Recorder.Nemesis("start-clock", targets.Nodes, $"{targets.Name}: the wall clock jumps by {jump.TotalHours:+0;-0} h and back");
                await StrobeAsync(clocks, jump, plan.HoldMs, stop).ConfigureAwait(false);
                break;
            default:
                string rates = string.Join(", ", clocks.Select(clock => RunAtSomeRate(clock, random)));
                context.Recorder.Nemesis("start-clock", targets.Nodes, FormattableString.Invariant($"{targets.Name}: rates of {rates}"));
                await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
                Array.ForEach(clocks, clock => clock.RunClocksAt(1));
                break;
        }

        Array.ForEach(clocks, clock => clock.ShiftWallClock(TimeSpan.Zero));
        context.Recorder.Nemesis("stop-clock", targets.Nodes);
        return clocks.Length > 0;
    }

    private string RunAtSomeRate(FaultSettings clock, RandomStream random)
    {
        (double slowest, double fastest) = leases ? (SlowestRateOfLeases, FastestRateOfLeases) : (SlowestRate, FastestRate);
        double rate = slowest + ((fastest - slowest) * random.Below(Permille + 1) / Permille);
        clock.RunClocksAt(rate);
        return FormattableString.Invariant($"{rate:0.000}");
    }

    private static async Task StrobeAsync(FaultSettings[] clocks, TimeSpan jump, long holdMs, CancellationToken stop)
    {
        for (long at = 0; at < holdMs && !stop.IsCancellationRequested; at += StrobeMs)
        {
            Array.ForEach(clocks, clock => clock.ShiftWallClock(at / StrobeMs % 2 == 0 ? jump : TimeSpan.Zero));
            await WaitAsync(StrobeMs, stop).ConfigureAwait(false);
        }
    }
}
