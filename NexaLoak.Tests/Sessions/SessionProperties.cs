using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
internal sealed class SessionProperties
{
    [Test]
    public void S18_whatever_comes_in_whatever_order_the_sessions_do_as_the_model_does()
    {
        var seen = new Dictionary<SessionStatus, int>();
        long suppressed = 0;
        long evictions = 0;
        Prop.ForAll(Gen.Choose(0, 10_000_000).ListOf().ToArbitrary(), steps =>
        {
            var walk = new SessionWalk();
            string? wrong = walk.Take(39);
            foreach (int step in steps)
            {
                wrong ??= walk.Take(step);
            }

            foreach ((SessionStatus status, int count) in walk.Seen)
            {
                seen[status] = seen.GetValueOrDefault(status) + count;
            }

            suppressed += walk.Suppressed;
            evictions += walk.Evictions;
            return (wrong is null).Label(wrong ?? "");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300));

        string summary = $"{string.Join(", ", seen)}, suppressed {suppressed}, evictions {evictions}";
        TestContext.Out.WriteLine(summary);
        Assert.That(Enum.GetValues<SessionStatus>().Select(status => seen.GetValueOrDefault(status)), Is.All.GreaterThan(100), summary);
        Assert.That(new[] { suppressed, evictions }, Is.All.GreaterThan(100), summary);
    }
}
