using Raft.Core.Sessions;

namespace Raft.Jepsen.Mutants;

/// <summary>Each node decides by its own clock which sessions have expired.</summary>
internal sealed class SessionsByWallClock()
    : Mutant("sessions-by-wall-clock", "Each node lets sessions expire by its own clock.", "S18", "S5", "S20")
{
    public override ReadOnlyMemory<byte> SessionPayload(ReadOnlyMemory<byte> payload, DateTimeOffset now)
    {
        byte[] stamped = payload.ToArray();
        return SessionCodec.TryDecode(payload, out _) && SessionCodec.TryStamp(stamped, now) ? stamped : payload;
    }
}
