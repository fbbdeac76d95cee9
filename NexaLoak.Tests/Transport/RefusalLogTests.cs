using NUnit.Framework;
using Raft.Transport.Grpc.Peers;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class RefusalLogTests
{
    private readonly LogSink _log = new();
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Strangers_without_number_get_so_many_lines_a_minute_and_one_that_says_so()
    {
        var refusals = new RefusalLog(_log.CreateLogger<RefusalLogTests>(), _time);
        for (int caller = 0; caller < 10_000; caller++)
        {
            refusals.Refused($"A connection from 10.0.{caller / 256}.{caller % 256}", "it does not speak TLS");
        }

        Assert.That(_log.Warnings.Count(), Is.EqualTo(257));
        Assert.That(_log.Warnings.Last(), Does.StartWith("More callers were refused in a minute"));

        _time.Advance(TimeSpan.FromMinutes(1));
        refusals.Refused("A connection from 10.0.0.1", "it does not speak TLS");
        Assert.That(_log.Warnings.Last(), Does.StartWith("A connection from 10.0.0.1 was refused"));
    }
}
