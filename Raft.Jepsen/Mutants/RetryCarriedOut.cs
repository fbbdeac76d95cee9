using Raft.Core.Sessions;

namespace Raft.Jepsen.Mutants;

/// <summary>A command that is sent again is carried out again: no session is asked.</summary>
internal sealed class RetryCarriedOut() : Mutant("retry-carried-out", "A command that is sent again is carried out again.", "S18")
{
    public override ReadOnlyMemory<byte> SessionPayload(ReadOnlyMemory<byte> payload, DateTimeOffset now)
        => SessionCodec.TryDecode(payload, out SessionCommand command) && command.Kind == SessionCommandKind.Propose
            ? SessionCodec.Encode(command with { Kind = SessionCommandKind.Plain })
            : payload;
}
