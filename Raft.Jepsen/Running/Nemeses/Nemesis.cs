using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Does one kind of harm to a cluster, again and again. What it does is drawn from the seed, in the order in which it does it.</summary>
internal abstract class Nemesis
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>How often it struck.</summary>
    public int Strikes { get; private set; }

    /// <summary>Milliseconds between two strikes, at least and at most.</summary>
    protected virtual (long Low, long High) Gap => (1_000, 4_000);

    /// <summary>Milliseconds that a strike lasts, at least and at most.</summary>
    protected virtual (long Low, long High) Hold => (300, 2_500);

    /// <summary>Strikes until told to stop; every strike is undone by then.</summary>
    public async Task RunAsync(NemesisContext context, RandomStream random, CancellationToken stop)
    {
        while (true)
        {
            // The same numbers are drawn for each strike, whatever the cluster is like by then.
            await WaitAsync(random.Between(Gap.Low, Gap.High), stop).ConfigureAwait(false);
            var plan = new StrikePlan(random.Below(100), random.Next(), random.Between(Hold.Low, Hold.High));
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (await StrikeAsync(context, plan, stop).ConfigureAwait(false))
            {
                Strikes++;
            }
        }
    }

    /// <summary>Does some harm, lets it last, and undoes it, also when told to stop.</summary>
    /// <returns>False when there was nobody to harm.</returns>
    protected abstract Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop);

    /// <summary>Waits, or returns early when told to stop.</summary>
    protected static async Task WaitAsync(long milliseconds, CancellationToken stop)
        => await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
