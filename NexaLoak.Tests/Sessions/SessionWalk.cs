using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

/// <summary>
/// A random walk through what clients and networks do, on two replicas and the model: new commands, ahead of their turn or not, old bytes that come again in any
/// order, clocks that disagree, sessions opened, kept alive and closed, other limits, and one replica replaced by a snapshot of the other.
/// </summary>
internal sealed class SessionWalk
{
    private static readonly SessionLimits[] Limits =
    [
        new() { Timeout = TimeSpan.FromSeconds(1), MaxSessions = 3, MaxReplyBytes = 1024, Window = 4 },
        new() { Timeout = TimeSpan.FromSeconds(5), MaxSessions = 5, MaxReplyBytes = 2048, Window = 8 },
        new() { Timeout = TimeSpan.FromSeconds(2), MaxSessions = 1, MaxReplyBytes = 1500, Window = 1 },
    ];

    private readonly SessionReplica _replica = new();
    private readonly SessionModel _model = new();
    private readonly List<byte[]> _sent = [];
    private readonly List<(ulong Session, ulong Next)> _clients = [];
    private SessionReplica _other = new();

    /// <summary>Clocks move in steps of 100 ms, so that a session is often exactly at its timeout.</summary>
    private long _now = 1_000_000;


    public Dictionary<SessionStatus, int> Seen { get; } = [];

    public long Suppressed => _replica.Machine.Suppressed;

    public long Evictions => _replica.Machine.Evictions;

    /// <summary>Takes a step; returns what is wrong after it, or <c>null</c>.</summary>
    public string? Take(int step)
    {
        int choice = step % 20;
        int random = step / 20;
        if (choice == 18)
        {
            _now += random % 8 * 100;
            return null;
        }

        if (choice == 19 && random % 3 == 0)
        {
            _other = _replica.Copy();
            return null;
        }

        byte[] bytes = choice switch
        {
            0 or 1 => SessionCodec.Encode(SessionCommand.Open(Clock(random))),
            <= 8 => NewCommand(random),
            <= 13 when _sent.Count > 0 => _sent[random % _sent.Count],
            14 when _sent.Count > 0 => _sent[^1],
            15 or 16 => ToSession(random),
            17 => SessionCodec.Encode(SessionCommand.Plain(Clock(random), SessionReplica.Bytes("plain"))),
            19 when random % 3 == 1 => SessionCodec.Encode(SessionCommand.Configure(Clock(random), Limits[random / 3 % Limits.Length])),
            _ => [1, 9, 9],
        };
        return Apply(bytes);
    }

    private string? Apply(byte[] bytes)
    {
        byte[] reply = _replica.Apply(bytes);
        if (!_other.Apply(bytes).AsSpan().SequenceEqual(reply) || _other.Machine.ComputeSessionHash() != _replica.Machine.ComputeSessionHash())
        {
            return "replicas differ";
        }

        SessionReply actual = SessionCodec.DecodeReply(reply);
        SessionReply expected = SessionCodec.TryDecode(bytes, out SessionCommand command)
            ? _model.Apply(_replica.Index, command)
            : new SessionReply { Status = SessionStatus.Malformed };
        if (actual with { Payload = default } != expected with { Payload = default } || !actual.Payload.Span.SequenceEqual(expected.Payload.Span))
        {
            return $"{command} was answered with {actual} instead of {expected}";
        }

        if (actual.Status == SessionStatus.Opened)
        {
            _clients.Add((actual.Session, 1));
        }

        Seen[actual.Status] = Seen.GetValueOrDefault(actual.Status) + 1;
        string[] ofSessions = [.. _replica.Tally.Commands.Where(text => text != "plain")];
        return ofSessions.Distinct().Count() != ofSessions.Length ? "a command of a session was carried out twice"
            : !_replica.Tally.Commands.SequenceEqual(_model.Commands) || !_other.Tally.Commands.SequenceEqual(_model.Commands) ? "the application saw other commands"
            : null;
    }

    private byte[] NewCommand(int random)
    {
        if (_clients.Count == 0)
        {
            return SessionCodec.Encode(SessionCommand.Open(Clock(random)));
        }

        int place = Place(random);
        (ulong session, ulong next) = _clients[place];
        ulong sequence = next + (ulong)(random % 7 == 0 ? random % 6 : 0);
        _clients[place] = (session, sequence + 1);
        ulong lowest = sequence - Math.Min(sequence - 1, (ulong)(random / 7 % 5));
        string text = $"{session}/{sequence}#{(random % 5 == 0 ? 300 : random % 5 * 10)}";
        _sent.Add(SessionCodec.Encode(SessionCommand.Propose(Clock(random), session, sequence, lowest, SessionReplica.Bytes(text))));
        return random % 11 == 0 ? [1, 1] : _sent[^1];
    }

    private byte[] ToSession(int random)
    {
        (ulong session, ulong next) = _clients.Count > 0 ? _clients[Place(random)] : (77, 1);
        return SessionCodec.Encode(random % 4 == 0
            ? SessionCommand.Close(Clock(random), session)
            : SessionCommand.KeepAlive(Clock(random), session, Math.Max(1, next - Math.Min(next, (ulong)(random % 4)))));
    }

    /// <summary>One of the newest sessions, mostly; older ones have expired long ago.</summary>
    private int Place(int random) => Math.Max(0, _clients.Count - 1 - (random / 13 % (random % 9 == 0 ? 10 : 3)));

    private DateTimeOffset Clock(int random) => DateTimeOffset.FromUnixTimeMilliseconds(_now - (random % 3 * 100));
}
