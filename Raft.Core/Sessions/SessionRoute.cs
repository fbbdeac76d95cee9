using Raft.Core.Membership;
using Raft.Core.Node;

namespace Raft.Core.Sessions;

/// <summary>
/// Carries an encoded command to the node that leads, over the application's own protocol, has it proposed there (<see cref="IRaft.ProposeAsync"/>), and brings back
/// the reply. Throws <see cref="NotLeaderException"/> or <see cref="ProposalDroppedException"/> when the command was certainly not carried out, and
/// <see cref="OutcomeUnknownException"/> when that is not known, such as after a time limit of its own: both are tried again. Anything else ends the call.
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>> SessionRoute(NodeId leader, ReadOnlyMemory<byte> command, CancellationToken cancellationToken);
