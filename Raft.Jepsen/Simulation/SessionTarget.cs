using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace Raft.Jepsen.Simulation;

/// <summary>What the commands of client sessions change: a hash, which is also the reply, so that a command carried out twice replies something else.</summary>
internal sealed class SessionTarget : ISnapshotStateMachine
{
    private ulong _state;

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        _state = Hash.Chain(Hash.Chain(_state, entry.Index), entry.Payload.Span);
        return Bytes();
    }

    public IStateMachineSnapshot Capture() => new Image(Bytes());

    public void Restore(Stream content)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        content.ReadExactly(bytes);
        _state = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private byte[] Bytes()
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _state);
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
