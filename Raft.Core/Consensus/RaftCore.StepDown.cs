using Raft.Core.Membership;

namespace Raft.Core.Consensus;

// Keeping out of leadership for a reason that only the driver sees.
public sealed partial class RaftCore
{
    /// <summary>True while this node keeps out of leadership: see <see cref="Withdraw"/>.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>
    /// Stops to lead or to campaign, and does neither until <see cref="Return"/>. A leader becomes a follower of its term without a leader, as when it loses its
    /// majority (thesis, section 6.2). For a node whose disk hangs: heartbeats, which need no disk, would keep it in office. Votes and acknowledgements go on.
    /// </summary>
    public void Withdraw()
    {
        IsWithdrawn = true;
        if (Role != Role.Follower)
        {
            BecomeFollower(Term, NodeId.None);
        }
    }

    /// <summary>Takes part in elections again.</summary>
    public void Return() => IsWithdrawn = false;
}
