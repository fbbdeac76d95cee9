using System.Diagnostics;
using NexaLoak.Orchestrator.Api;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>Waits on conditions, generously.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task UntilAsync(Func<Task<bool>> holds, string what, TimeSpan? limit = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(limit ?? Limit), $"waiting until {what}");
            await Task.Delay(Interval);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string what, TimeSpan? limit = null)
        => UntilAsync(() => Task.FromResult(holds()), what, limit);

    /// <summary>True when a node answers, has registered, and knows a leader.</summary>
    public static async Task<bool> IsServingAsync(Uri api)
    {
        using var client = new StatusClient(TimeSpan.FromSeconds(5));
        try
        {
            NodeStatus status = await client.GetAsync(api, CancellationToken.None);
            return status is { Leader: not null, Nodes.Count: > 0 };
        }
        catch (IOException)
        {
            return false;
        }
    }
}
