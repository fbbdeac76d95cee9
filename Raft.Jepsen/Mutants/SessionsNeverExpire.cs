using Raft.Core.Sessions;

namespace Raft.Jepsen.Mutants;

/// <summary>No node takes notice of the clocks in the log: all agree, and sessions whose time is over go on.</summary>
internal sealed class SessionsNeverExpire() : Mutant("sessions-never-expire", "Sessions whose time is over go on, on all nodes alike.", "S18", "S20")
{
    public override ReadOnlyMemory<byte> SessionPayload(ReadOnlyMemory<byte> payload, DateTimeOffset now)
    {
        byte[] stamped = payload.ToArray();
        return SessionCodec.TryDecode(payload, out _) && SessionCodec.TryStamp(stamped, DateTimeOffset.UnixEpoch) ? stamped : payload;
    }
}
