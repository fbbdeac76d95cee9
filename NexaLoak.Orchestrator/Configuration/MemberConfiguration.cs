using System.Net;
using Raft.Core.Membership;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>One member of the cluster, as every node's configuration lists it.</summary>
/// <param name="Name">The node's name, unique in the cluster.</param>
/// <param name="Id">The node's Raft id.</param>
/// <param name="Raft">Where the others reach its Raft port.</param>
internal sealed record MemberConfiguration(string Name, NodeId Id, IPEndPoint Raft)
{
    /// <summary>The same as the transport takes it.</summary>
    public string RaftAddress => $"https://{Raft}";
}
