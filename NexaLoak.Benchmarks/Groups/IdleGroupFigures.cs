using System.Globalization;

namespace NexaLoak.Benchmarks.Groups;

/// <summary>What idle groups cost a host, which has one node of each.</summary>
/// <param name="CpuPercent">Processor time, as a share of one core.</param>
/// <param name="HeapMiB">Managed memory in use, after a collection.</param>
/// <param name="FramesPerSecond">Frames that a host writes to each peer.</param>
internal sealed record IdleGroupFigures(double CpuPercent, double HeapMiB, double FramesPerSecond)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"CPU {CpuPercent:0.00} %, heap {HeapMiB:0.0} MiB, {FramesPerSecond:0.0} frames/s to a peer");
}
