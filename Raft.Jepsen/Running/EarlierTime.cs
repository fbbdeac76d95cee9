namespace Raft.Jepsen.Running;

/// <summary>
/// A time some days ago. Certificates that were issued then are valid for a node whose clock is set back, too: what is tried is the cluster, not the check of
/// a certificate.
/// </summary>
internal sealed class EarlierTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - by;
}
