using Microsoft.Extensions.Logging;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Peers;

/// <summary>This node, as its senders and its receiver know it. Safe to use from any thread.</summary>
internal sealed class LocalNode(NodeIdentity identity, PeerAuthentication? authentication, GrpcTransportOptions options, ILogger logger, TimeProvider time)
{
    private Uri? _address;

    public NodeIdentity Identity => identity;

    public PeerAuthentication? Authentication => authentication;

    public GrpcTransportOptions Options => options;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    /// <summary>Where others reach this node, as it tells them with each call; <c>null</c> when it does not know.</summary>
    public Uri? Address
    {
        get => Volatile.Read(ref _address);
        set => Volatile.Write(ref _address, value);
    }

    /// <summary>Says what is wrong with another node's address, and what to do; <c>null</c> when it can be used.</summary>
    public string? ProblemOf(Uri address) => PeerAddress.Problem(address, authentication is not null, options.AllowPlaintextOnLoopback);

    /// <summary>Reads another node's address.</summary>
    /// <returns>The address, or what is wrong with it.</returns>
    public (Uri? Address, string? Problem) ReadAddress(string text)
        => PeerAddress.Read(text, authentication is not null, options.AllowPlaintextOnLoopback);
}
