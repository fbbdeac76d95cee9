using System.Text;

namespace Raft.Core.Sessions;

/// <summary>
/// A session table at one moment; immutable. The bytes, version 1: version (1 byte); log time; the limits in force (timeout in milliseconds, sessions, reply bytes,
/// window); a count, and each session from the least to the most recently used: id, log time of its last use, lowest unanswered sequence, a count, and of each kept
/// reply the sequence, the length and the bytes. Numbers are LEB128. Equal tables have equal bytes.
/// </summary>
internal sealed class SessionTableImage
{
    private const byte Version = 1;

    private readonly SessionLimits _limits;
    private readonly ulong _logTime;
    private readonly SessionImage[] _sessions;

    public SessionTableImage(SessionTable table)
    {
        _limits = table.Limits;
        _logTime = table.LogTime;
        _sessions = new SessionImage[table.Count];
        int i = 0;
        for (Session? session = table.Oldest; session is not null; session = session.Newer)
        {
            _sessions[i++] = new SessionImage(session.Id, session.LastUsed, session.LowestUnanswered, session.Replies.ToArray());
        }
    }

    /// <summary>Writes the table.</summary>
    public void WriteTo(Stream content, CancellationToken cancellationToken)
    {
        using var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        Write(writer, _logTime);
        Write(writer, (ulong)_limits.Timeout.Ticks / TimeSpan.TicksPerMillisecond);
        Write(writer, (ulong)_limits.MaxSessions);
        Write(writer, (ulong)_limits.MaxReplyBytes);
        Write(writer, (ulong)_limits.Window);
        Write(writer, (ulong)_sessions.Length);
        foreach (SessionImage session in _sessions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteSession(writer, session);
        }
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote, and not a byte more.</summary>
    /// <exception cref="InvalidDataException">The bytes are no session table, or that of a newer version.</exception>
    public static SessionTable Read(Stream content)
    {
        using var reader = new BinaryReader(content, Encoding.UTF8, leaveOpen: true);
        try
        {
            return ReadTable(reader);
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("The session table of a snapshot is cut off.", error);
        }
    }

    private static void WriteSession(BinaryWriter writer, SessionImage session)
    {
        Write(writer, session.Id);
        Write(writer, session.LastUsed);
        Write(writer, session.LowestUnanswered);
        Write(writer, (ulong)session.Replies.Length);
        foreach (KeptReply reply in session.Replies)
        {
            Write(writer, reply.Sequence);
            Write(writer, (ulong)reply.Reply.Length);
            writer.Write(reply.Reply);
        }
    }

    private static SessionTable ReadTable(BinaryReader reader)
    {
        byte version = reader.ReadByte();
        Require(version == Version, $"is of version {version}, which is not known");
        ulong logTime = Read(reader);
        SessionLimits? limits = SessionCodec.LimitsOf(Read(reader), Read(reader), Read(reader), Read(reader));
        Require(limits is not null && logTime <= SessionCommand.MaxTime, "has limits out of their bounds");
        var table = new SessionTable();
        table.Reset(limits!, logTime);
        ulong count = Read(reader);
        Require(count <= (ulong)limits!.MaxSessions, "has too many sessions");
        var ids = new HashSet<ulong>();
        ulong lastUsed = 0;
        for (ulong i = 0; i < count; i++)
        {
            Session session = ReadSession(reader, limits.MaxReplyBytes - table.ReplyBytes);
            Require(ids.Add(session.Id) && session.LastUsed >= lastUsed && session.LastUsed <= logTime, "has sessions out of order");
            lastUsed = session.LastUsed;
            table.Add(session);
        }

        return table;
    }

    private static Session ReadSession(BinaryReader reader, long maxReplyBytes)
    {
        var session = new Session(Read(reader)) { LastUsed = Read(reader) };
        session.Acknowledge(Read(reader));
        ulong next = session.LowestUnanswered;
        for (ulong left = Read(reader); left > 0; left--)
        {
            ulong sequence = Read(reader);
            ulong length = Read(reader);
            Require(sequence >= next && sequence != ulong.MaxValue, "has replies out of order");
            Require(length + KeptReply.Overhead <= (ulong)(maxReplyBytes - session.ReplyBytes) && length < int.MaxValue, "has too many replies");
            byte[] reply = new byte[length];
            reader.BaseStream.ReadExactly(reply);
            session.Keep(new KeptReply(sequence, reply));
            next = sequence + 1;
        }

        return session;
    }

    private static void Write(BinaryWriter writer, ulong value) => writer.Write7BitEncodedInt64((long)value);

    private static ulong Read(BinaryReader reader) => (ulong)reader.Read7BitEncodedInt64();

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"The session table of a snapshot {what}.");
        }
    }
}
