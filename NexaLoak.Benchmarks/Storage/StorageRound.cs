using System.Globalization;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>What one round measured.</summary>
/// <param name="Inline">Raw file, the caller writes and syncs itself.</param>
/// <param name="RawOne">Raw log, one write at a time.</param>
/// <param name="StoreOne">The storage, one write at a time.</param>
/// <param name="RawRate">Raw log, many writes at a time: writes a second.</param>
/// <param name="StoreRate">The storage, many writes at a time: writes a second.</param>
/// <param name="RawMany">Raw log, many writes at a time.</param>
/// <param name="StoreMany">The storage, many writes at a time.</param>
internal sealed record StorageRound(
    Latency Inline, Latency RawOne, Latency StoreOne, double RawRate, double StoreRate, Latency RawMany, Latency StoreMany)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 inline {Inline.P50:0}, raw {RawOne.P50:0}, storage {StoreOne.P50:0} µs; raw {RawRate:0}, storage {StoreRate:0} writes/s");
}
