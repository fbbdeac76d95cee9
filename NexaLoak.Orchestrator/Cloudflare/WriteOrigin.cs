namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Who writes and why, sent as headers. Cloudflare ignores them; a journal at the other end can tell leaders apart by them.</summary>
/// <param name="Term">Raft term of the leader that writes.</param>
/// <param name="Operation">What the write is for: letters, digits, <c>-</c> and <c>:</c>.</param>
internal sealed record WriteOrigin(ulong Term, string Operation)
{
    /// <summary>Header with <see cref="Term"/>.</summary>
    public const string TermHeader = "X-NexaLoak-Term";

    /// <summary>Header with <see cref="Operation"/>.</summary>
    public const string OperationHeader = "X-NexaLoak-Operation";
}
