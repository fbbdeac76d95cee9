using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests;

/// <summary>Waits for conditions, with a limit so generous that only a hang reaches it.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public static Task Holds(Func<bool> condition, string what, TimeSpan? limit = null) => HoldsAsync(() => Task.FromResult(condition()), what, limit);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(limit ?? Limit), $"waited in vain: {what}");
            await Task.Delay(Interval);
        }
    }
}
