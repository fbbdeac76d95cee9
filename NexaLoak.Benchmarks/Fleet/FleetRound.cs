using System.Globalization;

namespace NexaLoak.Benchmarks.Fleet;

/// <summary>What one round measured.</summary>
/// <param name="StartMs">Start of one node's process until its API answered, while the others were idle; in milliseconds.</param>
/// <param name="FirstLeaderMs">Start of all processes at once until the first node knew a leader; in milliseconds.</param>
/// <param name="ResidentMiB">Resident memory of each idle node.</param>
/// <param name="CpuPercent">Processor time of each idle node, as a share of one core.</param>
internal sealed record FleetRound(double StartMs, double FirstLeaderMs, double[] ResidentMiB, double[] CpuPercent)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"start {StartMs:0} ms, first leader {FirstLeaderMs:0} ms, memory {ResidentMiB.Average():0.0} MiB, CPU {CpuPercent.Average():0.0} %");
}
