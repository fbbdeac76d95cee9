using Raft.Core.Log;
using Raft.Core.Sessions;

namespace Raft.Jepsen.Simulation;

/// <summary>A client with a session and one command at a time, which it sends again, to whichever node it is told to, until one answers it.</summary>
internal sealed class SessionUser(int number)
{
    /// <summary>Short enough that an outage outlasts it; as many sessions as clients, so that one opened twice drops another.</summary>
    private static readonly SessionLimits _limits = new() { Timeout = TimeSpan.FromSeconds(2), MaxSessions = Count };

    private ulong _session;
    private ulong _sequence = 1;
    private bool _configured = number != 0;

    /// <summary>Number of clients.</summary>
    public const int Count = 4;

    /// <summary>The entry whose reply it waits for, and the node that took it; the newest attempt only.</summary>
    public (SimulatedNode Node, LogId Id)? Waiting { get; set; }

    /// <summary>The command that is not answered yet.</summary>
    public byte[] Encode(DateTimeOffset now)
        => SessionCodec.Encode(
            !_configured ? SessionCommand.Configure(now, _limits)
            : _session == 0 ? SessionCommand.Open(now)
            : SessionCommand.Propose(now, _session, _sequence, _sequence, BitConverter.GetBytes(_sequence)));

    /// <summary>An attempt is answered. Returns what became of it.</summary>
    public SessionStatus Take(ReadOnlyMemory<byte> bytes)
    {
        SessionReply reply = SessionCodec.DecodeReply(bytes);
        Waiting = null;
        _configured |= reply.Status == SessionStatus.Done;
        _sequence += reply.Status == SessionStatus.Applied ? 1UL : 0;
        if (reply.Status is SessionStatus.Opened or SessionStatus.SessionExpired)
        {
            _session = reply.Session;
            _sequence = 1;
        }

        return reply.Status;
    }
}
