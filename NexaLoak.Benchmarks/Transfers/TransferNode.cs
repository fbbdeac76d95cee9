using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Raft.Core.Hosting;
using Raft.Core.Node;
using Raft.Core.Node.Snapshots;
using Raft.Core.StateMachine;
using Raft.Storage.Faster;
using Raft.Transport.Grpc.Hosting;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>
/// A node in a process of its own, with TLS and FASTER's storage. It does what the lines of its input ask for, answers each with a line, and ends with its
/// input.
/// </summary>
internal static class TransferNode
{
    /// <summary>Entries between two snapshots.</summary>
    public const int SnapshotEntries = 20_000;

    private const int TrailingEntries = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        using var memory = new MemoryWatch();
        using var chunks = new ChunkCount();
        WebApplication app = Build(args);
        await using (app)
        {
            await app.StartAsync();
            IRaft raft = app.Services.GetRequiredService<IRaft>();
            var load = new SteadyLoad(raft);
            Console.WriteLine("started");
            while (await Console.In.ReadLineAsync() is { } line)
            {
                Console.WriteLine(await AnswerAsync(line.Split(' '), raft, load, memory, chunks));
            }

            load.SetRate(0);
            await app.StopAsync();
        }

        return 0;
    }

    private static async Task<string> AnswerAsync(string[] request, IRaft raft, SteadyLoad load, MemoryWatch memory, ChunkCount chunks)
    {
        switch (request)
        {
            case ["status"]:
                RaftStatus status = raft.Status;
                return Line((int)status.Role, status.Term, status.LastIndex, status.AppliedIndex, status.BaseIndex, status.SnapshotIndex, chunks.Sent);
            case ["load", string rate]:
                load.SetRate(int.Parse(rate, CultureInfo.InvariantCulture));
                return "ok";
            case ["burst", string commands]:
                await load.BurstAsync(int.Parse(commands, CultureInfo.InvariantCulture), concurrency: 64);
                return "ok";
            case ["latency"]:
                (double[] milliseconds, int failed) = load.Take();
                var latency = new Latency(milliseconds);
                return Line(milliseconds.Length, failed, latency.P50, latency.P99, latency.Max);
            case ["reset"]:
                (double heap, double resident) = memory.Reset();
                return Line(heap, resident);
            case ["most"]:
                return Line(memory.Most.Heap, memory.Most.Resident);
            default:
                throw new ArgumentException($"'{request[0]}' is nothing to ask for.", nameof(request));
        }
    }

    private static string Line(params object[] values)
        => string.Join(' ', values.Select(static value => Convert.ToString(value, CultureInfo.InvariantCulture)));

    private static WebApplication Build(string[] args)
    {
        (string folder, ulong id) = (args[0], ulong.Parse(args[1], CultureInfo.InvariantCulture));
        long size = long.Parse(args[2], CultureInfo.InvariantCulture);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        IRaftBuilder raft = builder.Services.AddRaft(options =>
        {
            options.ClusterId = TransferFigures.ClusterId;
            options.NodeId = id;
            options.Listen = args[3];
            for (int i = 4; i < args.Length; i++)
            {
                options.Peers[$"{i - 3}"] = $"https://{args[i]}";
            }

            options.Tls.Certificate = Path.Combine(folder, $"{id}.crt");
            options.Tls.Key = Path.Combine(folder, $"{id}.key");
            options.Tls.Authority = Path.Combine(folder, "ca.crt");
            options.Snapshots = new SnapshotPolicy { Entries = SnapshotEntries, Bytes = long.MaxValue };
            options.Consensus = options.Consensus with { TrailingEntries = TrailingEntries };
        });
        raft.UseGrpcTransport().UseFasterStorage(Path.Combine(folder, $"node{id}")).Services.AddSingleton<IStateMachine>(new GeneratedState(size));
        WebApplication app = builder.Build();
        app.MapRaft();
        return app;
    }
}
