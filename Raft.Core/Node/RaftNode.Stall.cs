using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

// A storage that hangs without failing. Its heartbeats would keep a leader in office that can apply nothing.
public sealed partial class RaftNode
{
    private readonly Queue<WriteUnderWay> _writes = new();
    private long _ticksSeen;
    private bool _handsOverForStall;

    private bool IsStorageStalled => _writes.TryPeek(out WriteUnderWay oldest) && _ticksSeen - oldest.Tick > _options.MaxWriteStallTicks;

    private void NoteDurableWrites(ulong persisted)
    {
        while (_writes.TryPeek(out WriteUnderWay write) && write.Sequence <= persisted)
        {
            _writes.Dequeue();
            _metrics.OnWriteDurable(write.StartedAt);
        }
    }

    private void WatchStorage()
    {
        bool stalled = IsStorageStalled;
        if (!stalled)
        {
            _handsOverForStall = false;
            if (_core.IsWithdrawn)
            {
                LogStorageBack();
                _core.Return();
            }
        }
        else if (!_core.IsWithdrawn)
        {
            GiveUpLeadership();
        }
    }

    /// <summary>A successor that is asked to campaign spares the others the wait for an election timeout. When none takes over, the node just stops to lead.</summary>
    private void GiveUpLeadership()
    {
        bool handsOver = _core.Role == Role.Leader
            && (_handsOverForStall ? !_core.TransferTarget.IsNone : _core.TransferLeadership(NodeId.None) == TransferStatus.Started);
        _handsOverForStall = handsOver;
        if (!handsOver)
        {
            LogStorageStalled();
            _core.Withdraw();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The storage does not answer; the node keeps out of leadership until it does")]
    private partial void LogStorageStalled();

    [LoggerMessage(Level = LogLevel.Information, Message = "The storage answers again")]
    private partial void LogStorageBack();

    private readonly record struct WriteUnderWay(ulong Sequence, long Tick, long StartedAt);
}
