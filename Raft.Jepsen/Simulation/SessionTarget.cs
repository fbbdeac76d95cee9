using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace Raft.Jepsen.Simulation;

/// <summary>What the commands of client sessions change: a hash, which is also the reply, so that a command carried out twice replies something else.</summary>
internal sealed class SessionTarget : ISnapshotStateMachine
{
    /// <summary>What all commands that were carried out have changed.</summary>
    public ulong State { get; private set; }

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        State = Hash.Chain(Hash.Chain(State, entry.Index), entry.Payload.Span);
        return Bytes();
    }

    public IStateMachineSnapshot Capture() => new Image(Bytes());

    public void Restore(Stream content)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        content.ReadExactly(bytes);
        State = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private byte[] Bytes()
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, State);
        return bytes;
    }

    private sealed class Image(byte[] bytes) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => content.Write(bytes);

        public void Dispose()
        {
        }
    }
}
