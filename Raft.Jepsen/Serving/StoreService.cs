using Microsoft.AspNetCore.Http;
using Raft.Core.Node;
using Raft.Core.Sessions;

namespace Raft.Jepsen.Serving;

/// <summary>
/// Carries out what clients ask of the store on this node, however it reaches the node. Safe to use from any thread, where the node is.
/// </summary>
/// <param name="raft">The node.</param>
/// <param name="state">What it has applied.</param>
/// <param name="plant">The bug to plant.</param>
/// <param name="run">Tells one start of this node from another; grows from start to start.</param>
/// <param name="clock">Stamps the commands of clients without a session.</param>
internal sealed class StoreService(IRaft raft, ReplicatedState state, Plant plant, long run, TimeProvider clock)
{
    /// <summary>A request in JSON (<see cref="StoreCommand"/>), without a session.</summary>
    /// <param name="body">The request.</param>
    /// <param name="cancellationToken">The client has gone. A change that it asked for is made nevertheless.</param>
    public Task<StoreAnswer> OperateAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        StoreCommand command = StoreCommand.Parse(body);
        if (command.Operation == StoreOperation.Read)
        {
            await BarrierAsync(command.Consistency, cancellationToken).ConfigureAwait(false);
            KeySpace keys = state.Keys;
            return new StoreAnswer(StatusCodes.Status200OK, StoreReply.Read(run, json => keys.WriteValue(json, command.Key)));
        }

        byte[] proposal = SessionCodec.Encode(SessionCommand.Plain(clock.GetUtcNow(), body));
        SessionReply reply = SessionCodec.DecodeReply((await ProposeAsync(proposal).ConfigureAwait(false)).Reply);
        return StoreAnswer.Of(reply.Payload);
    });

    /// <summary>
    /// A session's command, in the bytes of <see cref="SessionCodec"/>, proposed as it is. The answer has the bytes of the session's
    /// reply.
    /// </summary>
    /// <param name="body">The command.</param>
    public Task<StoreAnswer> CarryOutAsync(ReadOnlyMemory<byte> body) => AnswerAsync(async () =>
    {
        if (!SessionCodec.TryDecode(body, out SessionCommand command))
        {
            throw new FormatException("The request is no command of a client session.");
        }

        if (command.Kind is SessionCommandKind.Plain or SessionCommandKind.Propose)
        {
            _ = StoreCommand.Parse(command.Payload);
        }

        return new StoreAnswer(StatusCodes.Status200OK, (await ProposeAsync(body).ConfigureAwait(false)).Reply.ToArray()) { IsBinary = true };
    });

    private async Task<StoreAnswer> AnswerAsync(Func<Task<StoreAnswer>> carryOut)
    {
        try
        {
            return await carryOut().ConfigureAwait(false);
        }
        catch (Exception reason) when (StoreAnswer.Of(reason, raft.Status.Leader.Value) is { } refusal)
        {
            return refusal;
        }
    }

    private ValueTask BarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken)
        => plant == Plant.LocalReads ? ValueTask.CompletedTask : raft.ReadBarrierAsync(consistency, cancellationToken);

    // A client that goes away does not end the wait: what it asked for is done nevertheless.
    private ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command) => raft.ProposeAsync(command, CancellationToken.None);
}
