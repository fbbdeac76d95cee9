using Raft.Core.Consensus;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>What a node says of itself.</summary>
internal sealed record NodeView(Role Role, double Term, double LastIndex, double AppliedIndex, double BaseIndex, double SnapshotIndex, double ChunksSent)
{
    public static NodeView Of(double[] numbers) => new((Role)(int)numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
}
