namespace Raft.Core.Sessions;

/// <summary>The reply of a <see cref="SessionStateMachine"/> to one command; <see cref="SessionCodec"/> has the bytes.</summary>
public readonly record struct SessionReply
{
    /// <summary>What became of the command.</summary>
    public SessionStatus Status { get; init; }

    /// <summary>The application's reply (<see cref="SessionStatus.Applied"/>); shares memory with the bytes it was read from.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The session's id (<see cref="SessionStatus.Opened"/>).</summary>
    public ulong Session { get; init; }

    /// <summary>The limits in force (<see cref="SessionStatus.Opened"/>).</summary>
    public SessionLimits? Limits { get; init; }
}
