using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Node;

[TestFixture]
internal sealed class MemoryQuorumRecoveryTests : QuorumRecoveryConformance
{
    private readonly Dictionary<NodeId, MemoryStorage> _storages = [];

    protected override IRaftStorage Open(NodeId id)
    {
        _storages.TryAdd(id, new MemoryStorage());
        return _storages[id];
    }
}
