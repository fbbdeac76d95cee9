using Raft.Core.Consensus;
using Raft.Core.Node;

namespace Raft.Core.Sessions;

/// <summary>Sends one command until the cluster has answered it, or the time is over. For commands that are safe to repeat. Safe to use from any thread.</summary>
internal sealed class SessionSender
{
    private readonly IRaft _raft;

    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    public SessionSender(IRaft raft, RaftSessionOptions? options, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(raft);
        _raft = raft;
        Options = options ?? new RaftSessionOptions();
        Options.Validate();
        Time = time ?? TimeProvider.System;
    }

    public RaftSessionOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>Sends a command until it is answered.</summary>
    /// <param name="encode">Makes the bytes of an attempt.</param>
    /// <param name="take">Takes a reply; returns false when the command must be sent again.</param>
    /// <param name="onUnknown">An attempt ended without an answer.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public async ValueTask SendAsync(
        Func<byte[]> encode, Func<ReadOnlyMemory<byte>, bool> take, Action? onUnknown, CancellationToken cancellationToken)
    {
        long began = Time.GetTimestamp();
        bool unknown = false;
        while (true)
        {
            Exception refusal;
            try
            {
                if (take(await AttemptAsync(encode(), cancellationToken).ConfigureAwait(false)))
                {
                    return;
                }

                refusal = new ProposalDroppedException(ProposalStatus.Overloaded);
            }
            catch (OutcomeUnknownException error)
            {
                refusal = error;
                unknown = true;
                onUnknown?.Invoke();
            }
            catch (Exception error) when (error is NotLeaderException or ProposalDroppedException or RaftStoppedException)
            {
                refusal = error;
            }

            if (IsFinal(refusal) || Time.GetElapsedTime(began) >= Options.RetryFor)
            {
                throw unknown ? new OutcomeUnknownException("The command may have been carried out by an attempt that ended without an answer.", refusal) : refusal;
            }

            await Task.Delay(Options.RetryDelay, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> AttemptAsync(byte[] command, CancellationToken cancellationToken)
    {
        try
        {
            return (await _raft.ProposeAsync(command, cancellationToken).ConfigureAwait(false)).Reply;
        }
        catch (NotLeaderException elsewhere) when (Options.Route is not null && !elsewhere.Leader.IsNone && elsewhere.Leader != _raft.Id)
        {
            return await Options.Route(elsewhere.Leader, command, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether another attempt would end in the same way.</summary>
    private bool IsFinal(Exception refusal) => refusal switch
    {
        RaftStoppedException => true,
        ProposalDroppedException { Reason: ProposalStatus.TooLarge } => true,
        NotLeaderException { Leader: var leader } => Options.Route is null && !leader.IsNone && leader != _raft.Id,
        _ => false,
    };
}
