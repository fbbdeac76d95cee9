using System.Buffers.Binary;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// The sessions once more, written from their description alone, as simply as it goes and for correct commands only: it says which commands must change the
/// state, and what each reply is. Replies are never so large that sessions are dropped for them.
/// </summary>
internal sealed class SessionReference
{
    private const int Plain = 0, Open = 1, Propose = 2, KeepAlive = 3, Close = 4;
    private const byte Version = 1, Applied = 0, Opened = 1, Done = 2, Expired = 3, Stale = 4, BeyondWindow = 5, Malformed = 6;
    private const int HeaderBytes = 10;

    private readonly SortedDictionary<ulong, ReferenceSession> _sessions = [];
    private ulong[] _limits = [3_600_000, 4096, 64 << 20, 256];
    private ulong _logTime;
    private ulong _lastUse;

    /// <summary>What the commands that were carried out have changed.</summary>
    public ulong State { get; private set; }

    public int Sessions => _sessions.Count;

    private ulong Timeout => _limits[0];

    private ulong MostSessions => _limits[1];

    private ulong Window => _limits[3];

    /// <summary>Takes the next command of the committed log. Returns its reply.</summary>
    public byte[] Take(ulong index, ReadOnlySpan<byte> command)
    {
        if (command.Length < HeaderBytes || command[0] != Version)
        {
            return [Version, Malformed];
        }

        _logTime = Math.Max(_logTime, BinaryPrimitives.ReadUInt64LittleEndian(command[2..]));
        DropExpired();
        ReadOnlySpan<byte> rest = command[HeaderBytes..];
        switch (command[1])
        {
            case Plain:
                return CarryOut(index, rest);
            case Open:
                DropOldestAbove(MostSessions - 1);
                _sessions.Add(index, new ReferenceSession(_logTime, ++_lastUse));
                return [Version, Opened, .. Number(index), .. _limits.SelectMany(Number)];
            case Propose or KeepAlive or Close:
                return TakeInSession(index, command[1], rest);
            default:
                _limits = [Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest)];
                DropExpired();
                DropOldestAbove(MostSessions);
                return [Version, Done];
        }
    }

    private byte[] TakeInSession(ulong index, byte kind, ReadOnlySpan<byte> rest)
    {
        ulong id = Next(ref rest);
        if (!_sessions.TryGetValue(id, out ReferenceSession? session))
        {
            return [Version, Expired];
        }

        (session.UsedAt, session.LastUse) = (_logTime, ++_lastUse);
        if (kind == Close)
        {
            _sessions.Remove(id);
            return [Version, Done];
        }

        ulong sequence = Next(ref rest);
        session.LowestUnanswered = Math.Max(session.LowestUnanswered, kind == Propose ? sequence - Next(ref rest) : sequence);
        foreach (ulong answered in session.Replies.Keys.Where(earlier => earlier < session.LowestUnanswered).ToList())
        {
            session.Replies.Remove(answered);
        }

        return kind == KeepAlive ? [Version, Done] : TakeOnce(session, sequence, index, rest);
    }

    private byte[] TakeOnce(ReferenceSession session, ulong sequence, ulong index, ReadOnlySpan<byte> command)
    {
        if (sequence < session.LowestUnanswered)
        {
            return [Version, Stale];
        }

        if (!session.Replies.TryGetValue(sequence, out byte[]? reply))
        {
            if (sequence >= session.LowestUnanswered + Window)
            {
                return [Version, BeyondWindow];
            }

            reply = CarryOut(index, command);
            session.Replies.Add(sequence, reply);
        }

        return reply;
    }

    private byte[] CarryOut(ulong index, ReadOnlySpan<byte> command)
    {
        State = Hash.Chain(Hash.Chain(State, index), command);
        return [Version, Applied, .. BitConverter.GetBytes(State)];
    }

    private void DropExpired()
    {
        foreach (ulong expired in _sessions.Where(session => _logTime - session.Value.UsedAt > Timeout).Select(session => session.Key).ToList())
        {
            _sessions.Remove(expired);
        }
    }

    private void DropOldestAbove(ulong most)
    {
        while ((ulong)_sessions.Count > most)
        {
            _sessions.Remove(_sessions.MinBy(session => session.Value.LastUse).Key);
        }
    }

    private static ulong Next(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        int shift = 0;
        byte next;
        do
        {
            next = bytes[0];
            bytes = bytes[1..];
            number |= (next & 127UL) << shift;
            shift += 7;
        }
        while (next > 127);
        return number;
    }

    private static IEnumerable<byte> Number(ulong number)
    {
        for (; number > 127; number >>= 7)
        {
            yield return (byte)(number | 128);
        }

        yield return (byte)number;
    }
}
