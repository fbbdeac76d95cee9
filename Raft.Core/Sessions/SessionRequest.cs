namespace Raft.Core.Sessions;

/// <summary>A command that a <see cref="SessionClient"/> has numbered. It is sent until it is answered or abandoned.</summary>
public sealed class SessionRequest
{
    internal SessionRequest(ulong sequence, ReadOnlyMemory<byte> payload)
    {
        Sequence = sequence;
        Payload = payload;
    }

    /// <summary>Its number in the session.</summary>
    public ulong Sequence { get; }

    /// <summary>The application's command.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>An attempt ended without an answer, so the command may have been carried out. Set by whoever sends it.</summary>
    public bool OutcomeUnknown { get; set; }
}
