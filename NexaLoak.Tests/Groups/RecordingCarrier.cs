using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Groups;

/// <summary>Keeps what it is given to send, and delivers what a test hands to its listener.</summary>
internal sealed class RecordingCarrier : IRaftTransport
{
    public List<Message> Sent { get; } = [];

    public int Starts { get; private set; }

    public ITransportListener? Listener { get; private set; }

    public ClusterConfiguration? Members { get; private set; }

    /// <summary>Reports the receiver of each message as unreachable, from within.</summary>
    public bool LosesAll { get; set; }

    public void Start(ITransportListener listener)
    {
        Starts++;
        Listener = listener;
    }

    public void Send(in Message message)
    {
        Sent.Add(message);
        if (LosesAll)
        {
            Listener!.OnUnreachable(message.To);
        }
    }

    public void UpdateMembers(ClusterConfiguration configuration) => Members = configuration;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
