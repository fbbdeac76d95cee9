using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests.Node;

/// <summary>Waits for conditions with a limit so generous that only a hang reaches it.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Holds(Func<bool> condition, string what) => HoldsAsync(() => Task.FromResult(condition()), what);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.That(clock.Elapsed, Is.LessThan(Limit), $"never came true: {what}");
            await Task.Delay(5);
        }
    }
}
