using System.Diagnostics;
using System.Globalization;
using NexaLoak.Orchestrator.Demo.Processes;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Storage.Faster;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>
/// What a long log costs when its node starts again, and how much of the disk a compaction gives back. Each opening is that of a process of its
/// own. <c>reopen [--entries N] [--rounds N]</c>
/// </summary>
internal static class ReopenFigures
{
    private const int PayloadBytes = 256;
    private const int HeadBytes = 44;
    private const int BatchEntries = 500;
    private const double FilesGoal = 2;
    private const double MiB = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["open", string directory])
        {
            return await OpenAsync(directory);
        }

        if (Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: reopen [--entries 1000..100000000] [--rounds 1..100]");
            return 2;
        }

        await using var scratch = new ScratchFolder();
        string folder = Path.Combine(scratch.Path, "store");
        var store = new FasterStorageOptions { Directory = folder };
        long began = Stopwatch.GetTimestamp();
        await FillAsync(store, options.Entries);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Entries} entries of {PayloadBytes} bytes, written in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; processes of their own:"));
        for (int round = 1; round <= options.Rounds; round++)
        {
            await OpenInChildAsync("  opened: ", folder);
        }

        long before = await DiskUse.OfAsync(folder);
        long live = await CompactAsync(store, options.Entries, options.Entries / 10);
        long after = await DiskUse.OfAsync(folder);
        await OpenInChildAsync("  opened with a tenth of it: ", folder);
        return Report(before, after, live, store.SegmentBytes);
    }

    private static async Task FillAsync(FasterStorageOptions options, int entries)
    {
        byte[] payload = new byte[PayloadBytes];
        Random.Shared.NextBytes(payload);
        await using FasterRaftStorage storage = FasterRaftStorage.Open(options);
        var load = new AppendLoad(storage, payload);
        load.Start();
        load.RunBatches(entries, BatchEntries);
    }

    /// <summary>Gives up all but the last entries, for a snapshot without content, as a node does.</summary>
    /// <returns>Bytes of the entries kept, as they lie in the log.</returns>
    private static async Task<long> CompactAsync(FasterStorageOptions options, int entries, int keep)
    {
        await using FasterRaftStorage storage = FasterRaftStorage.Open(options);
        var load = new AppendLoad(storage, default);
        load.Start();
        var to = new LogId(1, (ulong)(entries - keep));
        using ISnapshotWriter writer = storage.CreateSnapshot();
        SnapshotMetadata snapshot = writer.Seal(
            (size, checksum) => new SnapshotMetadata(to, new ClusterConfiguration([new NodeId(1)]), 0, size, checksum));
        load.Compact(snapshot);
        return (long)keep * (HeadBytes + PayloadBytes);
    }

    private static async Task OpenInChildAsync(string what, string folder)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "NexaLoak.Benchmarks.dll");
        using Process child = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "reopen", "open", folder]) { RedirectStandardOutput = true })!;
        string said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Console.Write(child.ExitCode == 0 ? what + said : throw new InvalidOperationException("The measurement failed: the storage does not open."));
    }

    /// <summary>The child: measures itself before and after.</summary>
    private static async Task<int> OpenAsync(string directory)
    {
        (double heap, double resident) = (HeapMiB(), ResidentMiB());
        long began = Stopwatch.GetTimestamp();
        await using FasterRaftStorage storage = FasterRaftStorage.Open(new FasterStorageOptions { Directory = directory });
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        double atOnce = ResidentMiB();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{storage.Recovered.LastIndex - storage.Recovered.Base.Index} entries in {elapsed.TotalMilliseconds:0} ms; ")
            + string.Create(CultureInfo.InvariantCulture, $"heap {heap:0.0} to {HeapMiB():0.0} MiB, resident {resident:0} to {atOnce:0} MiB"));
        return 0;
    }

    private static double HeapMiB() => GC.GetTotalMemory(forceFullCollection: true) / MiB;

    private static double ResidentMiB()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / MiB;
    }

    private static int Report(long before, long after, long live, int segmentBytes)
    {
        double files = (after - live) / (double)segmentBytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  on the disk: {before / MiB:0.0} MiB, after a compaction to a tenth {after / MiB:0.0} MiB: {live / MiB:0.0} MiB of entries"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  and {files:0.00} files of {segmentBytes / MiB:0} MiB (goal at most {FilesGoal:0})"));
        return files <= FilesGoal ? 0 : 1;
    }

    private static (int Entries, int Rounds)? Read(string[] args)
    {
        (int entries, int rounds) = (1_000_000, 5);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            bool known = int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0;
            switch (args[i])
            {
                case "--entries" when known && value is >= 1_000 and <= 100_000_000:
                    entries = value;
                    break;
                case "--rounds" when known && value <= 100:
                    rounds = value;
                    break;
                default:
                    return null;
            }
        }

        return args.Length % 2 == 0 ? (entries, rounds) : null;
    }
}
