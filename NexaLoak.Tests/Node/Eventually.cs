using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests.Node;

/// <summary>Waits for conditions with a limit so generous that only a hang reaches it.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task Holds(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(clock.Elapsed, Is.LessThan(Limit), $"never came true: {what}");
            await Task.Delay(5);
        }
    }
}
