using Google.Protobuf;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Puts this node's id, term and clock on commands and hands them to Raft. Thread-safe.</summary>
internal sealed class FleetProposer(IRaft raft, TimeProvider time)
{
    /// <summary>Milliseconds since 1970-01-01 UTC, by this node's clock.</summary>
    public long NowUnixMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// As the leader of <paramref name="term"/>, replicates a command and returns the state machine's answer. Throws what
    /// <see cref="IRaft.ProposeAsync"/> throws, too.
    /// </summary>
    /// <param name="command">A command with its kind set.</param>
    /// <param name="term">The term in which the caller decided on the command: committed in another one, it is refused.</param>
    /// <param name="cancellationToken">Ends the wait; what becomes of the command is then unknown.</param>
    /// <exception cref="CommandRefusedException">The command was committed, and the state machine refused it.</exception>
    public async Task<CommandReply> ProposeAsync(Command command, ulong term, CancellationToken cancellationToken)
    {
        ProposalResult result = await raft.ProposeAsync(Encode(command, term), cancellationToken).ConfigureAwait(false);
        CommandReply reply = CommandReply.Parser.ParseFrom(result.Reply.Span);
        return reply.Accepted ? reply : throw new CommandRefusedException(reply.Reason);
    }

    /// <summary>Sends a command on its way without learning what becomes of it; false when it was certainly not sent.</summary>
    public bool TryForward(Command command) => raft.TryForward(Encode(command, raft.Status.Term));

    private byte[] Encode(Command command, ulong term)
    {
        command.Proposer = raft.Id.Value;
        command.Term = term;
        command.TimeUnixMs = NowUnixMs;
        return command.ToByteArray();
    }
}
