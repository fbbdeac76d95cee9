using System.Buffers.Binary;

namespace Raft.Core.Sessions;

/// <summary>
/// The bytes of session commands and their replies, version 1. A command: version (1 byte), kind (1), the proposer's clock (8, little-endian, milliseconds
/// since 1970), then by kind
/// <list type="bullet">
/// <item>Plain: the application's command</item>
/// <item>Open: nothing</item>
/// <item>Propose: session, sequence, sequence - lowest unanswered; then the application's command</item>
/// <item>KeepAlive: session, lowest unanswered</item>
/// <item>Close: session</item>
/// <item>Configure: timeout in milliseconds, sessions, reply bytes, window</item>
/// </list>
/// A reply: version (1 byte), status (1); then for Applied the application's reply, for Opened the session and the limits as in Configure. Numbers are LEB128.
/// </summary>
public static class SessionCodec
{
    /// <summary>Bytes that a command takes at most beside the application's own.</summary>
    public const int MaxOverhead = StampEnd + (4 * Leb128.MaxBytes);

    private const byte Version = 1;
    private const int StampOffset = 2;
    private const int StampEnd = StampOffset + sizeof(ulong);
    private const int ReplyHeader = 2;

    /// <summary>Encodes a command.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public static byte[] Encode(in SessionCommand command)
    {
        if (!IsValid(command))
        {
            throw new ArgumentException($"Not a valid session command: {command}", nameof(command));
        }

        Span<byte> header = stackalloc byte[MaxOverhead];
        Span<byte> rest = header[StampEnd..];
        header[0] = Version;
        header[1] = (byte)command.Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(header[StampOffset..], command.Time);
        WriteFields(ref rest, command);
        return [.. header[..^rest.Length], .. command.Payload.Span];
    }

    /// <summary>Decodes a command. Returns false when the bytes are none, whatever they are; never throws.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out SessionCommand command)
    {
        command = default;
        ReadOnlySpan<byte> rest = bytes.Span;
        if (rest.Length < StampEnd || rest[0] != Version)
        {
            return false;
        }

        var kind = (SessionCommandKind)rest[1];
        ulong time = BinaryPrimitives.ReadUInt64LittleEndian(rest[StampOffset..]);
        rest = rest[StampEnd..];
        if (!TryReadFields(ref rest, kind, out command))
        {
            return false;
        }

        bool carriesPayload = kind is SessionCommandKind.Plain or SessionCommandKind.Propose;
        command = command with { Kind = kind, Time = time, Payload = carriesPayload ? bytes[^rest.Length..] : default };
        return (carriesPayload || rest.IsEmpty) && IsValid(command);
    }

    /// <summary>
    /// Replaces the clock in an encoded command. For a node that takes commands from clients whose clocks it does not trust: one that runs ahead makes the
    /// sessions of all others expire. Returns false when the bytes are no command of a known version.
    /// </summary>
    public static bool TryStamp(Span<byte> command, DateTimeOffset now)
    {
        if (command.Length < StampEnd || command[0] != Version)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(command[StampOffset..], SessionCommand.Milliseconds(now));
        return true;
    }

    /// <summary>Decodes a reply.</summary>
    /// <exception cref="FormatException">The bytes are no reply of this version.</exception>
    public static SessionReply DecodeReply(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes.Span;
        if (rest.Length < ReplyHeader || rest[0] != Version || rest[1] > (byte)SessionStatus.Malformed)
        {
            throw new FormatException($"Not the reply of a {nameof(SessionStateMachine)} that this version knows. Is the state machine wrapped in one?");
        }

        var reply = new SessionReply { Status = (SessionStatus)rest[1] };
        rest = rest[ReplyHeader..];
        if (reply.Status == SessionStatus.Applied)
        {
            return reply with { Payload = bytes[ReplyHeader..] };
        }

        if (reply.Status == SessionStatus.Opened && Leb128.TryRead(ref rest, out ulong session) && TryReadLimits(ref rest, out SessionLimits? limits))
        {
            reply = reply with { Session = session, Limits = limits };
        }
        else if (reply.Status == SessionStatus.Opened)
        {
            throw new FormatException("The reply to the opening of a session is cut off.");
        }

        return rest.IsEmpty ? reply : throw new FormatException("Bytes follow the reply of a session.");
    }

    /// <summary>The reply to a command that was carried out.</summary>
    internal static byte[] EncodeApplied(ReadOnlySpan<byte> payload) => [Version, (byte)SessionStatus.Applied, .. payload];

