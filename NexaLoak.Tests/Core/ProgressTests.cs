using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Replication;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class ProgressTests
{
    private const ulong LastIndex = 50;

    /// <summary>Any order of sends, acknowledgements, refusals, heartbeats and losses, sensible or not.</summary>
    [Test]
    public void I5_next_is_above_match_and_match_never_falls()
        => Prop.ForAll(Gen.Choose(0, 1_000_000).ListOf().ToArbitrary(), steps =>
        {
            var progress = new Progress(LastIndex + 1, new Inflights(8, 1000));
            ulong match = 0;
            foreach (int step in steps)
            {
                Take(progress, step % 5, (ulong)(step / 5) % (LastIndex + 1));
                bool holds = progress.Next > progress.Match && progress.Next <= LastIndex + 1
                    && progress.Match >= match && progress.Inflights.Count <= 8
                    && progress.Inflights.Bytes == 100 * progress.Inflights.Count;
                if (!holds)
                {
                    return false;
                }

                match = progress.Match;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_probe_goes_out_once_until_something_is_heard()
    {
        var progress = new Progress(11, new Inflights(8, 1000));
        Assert.That(progress.CanSendEntries, Is.True);
        progress.OnAppendSent(previous: 10, count: 1, bytes: 1, commit: 0);
        Assert.That(progress.CanSendEntries, Is.False);
        progress.OnHeartbeatResponse(LastIndex);
        Assert.That(progress.CanSendEntries, Is.True);
    }

    [Test]
    public void D4_a_refused_probe_moves_next_and_never_match()
    {
        var progress = new Progress(9, new Inflights(8, 1000));
        progress.OnAppendSent(previous: 8, count: 1, bytes: 1, commit: 0);
        Assert.That(progress.OnReject(rejected: 8, retryFrom: 5), Is.True);
        Assert.That((progress.Match, progress.Next), Is.EqualTo((0UL, 6UL)));
        Assert.That(progress.OnMatch(6, 0), Is.True);
        Assert.That((progress.Match, progress.Next, progress.State), Is.EqualTo((6UL, 7UL, ProgressState.Replicate)));
    }

    [Test]
    public void A_refusal_that_has_been_overtaken_changes_nothing()
    {
        var progress = new Progress(9, new Inflights(8, 1000));
        progress.OnAppendSent(previous: 8, count: 1, bytes: 1, commit: 0);
        Assert.That(progress.OnReject(rejected: 7, retryFrom: 2), Is.False);
        progress.OnMatch(9, 0);
        Assert.That(progress.OnReject(rejected: 9, retryFrom: 2), Is.False);
        Assert.That((progress.Next, progress.State), Is.EqualTo((10UL, ProgressState.Replicate)));
    }

    [Test]
    public void After_a_refusal_in_mid_stream_the_window_grows_from_one_message()
    {
        var progress = new Progress(1, new Inflights(8, 1000));
        progress.OnMatch(0, 0);
        Assert.That(Fill(progress), Is.EqualTo(8));
        progress.OnReject(rejected: 7, retryFrom: 0);
        progress.OnAppendSent(previous: 0, count: 1, bytes: 1, commit: 0);
        progress.OnMatch(1, 0);
        Assert.That(Fill(progress), Is.EqualTo(2));
        progress.OnMatch(progress.Next - 1, 0);
        Assert.That(Fill(progress), Is.EqualTo(4));
    }

    private static int Fill(Progress progress)
    {
        int sent = 0;
        for (; progress.CanSendEntries; sent++)
        {
            progress.OnAppendSent(progress.Next - 1, count: 1, bytes: 1, commit: 0);
        }

        return sent;
    }

    private static void Take(Progress progress, int kind, ulong index)
    {
        switch (kind)
        {
            case 0 when progress.CanSendEntries && progress.Next <= LastIndex:
                progress.OnAppendSent(progress.Next - 1, (int)Math.Min(3, LastIndex + 1 - progress.Next), bytes: 100, commit: index);
                break;
            case 1:
                progress.OnMatch(index, 0);
                break;
            case 2:
                progress.OnReject(index, Math.Min(index, LastIndex - index));
                break;
            case 3:
                progress.OnHeartbeatResponse(LastIndex);
                break;
            case 4:
                progress.BecomeProbe();
                break;
            default:
                break;
        }
    }
}
