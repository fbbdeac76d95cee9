using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
internal sealed class SessionStateMachineTests
{
    private static readonly SessionLimits Small = new() { Timeout = TimeSpan.FromSeconds(1), MaxSessions = 2, MaxReplyBytes = 1024, Window = 4 };

    [Test]
    public void A_session_is_named_by_the_entry_that_opened_it()
    {
        var replica = new SessionReplica();
        replica.Apply(SessionCommand.Plain(default, SessionReplica.Bytes("a")));
        SessionReply reply = replica.Apply(SessionCommand.Open(default));
        Assert.That((reply.Status, reply.Session, reply.Limits), Is.EqualTo((SessionStatus.Opened, 2UL, new SessionLimits())));
    }

    [Test]
    public void A_retry_gets_the_first_reply_and_changes_nothing()
    {
        var replica = new SessionReplica();
        ulong session = replica.Open();
        Assert.That(replica.ProposeText(session, 1, "a"), Is.EqualTo("1:a"));
        Assert.That(replica.ProposeText(session, 2, "b"), Is.EqualTo("2:b"));
        Assert.That(replica.ProposeText(session, 1, "a"), Is.EqualTo("1:a"));
        Assert.That(replica.Tally.Commands, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(replica.Machine.Suppressed, Is.EqualTo(1));
    }

    [Test]
    public void Sequences_of_different_sessions_have_nothing_to_do_with_each_other()
    {
        var replica = new SessionReplica();
        ulong first = replica.Open();
        ulong second = replica.Open();
        Assert.That(replica.ProposeText(first, 1, "a"), Is.EqualTo("1:a"));
        Assert.That(replica.ProposeText(second, 1, "a"), Is.EqualTo("2:a"));
    }

    [Test]
    public void A_command_without_a_session_is_carried_out_each_time()
    {
        var replica = new SessionReplica();
        SessionCommand plain = SessionCommand.Plain(default, SessionReplica.Bytes("a"));
        replica.Apply(plain);
        replica.Apply(plain);
        Assert.That(replica.Tally.Commands, Is.EqualTo(new[] { "a", "a" }));
    }

    [Test]
    public void Commands_under_way_together_may_arrive_in_any_order_within_the_window()
    {
        var replica = new SessionReplica();
        replica.Configure(Small);
        ulong session = replica.Open();
        Assert.That(replica.ProposeText(session, 4, "d"), Is.EqualTo("1:d"));
        Assert.That(replica.ProposeText(session, 2, "b"), Is.EqualTo("2:b"));
        Assert.That(replica.ProposeText(session, 5, "e"), Is.EqualTo("WindowExceeded"));
        Assert.That(replica.ProposeText(session, 1, "a"), Is.EqualTo("3:a"));
        Assert.That(replica.ProposeText(session, 4, "d"), Is.EqualTo("1:d"));
        Assert.That(replica.ProposeText(session, 5, "e", lowest: 2), Is.EqualTo("4:e"));
        Assert.That(replica.ProposeText(session, ulong.MaxValue, "z", lowest: 2), Is.EqualTo("WindowExceeded"));
    }

    [Test]
    public void What_the_client_acknowledged_is_dropped_and_refused()
    {
        var replica = new SessionReplica();
        ulong session = replica.Open();
        replica.Propose(session, 1, "a");
        replica.Propose(session, 2, "b");
        long kept = replica.Machine.ReplyBytes;
        replica.Propose(session, 3, "c", lowest: 3);
        Assert.That(replica.Machine.ReplyBytes, Is.EqualTo(kept / 2));
        Assert.That(replica.ProposeText(session, 1, "a"), Is.EqualTo("StaleSequence"));
        Assert.That(replica.ProposeText(session, 2, "b", lowest: 2), Is.EqualTo("StaleSequence"), "an old mark does not lower the mark");
        Assert.That(replica.Tally.Commands, Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public void A_command_that_its_client_gave_up_is_not_carried_out_later()
    {
        var replica = new SessionReplica();
        ulong session = replica.Open();
        replica.Apply(SessionCommand.KeepAlive(default, session, lowestUnanswered: 2));
        Assert.That(replica.ProposeText(session, 1, "late"), Is.EqualTo("StaleSequence"));
        Assert.That(replica.Tally.Commands, Is.Empty);
    }

    [Test]
    public void An_unknown_or_closed_session_is_expired()
    {
        var replica = new SessionReplica();
        ulong session = replica.Open();
        Assert.That(replica.ProposeText(session + 1, 1, "a"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.Apply(SessionCommand.Close(default, session)).Status, Is.EqualTo(SessionStatus.Done));
        Assert.That(replica.ProposeText(session, 1, "a"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.Apply(SessionCommand.Close(default, session)).Status, Is.EqualTo(SessionStatus.SessionExpired));
        Assert.That(replica.Apply(SessionCommand.KeepAlive(default, session, 1)).Status, Is.EqualTo(SessionStatus.SessionExpired));
        Assert.That(replica.Tally.Commands, Is.Empty);
    }

    [Test]
    public void A_session_expires_by_the_clocks_in_the_log()
    {
        var replica = new SessionReplica();
        replica.Configure(Small);
        ulong idle = replica.Open(10_000);
        ulong busy = replica.Open(10_000);
        replica.Propose(busy, 1, "a", milliseconds: 10_500);
        replica.Propose(busy, 2, "b", milliseconds: 11_000);
        Assert.That(replica.Machine.SessionCount, Is.EqualTo(2), "a second is not longer than a second");
        replica.Propose(busy, 3, "c", milliseconds: 11_001);
        Assert.That(replica.Machine.SessionCount, Is.EqualTo(1));
        Assert.That(replica.ProposeText(idle, 1, "x", milliseconds: 0), Is.EqualTo("SessionExpired"));
        Assert.That(replica.Machine.LogTime, Is.EqualTo(11_001), "log time never falls");
    }

    [Test]
    public void One_session_too_many_drops_the_one_that_was_not_used_for_longest()
    {
        var replica = new SessionReplica();
        replica.Configure(Small);
        ulong first = replica.Open();
        ulong second = replica.Open();
        replica.Apply(SessionCommand.KeepAlive(default, first, 1));
        replica.Open();
        Assert.That(replica.ProposeText(second, 1, "x"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.ProposeText(first, 1, "a"), Is.EqualTo("1:a"));
    }

    [Test]
    public void Too_many_bytes_of_replies_drop_the_sessions_that_were_not_used_for_longest()
    {
        var replica = new SessionReplica();
        replica.Configure(Small);
        ulong first = replica.Open();
        ulong second = replica.Open();
        replica.Propose(first, 1, "a#500");
        replica.Propose(second, 1, "b#500");
        Assert.That(replica.ProposeText(first, 1, "a#500"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.ProposeText(second, 1, "b#500"), Does.StartWith("2:b#500"));
        Assert.That(replica.Propose(second, 2, "c#2000").Status, Is.EqualTo(SessionStatus.Applied), "its own session goes last, and the reply is given once");
        Assert.That((replica.Machine.SessionCount, replica.Machine.ReplyBytes, replica.Machine.Evictions), Is.EqualTo((0, 0L, 2L)));
        Assert.That(replica.ProposeText(second, 2, "c#2000"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.Tally.Commands, Is.EqualTo(new[] { "a#500", "b#500", "c#2000" }));
    }

    [Test]
    public void New_limits_hold_at_once()
    {
        var replica = new SessionReplica();
        ulong[] sessions = [replica.Open(1000), replica.Open(2000), replica.Open(2500), replica.Open(2500)];
        replica.Propose(sessions[2], 9, "a", milliseconds: 2500);
        Assert.That(replica.Configure(Small, 2600).Status, Is.EqualTo(SessionStatus.Done));
        Assert.That(replica.Machine.SessionCount, Is.EqualTo(2));
        Assert.That(replica.ProposeText(sessions[0], 1, "x"), Is.EqualTo("SessionExpired"));
        Assert.That(replica.ProposeText(sessions[2], 9, "a"), Is.EqualTo("1:a"), "what was carried out beyond a smaller window still counts");
        Assert.That(replica.ProposeText(sessions[2], 8, "y"), Is.EqualTo("WindowExceeded"));
        Assert.That(replica.Apply(SessionCommand.Open(default)).Limits, Is.EqualTo(Small));
    }

    [Test]
    public void J4_a_retry_after_a_snapshot_and_a_restart_is_not_applied_again()
    {
        var leader = new SessionReplica();
        ulong session = leader.Open();
        byte[] first = leader.Apply(SessionCodec.Encode(SessionCommand.Propose(default, session, 3, 1, SessionReplica.Bytes("a"))));

        SessionReplica restarted = leader.Copy();
        byte[] retry = restarted.Apply(SessionCodec.Encode(SessionCommand.Propose(DateTimeOffset.UnixEpoch.AddSeconds(9), session, 3, 2, SessionReplica.Bytes("a"))));

        Assert.That(retry, Is.EqualTo(first));
        Assert.That(restarted.Tally.Commands, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void J7_sessions_are_evicted_at_the_same_entry_on_every_replica()
    {
        var random = new Random(7);
        var founder = new SessionReplica();
        SessionReplica joined = founder.Copy();
        SessionReplica restored = founder.Copy();
        ulong time = 0;
        foreach (int step in Enumerable.Range(0, 5000))
        {
            time += (ulong)random.Next(100);
            ulong session = founder.Index - (ulong)random.Next(20);
            DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds((long)time - random.Next(50) + 50);
            byte[] entry = SessionCodec.Encode(step == 0 ? SessionCommand.Configure(now, Small with { MaxSessions = 10 })
                : step % 3 == 0 ? SessionCommand.Open(now)
                : SessionCommand.Propose(now, session, 1, 1, SessionReplica.Bytes($"{step}#{random.Next(200)}")));
            byte[] reply = founder.Apply(entry);
            Assert.That(joined.Apply(entry), Is.EqualTo(reply));
            Assert.That(restored.Apply(entry), Is.EqualTo(reply));
            Assert.That(joined.Machine.ComputeSessionHash(), Is.EqualTo(founder.Machine.ComputeSessionHash()));
            Assert.That(restored.Machine.ComputeSessionHash(), Is.EqualTo(founder.Machine.ComputeSessionHash()));
            restored = step % 10 == 0 ? joined.Copy() : restored;
        }

        Assert.That(founder.Machine.Evictions, Is.GreaterThan(1000));
    }

    [Test]
    public void A_snapshot_holds_sessions_time_limits_and_the_state_behind_them()
    {
        var replica = new SessionReplica();
        replica.Configure(Small, 5000);
        ulong session = replica.Open(6000);
        replica.Propose(session, 2, "b", lowest: 2, milliseconds: 6500);

        SessionReplica copy = replica.Copy();

        Assert.That(copy.Machine.ComputeSessionHash(), Is.EqualTo(replica.Machine.ComputeSessionHash()));
        Assert.That(copy.Snapshot(), Is.EqualTo(replica.Snapshot()));
        Assert.That((copy.Machine.LogTime, copy.Machine.Limits, copy.Machine.SessionCount), Is.EqualTo((6500UL, Small, 1)));
        Assert.That(copy.Tally.Commands, Is.EqualTo(new[] { "b" }));
        Assert.That(copy.ProposeText(session, 1, "a"), Is.EqualTo("StaleSequence"));
    }

    [Test]
    public void A_snapshot_is_of_the_moment_of_its_capture()
    {
        var replica = new SessionReplica();
        ulong session = replica.Open();
        replica.Propose(session, 1, "a");
        byte[] expected = replica.Snapshot();
        using IStateMachineSnapshot captured = ((ISnapshotStateMachine)replica.Machine).Capture();
        replica.Propose(session, 2, "b", lowest: 2);
        replica.Open();
        using var content = new MemoryStream();
        captured.WriteTo(content, CancellationToken.None);
        Assert.That(content.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void A_damaged_session_table_is_refused_or_read_as_another_but_breaks_nothing()
    {
        var replica = new SessionReplica();
        replica.Configure(Small);
        replica.Propose(replica.Open(), 2, "abc", lowest: 2);
        replica.Propose(replica.Open(), 1, "def");
        byte[] snapshot = replica.Snapshot();
        int refused = 0;
        for (int i = 0; i < snapshot.Length * 8; i++)
        {
            byte[] damaged = [.. snapshot];
            damaged[i / 8] ^= (byte)(1 << (i % 8));
            refused += Refuses(damaged) ? 1 : 0;
        }

        Assert.That(refused, Is.GreaterThan(0).And.LessThan(snapshot.Length * 8));

        for (int length = 0; length < snapshot.Length - "abc\ndef".Length; length++)
        {
            Assert.That(Refuses(snapshot[..length]), Is.True, $"{length} bytes");
        }
    }

    [Test]
    public void Over_a_state_machine_that_can_not_be_saved_there_is_none_that_can()
    {
        Assert.That(SessionStateMachine.Over(new Echo()), Is.Not.InstanceOf<ISnapshotStateMachine>());
        Assert.That(SessionStateMachine.Over(new TallyMachine()), Is.InstanceOf<ISnapshotStateMachine>());
    }

    [Test]
    public void Applying_allocates_little_more_than_the_reply()
    {
        SessionStateMachine machine = SessionStateMachine.Over(new Echo());
        machine.Apply(new Entry(1, 1, EntryType.Command, SessionCodec.Encode(SessionCommand.Open(default))));
        byte[][] commands = [.. Enumerable.Range(1, 2000).Select(i => SessionCodec.Encode(SessionCommand.Propose(default, 1, (ulong)i, (ulong)i, "x"u8.ToArray())))];
        long Run(int from, int to)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = from; i < to; i++)
            {
                machine.Apply(new Entry(1, (ulong)i + 2, EntryType.Command, commands[i]));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run(0, 1000);
        long perCommand = Run(1000, 2000) / 1000;
        TestContext.Out.WriteLine($"{perCommand} bytes a command");
        Assert.That(perCommand, Is.LessThanOrEqualTo(64));
    }

    /// <summary>Any other exception than that of damaged data is one too many.</summary>
    private static bool Refuses(byte[] snapshot)
    {
        using var content = new MemoryStream(snapshot);
        try
        {
            ((ISnapshotStateMachine)SessionStateMachine.Over(new TallyMachine())).Restore(content);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private sealed class Echo : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in Entry entry) => entry.Payload;
    }
}
