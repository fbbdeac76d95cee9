using System.Diagnostics;
using System.Globalization;
using NexaLoak.Orchestrator.Demo.Processes;
using Raft.Storage.Faster;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>
/// What <see cref="FasterRaftStorage"/> costs beside the disk: append and sync through it, and the same payloads into a raw file, by turns in one run, so that
/// the ratios do not depend on the machine. <c>storage [--rounds N]</c>
/// </summary>
internal static class StorageFigures
{
    private const int PayloadBytes = 256;
    private const int Many = 64;
    private const int Turns = 3;
    private const int SingleWrites = 1_000;
    private const int ManyTurns = 24;
    private const int ManyWrites = 5_000;
    private const long RawBytes = 64 << 20;
    private const double LatencyGoal = 1.25;
    private const double ThroughputGoal = 0.8;

    public static async Task<int> RunAsync(string[] args)
    {
        if (Read(args) is not int rounds)
        {
            await Console.Error.WriteLineAsync("Usage: storage [--rounds 1..1000]");
            return 2;
        }

        // Everything is compiled before it counts.
        await MeasureAsync();
        var figures = new List<StorageRound>();
        for (int round = 1; round <= rounds; round++)
        {
            figures.Add(await MeasureAsync());
            Console.WriteLine($"round {round} of {rounds}: {figures[^1]}");
        }

        return Report(figures);
    }

    private static async Task<StorageRound> MeasureAsync()
    {
        byte[] payload = new byte[PayloadBytes];
        Random.Shared.NextBytes(payload);
        await using var scratch = new ScratchFolder();
        using var direct = new RawFile(Path.Combine(scratch.Path, "direct"), RawBytes);
        await using var raw = new RawLog(new RawFile(Path.Combine(scratch.Path, "raw"), RawBytes));
        await using FasterRaftStorage store = FasterRaftStorage.Open(new FasterStorageOptions { Directory = Path.Combine(scratch.Path, "store") });
        var rawLoad = new AppendLoad(raw, payload);
        var storeLoad = new AppendLoad(store, payload);
        rawLoad.Start();
        storeLoad.Start();
        var rawDirect = new List<double>();
        for (int turn = 0; turn < Turns; turn++)
        {
            RunDirect(direct, payload, rawDirect);
            storeLoad.RunChained(SingleWrites);
        }

        double[] storeDirect = storeLoad.TakeMicroseconds();
        for (int turn = 0; turn < Turns; turn++)
        {
            rawLoad.Run(SingleWrites, 1);
            storeLoad.Run(SingleWrites, 1);
        }

        (double[] rawOne, double[] storeOne) = (rawLoad.TakeMicroseconds(), storeLoad.TakeMicroseconds());
        (TimeSpan rawTime, TimeSpan storeTime) = (TimeSpan.Zero, TimeSpan.Zero);
        for (int turn = 0; turn < ManyTurns; turn++)
        {
            rawTime += rawLoad.Run(ManyWrites, Many);
            storeTime += storeLoad.Run(ManyWrites, Many);
        }

        const double written = ManyTurns * ManyWrites;
        return new StorageRound(
            new Latency([.. rawDirect]),
            new Latency(storeDirect),
            new Latency(rawOne),
            new Latency(storeOne),
            written / rawTime.TotalSeconds,
            written / storeTime.TotalSeconds,
            new Latency(rawLoad.TakeMicroseconds()),
            new Latency(storeLoad.TakeMicroseconds()));
    }

    private static void RunDirect(RawFile file, byte[] payload, List<double> microseconds)
    {
        for (int i = 0; i < SingleWrites; i++)
        {
            long began = Stopwatch.GetTimestamp();
            file.Write(payload);
            file.Sync();
            microseconds.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
    }

    private static int Report(List<StorageRound> rounds)
    {
        Console.WriteLine($"append + sync, {PayloadBytes} bytes, {rounds.Count} rounds; median (least to most) over the rounds:");
        Print("1 at once: pwrite + fdatasync, p50", "µs", rounds.Select(round => round.RawDirect.P50));
        Print("1 at once: the storage, p50", "µs", rounds.Select(round => round.StoreDirect.P50));
        Print("1 at once: pwrite + fdatasync, p99", "µs", rounds.Select(round => round.RawDirect.P99));
        Print("1 at once: the storage, p99", "µs", rounds.Select(round => round.StoreDirect.P99));
        Print("1 at once, handed to another thread: raw log, p50", "µs", rounds.Select(round => round.RawOne.P50));
        Print("1 at once, handed to another thread: the storage, p50", "µs", rounds.Select(round => round.StoreOne.P50));
        Print($"{Many} at once: raw log", "writes/s", rounds.Select(round => round.RawRate));
        Print($"{Many} at once: the storage", "writes/s", rounds.Select(round => round.StoreRate));
        Print($"{Many} at once: raw log, p99", "µs", rounds.Select(round => round.RawMany.P99));
        Print($"{Many} at once: the storage, p99", "µs", rounds.Select(round => round.StoreMany.P99));
        Print($"{Many} at once: the storage, longest", "µs", rounds.Select(round => round.StoreMany.Max));
        double latency = Print("ratio of p50, 1 at once", "", rounds.Select(round => round.StoreDirect.P50 / round.RawDirect.P50));
        Print("ratio of p50, 1 at once, handed to another thread", "", rounds.Select(round => round.StoreOne.P50 / round.RawOne.P50));
        double throughput = Print($"ratio of rates, {Many} at once", "", rounds.Select(round => round.StoreRate / round.RawRate));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"goals: latency at most {LatencyGoal:0.00} times that of pwrite + fdatasync, throughput at least {ThroughputGoal:0.00} of the raw log's"));
        return latency <= LatencyGoal && throughput >= ThroughputGoal ? 0 : 1;
    }

    private static double Print(string what, string unit, IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = sorted[sorted.Length / 2];
        Console.WriteLine($"  {what,-56} {Text(median),8} {unit} ({Text(sorted[0])} to {Text(sorted[^1])})");
        return median;

        string Text(double value) => value.ToString(unit.Length == 0 ? "0.00" : "0", CultureInfo.InvariantCulture);
    }

    private static int? Read(string[] args) => args switch
    {
        [] => 10,
        ["--rounds", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds is >= 1 and <= 1000
            => rounds,
        _ => null,
    };
}
