using System.ComponentModel.DataAnnotations;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Shrinking;

/// <summary>
/// Makes a failing scenario smaller: leaves out faults, requests, the noise of links, nodes and unusual settings, one after the other, and
/// keeps what still breaks the same property. The effort is bounded by simulated events, so the result is the same on every machine.
/// </summary>
internal sealed class Shrinker
{
    private const long MostSteps = 120_000_000;
    private const int SlackTimeouts = 10;

    private readonly long _slack;
    private Scenario _best;
    private long _steps;

    private Shrinker(Scenario failing)
    {
        _best = failing;
        _slack = SlackOf(failing.Plan);
    }

    /// <summary>How much later a property may break when something about a scenario has changed.</summary>
    public static long SlackOf(FaultPlan plan) => SlackTimeouts * plan.ElectionTimeout;

    /// <summary>The smallest scenario found that breaks the property that <paramref name="failing"/> breaks.</summary>
    public static Scenario Shrink(Scenario failing)
    {
        var shrinker = new Shrinker(failing);
        long size;
        do
        {
            size = SizeOf(shrinker._best);
            shrinker.Round();
        }
        while (SizeOf(shrinker._best) < size && shrinker._steps < MostSteps);
        return shrinker._best;
    }

    /// <summary>What is left to leave out.</summary>
    private static long SizeOf(Scenario scenario)
        => scenario.Faults.Count + scenario.Operations.Count + scenario.Plan.Nodes - scenario.QuietLinks.Count
            + Knobs.DifferingFromPlain(scenario.Plan).Count() + (scenario.Until / 1_000_000);

    private void Round()
    {
        Minimize(_best.Faults, rest => Try(_best with { Faults = rest }));
        Minimize(_best.Operations, rest => Try(_best with { Operations = rest }));
        QuietenLinks();
        while (DropLastNode())
        {
        }

        foreach ((string name, _) in Knobs.DifferingFromPlain(_best.Plan).ToList())
        {
            Try(_best with { Plan = Knobs.WithPlain(_best.Plan, name) });
        }

        EndFaultsEarlier();
    }

    /// <summary>Leaves out ever smaller pieces of a list (delta debugging), the oldest ones first.</summary>
    private static void Minimize<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, bool> stillFails)
    {
        for (int piece = items.Count; piece > 0; piece /= 2)
        {
            for (int start = 0; start < items.Count;)
            {
                T[] rest = [.. items.Take(start), .. items.Skip(start + piece)];
                if (stillFails(rest))
                {
                    items = rest;
                }
                else
                {
                    start += piece;
                }
            }
        }
    }

    private void QuietenLinks()
    {
        FaultPlan plan = _best.Plan;
        if (plan.Loss + plan.Duplication + plan.Replay + plan.LateMessage == 0)
        {
            _best = _best with { QuietLinks = [] };
            return;
        }

        int nodes = plan.Nodes;
        List<Link> all = [.. from one in Enumerable.Range(1, nodes) from other in Enumerable.Range(1, nodes) where one != other select new Link(one, other)];
        Minimize(all.Except(_best.QuietLinks).ToList(), noisy => Try(_best with { QuietLinks = [.. all.Except(noisy)] }));
    }

    private bool DropLastNode()
    {
        FaultPlan plan = _best.Plan;
        int last = plan.Nodes;
        return last > 1 && Try(_best with
        {
            Plan = plan.WithoutLastNode(),
            Faults = [.. _best.Faults.Where(Concerns).Select(Without)],
            Operations = [.. _best.Operations.Where(Remains)],
            QuietLinks = [.. _best.QuietLinks.Where(Stays)],
        });

        bool Concerns(Fault fault) => fault.Cause.Node < last && fault.Node < last && fault.Peer < last;
        bool Remains(Operation operation) => operation.Node < last && operation.Changes?.All(change => change.Node < last) != false;
        bool Stays(Link link) => link.From < last && link.To < last;
        Fault Without(Fault fault) => fault with { Links = [.. fault.Links.Where(Stays)] };
    }

    /// <summary>A property that breaks after the faults needs only the time until the last of them.</summary>
    private void EndFaultsEarlier()
    {
        if (_best.Until <= _best.Duration)
        {
            Try(_best with { Duration = _best.Until });
            return;
        }

        long shortest = 0;
        for (int halvings = 0; halvings < 10; halvings++)
        {
            long middle = (shortest + _best.Duration) / 2;
            bool fails = Try(_best with
            {
                Duration = middle,
                Faults = [.. _best.Faults.Where(fault => fault.At < middle || fault.Cause.Kind == CauseKind.End)],
                Operations = [.. _best.Operations.Where(operation => operation.At < middle)],
            });
            shortest = fails ? shortest : middle;
        }
    }

    private bool Try(Scenario candidate)
    {
        if (_steps >= MostSteps)
        {
            return false;
        }

        try
        {
            SimulationResult result = (candidate with { Until = _best.Until + _slack }).Run();
            _steps += result.Steps;
            if (result.Failure?.Property != _best.Property)
            {
                return false;
            }

            _best = candidate with { Until = result.VirtualMicroseconds };
            return true;
        }
        catch (ValidationException)
        {
            return false;   // One knob alone may contradict another.
        }
    }
}
