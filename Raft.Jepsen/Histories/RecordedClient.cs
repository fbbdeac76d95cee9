namespace Raft.Jepsen.Histories;

/// <summary>
/// Records the requests of one client, which has one open at a time. Call <see cref="Invoke"/> before the request is sent and one of the others when its
/// end is known. Not for two threads at once.
/// </summary>
internal sealed class RecordedClient(HistoryRecorder recorder)
{
    private long _process = recorder.NextProcess();
    private ClientRequest? _open;

    /// <summary>Records that a request is about to be sent.</summary>
    /// <exception cref="InvalidOperationException">The one before it has no end yet.</exception>
    public void Invoke(ClientRequest request)
    {
        if (_open is not null)
        {
            throw new InvalidOperationException("The client has a request open.");
        }

        _open = request;
        recorder.Record((index, time) => new ClientEvent(index, time, _process, EventType.Invoke, request));
    }

    /// <summary>Records that the request happened.</summary>
    /// <param name="seen">What a read saw; <c>null</c> when the key was absent, and for all that is no read.</param>
    /// <param name="reply">What the state machine answered to a session's command.</param>
    /// <param name="node">The node that answered, when it is not the one that was asked.</param>
    /// <param name="nodeRun">Which start of that node it was.</param>
    public void Ok(HistoryValue? seen = null, string? reply = null, ulong? node = null, long? nodeRun = null) =>
        End(EventType.Ok, node, end => end with { Seen = seen, Reply = reply, NodeRun = nodeRun });

    /// <summary>Records that the request certainly did not happen and never will.</summary>
    /// <param name="error">Why.</param>
    /// <param name="reply">What the state machine answered, when it was it that refused; <c>null</c> when the request never got there.</param>
    public void Fail(string error, string? reply = null) => End(EventType.Fail, null, end => end with { Error = error, Reply = reply });

    /// <summary>Records that nobody knows what became of the request. The client gets a new process number.</summary>
    /// <param name="error">Why.</param>
    public void Unknown(string error)
    {
        End(EventType.Info, null, end => end with { Error = error });
        _process = recorder.NextProcess();
    }

    private void End(EventType type, ulong? node, Func<ClientEvent, ClientEvent> complete)
    {
        ClientRequest request = _open ?? throw new InvalidOperationException("The client has no request open.");
        _open = null;
        request = request with { Node = node ?? request.Node };
        recorder.Record((index, time) => complete(new ClientEvent(index, time, _process, type, request)));
    }
}
