using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Node;

[TestFixture]
internal sealed class FasterQuorumRecoveryTests : QuorumRecoveryConformance
{
    private readonly TempDirectory _directory = new();

    [OneTimeTearDown]
    public void DeleteDirectory() => _directory.Dispose();

    protected override IRaftStorage Open(NodeId id) => FasterRaftStorage.Open(new FasterStorageOptions
    {
        Directory = Path.Combine(_directory.Path, $"{id}"),
        Identity = $"recovery/{id}",
        PageBytes = 4 << 10,
        MemoryBytes = 16 << 10,
        SegmentBytes = 16 << 10,
    });
}
