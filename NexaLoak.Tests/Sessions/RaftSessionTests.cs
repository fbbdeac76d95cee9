using System.Text;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RaftSessionTests
{
    private readonly ScriptedRaft _raft = new();
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_command_whose_reply_was_lost_is_carried_out_once()
    {
        await using RaftSession session = await OpenAsync();
        _raft.Script.Enqueue(ScriptedRaft.LoseReply);
        _raft.Script.Enqueue(ScriptedRaft.LoseReply);
        Assert.That(await Proposed(session, "a"), Is.EqualTo("1:a"));
        Assert.That(_raft.Replica.Tally.Commands, Is.EqualTo(new[] { "a" }));
        Assert.That(_raft.Replica.Machine.Suppressed, Is.EqualTo(2));
    }

    [Test]
    public async Task A_command_that_was_lost_is_sent_again()
    {
        await using RaftSession session = await OpenAsync();
        _raft.Script.Enqueue(ScriptedRaft.LoseCommand);
        _raft.Script.Enqueue(ScriptedRaft.Refuse(leader: 0));
        _raft.Script.Enqueue(_ => throw new ProposalDroppedException(ProposalStatus.LeadershipTransfer));
        Assert.That(await Proposed(session, "a"), Is.EqualTo("1:a"));
    }

    [Test]
    public async Task A_session_is_opened_again_when_the_reply_was_lost()
    {
        _raft.Script.Enqueue(ScriptedRaft.LoseReply);
        await using RaftSession session = await OpenAsync();
        Assert.That(session.Id, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_a_route_another_leader_ends_the_call()
    {
        await using RaftSession session = await OpenAsync();
        int before = _raft.Attempts;
        _raft.Script.Enqueue(ScriptedRaft.Refuse(leader: 2));
        Assert.That(async () => await Proposed(session, "a"), Throws.TypeOf<NotLeaderException>().With.Property("Leader").EqualTo(new NodeId(2)));
        Assert.That(_raft.Attempts - before, Is.EqualTo(1));

        _raft.Script.Enqueue(ScriptedRaft.LoseReply);
        _raft.Script.Enqueue(ScriptedRaft.Refuse(leader: 2));
        Assert.That(async () => await Proposed(session, "b"), Throws.TypeOf<OutcomeUnknownException>().With.InnerException.TypeOf<NotLeaderException>());
    }

    [Test]
    public async Task A_route_takes_commands_to_the_leader()
    {
        var leader = new ScriptedRaft();
        async ValueTask<ReadOnlyMemory<byte>> Route(NodeId id, ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
        {
            Assert.That(id, Is.EqualTo(new NodeId(2)));
            return (await leader.ProposeAsync(command, cancellationToken)).Reply;
        }

        for (int i = 0; i < 3; i++)
        {
            _raft.Script.Enqueue(ScriptedRaft.Refuse(leader: 2));
        }

        leader.Script.Enqueue(ScriptedRaft.Refuse(leader: 0));
        await using RaftSession session = await OpenAsync(new RaftSessionOptions { Route = Route });
        Assert.That(await Proposed(session, "a"), Is.EqualTo("1:a"));
        Assert.That(leader.Replica.Tally.Commands, Is.EqualTo(new[] { "a" }));
        Assert.That(_raft.Replica.Tally.Commands, Is.Empty);
    }

    [Test]
    public async Task Attempts_end_after_the_time_that_was_given()
    {
        await using RaftSession session = await OpenAsync(new RaftSessionOptions { RetryFor = TimeSpan.FromSeconds(1) });
        for (int i = 0; i < 1000; i++)
        {
            _raft.Script.Enqueue(ScriptedRaft.Refuse(leader: 0));
        }

        Assert.That(async () => await Proposed(session, "a"), Throws.TypeOf<NotLeaderException>(), "it was certainly not carried out");
        Assert.That(_raft.Script, Is.Not.Empty);
        _raft.Script.Clear();
        Assert.That(await Proposed(session, "b"), Is.EqualTo("1:b"));
    }

    [Test]
    public async Task What_no_attempt_can_change_ends_the_call_at_once()
    {
        await using RaftSession session = await OpenAsync();
        _raft.Script.Enqueue(_ => throw new ProposalDroppedException(ProposalStatus.TooLarge));
        Assert.That(async () => await session.ProposeAsync(default), Throws.TypeOf<ProposalDroppedException>());
        _raft.Script.Enqueue(_ => throw new RaftStoppedException(null));
        Assert.That(async () => await session.ProposeAsync(default), Throws.TypeOf<RaftStoppedException>());
    }

    [Test]
    public async Task An_expired_session_tells_whether_the_command_may_have_been_carried_out()
    {
        await using RaftSession certain = await OpenAsync();
        await using RaftSession doubtful = await OpenAsync();
        _raft.Replica.Apply(SessionCommand.Close(default, certain.Id));
        Assert.That(async () => await Proposed(certain, "a"), Throws.TypeOf<SessionExpiredException>().With.Property("OutcomeUnknown").False);
        Assert.That(certain.IsExpired, Is.True);

        _raft.Script.Enqueue(apply =>
        {
            apply();
            _raft.Replica.Apply(SessionCommand.Close(default, doubtful.Id));
            throw new OutcomeUnknownException("lost");
        });
        Assert.That(async () => await Proposed(doubtful, "b"), Throws.TypeOf<SessionExpiredException>().With.Property("OutcomeUnknown").True);
    }

    [Test]
    public async Task A_cancelled_command_holds_up_no_other()
    {
        _raft.Replica.Configure(new SessionLimits { Window = 1 });
        await using RaftSession session = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource<byte[]>();
        _raft.Script.Enqueue(_ => never.Task);
        Task cancelled = session.ProposeAsync(SessionReplica.Bytes("a"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await Proposed(session, "b"), Is.EqualTo("1:b"));
    }

    [Test]
    public async Task Many_threads_share_a_session()
    {
        await using RaftSession session = await OpenAsync();
        for (int i = 0; i < 300; i++)
        {
            _raft.Script.Enqueue((i % 3) switch { 0 => ScriptedRaft.LoseReply, 1 => ScriptedRaft.LoseCommand, _ => async apply => apply() });
        }

        Task<string>[] calls = [.. Enumerable.Range(0, 1000).Select(i => Task.Run(() => Reply(session, $"c{i}")))];
        await _time.AdvanceUntilAsync(() => calls.All(call => call.IsCompleted), "every call ends");
        string[] replies = await Task.WhenAll(calls);

        Assert.That(_raft.Replica.Tally.Commands, Is.EquivalentTo(Enumerable.Range(0, 1000).Select(i => $"c{i}")));
        Assert.That(replies, Is.EquivalentTo(_raft.Replica.Tally.Commands.Select((command, i) => $"{i + 1}:{command}")));
    }

    [Test]
    public async Task An_idle_session_is_kept_alive_and_a_closed_one_is_forgotten()
    {
        _raft.Replica.Configure(new SessionLimits { Timeout = TimeSpan.FromSeconds(30) });
        await using RaftSession session = await OpenAsync();
        await using RaftSession silent = await OpenAsync(new RaftSessionOptions { KeepAlive = Timeout.InfiniteTimeSpan });
        int before = _raft.Attempts;
        await _time.AdvanceUntilAsync(() => _raft.Attempts > before + 8 && _raft.Replica.Machine.SessionCount == 1, "the idle session lives on alone");
        Assert.That(await Proposed(session, "a"), Is.EqualTo("1:a"));
        Assert.That(async () => await Proposed(silent, "b"), Throws.TypeOf<SessionExpiredException>());

        await session.CloseAsync();
        await session.CloseAsync();
        Assert.That(_raft.Replica.Machine.SessionCount, Is.Zero);
    }

    [Test]
    public async Task Limits_are_replaced_for_the_whole_cluster()
    {
        var limits = new SessionLimits { Window = 3 };
        _raft.Script.Enqueue(ScriptedRaft.LoseReply);
        Task configured = RaftSession.ConfigureAsync(_raft, limits, time: _time).AsTask();
        await _time.AdvanceUntilAsync(() => configured.IsCompleted, "the limits are replaced");
        await configured;
        Assert.That(_raft.Replica.Machine.Limits, Is.EqualTo(limits));
        Assert.That(async () => await RaftSession.ConfigureAsync(_raft, limits with { Window = 0 }, time: _time), Throws.ArgumentException);
    }

    [Test]
    public void A_state_machine_without_sessions_is_noticed()
    {
        _raft.Script.Enqueue(_ => Task.FromResult("plain"u8.ToArray()));
        Assert.That(async () => await RaftSession.OpenAsync(_raft, time: _time), Throws.TypeOf<FormatException>());
    }

    [Test]
    public async Task A_timeout_of_years_and_options_out_of_bounds_are_dealt_with_at_the_opening()
    {
        _raft.Replica.Configure(new SessionLimits { Timeout = TimeSpan.FromDays(3650) });
        RaftSession session = await OpenAsync();
        await session.DisposeAsync();
        await session.DisposeAsync();
        Assert.That(
            async () => await RaftSession.OpenAsync(_raft, new RaftSessionOptions { KeepAlive = TimeSpan.FromDays(50) }, _time),
            Throws.TypeOf<System.ComponentModel.DataAnnotations.ValidationException>());
    }

    private static async Task<string> Reply(RaftSession session, string command)
        => Encoding.UTF8.GetString((await session.ProposeAsync(SessionReplica.Bytes(command))).Span);

    private async Task<string> Proposed(RaftSession session, string command)
    {
        Task<string> call = Reply(session, command);
        await _time.AdvanceUntilAsync(() => call.IsCompleted, "the call ends");
        return await call;
    }

    private async Task<RaftSession> OpenAsync(RaftSessionOptions? options = null)
    {
        Task<RaftSession> opening = RaftSession.OpenAsync(_raft, options, _time).AsTask();
        await _time.AdvanceUntilAsync(() => opening.IsCompleted, "the session is opened");
        return await opening;
    }
}
