using System.Text;
using NUnit.Framework;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SessionClientTests
{
    private readonly SessionReplica _cluster = new();

    [Test]
    public async Task Commands_are_numbered_and_acknowledged()
    {
        using SessionClient client = Open();
        SessionRequest first = await client.BeginAsync(SessionReplica.Bytes("a"));
        SessionRequest second = await client.BeginAsync(SessionReplica.Bytes("b"));
        Assert.That(Complete(client, second), Is.EqualTo("1:b"));
        Assert.That(Decode(client.Encode(first)), Is.EqualTo((first.Sequence, first.Sequence)));
        Assert.That(Complete(client, first), Is.EqualTo("2:a"));

        SessionRequest third = await client.BeginAsync(SessionReplica.Bytes("c"));
        Assert.That(Decode(client.Encode(third)), Is.EqualTo((3UL, 3UL)));
        Assert.That(() => client.Encode(first), Throws.InvalidOperationException);
        _cluster.Apply(client.EncodeKeepAlive());
        Assert.That(_cluster.Machine.ReplyBytes, Is.Zero);
    }

    [Test]
    public async Task A_full_window_waits_for_the_lowest_answer_and_keeps_the_order_of_calls()
    {
        _cluster.Configure(new SessionLimits { Window = 2 });
        using SessionClient client = Open();
        SessionRequest first = await client.BeginAsync(SessionReplica.Bytes("a"));
        SessionRequest second = await client.BeginAsync(SessionReplica.Bytes("b"));
        Task<SessionRequest> third = client.BeginAsync(SessionReplica.Bytes("c")).AsTask();
        Task<SessionRequest> fourth = client.BeginAsync(SessionReplica.Bytes("d")).AsTask();

        Complete(client, second);
        Assert.That(third.IsCompleted, Is.False, "the lowest is still unanswered");
        Complete(client, first);
        Assert.That((await third.WaitAsync(Eventually.Limit)).Sequence, Is.EqualTo(3));
        Assert.That((await fourth.WaitAsync(Eventually.Limit)).Sequence, Is.EqualTo(4));
    }

    [Test]
    public async Task A_wait_for_room_can_be_cancelled_and_takes_no_number()
    {
        _cluster.Configure(new SessionLimits { Window = 1 });
        using SessionClient client = Open();
        SessionRequest first = await client.BeginAsync(SessionReplica.Bytes("a"));
        using var cancel = new CancellationTokenSource();
        Task<SessionRequest> waiting = client.BeginAsync(SessionReplica.Bytes("b"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        client.Abandon(first);
        Assert.That((await client.BeginAsync(SessionReplica.Bytes("c"))).Sequence, Is.EqualTo(2));
    }

    [Test]
    public async Task A_window_that_became_smaller_only_delays()
    {
        using SessionClient client = Open();
        SessionRequest[] requests = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(i => client.BeginAsync(SessionReplica.Bytes($"{i}")).AsTask()))];
        _cluster.Configure(new SessionLimits { Window = 1 });
        Assert.That(client.TryComplete(requests[2], _cluster.Apply(client.Encode(requests[2])), out _), Is.False);
        Assert.That(requests.Select(request => Complete(client, request)), Is.EqualTo(new[] { "1:0", "2:1", "3:2" }));
    }

    [Test]
    public async Task An_expired_session_ends_every_command()
    {
        _cluster.Configure(new SessionLimits { Window = 1 });
        using SessionClient client = Open();
        SessionRequest request = await client.BeginAsync(SessionReplica.Bytes("a"));
        Task<SessionRequest> waiting = client.BeginAsync(SessionReplica.Bytes("b")).AsTask();
        _cluster.Apply(client.EncodeClose());

        Assert.That(() => Complete(client, request), Throws.TypeOf<SessionExpiredException>().With.Property(nameof(SessionExpiredException.OutcomeUnknown)).False);
        Assert.That(async () => await waiting.WaitAsync(Eventually.Limit), Throws.TypeOf<SessionExpiredException>());
        Assert.That(async () => await client.BeginAsync(default), Throws.TypeOf<SessionExpiredException>());
        Assert.That(client.IsExpired, Is.True);
        Assert.That(() => client.CompleteKeepAlive(_cluster.Apply(client.EncodeKeepAlive())), Throws.TypeOf<SessionExpiredException>());
    }

    [Test]
    public async Task Two_clients_on_one_session_are_noticed()
    {
        byte[] opened = _cluster.Apply(SessionClient.EncodeOpen());
        using var client = new SessionClient(opened);
        using var other = new SessionClient(opened);
        SessionRequest mine = await client.BeginAsync(SessionReplica.Bytes("a"));
        Complete(other, await other.BeginAsync(SessionReplica.Bytes("b")));
        Complete(other, await other.BeginAsync(SessionReplica.Bytes("c")));
        Assert.That(() => Complete(client, mine), Throws.InvalidOperationException);
    }

    private static (ulong Sequence, ulong Lowest) Decode(byte[] bytes)
        => SessionCodec.TryDecode(bytes, out SessionCommand command) ? (command.Sequence, command.LowestUnanswered) : default;

    private SessionClient Open() => new(_cluster.Apply(SessionClient.EncodeOpen()));

    private string Complete(SessionClient client, SessionRequest request)
    {
        Assert.That(client.TryComplete(request, _cluster.Apply(client.Encode(request)), out ReadOnlyMemory<byte> reply), Is.True);
        return Encoding.UTF8.GetString(reply.Span);
    }
}
