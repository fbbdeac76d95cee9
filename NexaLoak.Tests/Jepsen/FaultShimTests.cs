using System.Diagnostics;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Jepsen;
using Raft.Jepsen.Running.Faults;

namespace NexaLoak.Tests.Jepsen;

/// <summary>What the library of faults does to a process: to the calls of the storage, and to the clocks and timers of .NET.</summary>
[NonParallelizable]
internal sealed class FaultShimTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    private TempDirectory _directory = null!;
    private FaultSettings _settings = null!;
    private FaultProbe _probe = null!;

    private string Harmed => Path.Combine(_directory.Path, "data", "file");

    private string Spared => Path.Combine(_directory.Path, "database");

    [OneTimeSetUp]
    public void Start()
    {
        _directory = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(_directory.Path, "data"));
        _settings = new FaultSettings(Shims.Compile(_directory.Path), Path.Combine(_directory.Path, "faults"), Path.Combine(_directory.Path, "data"));
        _probe = new FaultProbe(_settings);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _probe?.Dispose();
        _settings?.Dispose();
        _directory.Dispose();
    }

    [SetUp]
    public void Heal() => _settings.Heal();

    [Test]
    public void So_many_syncs_fail_as_shall_and_only_of_files_in_the_folder()
    {
        _settings.FailSyncs(2);
        Assert.That(_probe.Sync(Spared), Is.EqualTo("done"), "a file whose path only begins like that of the folder");
        Assert.That(_probe.Sync(Harmed), Is.EqualTo($"Sync of {Harmed} failed: Input/output error. Check the disk, then restart the node."));
        Assert.That(_settings.SyncsToFail, Is.EqualTo(1));
        Assert.That(_probe.Sync(Harmed), Does.Contain("Input/output error"));
        Assert.That(_probe.Sync(Harmed), Is.EqualTo("done"));
        _settings.FailSyncs(5);
        Assert.That(_settings.HealSyncs(), Is.EqualTo(5));
        Assert.That(_probe.Sync(Harmed), Is.EqualTo("done"));
    }

    [Test]
    public void Writes_find_no_room_until_there_is_some()
    {
        _settings.RefuseWrites(int.MaxValue);
        Assert.That(_probe.Write(Spared), Is.EqualTo("done"));
        Assert.That(_probe.Write(Harmed), Does.StartWith($"Write to {Harmed} failed").And.Contains("No space left on device"));
        Assert.That(_probe.Sync(Harmed), Is.EqualTo("done"));
        Assert.That(_settings.MakeRoom(), Is.EqualTo(int.MaxValue - 1));
        Assert.That(_probe.Write(Harmed), Is.EqualTo("done"));
    }

    [Test]
    public void Writes_and_syncs_take_longer()
    {
        var delay = TimeSpan.FromMilliseconds(400);
        foreach (bool sync in (bool[])[true, false])
        {
            _settings.DelaySyncs(sync ? delay : TimeSpan.Zero);
            _settings.DelayWrites(sync ? TimeSpan.Zero : delay);
            long began = Stopwatch.GetTimestamp();
            Assert.That(sync ? _probe.Sync(Harmed) : _probe.Write(Harmed), Is.EqualTo("done"));
            Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(delay));
        }
    }

    [TestCase(1)]
    [TestCase(-72)]
    public void The_wall_clock_jumps_and_the_monotonic_one_does_not(int hours)
    {
        TimeSpan before = _probe.Clocks().Monotonic;
        _settings.ShiftWallClock(TimeSpan.FromHours(hours));
        (DateTimeOffset wall, TimeSpan monotonic, _) = _probe.Clocks();
        Assert.That(wall, Is.EqualTo(DateTimeOffset.UtcNow.AddHours(hours)).Within(Tolerance));
        Assert.That(monotonic - before, Is.GreaterThanOrEqualTo(TimeSpan.Zero).And.LessThan(Tolerance));
        Assert.That(_probe.Wait(TimeSpan.FromMilliseconds(50)), Has.All.GreaterThanOrEqualTo(49).And.All.LessThan(Tolerance.TotalMilliseconds));
        _settings.ShiftWallClock(TimeSpan.Zero);
        Assert.That(_probe.Clocks().Wall, Is.EqualTo(DateTimeOffset.UtcNow).Within(Tolerance));
    }

    [TestCase(0.7)]
    [TestCase(1.5)]
    public void The_monotonic_clocks_run_at_another_rate(double rate)
    {
        _settings.RunClocksAt(rate);
        Thread.Sleep(2 * FaultSettings.Notice);
        long outside = Stopwatch.GetTimestamp();
        TimeSpan first = _probe.Clocks().Monotonic;
        TimeSpan firstTicks = _probe.Clocks().Ticks;
        long inside = Stopwatch.GetTimestamp();
        Thread.Sleep(500);
        TimeSpan least = Stopwatch.GetElapsedTime(inside);
        TimeSpan lastTicks = _probe.Clocks().Ticks;
        TimeSpan last = _probe.Clocks().Monotonic;
        TimeSpan most = Stopwatch.GetElapsedTime(outside);

        // Of the coarse clock, and of what the harness was late.
        var grain = TimeSpan.FromMilliseconds(20);
        Assert.That(last - first, Is.InRange((least * rate) - grain, (most * rate) + grain));
        Assert.That(lastTicks - firstTicks, Is.InRange((least * rate) - grain, (most * rate) + grain));
    }

    /// <summary>A wait that is not translated would last until the real clock shows what this one shows long before it, or be over at once.</summary>
    [TestCase(200.0, 100)]
    [TestCase(0.01, 500)]
    public void Timers_keep_in_step_with_a_clock_that_was_fast_or_slow(double rate, int milliseconds)
    {
        TimeSpan lead = TimeSpan.FromSeconds(1) * (rate - 1);
        _settings.RunClocksAt(rate);
        Thread.Sleep(1000);
        _settings.RunClocksAt(1);
        Thread.Sleep(2 * FaultSettings.Notice);
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<long> waits = _probe.Wait(TimeSpan.FromMilliseconds(milliseconds));
        Assert.That(waits, Has.All.GreaterThanOrEqualTo(milliseconds - 1));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(lead > TimeSpan.Zero ? lead : Tolerance));
    }

    [Test]
    public void The_monotonic_clock_never_goes_back_when_its_rate_changes()
    {
        TimeSpan last = _probe.Clocks().Monotonic;
        for (int i = 0; i < 200; i++)
        {
            _settings.RunClocksAt(i % 2 == 0 ? 1.5 : 0.7);
            TimeSpan now = _probe.Clocks().Monotonic;
            Assert.That(now, Is.GreaterThanOrEqualTo(last));
            last = now;
        }
    }

    [Test]
    public void Without_a_compiler_it_is_said_what_is_missing()
    {
        HarnessException? error = Assert.Throws<HarnessException>(
            () => FaultShim.Compile(Path.Combine(_directory.Path, "none"), compiler: "no-such-compiler"));
        Assert.That(error!.Message, Does.Contain("'no-such-compiler' does not work").And.Contain("Install the packages gcc and libc6-dev"));
        Assert.That(error.Message, Does.Contain("leave fsync, slowdisk, diskfull, clock out of --nemesis"));
    }
}