    /// <summary>The reply to the opening of a session.</summary>
    internal static byte[] EncodeOpened(ulong session, SessionLimits limits)
    {
        Span<byte> bytes = stackalloc byte[ReplyHeader + (5 * Leb128.MaxBytes)];
        Span<byte> rest = bytes[ReplyHeader..];
        bytes[0] = Version;
        bytes[1] = (byte)SessionStatus.Opened;
        Leb128.Write(ref rest, session);
        WriteLimits(ref rest, limits);
        return bytes[..^rest.Length].ToArray();
    }

    /// <summary>A reply that is nothing but its status.</summary>
    internal static byte[] EncodeStatus(SessionStatus status) => [Version, (byte)status];

    private static bool IsValid(in SessionCommand command)
        => command.Time <= SessionCommand.MaxTime && command.Kind switch
        {
            SessionCommandKind.Plain or SessionCommandKind.Open or SessionCommandKind.Close => true,
            SessionCommandKind.Propose => command.LowestUnanswered >= 1 && command.LowestUnanswered <= command.Sequence,
            SessionCommandKind.KeepAlive => command.LowestUnanswered >= 1,
            SessionCommandKind.Configure => command.Limits?.FirstError() is null && command.Limits is not null,
            _ => false,
        };

    private static void WriteFields(ref Span<byte> target, in SessionCommand command)
    {
        switch (command.Kind)
        {
            case SessionCommandKind.Propose:
                Leb128.Write(ref target, command.Session);
                Leb128.Write(ref target, command.Sequence);
                Leb128.Write(ref target, command.Sequence - command.LowestUnanswered);
                break;
            case SessionCommandKind.KeepAlive:
                Leb128.Write(ref target, command.Session);
                Leb128.Write(ref target, command.LowestUnanswered);
                break;
            case SessionCommandKind.Close:
                Leb128.Write(ref target, command.Session);
                break;
            case SessionCommandKind.Configure:
                WriteLimits(ref target, command.Limits!);
                break;
        }
    }

    private static bool TryReadFields(ref ReadOnlySpan<byte> source, SessionCommandKind kind, out SessionCommand command)
    {
        ulong session = 0;
        ulong sequence = 0;
        ulong lowest = 0;
        SessionLimits? limits = null;
        bool read = kind switch
        {
            SessionCommandKind.Plain or SessionCommandKind.Open => true,
            SessionCommandKind.Propose => Leb128.TryRead(ref source, out session) && Leb128.TryRead(ref source, out sequence)
                && Leb128.TryRead(ref source, out lowest) && lowest < sequence,
            SessionCommandKind.KeepAlive => Leb128.TryRead(ref source, out session) && Leb128.TryRead(ref source, out lowest),
            SessionCommandKind.Close => Leb128.TryRead(ref source, out session),
            SessionCommandKind.Configure => TryReadLimits(ref source, out limits),
            _ => false,
        };
        lowest = kind == SessionCommandKind.Propose ? sequence - lowest : lowest;
        command = new SessionCommand { Session = session, Sequence = sequence, LowestUnanswered = lowest, Limits = limits };
        return read;
    }

    private static void WriteLimits(ref Span<byte> target, SessionLimits limits)
    {
        Leb128.Write(ref target, (ulong)limits.Timeout.Ticks / TimeSpan.TicksPerMillisecond);
        Leb128.Write(ref target, (ulong)limits.MaxSessions);
        Leb128.Write(ref target, (ulong)limits.MaxReplyBytes);
        Leb128.Write(ref target, (ulong)limits.Window);
    }

    private static bool TryReadLimits(ref ReadOnlySpan<byte> source, out SessionLimits? limits)
    {
        limits = null;
        return Leb128.TryRead(ref source, out ulong timeout) && Leb128.TryRead(ref source, out ulong sessions)
            && Leb128.TryRead(ref source, out ulong replyBytes) && Leb128.TryRead(ref source, out ulong window)
            && (limits = LimitsOf(timeout, sessions, replyBytes, window)) is not null;
    }

    /// <summary>Limits from the numbers of a log or snapshot; <c>null</c> when one is out of its bounds.</summary>
    internal static SessionLimits? LimitsOf(ulong timeoutMilliseconds, ulong sessions, ulong replyBytes, ulong window)
    {
        if (timeoutMilliseconds > SessionCommand.MaxTime || sessions > int.MaxValue || replyBytes > int.MaxValue || window > int.MaxValue)
        {
            return null;
        }

        var limits = new SessionLimits
        {
            Timeout = new TimeSpan((long)timeoutMilliseconds * TimeSpan.TicksPerMillisecond),
            MaxSessions = (int)sessions,
            MaxReplyBytes = (long)replyBytes,
            Window = (int)window,
        };
        return limits.FirstError() is null ? limits : null;
    }
}
