using System.Text;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Sessions;

/// <summary>A state machine with sessions as one node has it, fed by hand.</summary>
internal sealed class SessionReplica
{
    public SessionReplica() => Machine = SessionStateMachine.Over(Tally);

    public TallyMachine Tally { get; } = new();

    public SessionStateMachine Machine { get; }

    public ulong Index { get; private set; }

    public static SessionCommand At(ulong milliseconds, SessionCommand command) => command with { Time = milliseconds };

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static SessionReply Applied(string reply) => new() { Status = SessionStatus.Applied, Payload = Bytes(reply) };

    public byte[] Apply(byte[] payload) => Machine.Apply(new Entry(1, ++Index, EntryType.Command, payload)).ToArray();

    public SessionReply Apply(SessionCommand command) => SessionCodec.DecodeReply(Apply(SessionCodec.Encode(command)));

    public ulong Open(ulong milliseconds = 0) => Apply(At(milliseconds, SessionCommand.Open(default))).Session;

    public SessionReply Propose(ulong session, ulong sequence, string text, ulong lowest = 1, ulong milliseconds = 0)
        => Apply(At(milliseconds, SessionCommand.Propose(default, session, sequence, lowest, Bytes(text))));

    public string ProposeText(ulong session, ulong sequence, string text, ulong lowest = 1, ulong milliseconds = 0)
    {
        SessionReply reply = Propose(session, sequence, text, lowest, milliseconds);
        return reply.Status == SessionStatus.Applied ? Encoding.UTF8.GetString(reply.Payload.Span) : $"{reply.Status}";
    }

    public SessionReply Configure(SessionLimits limits, ulong milliseconds = 0) => Apply(At(milliseconds, SessionCommand.Configure(default, limits)));

    public byte[] Snapshot()
    {
        using IStateMachineSnapshot snapshot = ((ISnapshotStateMachine)Machine).Capture();
        using var content = new MemoryStream();
        snapshot.WriteTo(content, CancellationToken.None);
        return content.ToArray();
    }

    /// <summary>A replica that joined by a snapshot of this one.</summary>
    public SessionReplica Copy()
    {
        var copy = new SessionReplica { Index = Index };
        using var content = new MemoryStream(Snapshot());
        ((ISnapshotStateMachine)copy.Machine).Restore(content);
        return copy;
    }
}
