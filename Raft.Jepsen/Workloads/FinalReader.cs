using System.Collections.Concurrent;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Workloads;

/// <summary>Reads every key once more when all is quiet, so that what got lost shows.</summary>
internal static class FinalReader
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads all keys, each until it was read.</summary>
    /// <exception cref="HarnessException">A key could not be read in time.</exception>
    public static Task RunAsync(Load load, CancellationToken stop)
    {
        load.Recorder.BeginFinalReads();
        var keys = new ConcurrentQueue<WorkKey>(load.Keys.All.Where(key => key.IsOpen));
        return Task.WhenAll(Enumerable.Range(0, load.Options.Concurrency).Select(async number =>
        {
            RecordedClient record = load.Recorder.NewClient();
            while (keys.TryDequeue(out WorkKey? key))
            {
                await ReadAsync(load, record, key, number, stop).ConfigureAwait(false);
            }
        }));
    }

    private static async Task ReadAsync(Load load, RecordedClient record, WorkKey key, int number, CancellationToken stop)
    {
        long began = load.Clock.GetTimestamp();
        for (int turn = number; load.Clock.GetElapsedTime(began) < Limit; turn++)
        {
            ulong[] nodes = load.Nodes.Ids;
            ClientRequest request = ClientRequest.Read(key.Name) with { Node = nodes[turn % nodes.Length] };
            record.Invoke(request);
            Answer answer = await load.Nodes.PostAsync(
                request.Node.Value, StoreEndpoints.Operations, RequestBody.Of(request), Load.AnswerLimit, stop).ConfigureAwait(false);
            record.End(request, answer);
            if (answer.Outcome == Outcome.Ok)
            {
                return;
            }

            await load.PauseAsync(RetryDelay, stop).ConfigureAwait(false);
        }

        throw new HarnessException($"Key {key.Name} could not be read within {Limit.TotalSeconds} s when all faults had ended.");
    }
}
