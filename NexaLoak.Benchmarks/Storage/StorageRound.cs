using System.Globalization;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>What one round measured.</summary>
/// <param name="RawDirect">Raw file, one write at a time, by the thread that writes and syncs.</param>
/// <param name="StoreDirect">The storage, one write at a time, enqueued by its own thread.</param>
/// <param name="RawOne">Raw log, one write at a time, enqueued by another thread.</param>
/// <param name="StoreOne">The storage, one write at a time, enqueued by another thread.</param>
/// <param name="RawRate">Raw log, many writes at a time: writes a second.</param>
/// <param name="StoreRate">The storage, many writes at a time: writes a second.</param>
/// <param name="RawMany">Raw log, many writes at a time.</param>
/// <param name="StoreMany">The storage, many writes at a time.</param>
internal sealed record StorageRound(
    Latency RawDirect, Latency StoreDirect, Latency RawOne, Latency StoreOne, double RawRate, double StoreRate, Latency RawMany, Latency StoreMany)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 raw {RawDirect.P50:0}, storage {StoreDirect.P50:0} µs; handed over raw {RawOne.P50:0}, storage {StoreOne.P50:0} µs; ")
        + string.Create(CultureInfo.InvariantCulture, $"raw {RawRate:0}, storage {StoreRate:0} writes/s");
}
