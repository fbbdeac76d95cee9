namespace Raft.Transport.Grpc.Hosting;

/// <summary>
/// Decides until when other nodes' calls are served: longer than the application's own, because a node that stops still has to hear who takes over from
/// it.
/// </summary>
internal sealed class InboundCalls : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    /// <summary>Cancelled when the calls must end, so that the server can stop.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>Ends the calls.</summary>
    public void End() => _end.Cancel();

    public void Dispose() => _end.Dispose();
}
