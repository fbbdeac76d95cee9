using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Health;

/// <summary>
/// Turns single probes of one service into a steady state: it changes only after enough equal results in a row. Not thread-safe.
/// </summary>
internal sealed class ServiceHysteresis(int probesUntilDown, int probesUntilUp)
{
    private ProbeResult _last;
    private int _inARow;

    /// <summary>Up or down; unknown until enough probes agreed.</summary>
    public ServiceState State { get; private set; }

    /// <summary>Takes in a result; true when it changed <see cref="State"/>. Inconclusive ones neither count nor break a row.</summary>
    public bool Add(ProbeResult result)
    {
        if (result == ProbeResult.Inconclusive)
        {
            return false;
        }

        _inARow = result == _last ? _inARow + 1 : 1;
        _last = result;

        (ServiceState proposed, int needed) = result == ProbeResult.Success
            ? (ServiceState.Up, probesUntilUp)
            : (ServiceState.Down, probesUntilDown);
        if (proposed == State || _inARow < needed)
        {
            return false;
        }

        State = proposed;
        return true;
    }
}
