using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>A state larger than memory: made up while it is saved, and checked while it is restored.</summary>
internal sealed class GeneratedState(long size) : ISnapshotStateMachine
{
    private const int BlockBytes = 64 << 10;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in Entry entry) => default;

    /// <inheritdoc/>
    public IStateMachineSnapshot Capture() => new Captured(size);

    /// <inheritdoc/>
    public void Restore(Stream content)
    {
        byte[] block = new byte[BlockBytes];
        for (long at = 0; at < size; at += BlockBytes)
        {
            content.ReadExactly(block);
            if (BinaryPrimitives.ReadInt64LittleEndian(block) != at)
            {
                throw new InvalidDataException($"The block at {at} of the state is not the one that was saved.");
            }
        }
    }

    private sealed class Captured(long size) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken)
        {
            byte[] block = new byte[BlockBytes];
            Random.Shared.NextBytes(block);
            for (long at = 0; at < size; at += BlockBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BinaryPrimitives.WriteInt64LittleEndian(block, at);
                content.Write(block);
            }
        }

        public void Dispose()
        {
        }
    }
}
